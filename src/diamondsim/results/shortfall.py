"""Shortage as a share of demand: in a tick, and in the worst window.

Owns the rule that the shortfall of a use is that of its worst grade (docs/results.md, eq. R1 and R2). Arrays
are `(tick, replication)`, one of demand and one of shortage for each grade.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diamondsim.arrays import FloatArray

_SMALLEST_DEMAND = 1e-300


def shortfall(demands: Sequence[FloatArray], shortages: Sequence[FloatArray]) -> FloatArray:
    """Return the shortfall of each tick (eq. R1).

    Parameters
    ----------
    demands, shortages : sequence of (T, R) float array
        New demand and its unmet part, one array per grade.

    Returns
    -------
    (T, R) float array
        In [0, 1]; 0 if nothing was demanded.

    Examples
    --------
    >>> shortfall([np.array([[10.0], [10.0]])], [np.array([[0.0], [4.0]])]).ravel()
    array([0. , 0.4])
    """
    assert demands, "a use without a grade"
    worst: FloatArray | None = None
    for demand, shortage in zip(demands, shortages, strict=True):
        if shortage.any():  # most grades of most uses are never short
            ratio = _ratio(demand, shortage)
            worst = ratio if worst is None else np.maximum(worst, ratio, out=worst)
    return np.zeros(demands[0].shape) if worst is None else worst


def peak_shortfall(
    demands: Sequence[FloatArray], shortages: Sequence[FloatArray], *, window: int
) -> FloatArray:
    """Return the largest shortfall over a window of consecutive ticks (eq. R2).

    Parameters
    ----------
    demands, shortages : sequence of (T, R) float array
        As in `shortfall`.
    window : int
        Ticks; a shorter horizon is one window.

    Returns
    -------
    (R,) float array
        In [0, 1].
    """
    n_ticks, replications = demands[0].shape
    length = min(window, n_ticks)
    peak = np.zeros(replications)
    for demand, shortage in zip(demands, shortages, strict=True):
        columns = np.flatnonzero(shortage.any(axis=0))
        if not columns.size:
            continue
        # To pick most of the columns would take longer than to add up all of them.
        some = columns if 2 * columns.size < replications else slice(None)
        windows = _ratio(_moving_sum(demand[:, some], length), _moving_sum(shortage[:, some], length))
        peak[some] = np.maximum(peak[some], windows.max(axis=0))
    return peak


def _ratio(demand: FloatArray, shortage: FloatArray) -> FloatArray:
    ratio = np.maximum(demand, _SMALLEST_DEMAND)
    np.divide(shortage, ratio, out=ratio)
    return np.minimum(ratio, 1.0, out=ratio)


def _moving_sum(values: FloatArray, length: int) -> FloatArray:
    # Each window is summed separately: differences of a running sum would leave rounding noise.
    count = len(values) - length + 1
    if length == 1:
        return values.copy()
    total = values[:count] + values[1 : 1 + count]
    for shift in range(2, length):
        total += values[shift : shift + count]
    return total
