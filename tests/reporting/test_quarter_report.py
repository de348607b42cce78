"""Results by quarter as series of numbers, for JSON, and as tables."""

from __future__ import annotations

import datetime as dt
import re
from itertools import takewhile

import pytest
from rich.console import Group

import diamondsim as ds
from diamondsim.plan.check import check
from diamondsim.reporting import build_report, json_report, page_of, renderable, text_report
from diamondsim.reporting.quarter_report import quarter_report
from diamondsim.reporting.tables_by_quarter import quarter_tables
from tests.reporting.printed_answers import lines_of_renderable, unfit

SCENARIO = ds.load_scenario("priced-2027").override({"horizon.length": "60 weeks"})


@pytest.fixture(scope="module")
def dataset():
    return ds.monte_carlo(SCENARIO, replications=8, seed=0, workers=1)


@pytest.fixture(scope="module")
def report(dataset):
    return build_report(SCENARIO, dataset, check=check(SCENARIO))


def test_tables_fit_a_narrow_terminal_and_break_no_figure(report):
    with page_of(80):
        lines = lines_of_renderable(renderable(report, by_quarter=True), 80)
    assert unfit(lines, 80) == []
    assert {"Grade,", "Need:", "Quarter"} < {line.split()[0] for line in lines if line}


def test_uses_that_have_no_room_beside_each_other_get_tables_of_their_own(report):
    shown = [(use.region, use.use) for use in report.quarters.uses if use.region == "US"]
    with page_of(48):
        lines = lines_of_renderable(Group(*quarter_tables(report.quarters, shown)), 48)
    assert unfit(lines, 48) == []
    assert len(shown) > 3
    of_uses = [line for line in lines if line.startswith("2026Q4") and "[" in line]
    assert sum(line.count("[") for line in of_uses) == len(shown)
    assert len(of_uses) >= len(shown) / 2


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
    assert sum(line.startswith("2026Q4*") for line in lines) >= 2


def test_chances_and_shares_unmet_have_their_intervals(report):
    (machining,) = (use for use in report.quarters.uses if (use.region, use.use) == ("US", "machining"))
    lines = lines_of_renderable(Group(*quarter_tables(report.quarters, [("US", "machining")])), 110)
    at = next(i for i, line in enumerate(lines) if line.startswith("2028Q1*"))
    for line, found in zip(lines[at:], (machining.chance, machining.shortfall), strict=True):
        low, high = (float(limit) for limit in re.findall(r"\[([\d.]+), ([\d.]+)\]", line)[0])
        assert (low, high) == pytest.approx((100 * found.low[-1], 100 * found.high[-1]), abs=0.5)


def table_of(report, heading):
    """Return the rows below the line of headings that begins with `Quarter` after a heading."""
    lines = text_report(report, by_quarter=True).splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("By quarter"))
    at = next(i for i, line in enumerate(lines[begin:], begin) if heading in line)
    first = next(i for i, line in enumerate(lines[at:], at) if line.startswith("Quarter")) + 1
    rows = takewhile(lambda line: line[:1] == "2", lines[first:])
    return [tuple(part.strip() for part in re.split(r"\s{2,}", row)) for row in rows]


def test_quarters_in_which_no_printed_figure_changes_share_a_row(report):
    """The list comes into force on 1 March 2027, when 31 of the quarter's 90 days are left; the 60 weeks end
    on 17 January 2028.
    """
    assert table_of(report, "cn_55") == [
        ("2026Q4*", "0 %", "100 %", "0 %"),
        ("2027Q1", "34 %", "66 %", "34 %"),
        ("2027Q2 to 2028Q1*", "100 %", "0 %", "100 %"),
    ]


def test_what_holds_in_no_quarter_has_a_line_instead_of_columns(report):
    text = " ".join(text_report(report, by_quarter=True).split())
    never = "us_46_2 in force, trade slowed while us_46_2 is dormant, legal state C, legal state D"
    assert f"In no quarter of any replication: {never}" in text


def test_what_slows_lawful_trade_is_not_called_in_force(dataset):
    """What the dormant ban would cover is slowed from 28 November 2026 on, and nothing is banned."""
    scenario = SCENARIO.override(
        {
            "controls.cn_55.timeline": {},
            "controls.us_46_2.timeline": {"2026-11-28": "banned"},
            "controls.us_46_2.overcompliance.time": None,
            "controls.cn_55.spillover": {
                "covers": {"from": "CN", "grades": ["coarse"]},
                "lost": "20%",
                "time": "60 days",
            },
        }
    )
    run = ds.monte_carlo(scenario, replications=2, seed=0, workers=1)
    found = build_report(scenario, run, check=check(scenario))
    assert table_of(found, "trade slowed")[1:] == [("2027Q1 to 2028Q1*", "100 %", "0 %", "100 %")]
    text = " ".join(text_report(found, by_quarter=True).split())
    never = "cn_55 in force, us_46_2 in force, goods beside cn_55 slowed, legal state B, legal state D"
    assert f"In no quarter of any replication: {never}" in text


def test_a_run_without_controls_facilities_and_prices_has_quarters_too():
    scenario = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    found = quarter_report(ds.monte_carlo(scenario, replications=2, seed=0, workers=1))
    assert (found.facility_output, found.facility_unit) == ({}, "")
    assert all(use.forgone is None for use in found.uses)
