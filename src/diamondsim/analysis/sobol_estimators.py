"""Sobol' indices from two sets of draws and their exchanges (docs/sensitivity.md, S11-S13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.results import CONFIDENCE
from diamondsim.sampling import resample_counts

BOOTSTRAP_RESAMPLES = 1000
"""Resamples of the bootstrap."""
_PART = 100  # Resamples at a time, so that their counts stay small.


@dataclass(frozen=True)
class SobolIndices:
    """Indices of K groups of inputs; limits are those of the 95 % interval.

    Attributes
    ----------
    first_order, total : (3, K) float array
        Estimate, low, high.
    first_order_sum : (3,) float array
    """

    first_order: FloatArray
    total: FloatArray
    first_order_sum: FloatArray


def sobol_estimates(
    first: FloatArray, second: FloatArray, exchanged: FloatArray, *, seed: int = 0
) -> SobolIndices:
    """Estimate the indices of groups of inputs.

    Parameters
    ----------
    first, second : (n,) float array
        The metric with the first set of draws, and with a second, independent one; not all equal.
    exchanged : (K, n) float array
        The metric with the first set, but for one group of inputs, which has the draws of the second.
    seed : int
        Of the resamples.

    Returns
    -------
    SobolIndices

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> (a, b, c), (d, e, f) = random.normal(size=(2, 3, 4096))
    >>> found = sobol_estimates(2 * a + b + c, 2 * d + e + f, np.array([2 * d + b + c, 2 * a + e + f]))
    >>> found.total[0].round(1)  # 4/6 and 2/6
    array([0.7, 0.3])
    """
    # What is subtracted changes no index, but a mean near 0 makes the products vary least.
    centre = (first.mean() + second.mean()) / 2
    a, b, ab = first - centre, second - centre, exchanged - centre
    sums = np.concatenate([[a, b, a**2 + b**2], b * (ab - a), (a - ab) ** 2])  # (3 + 2 K, n)
    estimate = _indices(np.ones((1, len(a))), sums)[:, 0]
    resampled = np.concatenate([_indices(counts, sums) for counts in _resamples(len(a), seed)], axis=1)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resampled, (tail, 1 - tail), axis=1)
    found = np.array([estimate, low, high])  # (3, 2 K + 1)
    k = len(ab)
    return SobolIndices(found[:, :k], found[:, k : 2 * k], found[:, 2 * k])


def _resamples(n: int, seed: int) -> Iterator[FloatArray]:
    counts = resample_counts(n, seed=seed, resamples=BOOTSTRAP_RESAMPLES)
    yield from (counts[begin : begin + _PART] for begin in range(0, BOOTSTRAP_RESAMPLES, _PART))


def _indices(counts: FloatArray, sums: FloatArray) -> FloatArray:
    """Return first-order indices, total ones and the sum of the first, by row of counts: (2 K + 1, rows)."""
    means = sums @ counts.T / counts.sum(axis=1)
    variance = means[2] / 2 - ((means[0] + means[1]) / 2) ** 2
    # A resample may hold one value only: there is nothing to explain in it.
    variance = np.where(variance > 0, variance, np.inf)
    k = (len(sums) - 3) // 2
    first, total = means[3 : 3 + k] / variance, means[3 + k :] / 2 / variance
    return np.concatenate([first, total, first.sum(axis=0, keepdims=True)])
