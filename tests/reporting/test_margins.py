"""How far a run in which no use is hit is from a shortage."""

from dataclasses import replace

import numpy as np
import pytest

from diamondsim.plan.check import check
from diamondsim.reporting import build_report
from diamondsim.reporting.margins import LITTLE_UNMET, least_cover, margin_sentences
from diamondsim.reporting.report import FacilityEffect
from diamondsim.reporting.report_sentences import sentences
from diamondsim.results import Estimate
from diamondsim.scenario import load_scenario
from diamondsim.simulation import monte_carlo
from tests.reporting.builders import use_row


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("baseline-2026").override({"horizon.length": "30 weeks"})


@pytest.fixture(scope="module")
def run(scenario):
    return monte_carlo(scenario, replications=24, seed=1, workers=1)


@pytest.fixture(scope="module")
def report(scenario, run):
    return build_report(scenario, run, check=check(scenario))


def margins(use, depth):
    """Return what is said of a use with some depth, beside another without any shortfall."""
    rows = [use_row("v", chance=0.0, depth=0.0), replace(use_row(use, chance=0.02), depth=depth)]
    return [*margin_sentences(rows, None, window_days=28.0)]


def test_the_use_nearest_to_a_shortage_is_named_with_the_interval_of_its_shortfall():
    (text,) = margins("u", Estimate(0.031, 0.021, 0.041, 100))
    assert text.startswith("Nearest to a shortage: u in the United States. ")
    assert "an average of 3.1 % [2.1-4.1 %] of its demand is unmet over the worst 28 days" in text


def test_a_shortfall_of_next_to_nothing_has_no_use_and_no_figure():
    least = 0.9 * LITTLE_UNMET
    (text,) = margins("u", Estimate(least, 0, least, 100))
    assert text.startswith("In the worst 5 % of replications, less than 0.1 % of the demand of any use")


def test_the_least_stock_is_the_lowest_cover_that_95_percent_have(run):
    found = least_cover(run)
    assert found is not None
    low = run["cover_band"].sel(quantile=0.05)
    assert found.days == float(low.min())
    of_use = low.sel(region=found.region, use=found.use)
    assert float(of_use.sel(time=np.datetime64(found.day))) == found.days
    assert least_cover(run.assign(cover_band=np.nan * run["cover_band"])) is None


def test_margins_are_told_where_no_use_is_hit_and_only_there(report):
    told = [text for text in sentences(report) if text.startswith(("Nearest", "In the worst", "Least stock"))]
    assert len(told) == 2
    assert "No use goes short in 5 %" in sentences(report)[0]
    hit = replace(report, rows=(use_row("u", chance=0.5),))
    assert not [text for text in sentences(hit) if text.startswith(("Nearest", "Least stock"))]


def test_what_the_plant_changes_has_no_ratio_where_next_to_nothing_is_unmet(report):
    effects = (
        FacilityEffect("Japan", Estimate(0.5, 0.4, 0.6, 24), LITTLE_UNMET),
        FacilityEffect("Korea", Estimate(0.35, 0.35, 0.35, 24), 0.9 * LITTLE_UNMET),
    )
    said = sentences(replace(report, effects=effects))
    (ratios,) = (text for text in said if text.startswith("With georgia, unmet demand"))
    assert ratios.endswith("Japan 50 % [40-60 %].")
    assert "Less than 0.1 % of demand is unmet, with georgia and with georgia cancelled, in: Korea." in said


def test_the_unmet_demand_that_decides_is_that_of_the_run_with_more(scenario, run):
    more = run.assign(shortage=run["shortage"] + run["demand"] / 10)
    for runs in ((run, more), (more, run)):
        found = build_report(scenario, runs[0], check=check(scenario), without_facilities=runs[1])
        assert [effect.region_name for effect in found.effects] == [*map(str, run["region_name"].values)]
        assert all(0.099 < effect.unmet < 0.11 for effect in found.effects)
