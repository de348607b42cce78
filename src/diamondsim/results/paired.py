"""What two runs on the same random numbers say of their difference (docs/results.md, eq. R21-R22).

Samples are without NaN and paired: number k of both comes from the same replication.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from diamondsim.results.estimates import CONFIDENCE, NO_SAMPLE, BoolArray, Estimate, FloatArray


def ratio(numerator: FloatArray, denominator: FloatArray, *, confidence: float = CONFIDENCE) -> Estimate:
    """Estimate the ratio of two means of what cannot be negative, from paired samples (eq. R21).

    The interval is that of the delta method on the logarithm, so that it cannot hold a negative ratio. Where
    the numerator is 0 throughout, its upper limit is not known.

    Examples
    --------
    >>> ratio(np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    Estimate(value=0.5, low=0.5, high=0.5, n=2)
    """
    n = len(numerator)
    below = float(np.mean(denominator)) if n else 0.0
    if below <= 0:
        return Estimate(math.nan, math.nan, math.nan, n)
    above = float(np.mean(numerator))
    value = above / below
    if n == 1:
        return Estimate(value, math.nan, math.nan, 1)
    if above <= 0:
        return Estimate(0.0, 0.0, math.nan, n)
    z = float(special.ndtri(0.5 + confidence / 2))
    half = z * float(np.std(numerator / above - denominator / below, ddof=1)) / math.sqrt(n)
    return Estimate(value, value * math.exp(-half), value * math.exp(half), n)


def paired_difference(first: BoolArray, second: BoolArray, *, confidence: float = CONFIDENCE) -> Estimate:
    """Estimate by how much the probability of something differs, from paired samples (eq. R22).

    The interval is Agresti and Min's: that of the normal law, with half a pair added to each of the four
    ways in which a pair can turn out. So it has a length even where all pairs agree.

    Parameters
    ----------
    first, second : (n,) bool array
        Whether it happened in each replication of two runs with the same random numbers.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        Of the probability in the first less that in the second.

    Source
    ------
    A. Agresti and Y. Min, Simple improved confidence intervals for comparing matched proportions,
    Statistics in Medicine 24 (2005), 729-740.

    Examples
    --------
    >>> e = paired_difference(np.array([True, True, False, True]), np.array([True, False, False, False]))
    >>> e.value, round(e.low, 3), round(e.high, 3)
    (0.5, -0.166, 0.832)
    """
    n = len(first)
    if n == 0:
        return NO_SAMPLE
    only_first = int(np.count_nonzero(first & ~second))
    only_second = int(np.count_nonzero(second & ~first))
    pairs, apart, net = n + 2, only_first + only_second + 1, only_first - only_second
    z = float(special.ndtri(0.5 + confidence / 2))
    half = z * math.sqrt(apart - net * net / pairs) / pairs
    middle = net / pairs
    return Estimate(net / n, max(-1.0, middle - half), min(1.0, middle + half), n)
