"""Differences between two runs with the same random numbers (docs/results.md, eq. R26-R27, R48).

Samples are without NaN and paired: element k of both comes from the same replication.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.results.sampling_error import (
    CONFIDENCE,
    NO_SAMPLE,
    Estimate,
    Weights,
    effective_size,
    weighted_error,
)


def ratio(
    numerator: FloatArray,
    denominator: FloatArray,
    weights: Weights | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Estimate the ratio of the means of two non-negative quantities from paired samples (eq. R26).

    The interval is that of the delta method on the logarithm, so that its limits cannot be negative. If the
    mean of the numerator is 0, the upper limit is unknown (NaN).

    Examples
    --------
    >>> ratio(np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    Estimate(value=0.5, low=0.5, high=0.5, n=2)
    """
    if weights is not None:
        return _weighted_ratio(numerator, denominator, weights, confidence)
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


def _weighted_ratio(
    numerator: FloatArray, denominator: FloatArray, weights: Weights, confidence: float
) -> Estimate:
    effective = effective_size(weights)
    if effective <= 0:
        return NO_SAMPLE
    above, below = (float(np.average(each, weights=weights)) for each in (numerator, denominator))
    n = int(effective + 1e-9)
    if below <= 0:
        return Estimate(math.nan, math.nan, math.nan, n)
    if above <= 0:
        return Estimate(0.0, 0.0, math.nan, n)
    _, error, _ = weighted_error(numerator / above - denominator / below, weights)
    half = float(special.ndtri(0.5 + confidence / 2)) * error
    value = above / below
    return Estimate(value, value * math.exp(-half), value * math.exp(half), n)


def paired_difference(
    first: BoolArray,
    second: BoolArray,
    weights: Weights | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Estimate the difference between two probabilities of an event from paired samples (eq. R27).

    The interval is that of Agresti and Min: the normal interval after adding half a pair to each of the four
    outcomes of a pair. It therefore has a positive length even if all pairs agree.

    Parameters
    ----------
    first, second : (n,) bool array
        Whether the event happened in each replication of two runs with the same random numbers.
    weights : (n,) array, optional
        What each pair counts; equal by default.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        Of the probability in the first run less the probability in the second.

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
    if weights is None:
        n: float = len(first)
        only_first: float = int(np.count_nonzero(first & ~second))
        only_second: float = int(np.count_nonzero(second & ~first))
    else:
        n = effective_size(weights)
        scale = n / max(float(np.sum(weights)), np.finfo(float).tiny)
        only_first = scale * float(np.sum(weights[first & ~second]))
        only_second = scale * float(np.sum(weights[second & ~first]))
    if n == 0:
        return NO_SAMPLE
    pairs, apart, net = n + 2, only_first + only_second + 1, only_first - only_second
    z = float(special.ndtri(0.5 + confidence / 2))
    half = z * math.sqrt(apart - net * net / pairs) / pairs
    middle = net / pairs
    return Estimate(net / n, max(-1.0, middle - half), min(1.0, middle + half), int(n + 1e-9))
