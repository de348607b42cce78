"""The legal state is marked as outdated if the controls were changed."""

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.scenario import load_scenario, read_scenario
from tests.scenario.small import changed, small


@pytest.fixture
def laid_over(tmp_path, monkeypatch):
    """Return a function that lays texts over a small scenario, one upon the other."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file0.yaml").write_text(changed(), encoding="utf-8")

    def laid(*texts):
        for number, text in enumerate(texts, start=1):
            extended = f"extends: file{number - 1}.yaml\n{text}"
            (tmp_path / f"file{number}.yaml").write_text(extended, encoding="utf-8")
        return load_scenario(f"file{len(texts)}.yaml")

    return laid


LONGER = "controls: {licence: {sojourn: {banned: 400 days}}}"


def test_a_file_that_changes_the_controls_alone_makes_the_legal_state_outdated(laid_over):
    assert laid_over(LONGER).outdated == "written for file0; the controls were changed since by file1"


@pytest.mark.parametrize(
    "text",
    [
        f"legal_state: B\n{LONGER}",
        "demand: {CN: {grinding: 9 Mct/yr}}",
        "controls: {licence: {source: {timeline: the gazette}, note: checked}}",
        "controls: {licence: {diversion: {share: 20%}}}",
    ],
)
def test_it_holds_if_it_is_rewritten_or_the_controls_are_unchanged(laid_over, text):
    assert laid_over(text).outdated is None


def test_a_control_that_is_deleted_is_a_change(laid_over):
    assert laid_over("controls: {ban: null}").outdated is not None


def test_every_change_of_the_controls_is_named_until_it_is_rewritten(laid_over):
    twice = [LONGER, "controls: {ban: {start: suspended}}"]
    assert str(laid_over(*twice).outdated).endswith("changed since by file1, file2")
    assert laid_over(*twice, "legal_state: C").outdated is None
    assert str(laid_over(*twice, "legal_state: C", LONGER.replace("400", "500")).outdated).startswith(
        "written for file3;"
    )


def test_a_change_by_path_is_named():
    made = small().override(
        {"controls.licence.diversion": None, "inventory_policy.any.cover": "50 days"}, name="--set"
    )
    told = "written for small; the controls were changed since by --set controls.licence.diversion"
    assert made.outdated == told
    assert made.override({"inventory_policy.any.cover": "40 days"}).outdated == told
    assert made.override({"legal_state": "B"}).outdated is None
    assert small().override({"legal_state": "B", "controls.ban": None}).outdated is None


def test_a_dump_remembers_it():
    made = small().override({"controls.ban": None})
    again = read_scenario(made.dump())
    assert again.outdated == made.outdated is not None
    assert again == made


def test_no_shipped_scenario_has_an_outdated_legal_state():
    names = ("calm", "baseline-2026", "reinstated-2027", "us-ban-2027")
    assert {name: load_scenario(name).outdated for name in names} == dict.fromkeys(names)


def test_an_outdated_that_is_no_map_of_texts_is_refused():
    with pytest.raises(ScenarioError, match="outdated: expected a map from keys to text, found "):
        read_scenario(f"outdated: yes\n{changed()}")
