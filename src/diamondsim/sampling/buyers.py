"""What is drawn for buyers: when their second sources open, and what they buy ahead (model.md, eq. 81-82)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.plan import Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.timing import rounded_ticks


def open_qualified(plan: Plan, open_tick: IntArray, block: Block) -> IntArray:
    """Return the (L, R) opening ticks with those of second sources in their places; T for never."""
    opened = open_tick.copy()
    for row in plan.qualifications:
        needed = rounded_ticks(block.value(row.days), plan.tick_days)
        opened[row.lane] = np.clip(row.begin + needed, 0, plan.n_ticks)
    return opened


def draw_pre_buys(plan: Plan, block: Block) -> tuple[FloatArray, ...]:
    """Return, for each pre-buy of the plan, its (2, R) extra cover in ticks and ceiling."""
    return tuple(
        np.stack([block.value(row.extra_days) / plan.tick_days, block.value(row.ceiling)])
        for row in plan.pre_buys
    )
