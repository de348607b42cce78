"""Durations that no scenario can mean: refused above 1,000 years, told where nothing comes of them."""

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan.check import check
from diamondsim.scenario import load_scenario, shipped_scenarios
from tests.plan.small_scenarios import FAB, small_scenario

# The horizon of the small scenario has 700 days.
FIRM = {"aggregate": "home.grinding", "share": "10%"}
WITHIN = "the horizon is 700 days long, so nothing arrives with this lead: "
NEVER = "longer than 100 years, which is more than enough for never: {}; is the unit right?"


def told(changes: dict[str, object]) -> list[str]:
    return list(check(small_scenario(changes)).warnings)


@pytest.mark.parametrize(
    "changes, path",
    [
        ({"inventory_policy.any.lead": "700 days"}, "inventory_policy.any.lead"),
        ({"producers.mine.lead": {"home": "tri(700 800 900) days"}}, "producers.mine.lead.home"),
        ({"lanes": {"mine -> home.arms": {"lead": "2 yr"}}}, "lanes.mine -> home.arms.lead"),
        (
            {"buyers.firm": {**FIRM, "suppliers": {"mine": {"share": "100%", "lead": "24 months"}}}},
            "suppliers.mine.lead",
        ),
    ],
)
def test_a_lead_that_the_horizon_does_not_hold_is_told(changes, path):
    [said] = told(changes)
    assert said.startswith(WITHIN)
    assert said.endswith(path)


@pytest.mark.parametrize("lead", ["699 days", "tri(0 800 900) days", "exponential(900 days)"])
def test_a_lead_that_may_be_over_in_time_is_not_told(lead):
    assert told({"inventory_policy.any.lead": lead}) == []


@pytest.mark.parametrize(
    "changes, path",
    [
        ({"facilities.fab": {**FAB, "ramp": "101 yr"}}, "facilities.fab.ramp"),
        (
            {"facilities.fab": {**FAB, "stages": {"building": "36525.1 days"}}},
            "facilities.fab.stages.building",
        ),
        ({"inventory_policy.any.fill_rate_memory": "40000 days"}, "inventory_policy.any.fill_rate_memory"),
        (
            {
                "producers.mine.swing.more": {
                    "share": "10%",
                    "opens": "2026-06-01",
                    "delay": "uniform(101 200) yr",
                }
            },
            "producers.mine.swing.more.delay",
        ),
    ],
)
def test_any_other_duration_is_told_above_a_hundred_years(changes, path):
    assert told(changes) == [NEVER.format(path)]


def test_a_hundred_years_stand_for_never_without_a_warning():
    assert told({"inventory_policy.any.fill_rate_memory": "100 years"}) == []


@pytest.mark.parametrize(
    "path, text, said",
    [
        (
            "inventory_policy.any.lead",
            "1e9 days",
            "'1e9 days' is longer than 1,000 years; allowed: at most 1,000 years",
        ),
        ("inventory_policy.any.cover", "365250.1 days", "'365250.1 days' is longer than 1,000 years; "),
        (
            "producers.mine.outages.fire",
            {"rate": "1/yr", "length": "exponential(1001 yr)"},
            "1,000 years on average",
        ),
        ("horizon.length", "1e9 days", "'1e9 days' is longer than 1,000 years"),
        (
            "facilities.fab",
            {**FAB, "ramp": "1e5 months"},
            "facilities.fab.ramp: '1e5 months' is longer than 1,000 years",
        ),
    ],
)
def test_a_duration_above_a_thousand_years_is_refused(path, text, said):
    with pytest.raises(ScenarioError) as caught:
        small_scenario({path: text})
    [problem] = caught.value.problems
    assert said in str(problem)


def test_a_thousand_years_are_allowed():
    scenario = small_scenario({"inventory_policy.any.fill_rate_memory": "1000 years"})
    (longest,) = {d.support() for path, d in scenario.durations if d.support()[1] > 100 * 365.25}
    assert longest == (1000 * 365.25, 1000 * 365.25)


@pytest.mark.parametrize("listing", [s for s in shipped_scenarios() if not s.component], ids=lambda s: s.name)
def test_no_shipped_scenario_has_too_long_a_duration(listing):
    scenario = load_scenario(listing.name)
    least = {path: duration.support()[0] for path, duration in scenario.durations}
    assert len(least) > 50
    assert max(least.values()) <= 100 * 365.25
    leads = [path for path in least if "lead" in path[-2:]]
    assert max(least[path] for path in leads) < scenario.horizon.days
