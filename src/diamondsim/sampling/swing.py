"""Capacity beyond the normal, which opens and arrives later (model.md, eq. 75)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.plan import Swing
from diamondsim.sampling.block import Block


def draw_swings(
    swings: Sequence[Swing], first_in_force: IntArray, block: Block, *, n_ticks: int, tick_days: float
) -> FloatArray:
    """Return what the swings of a producer add to its capacity, as a share of it: (T, R).

    Parameters
    ----------
    swings : sequence of Swing
        Of one producer; they add up.
    first_in_force : (C, R) int array
        Tick in which each control is first in force, negative before the horizon.
    block : Block
        Where the numbers come from.
    n_ticks : int
        Number of ticks T.
    tick_days : float
        Length of a tick in days.
    """
    added = np.zeros((n_ticks, block.size))
    for swing in swings:
        if swing.opens_tick is None:
            opens = first_in_force[swing.opened_by]
        else:
            opens = np.full(block.size, swing.opens_tick)
        age = (np.arange(n_ticks)[:, np.newaxis] - opens) * tick_days - block.value(swing.delay_days)
        days = block.value(swing.days)
        arrived = np.where(days > 0, age / np.where(days > 0, days, 1.0), np.where(age >= 0, 1.0, 0.0))
        added += block.value(swing.share) * np.clip(arrived, 0.0, 1.0)
    return added
