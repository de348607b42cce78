"""Noise of demand and substitution (model.md, eq. 80-81)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.distributions import Constant
from diamondsim.plan import NoiseRow, Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.timing import NEVER, rounded_ticks


def draw_noise(plan: Plan, block: Block) -> FloatArray:
    """Return the relative deviation of demand of each noise row.

    Stream of the innovations: `<row>/innovations`, a row for each tick, so that a longer horizon keeps the
    beginning.

    Parameters
    ----------
    plan : Plan
        The plan.
    block : Block
        Where the numbers come from.

    Returns
    -------
    (T, M, R) array
        Deviations with mean 0.
    """
    noise = block.scratch.array("noise", (plan.n_ticks, len(plan.noise_rows), block.size))
    for m, row in enumerate(plan.noise_rows):
        if row.cv.distribution == Constant(0.0):
            noise[:, m] = 0.0
        else:
            noise[:, m] = _noise_row(row, block, plan)
    return noise


def _noise_row(row: NoiseRow, block: Block, plan: Plan) -> FloatArray:
    deviation = block.uniform_rows(f"{row.name}/innovations", plan.n_ticks)
    special.ndtri(deviation, out=deviation)
    memory = block.value(row.memory_days)
    if (memory > 0).any():
        _remember(deviation, memory, plan.tick_days)
    cv = block.value(row.cv)
    if row.additive:
        deviation *= cv
        return deviation
    variance = np.log1p(cv * cv)
    deviation *= np.sqrt(variance)
    deviation -= variance / 2
    np.exp(deviation, out=deviation)
    deviation -= 1.0
    return deviation


def _remember(innovations: FloatArray, memory_days: FloatArray, tick_days: float) -> None:
    """Turn standard normal (T, R) innovations into a stationary autoregression, in place."""
    remembered = memory_days > 0
    rho = np.where(remembered, np.exp(-tick_days / np.where(remembered, memory_days, 1.0)), 0.0)
    innovations[1:] *= np.sqrt(1 - rho * rho)
    carried = np.empty_like(rho)
    for before, now in pairwise(innovations):
        np.multiply(before, rho, out=carried)
        np.add(now, carried, out=now)


def draw_substitution(plan: Plan, first_in_force: IntArray, block: Block) -> FloatArray:
    """Return the share of demand that can be met without the grade.

    Parameters
    ----------
    plan : Plan
        The plan.
    first_in_force : (C, R) int array
        Tick in which each control is first in force.
    block : Block
        Where the numbers come from.

    Returns
    -------
    (T, Q, R) array
        Fractions; 0 up to the tick in which the qualification ends (eq. 82), unless the rise takes no time.
    """
    substitution = block.scratch.array(
        "substitution", (plan.n_ticks, len(plan.substitution_rows), block.size)
    )
    ticks = np.arange(plan.n_ticks)[:, np.newaxis]
    for q, row in enumerate(plan.substitution_rows):
        if row.opens_tick is None:
            opens = first_in_force[list(row.opened_by)].min(axis=0, initial=NEVER)
        else:
            opens = np.full(block.size, row.opens_tick)
        if row.qualification_days is not None:
            opens = opens + rounded_ticks(block.value(row.qualification_days), plan.tick_days)
        days = block.value(row.days)
        since = (ticks - opens) * plan.tick_days
        gradual = np.clip(since / np.where(days > 0, days, 1.0), 0.0, 1.0)
        at_once = np.where(since >= 0, 1.0, 0.0)
        substitution[:, q] = block.value(row.share) * np.where(days > 0, gradual, at_once)
    return substitution
