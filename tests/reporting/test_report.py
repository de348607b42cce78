"""What is said about a run, against the numbers it is made from."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from diamondsim.analysis import deciding_inputs
from diamondsim.plan.check import check
from diamondsim.reporting import BaselineChanges, Report, build_report, json_report, renderable, text_report
from diamondsim.reporting.draw_names import readable_draw
from diamondsim.reporting.formatting import percent
from diamondsim.reporting.headline_uses import NOTABLE_CHANCE
from diamondsim.reporting.rare_uses import is_rare, rare_sentences
from diamondsim.reporting.report import FacilityEffect
from diamondsim.reporting.report_sentences import sentences
from diamondsim.reporting.report_table import use_cells
from diamondsim.reporting.use_rows import UseRow, date_of, rows_of_uses
from diamondsim.results import Estimate
from diamondsim.scenario import Scenario, load_scenario
from diamondsim.simulation import monte_carlo
from tests.reporting.builders import UNKNOWN, exact, use_row

N = 60
M = 40


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("reinstated-2027").override({"horizon.length": "150 weeks"})


@pytest.fixture(scope="module")
def undiverted(scenario):
    return monte_carlo(scenario.override({"controls.cn_55.diversion": None}), replications=M, seed=1)


@pytest.fixture(scope="module")
def runs(scenario):
    baseline = load_scenario("baseline-2026").override({"horizon.length": "150 weeks"})
    without = scenario.override({"facilities.georgia.cancelled": "100%"})
    return [monte_carlo(each, replications=N, seed=1) for each in (scenario, baseline, without)]


def report_of(scenario, mc, baseline, without, direct) -> Report:
    """Return the report of a run beside its baseline, without facilities and without diversion."""
    return build_report(
        scenario,
        mc,
        check=check(scenario),
        baseline=baseline,
        without_facilities=without,
        without_diversion=direct,
    )


@pytest.fixture(scope="module")
def report(scenario, runs, undiverted) -> Report:
    mc, baseline, without = runs
    return report_of(scenario, mc, baseline, without, undiverted)


def row(report: Report, region: str, use: str) -> UseRow:
    (found,) = (r for r in report.rows if (r.region, r.use) == (region, use))
    return found


def sentences_of(report: Report) -> str:
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
    peaks = np.sort(here["peak_shortfall"].values[short])
    middle = peaks[math.ceil(len(peaks) / 2) - 1]
    assert found.depth_if_short.value == middle == here["shortage_depth_median"].sel(bound="estimate")


def test_a_typical_shortage_stands_before_the_worst_and_is_not_told_of_fewer_than_20():
    shown = {
        n: use_cells(use_row("u", depth=0.6, depth_if_short=exact(0.31, n)), few=False)[2] for n in (19, 20)
    }
    assert shown == {19: "(60 %)", 20: "31 % (60 %)"}
    assert use_cells(use_row("u", depth=0.6, depth_if_short=exact(0.31)), few=True)[2] == "60 %"
    seldom = use_row("u", chance=0.02, depth=0.026, depth_if_short=exact(0.31))
    assert use_cells(seldom, few=False)[2] == "31 %\n(2.6 %)"


def test_a_use_that_never_loses_its_inflow_has_no_days_on_stock(runs):
    baseline = {(r.region, r.use): r for r in rows_of_uses(runs[1])}
    assert baseline["US", "polishing"].days_survived.n == 0
    assert baseline["US", "polishing"].onset is None


def test_every_use_of_every_region_has_its_baseline(report):
    assert {(r.region, r.use) for r in report.rows} == set(report.baseline_rows)
    assert len(report.rows) == 22
    assert report.baseline_head is not None
    assert report.baseline_head.seed == report.head.seed


def test_a_use_that_the_baseline_lacks_is_not_said_to_be_rarely_short_in_it(report):
    rare = [row for row in report.rows if is_rare(row, report)]
    assert len(rare) > 1
    lost = rare[0]
    rest = {key: row for key, row in report.baseline_rows.items() if key != (lost.region, lost.use)}
    both, alone = rare_sentences(replace(report, baseline_rows=rest))
    assert " here and in the baseline" in both
    assert " here (the baseline has no such use)" in alone
    assert lost.use_name.split(" (")[0] in alone
    (only,) = rare_sentences(replace(report, baseline_rows={("home", "u"): rare[1]}))
    assert "in the baseline" not in only


def test_the_difference_to_the_baseline_is_that_of_the_chances_of_the_pairs(runs, report):
    for (region, use), found in report.differences.items():
        short = [(run["peak_shortfall"].sel(region=region, use=use).values > 0.05).mean() for run in runs[:2]]
        assert found.value == pytest.approx(short[0] - short[1])
        assert found.n == N
    assert set(report.differences) == set(report.baseline_rows)


def test_the_difference_is_printed_below_a_baseline_that_is_short_at_times(report):
    def printed(key, base):
        rows = {**report.baseline_rows, key: replace(report.baseline_rows[key], chance=base)}
        less = {key: Estimate(-0.123, -0.2, -0.0456, N)}
        lines = text_report(replace(report, baseline_rows=rows, differences=less)).splitlines()
        return [line.split(maxsplit=2)[2] for line in lines if "difference, points" in line]

    assert printed(("US", "polishing"), Estimate(0.5, 0.4, 0.6, N)) == ["-12.3 [-20.0, -4.6]"]
    assert printed(("US", "polishing"), Estimate(0.0, 0.0, 0.1, N)) == []  # it is the chance itself
    assert row(report, "CN", "quantum").assumed_volumes
    assert printed(("CN", "quantum"), Estimate(0.5, 0.4, 0.6, N)) == []


@pytest.fixture(scope="module", params=[1, 8])
def small_report(request, scenario, runs, undiverted) -> Report:
    """The report of the first replications of the runs above."""
    n = request.param
    mc, baseline, without, direct = (
        monte_carlo(each, replications=n, seed=1)
        for each in (
            scenario,
            load_scenario("baseline-2026").override({"horizon.length": "150 weeks"}),
            scenario.override({"facilities.georgia.cancelled": "100%"}),
            scenario.override({"controls.cn_55.diversion": None}),
        )
    )
    whole = runs[0]["peak_shortfall"].isel(replication=slice(0, n))
    assert mc["peak_shortfall"].equals(whole)
    return report_of(scenario, mc, baseline, without, direct)


def test_few_replications_are_counted(runs, small_report):
    n = small_report.head.replications
    text = text_report(small_report)
    peaks = runs[0]["peak_shortfall"].sel(region="US", use="machining").values[:n]
    assert (peaks > 0.05).any()
    name = row(small_report, "US", "machining").use_name.partition(" (")[0]
    found = next(line for line in text.splitlines() if line.startswith(f" {name}"))
    assert f"  {(peaks > 0.05).sum()} of {n}  " in found
    assert f"{100 * peaks.max():.0f} %" in found
    assert "Never short here and in the baseline: " in text
    for word in ("95 % i", "95 % c", "interval]", "[-]", "10-90", "worst 5 %", "< 80 %", "median"):
        assert word not in text, word
    where = f"in any of {n} replications" if n > 1 else "in the only replication"
    assert f"no use goes short {where}." in " ".join(text.split())


def test_one_replication_is_a_path_and_some_are_too_few(small_report):
    said = sentences(small_report)[-1]
    if small_report.head.replications == 1:
        assert said.startswith("One replication is one path of many, not an estimate; 'diamondsim trace' ")
        found = row(small_report, "US", "machining")
        line = next(line for line in text_report(small_report).splitlines() if "1 of 1" in line)
        assert found.onset is not None
        assert f"{found.onset.median:%Y-%m} " in line
    else:
        assert said.startswith("8 replications are too few for probabilities and their intervals")


def test_the_plant_is_told_not_to_supply_plates_and_crystals(report):
    (facility,) = report.facilities
    assert facility.not_supplied == ("Thermal and radar plates", "Quantum devices")
    assert "does not supply: Thermal and radar plates; Quantum devices" in sentences_of(report)


def test_a_plant_without_output_in_time_is_said_to_have_none(report):
    (facility,) = report.facilities
    late = replace(facility, first_output=None, no_output=Estimate(1, 0.9, 1, N))
    assert "no first output by 2029-10 in any replication" in sentences_of(
        replace(report, facilities=(late,))
    )


def test_what_the_plant_changes_is_measured_on_the_same_random_numbers(scenario):
    changes = {
        "facilities.georgia.stages": {"construction": "1 month", "financing_and_site": None, "presses": None}
    }
    early = scenario.override({**changes, "facilities.georgia.decision": "2026-12-01"})
    runs = [
        monte_carlo(s, replications=32, seed=1)
        for s in (early, early.override({"facilities.georgia.cancelled": "100%"}))
    ]
    found = build_report(early, runs[0], check=check(early), without_facilities=runs[1])
    us = next(effect for effect in found.effects if effect.region_name == "United States")
    with_it, without = (
        run["shortage"].sel(region="US").isel(use=slice(0, 5)).sum("use").values for run in runs
    )
    assert us.unmet_share.value == pytest.approx(with_it.mean() / without.mean())
    assert us.unmet_share.value < 0.9
    assert "With georgia, unmet demand" in sentences_of(found)


def test_regions_whose_short_names_coincide_keep_apart_in_sentences(report):
    home = [f"Home ({k})" for k in range(2)]
    origins = tuple(replace(report.origins[k], region_name=name) for k, name in enumerate(home))
    effects = tuple(FacilityEffect(name, Estimate(0.5, 0.4, 0.6, N), 0.1) for name in home)
    said = sentences(replace(report, origins=origins, effects=effects))
    (shares,) = (text for text in said if text.startswith("Share of consumption"))
    (unmet,) = (text for text in said if text.startswith("With georgia, unmet demand"))
    for text in (shares, unmet):
        assert all(f" {name} " in text for name in home)


def test_who_is_hit_first_is_who_is_short_soonest_in_half_of_all_replications(report, runs):
    run = runs[0]
    begins = run["first_shortage"].where(run["peak_shortfall"] > 0.05)
    for row in report.rows:
        short = np.sort(begins.sel(region=row.region, use=row.use).dropna("replication").values)
        days = [run["time"].values[int(tick)].astype("datetime64[D]").item() for tick in short]
        assert row.half_short == (days[N // 2 - 1] if len(days) >= N // 2 else None), row.place
    halves = [row for row in report.rows if row.half_short]
    first = min(
        halves,
        key=lambda r: (
            r.half_short,
            r.onset.median if r.onset else dt.date.max,
            r.assumed_volumes,
            -r.depth.value,
        ),
    )
    assert sentences_of(report).startswith(f"Hit first: {first.place}.")


def test_where_nobody_is_hit_the_report_says_so(report):
    nobody = tuple(
        replace(
            r,
            chance=Estimate(0, 0, 0.06, N),
            onset=None,
            days_short=UNKNOWN,
        )
        for r in report.rows
    )
    quiet = replace(report, rows=nobody)
    assert sentences_of(quiet).startswith("No use goes short in 5 % of replications or more.")
    assert "Hit first" not in sentences_of(quiet)


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
    assert len(document["uses"]) == 22
    assert document["uses"][0].keys() >= {field.name for field in dataclasses.fields(UseRow)}


def test_the_share_of_assumed_numbers_is_that_of_the_check(report):
    counts = {c.basis: c for c in report.check.numbers}
    total = sum(c.numbers for c in counts.values())
    assert f"Of the {total} numbers in the scenario, {counts['assumed'].numbers} (" in sentences_of(report)


def test_inputs_that_are_drawn_once_are_counted_where_they_are_not_the_uncertain_numbers(report, runs):
    uncertain, kept = sum(c.uncertain for c in report.check.numbers), runs[0].sizes["input"]
    assert uncertain != kept
    assert f"; {uncertain} are uncertain, " in sentences_of(report)
    assert f"A replication draws {kept} inputs once" in sentences_of(report)


def test_a_plant_that_works_before_the_horizon_has_a_date_before_it(runs):
    times = runs[0]["time"].values
    assert date_of(times, -2) == dt.date(2026, 11, 9)
    assert date_of(times, 0) == dt.date(2026, 11, 23)
    assert date_of(times, 1.0) == dt.date(2026, 11, 30)


def of_calm(**changes: str) -> tuple[Report, str]:
    """Return the report of a short run, and its head as one line."""
    calm = load_scenario("calm").override({key.replace("__", "."): value for key, value in changes.items()})
    made = build_report(calm, monte_carlo(calm, replications=1), check=check(calm))
    return made, " ".join(text_report(made).split("Use ")[0].split())


def test_a_tick_of_part_of_a_day_counts_in_the_last_day():
    made, head = of_calm(horizon__tick="1.5 days", horizon__length="15 days")
    assert made.head.last_day == dt.date(2026, 12, 8)
    assert "2026-11-23 to 2026-12-08" in head


def test_the_head_names_the_window_that_was_looked_at():
    assert "is unmet within 28 days" in of_calm(horizon__length="20 weeks")[1]
    assert "is unmet within 14 days" in of_calm(horizon__length="2 weeks")[1]
    assert "is unmet within 30 days" in of_calm(horizon__length="300 days", horizon__tick="10 days")[1]


def test_one_replication_is_spoken_of_in_the_singular():
    made, head = of_calm(horizon__length="8 weeks")
    assert "1 replication, seed 0" in head
    assert "One replication is one path of many" in sentences_of(made)


def test_a_legal_state_that_was_written_for_other_controls_is_marked_in_the_head(scenario, runs):
    changed = scenario.override({"controls.cn_55.front_loading": "2"}, name="--set")
    mark = (
        "written for reinstated-2027; the controls were changed since by --set controls.cn_55.front_loading"
    )
    made = build_report(changed, monte_carlo(changed, replications=2), check=check(changed))
    head = " ".join(text_report(made).split("Use ")[0].split())
    assert f"with a chance of 25 %, A again ! this legal state was {mark}" in head
    assert json_report(made)["scenario"]["legal_state_outdated"] == mark
    assert "!" not in text_report(build_report(scenario, runs[0], check=check(scenario)))


def test_numbers_that_lost_their_source_to_a_change_are_told(scenario, runs):
    changed = scenario.override({"inventory_policy.any.cover": "60 days", "uses.polishing.growth": "0 %/yr"})
    assert "neither" in sentences_of(build_report(scenario, runs[0], check=check(scenario)))
    made = build_report(changed, runs[0].assign_attrs(scenario_hash=changed.hash), check=check(changed))
    assert "and 2 have neither (2 of these changed by --set)" in sentences_of(made)


@pytest.mark.parametrize(
    "shared, line",
    [
        (BaselineChanges(("a.b", "c"), (), ()), "baseline with your changes to a.b, c"),
        (BaselineChanges((), ("controls.x",), ()), "baseline without your changes to controls.x (controls)"),
        (
            BaselineChanges(("a",), ("controls.x",), ("reserves.us.opening",)),
            "baseline with your changes to a, without those to controls.x (controls), reserves.us.opening "
            "(do not fit the baseline)",
        ),
    ],
)
def test_the_head_says_which_changes_the_baseline_shares(report, shared, line):
    text = text_report(replace(report, baseline_changes=shared))
    assert line in " ".join(text.split())
    assert json_report(replace(report, baseline_changes=shared))["baseline_changes"]["made"] == list(
        shared.made
    )


def test_a_baseline_without_any_change_needs_no_line(report):
    quiet = replace(report, baseline_changes=BaselineChanges((), (), ()))
    assert text_report(quiet) == text_report(report)


def test_what_diversion_changes_is_told_of_the_use_most_often_hit_and_the_one_first_hit(report):
    often = max(report.rows, key=lambda r: r.chance.value)
    places = [effect.place for effect in report.diversion_effects]
    assert places[0] == often.place
    assert f"Hit first: {places[-1]}." in sentences_of(report)
    told = with_effect(report, (0.1, 0.2), (7.0, 21.0))
    would = f"Without diversion via third countries, which is assumed, {often.place} would go short in "
    assert would in told
    (document,) = (d for d in json_report(report)["without_diversion"] if d["place"] == often.place)
    assert document["chance_without"]["value"] >= document["chance"]["value"]


def test_what_diversion_changes_is_measured_on_the_same_replications(report, runs, undiverted):
    for effect in report.diversion_effects:
        with_it, without = (
            run.sel(region=effect.region, use=effect.use).isel(replication=slice(0, M))
            for run in (runs[0], undiverted)
        )
        short, short_without = (run["peak_shortfall"].values > 0.05 for run in (with_it, without))
        assert effect.chance.n == effect.more_often.n == M
        assert effect.more_often.value == pytest.approx(short_without.mean() - short.mean())
        both = short & short_without
        days = 7 * np.sort((with_it["first_shortage"] - without["first_shortage"]).values[both])
        assert effect.earlier_days.n == both.sum() > 10
        assert effect.earlier_days.value == days[math.ceil(0.5 * len(days)) - 1] >= 0
        assert effect.earlier_days.low <= effect.earlier_days.value <= effect.earlier_days.high


def interval(low, high):
    return Estimate(value=(low + high) / 2, low=low, high=high, n=M)


def with_effect(report, more_often, earlier_days):
    """Return the report with the first effect of diversion alone: its change, and how much earlier."""
    first = replace(
        report.diversion_effects[0],
        more_often=interval(*more_often),
        earlier_days=interval(*earlier_days),
    )
    return sentences_of(replace(report, diversion_effects=(first,)))


def test_diversion_that_changes_little_is_told_in_one_short_sentence(report):
    """Little is less than 5 points and less than 28 days, in both limits."""
    place, little = report.diversion_effects[0].place, "makes little difference to"
    told = with_effect(report, (-0.01, 0.049), (0.0, 21.0))
    assert f"{little} {place}: less than 5 percentage points in the chance of a shortage" in told
    assert "Without diversion" not in told
    for more_often, earlier in [
        ((-0.01, 0.05), (0.0, 21.0)),
        ((-0.05, 0.01), (0.0, 21.0)),
        ((0.0, 0.01), (0.0, 28.0)),
        ((0.0, 0.01), (-28.0, 0.0)),
        ((0.0, 0.01), (math.nan, math.nan)),
    ]:
        told = with_effect(report, more_often, earlier)
        assert "Without diversion" in told
        assert little not in told


def test_an_onset_that_diversion_moves_by_less_than_four_weeks_is_not_told_in_days(report):
    assert "days earlier" not in with_effect(report, (0.1, 0.2), (7.0, 21.0))
    assert "shortages in both runs begin less than 28 days apart" in with_effect(
        report, (0.1, 0.2), (7.0, 21.0)
    )
    assert "a median of 42 days earlier [35, 49]" in with_effect(report, (0.1, 0.2), (35.0, 49.0))


def test_where_diversion_changes_nothing_nothing_is_said_of_it(scenario, runs):
    found = build_report(scenario, runs[0], check=check(scenario), without_diversion=runs[0])
    assert found.diversion_effects == ()
    assert "Without diversion" not in sentences_of(found)


def test_the_head_says_how_likely_each_legal_state_is():
    # A year after the start both 55 alone (B) and the two together (D) are possible.
    longer = {
        "controls.cn_55.sojourn.licensing": "24 months",
        "controls.us_46_2.expiries.first": "2027-12-01",
    }
    truce = load_scenario("truce").override({"horizon.length": "60 weeks", **longer})
    run = monte_carlo(truce, replications=N, seed=1)
    made = build_report(truce, run, check=check(truce))
    (line,) = [line for line in text_report(made).splitlines() if line.startswith("legal states on")]
    assert (
        "in effect: A neither cn_55 nor us_46_2; B cn_55 without us_46_2; C us_46_2 without cn_55; "
        "D cn_55 and us_46_2"
    ) in " ".join(text_report(made).split())
    likely = run["legal_state_probability"].sel(bound="estimate", legal_state="B")
    assert f"B {percent(float(likely.sel(time='2027-11-22')))}" in line.partition(";")[0]
    assert f"B {percent(float(likely.mean()))}" in line.partition(";")[2]
    document = json_report(made)["legal_states"]
    assert [each["state"] for each in document] == ["A", "B", "C", "D"]
    assert document[2]["controls"] == {"cn_55": False, "us_46_2": True}
    assert document[1]["day"] == "2027-11-22"
    low, high = (document[1]["on_day"][key] for key in ("low", "high"))
    assert low < float(likely.sel(time="2027-11-22")) < high


def test_a_short_run_tells_the_legal_states_of_its_last_tick():
    short = load_scenario("rollover").override({"horizon.length": "10 weeks"})
    rows = json_report(build_report(short, monte_carlo(short, replications=4, seed=1), check=check(short)))
    assert {row["day"] for row in rows["legal_states"]} == {"2027-01-25"}


def test_without_legal_states_the_head_has_no_such_line():
    calm = load_scenario("calm").override({"horizon.length": "10 weeks"})
    made = build_report(calm, monte_carlo(calm, replications=4, seed=1), check=check(calm))
    assert "legal states on" not in text_report(made)
    assert json_report(made)["legal_states"] == []


@pytest.mark.parametrize("n, told", [(19, False), (20, True)])
def test_a_range_is_told_only_where_there_are_replications_outside_it(n, told):
    calm = load_scenario("calm").override({"horizon.length": "70 days"})
    made = build_report(calm, monte_carlo(calm, replications=n), check=check(calm))
    assert any("(5-95 %:" in sentence for sentence in sentences(made)) is told


def test_the_inputs_that_decide_are_named_with_their_chances(report, scenario, runs):
    first = next(row for row in report.rows if row.onset is not None and row.chance.value >= NOTABLE_CHANCE)
    assert report.deciding is not None
    assert (report.deciding.region, report.deciding.use) == (first.region, first.use)
    expected = deciding_inputs(scenario, dataset=runs[0], region=first.region, use=first.use)
    assert report.deciding.inputs == expected
    text = " ".join(sentences(report))
    assert ("decide most" in text) == bool(expected)
    for each in expected:
        meaning = f" ({each.meaning[0].lower()}{each.meaning[1:]})" if each.meaning else ""
        assert (
            f"{readable_draw(each.name, each.path)}{meaning}: {percent(each.chance_low.value)}, then" in text
        )
    assert not re.search(r"/(spell|run|visit|factor|term)[0-9]", text)
    assert [each["name"] for each in json_report(report)["deciding"]["inputs"]] == [e.name for e in expected]
