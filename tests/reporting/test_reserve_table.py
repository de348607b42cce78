"""What the report of a run says of its reserves, against the numbers it is made from."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.cli.comparisons import without_reserve
from diamondsim.plan.check import check
from diamondsim.reporting import Report, build_report, json_report, text_report
from diamondsim.results import mean, paired_difference
from tests.simulation.small import short_ban

SECOND_USE = {
    "uses.v": {"grades": {"g": "100%"}},
    "demand.home.v": "1 ct/day",
    "trade.plant.home": "101 ct/day",
    "inventory_policy.v": {"opening": "1 day", "cover": "1 day", "lead": "0 days", "max_order": "none"},
}
OLD = {
    "region": "home",
    "grade": "g",
    "opening": "600 ct",
    "release": "50 ct/day",
    "serves": ["u"],
    "lead": "0 days",
}
SCENARIO = short_ban().override({**SECOND_USE, "reserves": {"old": OLD}})


def runs_of(scenario: ds.Scenario, n: int) -> dict[str, xr.Dataset]:
    other = without_reserve(scenario, "old")
    assert other is not None
    each = {"with": scenario, "without": other}
    return {name: ds.monte_carlo(one, replications=n, workers=1) for name, one in each.items()}


def reported(n: int) -> tuple[Report, dict[str, xr.Dataset]]:
    runs = runs_of(SCENARIO, n)
    report = build_report(
        SCENARIO, runs["with"], check=check(SCENARIO), without_reserve={"old": runs["without"]}
    )
    return report, runs


@pytest.fixture(scope="module")
def many():
    return reported(100)


def test_what_a_reserve_buys_is_the_difference_of_pairs(many):
    report, runs = many
    (row,) = report.reserves
    (served,) = row.effects
    one, other = (runs[name].sel(region="home", use="u") for name in ("with", "without"))
    met = mean((other["shortage"] - one["shortage"]).values)
    assert (served.met, served.unit, served.place) == (met, "ct", "u in home")
    assert met.low > 0, "it helps"
    short = [(run["peak_shortfall"] > 0.05).values for run in (other, one)]
    assert served.less_often == paired_difference(*short)
    assert served.chance_without.value == short[0].mean()


def test_what_it_does_to_all_other_uses_is_added_up(many):
    _, runs = many
    more = xr.where(runs["without"]["use"] == "v", 5.0, 0.0)
    without = runs["without"].assign(shortage=runs["without"]["shortage"] - more)
    report = build_report(SCENARIO, runs["with"], check=check(SCENARIO), without_reserve={"old": without})
    served, others = report.reserves[0].effects or ()
    assert served.place == "u in home"
    assert (others.place, others.met.value, others.chance) == ("", -5.0, None)
    assert "; all other uses together 5 [5, 5] ct." in " ".join(text_report(report).split())


def test_a_reserve_that_is_fully_used_meets_what_it_releases(many):
    report, _ = many
    (row,) = report.reserves
    assert row.effects[0].met.value == pytest.approx(row.released.value, rel=1e-9)


def test_the_table_and_the_document_say_what_it_releases_when_it_is_spent_and_what_it_buys(many):
    report, _ = many
    (row,) = report.reserves
    text = " ".join(text_report(report).split())
    assert "old, g" in text
    assert f"{100 * row.used.value:.1f} % [" in text
    assert f"With reserve old, unmet demand over the horizon changes by (mean of {row.used.n}" in text
    assert "all other uses" not in text, "nothing changes for them"
    document = json_report(report)["reserves"][0]
    assert document["released"]["value"] == row.released.value
    assert document["first_spent"]["median"] == row.first_spent.median.isoformat()
    assert document["effects"][0]["met"]["value"] == row.effects[0].met.value


def test_of_few_replications_it_counts():
    report, _ = reported(8)
    (row,) = report.reserves
    text = " ".join(text_report(report).split())
    assert f"{round(8 * row.used.value)} of 8" in text
    assert "95 %" not in text


def test_without_the_comparison_it_names_the_command(many):
    _, runs = many
    report = build_report(SCENARIO, runs["with"], check=check(SCENARIO))
    assert report.reserves[0].effects is None
    assert "`diamondsim compare` sets the scenario beside one with --set reserves.old=null" in " ".join(
        text_report(report).split()
    )


def test_a_reserve_that_never_opens_changes_nothing():
    calm = SCENARIO.override({"controls": None})
    runs = runs_of(calm, 24)
    report = build_report(calm, runs["with"], check=check(calm), without_reserve={"old": runs["without"]})
    assert "Reserve old changes nothing for any use." in text_report(report)


def test_a_scenario_without_a_reserve_differs_in_nothing_else():
    correlated = SCENARIO.override(
        {
            "inventory_policy.u.cover": "tri(5 10 15) days",
            "reserves.old.opening": "tri(400 600 800) ct",
            "correlation": {"inventory_policy.u.cover ~ reserves.old.opening": 0.5},
        }
    )
    covers = [
        run["input_value"].sel(input="inventory_policy.u.cover") for run in runs_of(correlated, 16).values()
    ]
    np.testing.assert_allclose(covers[0], covers[1], rtol=1e-12)
