"""Noise of demand and substitution (model.md, eq. 80-81)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.distributions import Constant
from diamondsim.plan import NoiseRow, Plan, SubstitutionRow
from diamondsim.sampling.block import Block
from diamondsim.sampling.timing import NEVER, one_column, rounded_ticks

_CELLS_OF_A_TICK = 2048  # So many at a time that the calls of numpy cost little beside the arithmetic,
_CELLS_IN_CACHE = 32_768  # and so few that they stay in the processor's cache between the steps.


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
    at_a_time = max(1, _CELLS_OF_A_TICK // block.size)
    for is_silent, is_additive, begin, end in _alike(plan.noise_rows):
        if is_silent:
            noise[:, begin:end] = 0.0
            continue
        for first in range(begin, end, at_a_time):
            rows = slice(first, min(first + at_a_time, end))
            _fill_noise(noise[:, rows], plan.noise_rows[rows], is_additive, block, plan.tick_days)
    return noise


def _alike(rows: Sequence[NoiseRow]) -> Iterator[tuple[bool, bool, int, int]]:
    """Yield where rows without noise, with additive noise and with another begin and end."""
    end = 0
    for (is_silent, is_additive), run in groupby(
        rows, key=lambda row: (row.cv.distribution == Constant(0.0), row.additive)
    ):
        begin, end = end, end + len(list(run))
        yield is_silent, is_additive, begin, end


def _fill_noise(
    noise: FloatArray, rows: Sequence[NoiseRow], is_additive: bool, block: Block, tick_days: float
) -> None:
    """Fill in the (T, M, R) noise of some rows, a few ticks after the other."""
    memory, cv = (
        np.stack([block.value(number) for number in numbers])
        for numbers in ([row.memory_days for row in rows], [row.cv for row in rows])
    )
    autoregression = _Autoregression(memory, tick_days)
    variance = np.log1p(cv * cv)
    sd, mean_of_log = np.sqrt(variance), variance / 2
    at_a_time = max(1, _CELLS_IN_CACHE // noise[0].size)
    buffer = np.empty((min(at_a_time, len(noise)), *noise.shape[1:]))
    for begin in range(0, len(noise), at_a_time):
        ticks = noise[begin : begin + at_a_time]
        deviation = buffer[: len(ticks)]
        for m, row in enumerate(rows):
            block.uniform_rows(f"{row.name}/innovations", len(ticks), first=begin, out=deviation[:, m])
        special.ndtri(deviation, out=deviation)
        autoregression.go_on(deviation)
        if is_additive:
            np.multiply(deviation, cv, out=ticks)
        else:
            np.multiply(deviation, sd, out=deviation)
            np.subtract(deviation, mean_of_log, out=deviation)
            np.exp(deviation, out=deviation)
            np.subtract(deviation, 1.0, out=ticks)


class _Autoregression:
    """Turns standard normal innovations into stationary autoregressions, some ticks after the others."""

    def __init__(self, memory_days: FloatArray, tick_days: float) -> None:
        remembered = memory_days > 0
        self._remembers = bool(remembered.any())
        days = np.where(remembered, memory_days, 1.0)
        rho = np.where(remembered, np.exp(-tick_days / days), 0.0)
        self._rho, self._innovation_sd = rho, np.sqrt(1 - rho * rho)
        self._carried = np.empty(rho.shape)
        self._last: FloatArray | None = None

    def go_on(self, innovations: FloatArray) -> None:
        """Turn the (ticks, M, R) innovations that follow those of the last call, in place."""
        if not self._remembers:
            return
        if self._last is None:  # The first tick has no predecessor.
            self._last, new = innovations[0], innovations[1:]
        else:
            new = innovations
        new *= self._innovation_sd
        before = self._last
        for now in new:
            np.multiply(before, self._rho, out=self._carried)
            np.add(now, self._carried, out=now)
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
    rows = [
        [
            one_column(number)
            for number in (
                _opens(row, plan, first_in_force, block),
                block.value(row.days),
                block.value(row.share),
            )
        ]
        for row in plan.substitution_rows
    ]
    is_certain = all(number.size == 1 for row in rows for number in row)
    substitution = block.scratch.array(
        "substitution", (plan.n_ticks, len(rows), 1 if is_certain else block.size)
    )
    ticks = np.arange(plan.n_ticks)[:, np.newaxis]
    for q, (opens, days, share) in enumerate(rows):
        since = (ticks - opens) * plan.tick_days
        gradual = np.clip(since / np.where(days > 0, days, 1.0), 0.0, 1.0)
        at_once = np.where(since >= 0, 1.0, 0.0)
        substitution[:, q] = share * np.where(days > 0, gradual, at_once)
    if is_certain:  # What is the same in all replications is in memory once.
        return np.broadcast_to(substitution, (*substitution.shape[:2], block.size))
    return substitution


def _opens(row: SubstitutionRow, plan: Plan, first_in_force: IntArray, block: Block) -> IntArray:
    """Return the tick in which substitution begins to rise, (R,)."""
    if row.opens_tick is None:
        opens: IntArray = first_in_force[list(row.opened_by)].min(axis=0, initial=NEVER)
    else:
        opens = np.full(block.size, row.opens_tick)
    if row.qualification_days is not None:
        opens = opens + rounded_ticks(block.value(row.qualification_days), plan.tick_days)
    return opens
