"""The notes on the origin of numbers."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diamondsim.distributions import Constant
from diamondsim.scenario import Scenario, load_scenario, read_scenario
from tests.scenario.small import changed, small


def numbers(*changes):
    return {number.path: number for number in small(*changes).numbers}


def test_every_number_and_date_that_is_given_is_listed_by_its_path():
    found = numbers()
    assert found["demand.US.grinding.flow"].value == Constant(100_000.0)
    assert found["uses.grinding.grades.mesh"].value == 1.0
    assert found["facilities.plant.decision"].value == dt.date(2026, 2, 17)
    assert found["controls.licence.timeline.2027-03-03"].value == dt.date(2027, 3, 3)
    assert found["controls.licence.timeline.2028-03-03.licensing"].value == Constant(0.75)
    assert found["drivers.boom.points.2027-06-01"].value == Constant(1.0)


def test_choices_defaults_and_certain_branches_are_no_inputs():
    found = numbers()
    assert not [
        path for path in found if path.split(".")[0] in ("horizon", "metrics", "reference_values", "as_of")
    ]
    assert "uses.shells.growth" not in found
    assert "controls.licence.timeline.2027-03-03.licensing" not in found


def test_an_input_is_uncertain_if_it_is_a_distribution():
    uncertain = {path for path, number in numbers().items() if number.uncertain}
    assert "inventory_policy.US.civil.cover" in uncertain
    assert "facilities.plant.nameplate" in uncertain
    assert "inventory_policy.any.cover" not in uncertain
    assert "trade.cn.US" not in uncertain


@pytest.mark.parametrize(
    "said, path, source, assumed",
    [
        ('source: "customs"', "demand.CN.grinding.flow", "customs", None),
        ('source: {grinding: "customs"}', "demand.CN.grinding.flow", "customs", None),
        ('source: {grinding: "customs"}, assumed: "rest"', "demand.CN.grinding.flow", "customs", None),
        ('source: {grinding: "s"}, assumed: {grinding: "a"}', "demand.CN.grinding.flow", "s", "a"),
        ('note: "not an origin"', "demand.CN.grinding.flow", None, None),
    ],
)
def test_a_text_for_the_key_holds_before_one_for_the_map(said, path, source, assumed):
    number = numbers(('assumed: "a guess"', said))[path]
    assert (number.source, number.assumed) == (source, assumed)


def test_the_notes_of_the_nearest_map_apply():
    found = numbers(
        ("  cn:\n", '  source: "outer"\n  cn:\n    assumed: {outages: "middle"}\n'),
        ("rate: 2/yr, length: 3 days", 'rate: 2/yr, length: 3 days, source: {rate: "inner"}'),
    )
    assert found["producers.cn.outages.power.rate"].source == "inner"
    assert found["producers.cn.outages.power.length"].assumed == "middle"
    assert found["producers.cn.capacity.mesh"].source == "outer"
    assert found["producers.mill.capacity.mesh"].source == "outer"


def test_a_source_of_its_own_holds_before_an_assumption_for_all():
    cover = numbers()["inventory_policy.US.civil.cover"]
    assert (cover.source, cover.assumed) == ("a survey", None)


@pytest.fixture
def laid_over(tmp_path, monkeypatch):
    """Return a function that lays a text over a small scenario and lists the numbers of the result."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "below.yaml").write_text(changed(), encoding="utf-8")

    def laid(text):
        (tmp_path / "above.yaml").write_text(f"extends: below.yaml\n{text}", encoding="utf-8")
        return {n.path: (n.source, n.assumed) for n in load_scenario("above.yaml").numbers}

    return laid


