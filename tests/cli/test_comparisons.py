"""Comparison runs for a scenario: the baseline, and runs without diversion or facilities."""

from __future__ import annotations

import pytest

from diamondsim import load_scenario
from diamondsim.cli.comparisons import choose_baseline, without_diversion, without_facilities
from diamondsim.errors import ScenarioError
from diamondsim.plan import compile_plan

RESERVE = {
    "region": "US",
    "grade": "micron",
    "opening": "60 Mct",
    "release": "6 Mct/month",
    "serves": ["polishing"],
}


def beside(changes, *, scenario="reinstated-2027", name=None):
    changed = load_scenario(scenario).override(changes, name="--set")
    base, shared = choose_baseline(changed, name, changes)
    assert base is not None
    assert shared is not None
    return base, shared


def test_the_baseline_shares_the_changes_that_are_none_of_controls():
    changes = {
        "demand.US.polishing": "60 Mct/yr",
        "inventory_policy.JP.polishing.cover": "90 days",
        "controls.cn_55.diversion": None,
        "title": "Mine",
    }
    base, shared = beside(changes)
    usual = load_scenario("baseline-2026")
    assert base == usual.override({path: changes[path] for path in list(changes)[:2]})
    assert (shared.made, shared.controls, shared.misfits) == (
        ("demand.US.polishing", "inventory_policy.JP.polishing.cover"),
        ("controls.cn_55.diversion",),
        (),
    )
    assert base.outdated is None


def test_a_change_that_the_baseline_has_no_place_for_is_left_out_and_named(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: reinstated-2027\nreserves: {us: {region: US, grade: micron, opening: 6 Mct, "
        "release: 6 Mct/month, serves: [polishing]}}\n"
    )
    base, shared = beside(
        {"reserves.us.opening": "60 Mct", "demand.US.polishing": "60 Mct/yr"}, scenario=str(path)
    )
    assert base == load_scenario("baseline-2026").override({"demand.US.polishing": "60 Mct/yr"})
    assert (shared.made, shared.misfits) == (("demand.US.polishing",), ("reserves.us.opening",))


def test_what_is_new_as_a_whole_is_new_in_the_baseline_too():
    base, shared = beside({"reserves.us": RESERVE})
    assert base.reserves["us"].region == "US"
    assert shared.misfits == ()


def test_changes_that_only_hold_together_are_made_together():
    halves = {"uses.machining.grades.micron": "40%", "uses.machining.grades.mesh": "60%"}
    base, shared = beside(halves)
    assert base.uses["machining"].grades == {"micron": 0.4, "mesh": 0.6}
    assert shared.made == tuple(halves)


def test_the_baseline_is_seen_over_the_same_time():
    base, shared = beside({"horizon.length": "70 weeks", "metrics.window": "14 days"})
    assert (base.horizon.days, base.metrics.window) == (490, 14)
    assert shared.made == ()


def test_beside_prices_stands_a_baseline_with_prices_and_their_changes():
    base, shared = beside({"prices.supplier_elasticity": "2"}, scenario="priced-2027")
    assert base.title == load_scenario("priced-baseline").title
    assert base.prices is not None
    assert base.prices.supplier_elasticity.central() == 2
    assert shared.made == ("prices.supplier_elasticity",)
    unpriced, shared = beside(
        {"prices.supplier_elasticity": "2"}, scenario="priced-2027", name="baseline-2026"
    )
    assert unpriced.prices is None
    assert shared.misfits == ("prices.supplier_elasticity",)


def test_a_baseline_that_would_be_the_same_is_left_out():
    changes = {"demand.US.polishing": "60 Mct/yr"}
    changed = load_scenario("baseline-2026").override(changes)
    assert choose_baseline(changed, None, changes) == (None, None)
    assert choose_baseline(changed, "none", changes) == (None, None)


def test_the_scenario_itself_as_baseline_is_meant_without_its_changes():
    changes = {"reserves.us": RESERVE, "demand.US.polishing": "60 Mct/yr"}
    base, shared = beside(changes, name="reinstated-2027")
    assert base == load_scenario("reinstated-2027")
    assert (shared.made, shared.compared) == ((), tuple(changes))
    longer = {"horizon.length": "3 yr"}
    changed = load_scenario("reinstated-2027").override(longer)
    assert choose_baseline(changed, "reinstated-2027", longer) == (None, None)


def test_a_baseline_that_is_not_there_is_a_mistake():
    with pytest.raises(ScenarioError, match="baseline-2026"):
        choose_baseline(load_scenario("calm"), "baseline-2062", {})


def test_without_diversion_no_control_leaks_and_nothing_else_differs():
    scenario = load_scenario("us-ban-2027")
    without = without_diversion(scenario)
    assert without is not None
    assert {control.diversion for control in without.controls.values()} == {None}
    assert without == scenario.override(
        dict.fromkeys(("controls.cn_55.diversion", "controls.us_46_2.diversion"))
    )


def test_a_scenario_whose_controls_do_not_leak_is_not_run_again_without_diversion():
    assert without_diversion(load_scenario("calm")) is None
    tight = {
        "controls.cn_55.diversion": {"share": "0%", "after_crackdown": "0%"},
        "controls.us_46_2.diversion": None,
    }
    assert without_diversion(load_scenario("us-ban-2027").override(tight)) is None


def test_without_facilities_each_is_cancelled():
    without = without_facilities(load_scenario("reinstated-2027"))
    assert without is not None
    assert without.facilities["georgia"].cancelled.central() == 1
    assert without_facilities(load_scenario("calm")) is None


def test_comparisons_leave_out_the_correlations_of_what_they_make_certain():
    pairs = {
        "controls.cn_55.diversion.delay ~ facilities.georgia.ramp": "0.5",
        "facilities.georgia.cancelled ~ facilities.georgia.ramp": "0.5",
    }
    scenario = load_scenario("reinstated-2027").override(
        {
            "facilities.georgia.cancelled": "uniform(0% 50%)",
            "controls.cn_55.diversion.delay": "uniform(20 90) days",
            "correlation": pairs,
        }
    )
    diversion, cancelled = pairs
    for other, kept in ((without_facilities(scenario), diversion), (without_diversion(scenario), cancelled)):
        assert other is not None
        assert [*other.correlation] == [kept]
        compile_plan(other)
