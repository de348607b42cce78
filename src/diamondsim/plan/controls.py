"""Export controls, and which desk of theirs stands before which lane."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import IntArray
from diamondsim.plan.cast import Entities, NodeRow, Path, SourceRow, certain, number
from diamondsim.plan.desks import choose_desks, make_desk
from diamondsim.plan.drag import make_drags, names_lane
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.states import STATES, make_hazards, make_outcomes, make_stays, make_timeline
from diamondsim.plan.structure import (
    Control,
    Diversion,
    Input,
    LicensingRule,
)
from diamondsim.scenario.controls import Control as WrittenControl


@dataclass(frozen=True)
class Controls:
    """What the plan says of controls; `desk_of` is a (C, L) array."""

    controls: tuple[Control, ...]
    desks: tuple[LicensingRule, ...]
    desk_of: IntArray
    requires: tuple[int, ...]


def make_controls(cast: Entities, lanes: Sequence[LaneRow], start: dt.date, tick_days: float) -> Controls:
    """Return the controls of a scenario with their desks.

    Dates become ticks from the start of the horizon, negative before it.
    """
    written = cast.content.controls
    names = list(written)
    desk_of = np.full((len(names), len(lanes)), -1, dtype=np.int64)
    desks: list[LicensingRule] = []
    for i, (name, control) in enumerate(written.items()):
        known: dict[tuple[str | None, ...], int] = {}
        for column, lane in enumerate(lanes):
            node = cast.nodes[lane.node]
            if not covers(cast, control, cast.sources[lane.source], node):
                continue
            chosen = choose_desks(cast, control, node)
            if chosen not in known:
                known[chosen] = len(desks)
                desks.append(make_desk(cast, name, i, chosen))
            desk_of[i, column] = known[chosen]
    drags = make_drags(cast, lanes, desk_of, len(desks))
    desk_of = np.concatenate([desk_of, drags.desk_of])
    desk_of.flags.writeable = False
    horizon = cast.content.horizon
    assert horizon is not None, "a scenario that was loaded has a horizon"
    end = start + dt.timedelta(days=math.ceil(horizon.days))
    return Controls(
        (*(_control(name, about, start, end, tick_days) for name, about in written.items()), *drags.controls),
        (*desks, *drags.desks),
        desk_of,
        (
            *(-1 if c.requires is None else names.index(c.requires) for c in written.values()),
            *(-1 for _ in drags.controls),
        ),
    )


def covers(cast: Entities, control: WrittenControl, source: SourceRow, node: NodeRow) -> bool:
    """Tell whether a control covers a lane: its goods, its way and its buyer."""
    return (
        control.covers is not None
        and names_lane(cast, control.covers, source, node)
        and any(cast.words.fits(selector, node.buyer) for selector in control.licensing)
    )


def _control(name: str, written: WrittenControl, start: dt.date, end: dt.date, tick_days: float) -> Control:
    path: Path = ("controls", name)
    relapse = written.relapse
    rate, length = (*path, "relapse", "rate"), (*path, "relapse", "length")
    return Control(
        name=name,
        start=STATES[written.start],
        timeline=make_timeline(path, written, start, end, tick_days),
        sojourn=make_stays(path, written),
        transitions=make_outcomes(path, written),
        front_loading=number((*path, "front_loading"), written.front_loading),
        relapse_per_year=certain(rate, 0.0) if relapse is None else number(rate, relapse.rate),
        relapse_days=certain(length, 0.0) if relapse is None else number(length, relapse.length),
        diversion=_leakage(path, written),
        hazards=make_hazards(path, written),
    )


def _leakage(path: Path, written: WrittenControl) -> Diversion | None:
    leakage = written.diversion
    if leakage is None:
        return None

    def given(key: str) -> Input:
        return number((*path, "diversion", key), getattr(leakage, key))

    return Diversion(
        share=given("share"),
        delay=given("delay"),
        crackdown_wait=None if leakage.crackdown_wait is None else given("crackdown_wait"),
        after_crackdown=given("after_crackdown"),
        seized=given("seized"),
    )
