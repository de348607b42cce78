"""What is said about a run, against the numbers it is made from."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import math
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from diamondsim.plan.check import check
from diamondsim.reporting import Report, json_report, make_report, renderable, text_report
from diamondsim.reporting.rows import UseRow, date_of, use_rows
from diamondsim.reporting.sentences import sentences
from diamondsim.results.estimates import Estimate
from diamondsim.scenario import Scenario, load_scenario
from diamondsim.simulation import monte_carlo

N = 60


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("reinstated-2027").override({"horizon.length": "150 weeks"})


@pytest.fixture(scope="module")
def runs(scenario):
    baseline = load_scenario("baseline-2026").override({"horizon.length": "150 weeks"})
    without = scenario.override({"facilities.georgia.cancelled": "100%"})
    return [monte_carlo(each, replications=N, seed=1) for each in (scenario, baseline, without)]


@pytest.fixture(scope="module")
def report(scenario, runs) -> Report:
    mc, baseline, without = runs
    return make_report(scenario, mc, check=check(scenario), baseline=baseline, without_facilities=without)


def row(report: Report, region: str, use: str) -> UseRow:
    (found,) = (r for r in report.rows if (r.region, r.use) == (region, use))
    return found


def told(report: Report) -> str:
    return " ".join(sentences(report))


def test_a_row_is_that_of_its_replications(runs, report):
    here = runs[0].sel(region="US", use="polishing")
    found = row(report, "US", "polishing")
    short = here["peak_shortfall"].values > 0.05
    assert 0 < short.sum() < N
    assert found.chance.value == short.mean()
    ticks = np.sort(here["first_shortage"].values[short])
    days = [here["time"].values[int(t)].astype("datetime64[D]").item() for t in ticks]
    assert found.onset is not None
    assert found.onset.median == days[math.ceil(0.5 * len(days)) - 1]
    assert found.onset.early == days[math.ceil(0.1 * len(days)) - 1]
    assert found.onset.late == days[math.ceil(0.9 * len(days)) - 1]
    worst = np.sort(here["peak_shortfall"].values)[-3:]
    assert found.depth.value == pytest.approx(worst.mean())


def test_a_use_that_never_loses_its_inflow_has_no_days_on_stock(runs):
    baseline = {(r.region, r.use): r for r in use_rows(runs[1])}
    assert baseline["US", "polishing"].days_survived.n == 0
    assert baseline["US", "polishing"].onset is None


def test_every_use_of_every_region_has_its_baseline(report):
    assert {(r.region, r.use) for r in report.rows} == set(report.baseline_rows)
    assert len(report.rows) == 21
    assert report.baseline_head is not None
    assert report.baseline_head.seed == report.head.seed


def test_the_plant_is_told_not_to_supply_plates_and_crystals(report):
    (facility,) = report.facilities
    assert facility.not_supplied == ("Thermal and radar plates", "Quantum devices")
    assert "does not supply: Thermal and radar plates; Quantum devices" in told(report)


def test_a_plant_without_output_in_time_is_said_to_have_none(report):
    (facility,) = report.facilities
    late = replace(facility, first_output=None, no_output=Estimate(1, 0.9, 1, N))
    assert "no first output by 2029-10 in any replication" in told(replace(report, facilities=(late,)))


def test_what_the_plant_changes_is_measured_on_the_same_random_numbers(scenario):
    changes = {
        "facilities.georgia.stages": {"construction": "1 month", "financing_and_site": None, "presses": None}
    }
    early = scenario.override({**changes, "facilities.georgia.decision": "2026-12-01"})
    runs = [
        monte_carlo(s, replications=32, seed=1)
        for s in (early, early.override({"facilities.georgia.cancelled": "100%"}))
    ]
    found = make_report(early, runs[0], check=check(early), without_facilities=runs[1])
    us = next(effect for effect in found.effects if effect.region_name == "United States")
    with_it, without = (
        run["shortage"].sel(region="US").isel(use=slice(0, 5)).sum("use").values for run in runs
    )
    assert us.unmet_share.value == pytest.approx(with_it.mean() / without.mean())
    assert us.unmet_share.value < 0.9
    assert "With georgia, unmet demand" in told(found)


def test_who_is_hit_first_is_who_has_the_earliest_median_onset(report):
    hit = [r for r in report.rows if r.chance.value >= 0.05 and r.onset is not None]
    first = min(hit, key=lambda r: (r.onset.median if r.onset else dt.date.max, -r.chance.value))
    assert told(report).startswith(f"Hit first: {first.place}.")


def test_where_nobody_is_hit_the_report_says_so(report):
    nobody = tuple(
        replace(
            r,
            chance=Estimate(0, 0, 0.06, N),
            onset=None,
            days_short=Estimate(math.nan, math.nan, math.nan, 0),
        )
        for r in report.rows
    )
    quiet = replace(report, rows=nobody)
    assert told(quiet).startswith("No use goes short in 5 % of replications or more.")
    assert "Hit first" not in told(quiet)


def test_nothing_that_must_not_be_written_is_written(report):
    text = text_report(report)
    for forbidden in ("100 % of demand", "ends dependence", "end of dependence", "meets"):
        assert forbidden not in text
    assert "legal state" in text.splitlines()[1]
    assert "They are not the whole uncertainty" in " ".join(text.split())


def test_chances_never_seen_read_as_limits_and_never_as_zero(report):
    for line in text_report(report).splitlines():
        assert not line[29:].startswith(("0 %", "0.0 %")), line


def test_no_line_is_wider_than_the_page(report):
    assert max(map(len, text_report(report).splitlines())) <= 110


def test_a_narrow_terminal_loses_no_figure(report):
    console = Console(file=io.StringIO(), width=80, color_system=None)
    with console.capture() as captured:
        console.print(renderable(report))
    text = captured.get()
    assert "…" not in text
    survived = row(report, "US", "polishing").days_survived.value
    assert f"{survived:,.0f}" in text


def test_the_document_holds_only_what_json_can_say(report):
    def walk(value):
        if isinstance(value, dict):
            assert all(isinstance(key, str) for key in value)
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        else:
            assert value is None or isinstance(value, str | int | float | bool)
            assert not isinstance(value, float) or math.isfinite(value)

    document = json_report(report)
    walk(document)
    assert len(document["uses"]) == 21
    assert document["uses"][0].keys() >= {field.name for field in dataclasses.fields(UseRow)}


def test_the_share_of_assumed_numbers_is_that_of_the_check(report):
    counts = {c.basis: c for c in report.check.numbers}
    total = sum(c.numbers for c in counts.values())
    assert f"Of {total} numbers in the scenario {counts['assumed'].numbers} (" in told(report)


def test_a_plant_that_works_before_the_horizon_has_a_date_before_it(runs):
    times = runs[0]["time"].values
    assert date_of(times, -2) == dt.date(2026, 11, 9)
    assert date_of(times, 0) == dt.date(2026, 11, 23)
    assert date_of(times, 1.0) == dt.date(2026, 11, 30)
