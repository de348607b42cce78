"""Buyers: the qualifications that open lanes to them, and what they buy ahead (model.md, eq. 30, 94)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from diamondsim.distributions import Constant
from diamondsim.plan.control_states import rounded_tick
from diamondsim.plan.entities import Entities, Path, number
from diamondsim.plan.inventory_policy import finite
from diamondsim.plan.lane_overrides import LaneOverrides
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.structure import LaneQualification, PreBuy


def lane_qualifications(
    entities: Entities, overrides: LaneOverrides, lanes: Sequence[LaneRow], start: dt.date, tick_days: float
) -> tuple[LaneQualification, ...]:
    """Return when the lanes of second sources open, in the order of the lanes."""
    rows = []
    for row, lane in enumerate(lanes):
        entry = overrides.entry(entities.sources[lane.source].source.producer, lane.node)
        if entry is not None:
            path, about = entry
            begin = rounded_tick(about.begin, start, tick_days)
            rows.append(LaneQualification(row, begin, number((*path, "time"), about.time)))
    return tuple(rows)


def pre_buys(entities: Entities, start: dt.date, tick_days: float) -> tuple[PreBuy, ...]:
    """Return what buyers buy ahead, a row for each of their nodes."""
    rows = []
    for n, node in enumerate(entities.nodes):
        about = None if node.firm is None else entities.content.buyers[node.firm].pre_buy
        if about is None or (about.extra == Constant(0.0) and about.max_order == Constant(0.0)):
            continue
        path: Path = ("buyers", str(node.firm), "pre_buy")
        rows.append(
            PreBuy(
                node=n,
                begin=rounded_tick(about.date, start, tick_days),
                end=rounded_tick(about.until, start, tick_days),
                extra_days=number((*path, "extra"), about.extra),
                ceiling=number((*path, "max_order"), finite(about.max_order)),
            )
        )
    return tuple(rows)
