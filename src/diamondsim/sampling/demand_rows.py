"""Noise of demand and substitution (model.md, eq. 80-81)."""

from __future__ import annotations

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.distributions import Constant
from diamondsim.plan import NoiseRow, Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.timing import NEVER, one_column, rounded_ticks


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
            _fill_noise(noise[:, m], row, block, plan.tick_days)
    return noise


def _fill_noise(noise: FloatArray, row: NoiseRow, block: Block, tick_days: float) -> None:
    """Fill in the (T, R) noise of a row, a few ticks after the other."""
    autoregression = _Autoregression(block.value(row.memory_days), tick_days)
    cv = block.value(row.cv)
    variance = np.log1p(cv * cv)
    sd, mean_of_log = np.sqrt(variance), variance / 2
    for begin, deviation in block.uniform_parts(f"{row.name}/innovations", len(noise)):
        special.ndtri(deviation, out=deviation)
        autoregression.go_on(deviation)
        ticks = noise[begin : begin + len(deviation)]
        if row.additive:
            np.multiply(deviation, cv, out=ticks)
        else:
            np.multiply(deviation, sd, out=deviation)
            np.subtract(deviation, mean_of_log, out=deviation)
            np.exp(deviation, out=deviation)
            np.subtract(deviation, 1.0, out=ticks)


class _Autoregression:
    """Turns standard normal innovations into a stationary autoregression, part by part."""

    def __init__(self, memory_days: FloatArray, tick_days: float) -> None:
        remembered = memory_days > 0
        self._remembers = bool(remembered.any())
        days = np.where(remembered, memory_days, 1.0)
        self._rho = np.where(remembered, np.exp(-tick_days / days), 0.0)
        self._innovation_sd = np.sqrt(1 - self._rho * self._rho)
        self._last: FloatArray | None = None

    def go_on(self, innovations: FloatArray) -> None:
        """Turn the (rows, R) innovations that follow those of the last call, in place."""
        if not self._remembers:
            return
        if self._last is None:  # The first tick has no predecessor.
            self._last, new = innovations[0], innovations[1:]
        else:
            new = innovations
        new *= self._innovation_sd
        carried = np.empty_like(self._rho)
        before = self._last
        for now in new:
            np.multiply(before, self._rho, out=carried)
            np.add(now, carried, out=now)
            before = now
        self._last = before.copy()


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
        opens, days, share = (
            one_column(each) for each in (opens, block.value(row.days), block.value(row.share))
        )
        since = (ticks - opens) * plan.tick_days
        gradual = np.clip(since / np.where(days > 0, days, 1.0), 0.0, 1.0)
        at_once = np.where(since >= 0, 1.0, 0.0)
        substitution[:, q] = share * np.where(days > 0, gradual, at_once)
    return substitution
