"""Which replications are told, how their weeks become months and sentences, and the page that holds them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import xarray as xr

from benchmarks.declared_runs.marked_pages import marks_of
from benchmarks.traces import choosing
from benchmarks.traces.__main__ import PAGE
from benchmarks.traces.calendar_months import months_of
from benchmarks.traces.month_tables import stretches
from benchmarks.traces.readable_names import Names
from benchmarks.traces.story import Note, diversions, lasting_stops, times_of
from benchmarks.traces.telling import told
from diamondsim.engines.event import Event, EventKind
from diamondsim.scenario import load_scenario

MONTHS = months_of(dt.date(2026, 11, 23), 417, 7, dt.date(2027, 3, 1))


def test_the_page_has_what_the_command_prints():
    """Where the market has changed: `python3 dev.py traces --page`, then read the page again."""
    page = PAGE.read_text(encoding="utf-8")
    texts = told()
    assert marks_of(PAGE) == sorted(texts, key=marks_of(PAGE).index)
    for name, text in texts.items():
        of_page = page.partition(f"<!-- {name}: begin -->")[2].partition(f"<!-- {name}: end -->")[0]
        assert of_page.strip().splitlines() == text.splitlines(), f"{name} has moved"


def test_the_page_states_the_rules_that_choose():
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"first {choosing.REPLICATIONS} replications of seed {choosing.SEED}" in text
    assert f"in the months 1 to {choosing.EPISODE_MONTHS} for which gallium has a figure" in text
    shut = f"at the {100 * choosing.SHUT_SHARE:.0f} % quantile of mean exports in months 1 to"
    assert f"{shut} {choosing.SHUT_MONTHS}" in text


def test_a_month_takes_from_each_week_the_days_that_lie_in_it():
    """31 March 2027 is a Wednesday: three days of its week, which is tick 18, lie in March."""
    march, april = MONTHS.row(1), MONTHS.row(2)
    assert MONTHS.first_days[march] == dt.date(2027, 3, 1)
    assert (MONTHS.days[march], MONTHS.days[april]) == (31, 30)
    assert MONTHS.weights[march, 18] == pytest.approx(3 / 7)
    assert MONTHS.weights[april, 18] == pytest.approx(4 / 7)
    assert 7 * MONTHS.weights.sum(axis=1) == pytest.approx(MONTHS.days)


def test_months_in_part_are_left_out_and_late_ones_share_a_row():
    """The horizon begins on 23 November 2026 and ends on 19 November 2034."""
    assert MONTHS.first_days[0] == dt.date(2026, 12, 1)
    assert MONTHS.first_days[-1] == dt.date(2034, 10, 1)
    rows = stretches(MONTHS)
    assert [row.label for row in rows[:2]] == ["2027-01", "2027-02"]
    assert [row.number for row in rows[24:27]] == ["23", "24", ""]
    assert [row.label for row in rows[26:]] == [
        "2029-03 to 2029-12",
        *map(str, range(2030, 2034)),
        "2034-01 to 2034-10",
    ]


def test_the_distance_counts_months_with_a_figure_and_shares_up_to_one():
    """One differs by 0.3 in month 1 and by 0.4 in month 3 (1.0 less 0.6), the other by nothing."""
    shares = np.zeros((len(MONTHS.numbers), 2))
    shares[MONTHS.row(1)] = [0.3, 0.0]
    shares[MONTHS.row(2)] = [9.0, 9.0]
    shares[MONTHS.row(3)] = [0.6, 1.5]
    found = choosing.distance(shares, MONTHS, {1: 0.0, 3: 2.2})
    assert found.tolist() == pytest.approx([np.sqrt((0.09 + 0.16) / 2), 0.0])


def test_the_worlds_have_the_ranks_that_the_rules_ask_for(monkeypatch):
    """Of 40 replications with exports of 1 to 40 %, the second lowest is at 5 %. One is as gallium was."""
    shares = np.zeros((len(MONTHS.numbers), 40)) + np.roll(np.arange(1, 41), 5) / 100
    for month, share in choosing.episode_shares().items():
        shares[MONTHS.row(month), 7] = share
    monkeypatch.setattr(choosing, "export_shares", lambda: shares)
    like, shut = choosing.worlds()
    assert (like.replication, like.by_distance, like.distance) == (7, 1, 0.0)
    assert (shut.replication, shut.by_exports) == (6, 2)
    assert shut.exports == pytest.approx(0.02)


def test_a_use_is_short_once_if_its_grades_or_short_recoveries_follow_each_other():
    """Micron is short in ticks [10, 20) and [32, 40), mesh in [15, 18) and from 60 on."""
    labels = {"node": ["US.polishing.mesh", "US.polishing.micron"], "time": np.arange(100)}
    dataset = xr.Dataset(
        coords={
            **labels,
            "node_region": ("node", ["US", "US"]),
            "node_use": ("node", ["polishing", "polishing"]),
        }
    )
    begins, ends = EventKind.SHORTAGE_BEGINS, EventKind.SHORTAGE_ENDS
    rows = [(10, begins, "micron"), (15, begins, "mesh"), (18, ends, "mesh"), (20, ends, "micron")]
    rows += [(32, begins, "micron"), (40, ends, "micron"), (60, begins, "mesh")]
    events = [Event(tick, kind, f"US.polishing.{grade}", 1.0, "") for tick, kind, grade in rows]
    found = times_of(events, dataset, begins, ends)
    assert [(time.begin, time.end, time.open) for time in found] == [(10, 40, False), (60, 100, True)]


def test_stops_of_licensing_are_told_if_they_last_for_a_quarter():
    """Both civil rules stop in tick 14, for 13 and 20 ticks. One stops in tick 40 for 12, and in tick 80
    until the control is suspended, 13 ticks later. The other stops in tick 87, for 6 ticks until then; if
    nothing ended that, it would last for the 13 ticks to the horizon.
    """
    stops, resumes = EventKind.LICENSING_STOPS, EventKind.LICENSING_RESUMES
    japan, others, military = "cn_55: JP.any + any.any", "cn_55: any.any", "cn_55: any.military + any.any"
    rows = [(14, stops, japan), (14, stops, others), (14, stops, military)]
    rows += [(27, resumes, japan), (34, resumes, others)]
    rows += [(40, stops, japan), (52, resumes, japan), (80, stops, japan), (87, stops, others)]
    suspended = Event(93, EventKind.CONTROL_SUSPENDED, "cn_55", 0.0, "")
    events = [Event(tick, kind, entity, 0.0, "") for tick, kind, entity in rows]
    names = Names(load_scenario("reinstated-2027"))
    both, one = Note("stops", 14, "all civil buyers"), Note("stops", 80, "other buyers in Japan")
    assert [*lasting_stops([*events, suspended], names, 100)] == [both, one]
    other = Note("stops", 87, "other buyers elsewhere")
    assert [*lasting_stops(events, names, 100)] == [both, one, other]


def test_diversion_is_told_again_after_a_quarter_without():
    begins, ends = EventKind.DIVERSION_BEGINS, EventKind.DIVERSION_ENDS
    rows = [(5, begins), (8, ends), (20, begins), (21, ends), (34, begins)]
    found = [*diversions([Event(tick, kind, "cn_55", 1.0, "") for tick, kind in rows])]
    assert [note.tick for note in found] == [5, 34]


def test_names_are_those_of_a_reader():
    names = Names(load_scenario("reinstated-2027"))
    assert names.uses([("US", "polishing"), ("KR", "all_allies"), ("US", "thermal_powder")]) == (
        "polishing and thermal powder in the United States; all uses in Korea"
    )
    assert names.producer("us_makers") == "the United States"
    assert names.producer("us_recycling") == "the United States (recycling)"
    assert names.producer("georgia") == "the Georgia plant"
    assert names.rule("cn_55: any.chip + JP.any + any.any") == "chip makers in Japan"
    assert names.rule("cn_55: US.any + any.any") == "other buyers in the United States"
    assert names.rule("cn_55: any.any") == "other buyers elsewhere"
    assert names.is_military("cn_55: any.military + any.any")
