"""A new scenario file: it is valid as it is, and so is each of its examples once its lines are used."""

from __future__ import annotations

import datetime as dt
import json
import shlex
from importlib.resources import files
from pathlib import Path

import pytest

from diamondsim import ScenarioError, load_scenario
from diamondsim.cli.new import uncommented
from diamondsim.plan import compile_plan

EXAMPLES = [
    part
    for part in (files("diamondsim.cli") / "new_scenario.yaml").read_text(encoding="utf-8").split("\n\n")
    if uncommented(part) != part
]


def test_a_document_names_the_file_and_what_it_extends(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("new", "mine", "--extends", "rollover", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"written": "mine.yaml", "kind": "scenario", "extends": "rollover"}
    assert (tmp_path / "mine.yaml").is_file()


def test_the_file_is_a_scenario_that_changes_nothing_yet(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("new", "mine")
    assert (code, err) == (0, "")
    assert out == "wrote mine.yaml; next: diamondsim check mine.yaml\n"
    mine, base = load_scenario("./mine.yaml"), load_scenario("lapse-2027")
    assert mine.title == "lapse-2027, changed"
    titles = {"title": base.title, "description": base.description}
    assert mine.override(titles).hash == base.hash
    text = Path("mine.yaml").read_text(encoding="utf-8")
    assert all(example in text for example in EXAMPLES)
    assert "BASE" not in text
    assert "FILE" not in text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda x: uncommented(x).splitlines()[-1].strip()[:30])
def test_each_example_changes_the_scenario(example, call, tmp_path):
    file = tmp_path / "mine.yaml"
    call("new", str(file))
    plain = load_scenario(file).hash
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(example, uncommented(example)), encoding="utf-8")
    changed = load_scenario(file)
    assert changed.hash != plain
    compile_plan(changed)


def test_all_examples_can_be_used_at_once(call, tmp_path):
    file = tmp_path / "mine.yaml"
    call("new", str(file))
    file.write_text(uncommented(file.read_text(encoding="utf-8")), encoding="utf-8")
    plan = compile_plan(load_scenario(file))
    assert "my_reserve" in {reserve.name for reserve in plan.reserves}
    assert any("my_firm" in node.name for node in plan.nodes)


def test_a_timeline_replaces_that_of_the_scenario_as_the_file_says(call, tmp_path):
    file = tmp_path / "mine.yaml"
    call("new", str(file))
    text = file.read_text(encoding="utf-8")
    assert "replaces the extended one as a whole: write every date that\n# stays" in text
    timeline = "\ncontrols: {{cn_55: {{timeline: {{{dates}}}}}}}\n".format
    file.write_text(text + timeline(dates="2027-06-01: licensing"), encoding="utf-8")
    assert list(load_scenario(file).controls["cn_55"].timeline) == [dt.date(2027, 6, 1)]
    file.write_text(text + timeline(dates="2027-01-11: null"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="a timeline is replaced as a whole"):
        load_scenario(file)


def test_examples_that_do_not_fit_the_scenario_are_left_out(call, tmp_path):
    file = tmp_path / "mine.yaml"
    assert call("new", str(file), "--extends", "calm")[0] == 0
    text = file.read_text(encoding="utf-8")
    assert "georgia" not in text
    assert "#horizon:" in text
    load_scenario(file)


def test_a_file_can_be_extended_from_another_folder(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a b").mkdir()
    Path("a b", "first.yaml").write_text("extends: calm\ntitle: First\n", encoding="utf-8")
    Path("sub").mkdir()
    assert call("new", "sub/second.yaml", "--extends", "./a b/first.yaml")[0] == 0
    assert load_scenario("sub/second.yaml").title == "first, changed"
    assert shlex.quote("./a b/first.yaml") in Path("sub/second.yaml").read_text(encoding="utf-8")


def test_check_warns_of_a_description_that_is_still_that_of_the_template(call, tmp_path):
    file, warning = tmp_path / "mine.yaml", "description is still that of the template"
    call("new", str(file), "--extends", "calm")
    assert warning in call("check", str(file))[1]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("What this scenario asks, and", "Nothing, and"), encoding="utf-8")
    assert warning not in call("check", str(file))[1]


def test_nothing_is_overwritten(call, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("mine\n", encoding="utf-8")
    code, _, err = call("new", str(file))
    assert code == 2
    assert "exists already; expected a new file" in err
    assert file.read_text(encoding="utf-8") == "mine\n"


def test_a_folder_that_does_not_exist_and_a_scenario_that_does_not_are_refused(call, tmp_path):
    code, _, err = call("new", str(tmp_path / "no" / "mine.yaml"))
    assert code == 2
    assert "cannot write" in err
    code, _, err = call("new", str(tmp_path / "mine.yaml"), "--extends", "lapse-2072")
    assert code == 2
    assert "lapse-2027" in err
    assert not (tmp_path / "mine.yaml").exists()


@pytest.mark.parametrize(
    "name",
    [".", "..", "sub/", ".yaml", "mine.json", "mine.v2", "two\nlines.yaml", "\udcff.yaml"],
    ids=ascii,
)
def test_a_name_under_which_no_command_could_read_the_file_is_refused(name, call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("new", name)
    assert (code, out) == (2, "")
    assert f"found {name!r}" in err
    assert not list(tmp_path.iterdir())


def test_a_name_that_looks_like_an_option_is_shown_as_a_path(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("new", "--", "-x.yaml")[1] == "wrote -x.yaml; next: diamondsim check ./-x.yaml\n"
    assert "diamondsim check ./-x.yaml\n" in Path("-x.yaml").read_text(encoding="utf-8")


def test_files_may_have_the_names_of_the_gaps_in_the_template(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("FILE.yaml").write_text("extends: calm\ntitle: First\n", encoding="utf-8")
    assert call("new", "BASE.yaml", "--extends", "./FILE.yaml")[0] == 0
    assert load_scenario("./BASE.yaml").title == "FILE, changed"
    text = Path("BASE.yaml").read_text(encoding="utf-8")
    assert "diamondsim run BASE.yaml --baseline ./FILE.yaml\n" in text