@pytest.mark.parametrize(
    "above, expected",
    [
        ("inventory_policy: {US.civil: {cover: 50 days}}", (None, None)),
        ("inventory_policy: {US.civil: {cover: 50 days, assumed: mine}}", (None, "mine")),
        ("inventory_policy: {US.civil: {cover: 50 days, source: {cover: mine}}}", ("mine", None)),
        ("inventory_policy: {assumed: mine, US.civil: {cover: 50 days}}", (None, "mine")),
        ("inventory_policy: {US.civil: {queue_weight: 50%}}", ("a survey", None)),
        ("inventory_policy: {US.civil: {assumed: {cover: doubtful}}}", ("a survey", "doubtful")),
        ("inventory_policy: {assumed: mine, US.civil: {source: null, assumed: null}}", (None, "mine")),
    ],
)
def test_notes_apply_to_numbers_of_their_own_layer_and_lower_ones_but_not_to_higher_ones(
    laid_over, above, expected
):
    assert laid_over(above)["inventory_policy.US.civil.cover"] == expected


def test_a_number_replaced_in_a_file_leaves_the_text_to_those_beside_it(laid_over):
    found = laid_over("demand: {CN: {spreaders: 1 kcm2/yr}}")
    assert found["demand.CN.spreaders.flow"] == (None, None)
    assert found["demand.CN.grinding.flow"] == (None, "a guess")


def test_a_number_changed_by_its_path_has_lost_its_source_until_it_is_given_one():
    def cover(**more):
        made = small().override({"inventory_policy.US.civil.cover": "50 days"} | more)
        (found,) = (number for number in made.numbers if number.path == "inventory_policy.US.civil.cover")
        return found.source, found.assumed, found.changed

    assert cover() == (None, None, True)
    assert cover(**{"inventory_policy.US.civil.assumed.cover": "mine"}) == (None, "mine", True)
    assert cover(**{"inventory_policy.US.civil.assumed": {"cover": "mine"}}) == (None, "mine", True)
    assert cover(**{"inventory_policy.US.civil.assumed": "mine"}) == (None, "mine", True)
    assert sum(number.changed for number in small().numbers) == 0


def test_a_second_change_does_not_inherit_the_notes_of_the_first():
    first = small().override({"reserves.us": {"opening": "30 Mct", "assumed": "mine"}})
    second = first.override({"reserves.us.opening": "50 Mct"})
    (opening,) = (number for number in second.numbers if number.path == "reserves.us.opening")
    assert (opening.source, opening.assumed) == (None, None)


def test_empty_text_cancels_the_notes_further_up():
    number = numbers(('assumed: "a guess"', 'assumed: {grinding: ""}'))["demand.CN.grinding.flow"]
    assert (number.source, number.assumed) == (None, None)


def origins(scenario: Scenario) -> list[tuple[str, str | None, str | None]]:
    return [(number.path, number.source, number.assumed) for number in scenario.numbers]


BY_PATH = {
    "inventory_policy.any.cover": "90 days",
    "inventory_policy.any.assumed.queue_weight": "another guess",
    "uses.polishing.growth": "4 %/yr",
    "uses.polishing.source": "one for all",
    "uses.machining.substitution.share": "10%",
    "uses.assumed": "for all uses",
    "producers.cn_makers.capacity.mesh": "9000 Mct/yr",
    "producers.cn_makers.source.capacity": "a new census",
    "trade.cn_makers.US": "260 Mct/yr",
    "controls.cn_55.timeline.2028-03-03": {"licensing": "60%", "suspended": "40%"},
    "controls.cn_55.licensing.any.any.initial_rate": "5%",
    "controls.cn_55.diversion.assumed": None,
    "facilities.georgia.stages.construction": "20 months",
    "controls.assumed": "for all controls",
}


SHIPPED = load_scenario("reinstated-2027")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(sorted(BY_PATH)), unique=True, max_size=6))
def test_a_dump_keeps_the_notes_of_every_number(paths):
    made = SHIPPED
    for path in paths:
        made = made.override({path: BY_PATH[path]})
    again = read_scenario(made.dump())
    assert origins(again) == origins(made)
    assert again.hash == made.hash
    assert again.outdated == made.outdated


def test_notes_do_not_change_the_hash():
    assert small().override({"demand.CN.assumed": "a better guess"}).hash == small().hash
