"""The cheapest mix of several stocks that meets a target: marginal analysis, then one stock at a time.

From the largest stocks down, the step that saves most for what it adds to the risk is taken, as long as the
target is met (the marginal analysis of Fox 1966, from above). Then each stock is made as small as the others
allow, the dearest first (docs/size.md, Z7).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from diamondsim.analysis.size_search import GRID, Line, SizedRuns, Sizes


def cheapest_mix(
    runs: SizedRuns, most: Sizes, cost: Callable[[Sizes], float], tolerance: float
) -> Sizes | None:
    """Return the mix; None if even the largest stocks miss the target.

    Parameters
    ----------
    runs : SizedRuns
    most : tuple of float
        The largest stocks.
    cost : callable
        Of sizes.
    tolerance : float
        As for `Line`.
    """
    runs.run([most])
    if not _is_met(runs, most):
        return None
    steps = _steps_down(runs, most, cost)
    mix = _at(steps, most)
    for stock in sorted(range(len(most)), key=lambda stock: -cost(_alone(mix, stock))):
        lower = GRID[max(steps[stock] - 1, 0)] * most[stock]
        if mix[stock] > 0:
            mix = _smallest(runs, mix, stock, lower, tolerance)
    return mix


def _steps_down(runs: SizedRuns, most: Sizes, cost: Callable[[Sizes], float]) -> list[int]:
    """Return the step of `GRID` of each stock from which every step down would miss the target."""
    steps = [len(GRID) - 1] * len(most)
    while True:
        lower = [
            [step - (other == stock) for other, step in enumerate(steps)]
            for stock in range(len(most))
            if steps[stock] > 0
        ]
        runs.run([_at(each, most) for each in lower])
        now = _at(steps, most)
        met = [each for each in lower if _is_met(runs, _at(each, most))]
        if not met:
            return steps
        steps = max(met, key=lambda each: _worth(runs, cost, now, _at(each, most)))


def _worth(runs: SizedRuns, cost: Callable[[Sizes], float], now: Sizes, then: Sizes) -> tuple[float, float]:
    """Return what a step down saves for what it adds to the risk; among free steps the larger saving."""
    saving = cost(now) - cost(then)
    before, after = (float(runs.answers[sizes][0]) for sizes in (now, then))
    if before == after:  # also two infinite times
        return math.inf, saving
    added = before - after if runs.target.at_least else after - before
    return (math.inf, saving) if added <= 0 else (saving / added, saving)


def _smallest(runs: SizedRuns, mix: Sizes, stock: int, lower: float, tolerance: float) -> Sizes:
    """Return a mix with one stock made as small as the others allow."""

    def along(size: float) -> Sizes:
        return (*mix[:stock], size, *mix[stock + 1 :])

    found = Line(runs, along, tolerance).search([lower, mix[stock]], limits=False)
    return mix if math.isnan(found.size) else along(found.size)


def _is_met(runs: SizedRuns, sizes: Sizes) -> bool:
    return bool(np.all(runs.target.met_by(runs.answers[sizes][:1])))


def _at(steps: Sequence[int], most: Sizes) -> Sizes:
    return tuple(GRID[step] * size for step, size in zip(steps, most, strict=True))


def _alone(mix: Sizes, stock: int) -> Sizes:
    return tuple(size if other == stock else 0.0 for other, size in enumerate(mix))
