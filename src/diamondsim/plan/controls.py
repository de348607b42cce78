"""Export controls: their states in time, their desks, and which desk stands before which lane.

Owns the cascade of desks. Buyers for whom every value comes from the same desks of the file share one desk of
the plan.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from diamondsim.distributions import Distribution
from diamondsim.plan.cast import Cast, NodeRow, Path, SourceRow, certain, number
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.structure import (
    Branch,
    Control,
    ControlState,
    Desk,
    Input,
    IntArray,
    Leakage,
    TimelineEntry,
)
from diamondsim.scenario.controls import DEFAULT_DESK, Outcome
from diamondsim.scenario.controls import Control as WrittenControl
from diamondsim.scenario.controls import Desk as WrittenDesk

_STATES = {
    "none": ControlState.NONE,
    "announced": ControlState.ANNOUNCED,
    "licensing": ControlState.LICENSING,
    "banned": ControlState.BANNED,
    "suspended": ControlState.SUSPENDED,
}
_DESK_KEYS = tuple(WrittenDesk.model_fields)


@dataclass(frozen=True)
class Controls:
    """What the plan says of controls; `desk_of` is a (C, L) array."""

    controls: tuple[Control, ...]
    desks: tuple[Desk, ...]
    desk_of: IntArray
    requires: tuple[int, ...]


def make_controls(cast: Cast, lanes: Sequence[LaneRow], start: dt.date, tick_days: float) -> Controls:
    """Return the controls of a scenario with their desks.

    Dates become ticks from the start of the horizon, negative before it.
    """
    written = cast.content.controls
    names = list(written)
    desk_of = np.full((len(names), len(lanes)), -1, dtype=np.int64)
    desks: list[Desk] = []
    for i, (name, control) in enumerate(written.items()):
        known: dict[tuple[str | None, ...], int] = {}
        for column, lane in enumerate(lanes):
            node = cast.nodes[lane.node]
            if not covers(cast, control, cast.sources[lane.source], node):
                continue
            chosen = _chosen(cast, control, node)
            if chosen not in known:
                known[chosen] = len(desks)
                desks.append(_desk(cast, name, i, chosen))
            desk_of[i, column] = known[chosen]
    desk_of.flags.writeable = False
    return Controls(
        tuple(_control(name, about, start, tick_days) for name, about in written.items()),
        tuple(desks),
        desk_of,
        tuple(-1 if c.requires is None else names.index(c.requires) for c in written.values()),
    )


def covers(cast: Cast, control: WrittenControl, source: SourceRow, node: NodeRow) -> bool:
    """Tell whether a control covers a lane: its goods, its way and its buyer."""
    covered, fits = control.covers, cast.words.fits
    return (
        source.source.region in covered.sellers
        and node.node.region not in covered.sellers
        and source.source.grade in covered.grades
        and any(fits(selector, node.buyer) for selector in covered.to)
        and any(fits(selector, node.buyer) for selector in control.desks)
    )


def rounded_tick(date: dt.date, start: dt.date, tick_days: float) -> int:
    """Return the tick of a date, as model.md section 1 rounds durations."""
    return math.floor((date - start).days / tick_days + 0.5)


def _chosen(cast: Cast, control: WrittenControl, node: NodeRow) -> tuple[str | None, ...]:
    """Return, for each key of a desk, the selector from which the buyer has its value."""

    def selector(key: str) -> str | None:
        found = cast.words.first(control.desks, node.buyer, lambda desk: getattr(desk, key))
        return None if found is None else found[0]

    return tuple(selector(key) for key in _DESK_KEYS)


def _desk(cast: Cast, name: str, control: int, chosen: Sequence[str | None]) -> Desk:
    written, numbers = cast.content.controls[name], {}
    for key, selector in zip(_DESK_KEYS, chosen, strict=True):
        value: Distribution = getattr(DEFAULT_DESK if selector is None else written.desks[selector], key)
        numbers[key] = number(("controls", name, "desks", selector or "default", key), value)
    of = (
        " + ".join(sorted({s for s in chosen if s is not None}, key=cast.words.rank, reverse=True))
        or "default"
    )
    return Desk(
        name=f"{name}: {of}",
        control=control,
        trough=numbers["trough"],
        long_run=numbers["long_run"],
        dead_days=numbers["dead_time"],
        recovery_days=numbers["recovery_time"],
        ban=numbers["ban"],
        barred=numbers["barred"],
        review_days=numbers["extra_review"],
        withdrawal_per_day=numbers["withdrawal"],
    )


def _control(name: str, written: WrittenControl, start: dt.date, tick_days: float) -> Control:
    path: Path = ("controls", name)
    timeline = []
    for date in sorted(written.timeline):
        here = (*path, "timeline", date.isoformat())
        tick = rounded_tick(date, start, tick_days)
        timeline.append(
            TimelineEntry(tick, ".".join(map(str, here)), _branches(here, written.timeline[date]))
        )
    relapse = written.relapse
    rate, length = (*path, "relapse", "rate"), (*path, "relapse", "length")
    return Control(
        name=name,
        start=_STATES[written.start],
        timeline=tuple(timeline),
        stay=MappingProxyType({_STATES[s]: number((*path, "stay", s), d) for s, d in written.stay.items()}),
        next=MappingProxyType(
            {_STATES[s]: _branches((*path, "next", s), b) for s, b in written.next.items()}
        ),
        front_loading=number((*path, "front_loading"), written.front_loading),
        relapse_per_year=certain(rate, 0.0) if relapse is None else number(rate, relapse.rate),
        relapse_days=certain(length, 0.0) if relapse is None else number(length, relapse.length),
        leakage=_leakage(path, written),
    )


def _branches(path: Path, written: Mapping[Outcome, Distribution]) -> tuple[Branch, ...]:
    return tuple(
        Branch(number((*path, word), share), None if word == "unchanged" else _STATES[word])
        for word, share in written.items()
    )


def _leakage(path: Path, written: WrittenControl) -> Leakage | None:
    leakage = written.leakage
    if leakage is None:
        return None

    def given(key: str) -> Input:
        return number((*path, "leakage", key), getattr(leakage, key))

    return Leakage(
        share=given("share"),
        delay=given("delay"),
        crackdown_wait=None if leakage.crackdown_wait is None else given("crackdown_wait"),
        after_crackdown=given("after_crackdown"),
        seized=given("seized"),
    )
