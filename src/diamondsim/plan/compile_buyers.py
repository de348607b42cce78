"""Buyers: the qualifications that open lanes to them, and their pre-buys (model.md, eq. 30, 94)."""

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
            path, second = entry
            begin = rounded_tick(second.begin, start, tick_days)
            rows.append(LaneQualification(row, begin, number((*path, "time"), second.time)))
    return tuple(rows)


def pre_buys(entities: Entities, start: dt.date, tick_days: float) -> tuple[PreBuy, ...]:
    """Return the pre-buys of buyers, a row for each of their nodes."""
    rows = []
    for n, node in enumerate(entities.nodes):
        pre_buy = None if node.firm is None else entities.content.buyers[node.firm].pre_buy
        if pre_buy is None or (pre_buy.extra == Constant(0.0) and pre_buy.max_order == Constant(0.0)):
            continue
        path: Path = ("buyers", str(node.firm), "pre_buy")
        rows.append(
            PreBuy(
                node=n,
                begin=rounded_tick(pre_buy.date, start, tick_days),
                end=rounded_tick(pre_buy.until, start, tick_days),
                extra_days=number((*path, "extra"), pre_buy.extra),
                max_order=number((*path, "max_order"), finite(pre_buy.max_order)),
            )
        )
    return tuple(rows)
