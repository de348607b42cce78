"""Drag: what a control slows without covering it becomes a control of its own (model.md, eq. 67-68)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from diamondsim.arrays import IntArray
from diamondsim.plan.cast import Entities, NodeRow, SourceRow, certain, number
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.structure import Control, ControlState, LicensingRule, Spillover
from diamondsim.scenario.controls import Covers
from diamondsim.scenario.controls import Spillover as WrittenSpillover


@dataclass(frozen=True)
class Drags:
    """The controls that drags become, a desk for each, and the desk of each lane (drags, L)."""

    controls: tuple[Control, ...]
    desks: tuple[LicensingRule, ...]
    desk_of: IntArray


def make_drags(cast: Entities, lanes: Sequence[LaneRow], desk_of: IntArray, n_desks: int) -> Drags:
    """Return the drags of a scenario.

    Parameters
    ----------
    cast : Cast
        The cast.
    lanes : sequence of LaneRow
        The lanes.
    desk_of : (C, L) int array
        Desk of each control of the file for each lane, -1 where it does not cover it.
    n_desks : int
        Number of their desks; those of drags are counted on.
    """
    controls: list[Control] = []
    desks: list[LicensingRule] = []
    rows: list[IntArray] = []
    for i, (name, written) in enumerate(cast.content.controls.items()):
        if written.spillover is None:
            continue
        row = np.full(len(lanes), -1, dtype=np.int64)
        for column, lane in enumerate(lanes):
            source, node = cast.sources[lane.source], cast.nodes[lane.node]
            if desk_of[i, column] < 0 and names_lane(cast, written.spillover.covers, source, node):
                row[column] = n_desks + len(desks)
        number_of = len(desk_of) + len(controls)
        controls.append(_control(name, i, written.spillover))
        desks.append(_desk(name, number_of))
        rows.append(row)
    shape = (len(rows), len(lanes))
    return Drags(tuple(controls), tuple(desks), np.array(rows, dtype=np.int64).reshape(shape))


def names_lane(cast: Entities, covers: Covers, source: SourceRow, node: NodeRow) -> bool:
    """Tell whether goods, way and buyer of a lane are among those named."""
    return (
        source.source.region in covers.sellers
        and node.node.region not in covers.sellers
        and source.source.grade in covers.grades
        and any(cast.words.fits(selector, node.buyer) for selector in covers.to)
    )


def _control(name: str, of: int, drag: WrittenSpillover) -> Control:
    path = ("controls", name, "spillover")
    return Control(
        name=f"{name} drag",
        start=ControlState.NONE,
        timeline=(),
        sojourn=MappingProxyType({}),
        transitions=MappingProxyType({}),
        front_loading=certain((*path, "front_loading"), 1.0),
        relapse_per_year=certain((*path, "relapse", "rate"), 0.0),
        relapse_days=certain((*path, "relapse", "length"), 0.0),
        diversion=None,
        spillover=Spillover(of, number((*path, "lost"), drag.lost), number((*path, "time"), drag.time)),
    )


def _desk(name: str, control: int) -> LicensingRule:
    # Its level is that of the drag; nothing else is said of it.
    nothing = certain(("controls", name, "spillover", "desk"), 0.0)
    return LicensingRule(
        name=f"{name} drag",
        control=control,
        initial_rate=nothing,
        long_run_rate=nothing,
        dead_days=nothing,
        recovery_days=nothing,
        ban=nothing,
        denied_parties=nothing,
        review_days=nothing,
        withdrawal_per_day=nothing,
    )
