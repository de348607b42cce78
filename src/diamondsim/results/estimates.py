"""Estimates from n replications, each with an interval (docs/results.md, eq. R20-R23).

The intervals cover sampling error alone: they shrink with the number of replications and do not reflect what
is wrong or merely assumed in a scenario. Functions take one sample (n,) without NaN and, if replications were
not drawn independently, the independent group to which each belongs (eq. R28, R29). Where replications are
weighted (eq. R42), `weighted_estimates` estimates.
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
    Groups,
    Weights,
    binomial_quantile,
    standard_error,
    wilson,
)
from diamondsim.results.weighted_estimates import (
    weighted_mean,
    weighted_proportion,
    weighted_quantile,
    weighted_share,
    weighted_tail_mean,
)


def probability(
    hits: int, n: int, effective: float | None = None, *, confidence: float = CONFIDENCE
) -> Estimate:
    """Estimate a probability, with Wilson's interval (eq. R20).

    Parameters
    ----------
    hits : int
        Replications in which the event happened.
    n : int
        Replications.
    effective : float, optional
        Effective sample size, where `hits` and `n` are sums of counts of weighted replications (eq. R44).
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> e = probability(0, 100)
    >>> e.value, e.low, round(e.high, 4)
    (0.0, 0.0, 0.037)
    """
    if n == 0:
        return NO_SAMPLE
    if effective is not None:
        return weighted_share(hits / n, effective, confidence)
    low, high = wilson(hits / n, n, float(special.ndtri(0.5 + confidence / 2)))
    return Estimate(hits / n, low, high, n)


def proportion(
    happened: BoolArray,
    groups: Groups | None = None,
    weights: Weights | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Estimate the probability of an event from a sample (eq. R20), of groups from their spread (eq. R29).

    Parameters
    ----------
    happened : (n,) bool array
    groups : (n,) int array, optional
        Independent group of each replication.
    weights : (n,) array, optional
        What each replication counts; equal by default.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> e = proportion(np.arange(64) % 5 == 0, np.arange(64) % 16)
    >>> round(e.value, 3), round(e.low, 3), round(e.high, 3)
    (0.203, 0.145, 0.277)
    """
    if weights is not None:
        return weighted_proportion(happened, weights, groups, confidence)
    hits, n = int(np.count_nonzero(happened)), len(happened)
    if groups is None or hits in (0, n):
        return probability(hits, n, confidence=confidence)
    error, freedom = standard_error(happened.astype(np.float64), groups)
    # A group counts whole replications, a variance of 1/12 that a few groups which nearly agree do not show.
    error = math.hypot(error, math.sqrt((freedom + 1) / 12) / n)
    share = hits / n
    t = float(special.stdtrit(freedom, 0.5 + confidence / 2))
    low, high = wilson(share, share * (1 - share) / error**2, t)
    return Estimate(share, low, high, n)


def mean(
    sample: FloatArray,
    groups: Groups | None = None,
    weights: Weights | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Estimate the mean, with Student's interval (eq. R21, R28); no limits from a single replication.

    Examples
    --------
    >>> e = mean(np.array([1.0, 2.0, 3.0]))
    >>> e.value, round(e.low, 3), round(e.high, 3)
    (2.0, -0.484, 4.484)
    """
    if weights is not None:
        return weighted_mean(sample, weights, groups, confidence)
    n = len(sample)
    if n == 0:
        return NO_SAMPLE
    value = float(np.mean(sample))
    if n == 1:
        return Estimate(value, math.nan, math.nan, 1)
    error, freedom = standard_error(sample, groups)
    half = float(special.stdtrit(freedom, 0.5 + confidence / 2)) * error
    return Estimate(value, value - half, value + half, n)


def sample_quantile(
    sample: FloatArray, level: float, weights: Weights | None = None, *, confidence: float = CONFIDENCE
) -> Estimate:
    """Estimate a quantile by an order statistic, with an interval of order statistics (eq. R22).

    The estimate is the smallest value that at least a share `level` of the sample does not exceed. A limit is
    minus or plus infinity if the sample is too small for it.

    Examples
    --------
    >>> sample_quantile(np.arange(1.0, 101.0), 0.5)
    Estimate(value=50.0, low=40.0, high=61.0, n=100)
    """
    if weights is not None:
        return weighted_quantile(sample, weights, level, confidence)
    n = len(sample)
    if n == 0:
        return NO_SAMPLE
    ordered = np.sort(sample)
    tail = (1 - confidence) / 2
    # X(j) <= q < X(k) holds with probability P(j <= B < k), where B is binomial (n, level).
    below = binomial_quantile(tail, n, level)
    above = binomial_quantile(1 - tail, n, level) + 1
    low = float(ordered[below - 1]) if below >= 1 else -math.inf
    high = float(ordered[above - 1]) if above <= n else math.inf
    return Estimate(float(ordered[_rank(level, n) - 1]), low, high, n)


def value_at_risk(
    sample: FloatArray, level: float, weights: Weights | None = None, *, confidence: float = CONFIDENCE
) -> Estimate:
    """Estimate the value at risk: the quantile of a loss at `level`, such as 0.95."""
    return sample_quantile(sample, level, weights, confidence=confidence)


def conditional_value_at_risk(
    sample: FloatArray,
    level: float,
    groups: Groups | None = None,
    weights: Weights | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Estimate the conditional value at risk: the mean of the worst share `1 - level` of a loss (eq. R23).

    The interval is the normal interval of the linearised estimator; for groups Student's (eq. R28).

    Examples
    --------
    >>> conditional_value_at_risk(np.arange(1.0, 101.0), 0.95).value
    98.0
    """
    if weights is not None:
        return weighted_tail_mean(sample, weights, level, groups, confidence)
    n = len(sample)
    if n == 0:
        return NO_SAMPLE
    ordered = np.sort(sample)
    at_risk = float(ordered[_rank(level, n) - 1])
    excess = np.maximum(ordered - at_risk, 0.0) / (1 - level)
    value = at_risk + float(np.mean(excess))
    if n == 1:
        return Estimate(value, math.nan, math.nan, 1)
    if groups is None:
        z = float(special.ndtri(0.5 + confidence / 2))
        half = z * float(np.std(excess, ddof=1)) / math.sqrt(n)
    else:
        as_drawn = np.maximum(sample - at_risk, 0.0) / (1 - level)
        error, freedom = standard_error(as_drawn, groups)
        half = float(special.stdtrit(freedom, 0.5 + confidence / 2)) * error
    return Estimate(value, value - half, value + half, n)


def _rank(level: float, n: int) -> int:
    """Return the rank, from 1, of the order statistic that estimates a quantile."""
    return min(n, max(1, math.ceil(level * n - 1e-9)))
