"""The numbers of the rows of nodes, lanes, sources and reserves.

Owns what the keys of `Plan.numbers` mean and in which unit their values are, and turns them into the units
of the engines: quantities in the grade's own unit, flows per tick, times in ticks.
"""
# MERGED: """Contract shares that are uncertain: those of a node must still sum to 1.
#
# Owns what happens to the other incumbents when one seller's share is drawn.
# """

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.distributions import Constant
from diamondsim.plan import Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.timing import rounded_ticks, smoothing_gain


@dataclass(frozen=True)
class NumberKey:
    """What one key of `Plan.numbers` holds: one Input for each of `rows`, in `unit`."""

    rows: str
    unit: str
    meaning: str


NUMBERS: Mapping[str, NumberKey] = {
    "base_flow": NumberKey("nodes", "unit/day", "expected flow at the start; of a reserve: refill rate"),
    "cover": NumberKey("nodes", "days", "stock wanted on hand after consumption"),
    "reserve_goal": NumberKey("nodes", "unit", "stock a reserve wants, 0 for other nodes"),
    "opening_stock": NumberKey("nodes", "unit", "stock before tick 0, nan: not given"),
    "opening_days": NumberKey("nodes", "days", "the same in days of expected flow, nan: not given"),
    "max_order": NumberKey("nodes", "", "most ordered in a tick, in ticks of expected flow"),
    "queue_weight": NumberKey("nodes", "fraction", "weight of goods in a desk's queue"),
    "backorder_share": NumberKey("nodes", "fraction", "share of unmet demand that waits"),
    "fill_rate_memory_days": NumberKey(
        "nodes", "days", "time constant of belief, 0: the last tick alone counts"
    ),
    "allocation_weight": NumberKey("nodes", "", "weight under weighted rationing"),
    "contract_share": NumberKey("lanes", "fraction", "contract share, or share that an entrant takes over"),
    "sourcing_limit": NumberKey("lanes", "", "most taken in a tick, in ticks of the node's expected flow"),
    "lead": NumberKey("lanes", "days", "time from dispatch to arrival"),
    "capacity": NumberKey("sources", "unit/day", "at the start; of a facility: at nameplate"),
    "finished_stock_ceiling": NumberKey(
        "sources", "days", "finished stock, in days of contracts or nameplate"
    ),
    "finished_opening": NumberKey("sources", "days", "finished stock before tick 0, nan: the ceiling"),
    "feed_yield": NumberKey("sources", "fraction", "output per unit of feed, 1 where there is no feed"),
    "tracked_share": NumberKey("sources", "fraction", "share of own crystal of the tracked origin"),
    "reserve_rate": NumberKey("reserves", "unit/day", "most released"),
    "reserve_trigger": NumberKey("reserves", "fraction", "shortfall above which the reserve opens"),
}
"""The keys of `Plan.numbers`.

A stock given as `opening_stock` counts before `opening_days`, and that before `cover`. The ceiling of the
finished stock is counted in days of the contracts' flow at the start, for a facility in days of nameplate.
"unit" is the grade's own (ct, cm2).
"""


@dataclass(frozen=True)
class Numbers:
    """Values of a block, each (rows, R), in the units of the engines."""

    base_flow: FloatArray
    cover_ticks: FloatArray
    reserve_goal: FloatArray
    opening_given: FloatArray  # stock, nan where not given
    opening_ticks: FloatArray  # ticks of expected flow, nan where not given
    max_order: FloatArray
    queue_weight: FloatArray
    backorder_share: FloatArray
    fill_rate_gain: FloatArray
    allocation_weight: FloatArray
    contract_share: FloatArray
    sourcing_limit: FloatArray
    lead_ticks: IntArray
    capacity: FloatArray
    ceiling_ticks: FloatArray  # finished stock at the ceiling, in ticks of contract flow
    finished_ticks: FloatArray  # finished stock before tick 0, in ticks of contract flow, nan: the ceiling
    feed_yield: FloatArray
    tracked_share: FloatArray
    reserve_rate: FloatArray
    reserve_trigger: FloatArray


def draw_numbers(plan: Plan, block: Block) -> Numbers:
    """Return the numbers of a block."""
    assert set(plan.numbers) == set(NUMBERS), set(plan.numbers) ^ set(NUMBERS)
    counts = {
        "nodes": plan.n_nodes,
        "lanes": plan.n_lanes,
        "sources": plan.n_sources,
        "reserves": len(plan.reserves),
    }
    day = plan.tick_days
    table: dict[str, FloatArray] = {}
    for key, number in NUMBERS.items():
        rows = plan.numbers[key]
        assert len(rows) == counts[number.rows], f"{key}: {len(rows)} rows, {counts[number.rows]} expected"
        table[key] = np.empty((len(rows), block.size))
        for values, row in zip(table[key], rows, strict=True):
            values[:] = block.value(row)
    balance_shares(plan, table["contract_share"])
    return Numbers(
        base_flow=table["base_flow"] * day,
        cover_ticks=table["cover"] / day,
        reserve_goal=table["reserve_goal"],
        opening_given=table["opening_stock"],
        opening_ticks=table["opening_days"] / day,
        max_order=table["max_order"],
        queue_weight=table["queue_weight"],
        backorder_share=table["backorder_share"],
        fill_rate_gain=smoothing_gain(table["fill_rate_memory_days"], day),
        allocation_weight=table["allocation_weight"],
        contract_share=table["contract_share"],
        sourcing_limit=table["sourcing_limit"],
        lead_ticks=np.maximum(rounded_ticks(table["lead"], day), 1),
        capacity=table["capacity"] * day,
        ceiling_ticks=table["finished_stock_ceiling"] / day,
        finished_ticks=table["finished_opening"] / day,
        feed_yield=table["feed_yield"],
        tracked_share=table["tracked_share"],
        reserve_rate=table["reserve_rate"] * day,
        reserve_trigger=table["reserve_trigger"],
    )


def balance_shares(plan: Plan, share: FloatArray) -> None:
    """Make the shares of each node's incumbents sum to 1, in place, where some of them are uncertain.

    The certain ones keep their proportions and fill what the uncertain ones leave. Uncertain shares that sum
    to more than 1, or have nobody to fill the rest, are divided by their sum.

    Parameters
    ----------
    plan : Plan
        The plan.
    share : (L, R) array
        Shares as drawn; those of entrants stay as they are.
    """
    drawn = np.array(
        [not isinstance(row.distribution, Constant) for row in plan.numbers["contract_share"]], dtype=bool
    )
    for node in np.unique(plan.lane_node[drawn & ~plan.entrant]):
        incumbents = (plan.lane_node == node) & ~plan.entrant
        uncertain, certain = np.flatnonzero(incumbents & drawn), np.flatnonzero(incumbents & ~drawn)
        share[uncertain] = np.maximum(share[uncertain], 0.0)
        taken, held = _added(share, uncertain), _added(share, certain)
        over = (taken > 1) | ((held == 0) & (taken > 0))
        share[uncertain] /= np.where(over, taken, 1.0)
        rest = np.where(over, 0.0, 1 - taken)
        share[certain] *= rest / np.where(held > 0, held, 1.0)


def _added(share: FloatArray, lanes: npt.NDArray[np.intp]) -> FloatArray:
    """Return the sum over some lanes, (R,)."""
    # One after the other: the order in which numpy sums depends on the number of replications.
    total = np.zeros(share.shape[1])
    for lane in lanes:
        total += share[lane]
    return total
