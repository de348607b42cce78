"""Dimensions for names under which nothing is drawn: a slip is refused, what is left over is told."""

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan import on_same_dimensions, with_dimensions
from diamondsim.plan.check import check
from diamondsim.scenario import Scenario, read_scenario
from tests.plan.small_scenarios import SMALL, small_scenario

SOBOL = {"sampling.method": "sobol"}
DRAWN = {
    **SOBOL,
    "inventory_policy.any.cover": "tri(30 60 90) days",
    "inventory_policy.any.queue_weight": "beta(2 2)",
    "producers.mine.growth": "tri(1 2 3) %/yr",
    "producers.plant.growth": "tri(1 2 3) %/yr",
}


def given(*names: str, **changes: object) -> Scenario:
    return small_scenario({**DRAWN, **changes}).override(
        {"sampling.dimensions": {name: place for place, name in enumerate(names, start=1)}}, name="--set"
    )


@pytest.mark.parametrize(
    "name, meant",
    [
        ("inventory_policy.any.covr", "inventory_policy.any.cover"),
        ("inventory_policy.anny.cover", "inventory_policy.any.cover"),
        ("inventory_policys.any.queue_weigth", "inventory_policy.any.queue_weight"),
        ("producers.mine.Growth", "producers.mine.growth"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(name, meant):
    scenario = given(name)
    for ask in (check, lambda made: on_same_dimensions([made])):
        with pytest.raises(ScenarioError) as caught:
            ask(scenario)
        (problem,) = caught.value.problems
        assert problem.suggestion == meant
        assert str(problem).startswith(f"--set sampling.dimensions.{name}: ")
        assert f"nothing is drawn under the name {name!r}; did you mean {meant!r}?" in str(problem)


def test_a_misspelt_name_of_a_file_is_told_in_its_line():
    said = {**SMALL, "sampling": {"method": "sobol", "dimensions": {"inventory_policy.any.covr": "3"}}}
    said["inventory_policy"] = {"any": {"cover": "tri(30 60 90) days", "lead": "14 days"}}
    made = read_scenario(said, name="mine.yaml").override({"horizon.tick": "3.5 days"}, name="--set")
    with pytest.raises(ScenarioError) as caught:
        check(made)
    (problem,) = caught.value.problems
    assert problem.file == "mine.yaml"


@pytest.mark.parametrize(
    "name",
    [
        "facilities.gone.ramp",
        "inventory_policy.any.cover/factor1",
        "producers.mill.growth",
        "cn_55/spell0/initial_rate",
        "blah",
    ],
)
def test_a_name_that_may_have_been_drawn_keeps_its_dimension_and_is_told(name):
    (warning,) = check(given(name)).warnings
    told = "nothing is drawn under these names of sampling.dimensions, which keep their dimensions"
    assert warning == f"{told}: {name}"


def test_many_names_are_one_warning():
    (warning,) = check(given(*(f"facilities.gone.stages.s{k}" for k in range(6)))).warnings
    assert warning.endswith("facilities.gone.stages.s3 and 2 more")


def test_another_number_is_no_slip():
    timeline = {"2026-06-01": {"banned": "50%", "none": "50%"}}
    ban = {"covers": {"from": "away", "grades": ["mesh"]}, "timeline": timeline}
    made = given("controls.ban.timeline.2026-06-08", **{"controls.ban": ban})
    assert any("controls.ban.timeline.2026-06-08" in warning for warning in check(made).warnings)


def test_what_has_become_certain_or_is_drawn_is_not_told():
    made = with_dimensions(given("inventory_policy.any.cover"))
    assert check(made).warnings == ()
    assert (
        check(
            made.override(
                {"inventory_policy.any.cover": "60 days", "inventory_policy.any.queue_weight": "90%"}
            )
        ).warnings
        == ()
    )


def test_a_name_that_has_its_dimension_is_not_what_was_meant():
    (warning,) = check(given("inventory_policy.any.covr", "inventory_policy.any.cover")).warnings
    assert "inventory_policy.any.covr" in warning


def test_a_scenario_beside_the_first_may_have_any_of_its_names():
    first = given("producers.mine.growth", "inventory_policy.any.covers", "inventory_policy.any.cover")
    beside = small_scenario({**DRAWN, "inventory_policy.any.cover": "60 days"})
    assert len(on_same_dimensions([first, beside])) == 2
