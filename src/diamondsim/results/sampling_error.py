"""Estimates with their intervals, and the sampling error of a mean with or without weights (eq. R28, R43).

Owns what the estimates of `estimates` and `weighted_estimates` have in common.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from diamondsim.arrays import FloatArray

Groups: TypeAlias = npt.NDArray[np.int64]
Weights: TypeAlias = FloatArray
"""What each replication of a sample counts, (n,): at least 0, adding up to any number above 0."""

CONFIDENCE = 0.95
_LEAST_FREEDOM = 1e-6
"""With fewer degrees of freedom all weight is on one replication, but for rounding."""


@dataclass(frozen=True)
class Estimate:
    """An estimate from `n` replications with the limits of its interval; all NaN if there is no sample."""

    value: float
    low: float
    high: float
    n: int

    def within(self, least: float, most: float = math.inf) -> Estimate:
        """Return the estimate of a quantity that lies within a range, with limits within it too (eq. R21).

        What is cut off cannot be the quantity, so that the interval covers it as often as before.

        Examples
        --------
        >>> Estimate(1.0, -0.5, 2.5, 3).within(0.0)
        Estimate(value=1.0, low=0.0, high=2.5, n=3)
        """
        # Limits that are NaN stay so, and none passes the value, which rounding may put past an end.
        low = min(least, self.value) if self.low < least else self.low
        high = max(most, self.value) if self.high > most else self.high
        return Estimate(self.value, low, high, self.n)


NO_SAMPLE = Estimate(math.nan, math.nan, math.nan, 0)
"""The estimate from no replications."""


def standard_error(sample: FloatArray, groups: Groups | None = None) -> tuple[float, int]:
    """Return the standard error of a mean, and its degrees of freedom.

    Parameters
    ----------
    sample : (n,) array
    groups : (n,) int array, optional
        Independent group of each replication (eq. R28); by default each replication is a group.

    Returns
    -------
    error : float
    freedom : int

    Examples
    --------
    >>> standard_error(np.array([1.0, 3.0, 1.0, 3.0]), np.array([0, 0, 1, 1]))
    (0.0, 1)
    """
    n = len(sample)
    if groups is None:
        return float(np.std(sample, ddof=1)) / math.sqrt(n), n - 1
    sizes = np.bincount(groups)
    occupied = sizes > 0
    count = int(np.count_nonzero(occupied))
    sums = np.bincount(groups, weights=sample)[occupied]
    deviations = (sums - sizes[occupied] * float(np.mean(sample))) / n
    return math.sqrt(count / (count - 1) * float(np.sum(deviations * deviations))), count - 1


def effective_size(weights: Weights) -> float:
    """Return how many equal replications are worth as much as weighted ones (eq. R42); 0 if all weigh 0.

    Examples
    --------
    >>> effective_size(np.array([1.0, 1.0, 0.0])), effective_size(np.array([0.8, 0.2]))
    (2.0, 1.4705882352941173)
    """
    total = float(np.sum(weights))
    if total <= 0:
        return 0.0
    return 1.0 / float(np.sum((weights / total) ** 2))


def weighted_error(
    sample: FloatArray, weights: Weights, groups: Groups | None = None
) -> tuple[float, float, float]:
    """Return a weighted mean, its standard error and the degrees of freedom (eq. R43).

    Parameters
    ----------
    sample : (n,) array
    weights : (n,) array
    groups : (n,) int array, optional
        Independent group of each replication; by default each replication is a group.

    Returns
    -------
    mean, error, freedom : float
        The error is NaN where no spread can be seen: all weight is on one replication, or in one group.

    Examples
    --------
    >>> weighted_error(np.array([1.0, 3.0, 1.0, 3.0]), np.ones(4)) == (
    ...     2.0,
    ...     *standard_error(np.array([1.0, 3.0, 1.0, 3.0])),
    ... )
    True
    """
    share = weights / np.sum(weights)
    middle = float(np.sum(share * sample))
    parts = share * (sample - middle)
    count = effective_size(share)
    freedom = count - 1
    if groups is not None:
        parts = np.bincount(groups, weights=parts).astype(np.float64)
        count = float(np.count_nonzero(np.bincount(groups, weights=share) > 0))
        freedom = min(freedom, count - 1)
    if freedom < _LEAST_FREEDOM:
        return middle, math.nan, freedom
    return middle, math.sqrt(count / (count - 1) * float(np.sum(parts * parts))), freedom


def wilson(share: float, n: float, z: float) -> tuple[float, float]:
    """Return Wilson's limits for a share of n."""
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends the limits are 0 and 1 but for rounding.
    low = 0.0 if share == 0 else max(0.0, middle - half)
    high = 1.0 if share == 1 else min(1.0, middle + half)
    return low, high


def binomial_quantile(share: float, n: int, p: float) -> int:
    """Return the smallest number whose binomial (n, p) distribution function reaches `share`.

    Uses scipy.special, since importing scipy.stats would take longer than most calls.
    """
    near = min(max(math.floor(special.bdtrik(share, n, p)), 0), n)
    while near > 0 and special.bdtr(near - 1, n, p) >= share:
        near -= 1
    while near < n and special.bdtr(near, n, p) < share:
        near += 1
    return near
