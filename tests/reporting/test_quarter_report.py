"""Results by quarter as series of numbers, for JSON, and as tables."""

from __future__ import annotations

import datetime as dt

import pytest

import diamondsim as ds
from diamondsim.plan.check import check
from diamondsim.reporting import build_report, json_report, text_report
from diamondsim.reporting.quarter_report import quarter_report

SCENARIO = ds.load_scenario("priced-2027").override({"horizon.length": "60 weeks"})


@pytest.fixture(scope="module")
def dataset():
    return ds.monte_carlo(SCENARIO, replications=8, seed=0, workers=1)


@pytest.fixture(scope="module")
def report(dataset):
    return build_report(SCENARIO, dataset, check=check(SCENARIO))


def test_series_are_the_numbers_of_the_dataset(dataset):
    found = quarter_report(dataset)
    assert found.quarter[:2] == ("2026Q4", "2027Q1")
    assert found.start[:2] == (dt.date(2026, 10, 1), dt.date(2027, 1, 1))
    assert found.covered[:2] == pytest.approx((39 / 92, 1))
    (polishing,) = (use for use in found.uses if (use.region, use.use) == ("US", "polishing"))
    here = dataset.sel(region="US", use="polishing")
    assert polishing.unit == "ct"
    assert polishing.demand.low == tuple(here["quarter_demand_mean"].sel(bound="low").values)
    assert polishing.forgone is not None
    assert polishing.forgone.value == tuple(here["quarter_forgone_mean"].sel(bound="estimate").values)
    median = here["quarter_shortfall_quantiles"].sel(quantile=0.5).values
    assert polishing.shortfall_quantiles["0.5"] == tuple(median)
    assert found.control_states["cn_55"]["licensing"][2] == 1
    assert found.legal_states["B"][2] == 1
    assert len(found.facility_output["georgia"].value) == len(found.quarter)


def test_json_always_has_the_quarters_and_the_text_only_if_asked(report):
    quarters = json_report(report)["quarters"]
    assert quarters["quarter"][0] == "2026Q4"
    assert quarters["start"][1] == "2027-01-01"
    assert all(len(use["chance"]["value"]) == len(quarters["quarter"]) for use in quarters["uses"])
    assert "By quarter" not in text_report(report)
    lines = text_report(report, by_quarter=True).splitlines()
    assert max(map(len, lines)) <= 110
    assert "* in part, share of its days: 2026Q4 42 %, 2028Q1 18 %" in lines
    assert sum(line.startswith("2027Q3 ") for line in lines) >= 2


def test_a_run_without_controls_facilities_and_prices_has_quarters_too():
    scenario = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    found = quarter_report(ds.monte_carlo(scenario, replications=2, seed=0, workers=1))
    assert (found.facility_output, found.facility_unit) == ({}, "")
    assert all(use.forgone is None for use in found.uses)
