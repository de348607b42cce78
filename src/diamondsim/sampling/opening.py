"""The state before tick 0, and what is drawn for buyers: their second sources and pre-buys.

Stocks on hand and their origin are those of model.md, eq. 96; second sources and pre-buys those of eq. 30
and 94.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.plan import Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.numbers import Numbers
from diamondsim.sampling.timing import rounded_ticks

_MOST_ROUNDS = 1000


def opening_stock(plan: Plan, numbers: Numbers, growth: FloatArray) -> FloatArray:
    """Return the stock of each node before tick 0, (N, R): as given, else in days, else the cover."""
    flow = numbers["base_flow"] * growth[0, plan.node_growth]
    ticks = np.where(np.isnan(numbers["opening_days"]), numbers["cover"], numbers["opening_days"])
    return np.where(np.isnan(numbers["opening_stock"]), ticks * flow, numbers["opening_stock"])


def finished_stock(plan: Plan, numbers: Numbers, growth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ceiling of the finished stock of each source, and its stock before tick 0: (S, R) each.

    The ceiling is counted in days of the contracts' flow at the start. The stock is at the ceiling unless an
    opening is given. A facility has no contracts and no stock at the start: its ceiling is counted in days of
    nameplate output.
    """
    flow = np.zeros(numbers["capacity"].shape)
    for lane in range(plan.n_lanes):
        if not plan.entrant[lane]:
            n = plan.lane_node[lane]
            start = numbers["base_flow"][n] * growth[0, plan.node_growth[n]]
            flow[plan.lane_source[lane]] += numbers["contract_share"][lane] * start
    planned = np.array([source.facility is not None for source in plan.sources], dtype=bool)
    flow[planned] = numbers["capacity"][planned]
    ceiling = numbers["finished_stock_ceiling"] * flow
    opening = numbers["finished_opening"]
    stock = np.where(np.isnan(opening), ceiling, opening * flow)
    return ceiling, np.where(planned[:, np.newaxis], 0.0, stock)


def opening_tracked(plan: Plan, numbers: Numbers) -> FloatArray:
    """Return the share of each node's opening stock that has the tracked origin, (N, R).

    It is that of the lanes with contracts and of those from which a reserve refills; lanes of facilities and
    of second sources do not count.

    Solved by iteration from 0. Where processors feed each other in a chain it ends exactly, after as many
    rounds as the chain is long; a cycle converges. Each replication settles on its own.
    """
    tracked = np.zeros(numbers["base_flow"].shape)
    second = {row.lane for row in plan.qualifications}
    for _ in range(_MOST_ROUNDS):
        mixed = np.zeros(tracked.shape)
        for lane in range(plan.n_lanes):
            if plan.lane_facility[lane] < 0 and lane not in second:
                s = plan.lane_source[lane]
                feed = plan.source_feed[s]
                origin = tracked[feed] if feed >= 0 else numbers["tracked_share"][s]
                mixed[plan.lane_node[lane]] += numbers["contract_share"][lane] * origin
        if np.array_equal(mixed, tracked):
            break
        tracked = mixed
    return tracked


def open_second_sources(plan: Plan, open_tick: IntArray, block: Block) -> IntArray:
    """Return the (L, R) opening ticks with those of second sources filled in; T for never."""
    opened = open_tick.copy()
    for row in plan.qualifications:
        qualification_ticks = rounded_ticks(block.value(row.days), plan.tick_days)
        opened[row.lane] = np.clip(row.begin + qualification_ticks, 0, plan.n_ticks)
    return opened


def draw_pre_buys(plan: Plan, block: Block) -> tuple[FloatArray, ...]:
    """Return, for each pre-buy of the plan, its (2, R) extra cover in ticks and largest order."""
    return tuple(
        np.stack([block.value(row.extra_days) / plan.tick_days, block.value(row.max_order)])
        for row in plan.pre_buys
    )
