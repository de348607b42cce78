"""The states of export controls in time: dates, expiries, sojourns and hazards of a scenario.

Owns what becomes a dated entry of the plan, and in which order entries of one tick stand.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from types import MappingProxyType

from diamondsim.distributions import Distribution
from diamondsim.plan.entities import number, path_name
from diamondsim.plan.structure import Branch, ControlState, Hazard, Input, TimelineEntry
from diamondsim.scenario import Control, ForkMap, Outcome, Path

SHARED_DRAWS = "draws"
"""First step of the names of draws that several entries share; no key of a scenario has this name."""

STATES = {
    "none": ControlState.NONE,
    "announced": ControlState.ANNOUNCED,
    "licensing": ControlState.LICENSING,
    "banned": ControlState.BANNED,
    "suspended": ControlState.SUSPENDED,
}


def make_timeline(
    path: Path, written: Control, start: dt.date, end: dt.date, tick_days: float
) -> tuple[TimelineEntry, ...]:
    """Return the dated entries of a control up to the day `end`; on one tick expiries come first."""
    entries = _expiries(path, written, start, end, tick_days)
    for date in sorted(written.timeline):
        entry_path = (*path, "timeline", date.isoformat())
        tick = rounded_tick(date, start, tick_days)
        fork = written.timeline[date]
        drawn = entry_path if fork.shared_draw is None else (SHARED_DRAWS, fork.shared_draw)
        entries.append(TimelineEntry(tick, path_name(drawn), _fork(entry_path, fork)))
    return tuple(sorted(entries, key=lambda entry: entry.tick))


def make_sojourns(path: Path, written: Control) -> Mapping[ControlState, Input]:
    """Return the sojourn times of a control, by state."""
    return MappingProxyType({STATES[s]: number((*path, "sojourn", s), d) for s, d in written.sojourn.items()})


def make_transitions(path: Path, written: Control) -> Mapping[ControlState, tuple[Branch, ...]]:
    """Return what follows a sojourn, by state."""
    return MappingProxyType(
        {STATES[s]: _branches((*path, "transitions", s), b) for s, b in written.transitions.items()}
    )


def make_hazards(path: Path, written: Control) -> tuple[Hazard, ...]:
    """Return the moves by chance, in the order written."""
    return tuple(
        Hazard(STATES[state], STATES[to], number((*path, "hazards", state, to), rate))
        for state, rates in written.hazards.items()
        for to, rate in rates.items()
    )


def rounded_tick(date: dt.date, start: dt.date, tick_days: float) -> int:
    """Return the tick of a date, as model.md section 1 rounds durations."""
    return math.floor((date - start).days / tick_days + 0.5)


def _expiries(
    path: Path, written: Control, start: dt.date, end: dt.date, tick_days: float
) -> list[TimelineEntry]:
    expiries = written.expiries
    if expiries is None:
        return []
    path = (*path, "expiries")
    fork = expiries.then
    branches = _fork((*path, "then"), fork)
    during = tuple(STATES[state] for state in expiries.during)
    dates, left = [expiries.first], (end - expiries.first).days
    while expiries.every is not None and len(dates) * expiries.every < left:
        dates.append(expiries.first + dt.timedelta(days=math.floor(len(dates) * expiries.every)))
    drawn: list[Path] = [
        (*path, date.isoformat()) if fork.shared_draw is None else (SHARED_DRAWS, fork.shared_draw, place)
        for place, date in enumerate(dates, start=1)
    ]
    return [
        TimelineEntry(rounded_tick(date, start, tick_days), path_name(name), branches, during)
        for date, name in zip(dates, drawn, strict=True)
    ]


def _fork(path: Path, fork: ForkMap) -> tuple[Branch, ...]:
    """Return the branches of a fork; those of a shared draw share uncertain probabilities, by position."""
    branches = _branches(path, fork)
    if fork.shared_draw is None:
        return branches
    return tuple(
        Branch(
            number((SHARED_DRAWS, fork.shared_draw, f"branch{place}"), branch.probability.distribution),
            branch.state,
        )
        for place, branch in enumerate(branches, start=1)
    )


def _branches(path: Path, written: Mapping[Outcome, Distribution]) -> tuple[Branch, ...]:
    return tuple(
        Branch(number((*path, word), share), None if word == "unchanged" else STATES[word])
        for word, share in written.items()
    )
