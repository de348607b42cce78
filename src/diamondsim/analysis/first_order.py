"""First-order sensitivity indices from replications at hand, with intervals (docs/sensitivity.md, S1-S5)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from diamondsim.analysis.rank_bins import rank_bins
from diamondsim.arrays import FloatArray, IntArray
from diamondsim.results import CONFIDENCE, Estimate

_NORMAL = float(special.ndtri(0.5 + CONFIDENCE / 2))


@dataclass(frozen=True)
class FirstOrder:
    """The first-order index of one input, or a sum or difference of several.

    Attributes
    ----------
    index : float
    without : (n,) float array
        The index without each replication in turn.
    second_order : float
        How much of the jackknife's variance counts twice (eq. S4).
    """

    index: float
    without: FloatArray
    second_order: float

    def plus(self, other: FirstOrder, factor: float = 1.0) -> FirstOrder:
        """Return the sum with a multiple of another one, from the same replications."""
        return FirstOrder(
            self.index + factor * other.index,
            self.without + factor * other.without,
            self.second_order + factor**2 * other.second_order,
        )

    def estimate(self, lowest: float = -math.inf, highest: float = math.inf) -> Estimate:
        """Return the value with its interval (eq. S4, S5), within the limits that it cannot exceed."""
        half = _NORMAL * self.standard_error()
        limits = [self.index, self.index - half, self.index + half]
        value, low, high = np.clip(limits, lowest, highest).tolist()
        return Estimate(value, low, high, len(self.without))

    def standard_error(self) -> float:
        """Return the standard error (eq. S4)."""
        n = len(self.without)
        jackknife = (n - 1) * float(self.without.var())
        return math.sqrt(max(jackknife - self.second_order, self.second_order))


def number_of_bins(n: int) -> int:
    """Return the number of bins for n replications (eq. S1).

    Examples
    --------
    >>> number_of_bins(50), number_of_bins(2048)
    (10, 64)
    """
    return math.isqrt(2 * n)


def first_order(values: FloatArray, metric: FloatArray) -> FirstOrder:
    """Return the first-order index of an input.

    Parameters
    ----------
    values : (n,) float array
        What each replication drew; not all equal.
    metric : (n,) float array
        The metric of each replication; not all equal.

    Returns
    -------
    FirstOrder

    Examples
    --------
    >>> known = np.arange(200.0)
    >>> round(first_order(known, known**2).index, 3)
    0.997
    """
    n = len(metric)
    classes = rank_bins(values, number_of_bins(n))
    counts = np.bincount(classes)
    deviation = metric - metric.mean()
    means = np.bincount(classes, weights=deviation) / counts
    residual = deviation - means[classes]
    within, total = float(residual @ residual), float(deviation @ deviation)
    index = float(_epsilon_squared(within, total, n, len(counts)))
    # A bin of one replication vanishes with it; the others lose what the replication adds to their squares.
    size = counts[classes]
    alone = size == 1
    within_lost = np.where(alone, 0.0, size / np.maximum(size - 1, 1)) * residual**2
    total_lost = n / (n - 1) * deviation**2
    without = _epsilon_squared(within - within_lost, total - total_lost, n - 1, len(counts) - alone)
    second_order = 2 * (len(counts) - 1) / n**2 * float(np.clip(1 - index, 0.0, 1.0)) ** 2
    return FirstOrder(index, without, second_order)


def _epsilon_squared(
    within: FloatArray | float, total: FloatArray | float, n: int, bins: IntArray | int
) -> FloatArray:
    """Return the share of the variance between bins, less what chance alone puts there (eq. S3)."""
    freedom = n - np.asarray(bins)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1 - (n - 1) / freedom * np.asarray(within) / np.asarray(total)
    return np.where((freedom > 0) & (np.asarray(total) > 0), share, 0.0)


def sum_of(indices: Sequence[FirstOrder]) -> FirstOrder:
    """Return the sum of indices, with the variance that their correlation gives it."""
    total = indices[0]
    for each in indices[1:]:
        total = total.plus(each)
    return total
