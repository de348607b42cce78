"""Estimates from weighted replications, each with an interval (docs/results.md, eq. R42-R46).

The weights are those of a run that is conditioned on observations. With equal weights each estimate and its
interval are those of `estimates`, up to rounding. Functions take a sample (n,) without NaN and its weights; n
of an Estimate is the effective sample size, rounded down.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.constants import SHARE_ROUNDING
from diamondsim.results.sampling_error import (
    NO_SAMPLE,
    Estimate,
    Groups,
    Weights,
    binomial_quantile,
    effective_size,
    weighted_error,
    wilson,
)


def weighted_share(share: float, effective: float, confidence: float) -> Estimate:
    """Return a probability with Wilson's interval for an effective sample size (eq. R44)."""
    if effective <= 0:
        return NO_SAMPLE
    low, high = wilson(share, effective, float(special.ndtri(0.5 + confidence / 2)))
    return Estimate(share, low, high, int(effective + SHARE_ROUNDING))


def weighted_proportion(
    happened: BoolArray, weights: Weights, groups: Groups | None, confidence: float
) -> Estimate:
    """Estimate the probability of an event (eq. R44)."""
    effective = effective_size(weights)
    if effective <= 0:
        return NO_SAMPLE
    counts = weights > 0
    if not (happened & counts).any() or happened[counts].all():
        return weighted_share(float((happened & counts).any()), effective, confidence)
    share, error, freedom = weighted_error(happened.astype(np.float64), weights, groups)
    if math.isnan(error):
        return weighted_share(share, effective, confidence)
    if groups is None:
        # The error estimated from few weighty hits may be too small: never more than the sample is worth.
        squares = error * error * freedom / (freedom + 1)
        worth = share * (1 - share) / squares if squares > 0 else effective
        return weighted_share(share, min(effective, worth), confidence)
    error = math.hypot(error, math.sqrt((freedom + 1) / 12) / effective)
    low, high = wilson(share, share * (1 - share) / error**2, _student(freedom, confidence))
    return Estimate(share, low, high, int(effective + SHARE_ROUNDING))


def weighted_mean(sample: FloatArray, weights: Weights, groups: Groups | None, confidence: float) -> Estimate:
    """Estimate the mean, with Student's interval (eq. R43)."""
    effective = effective_size(weights)
    if effective <= 0:
        return NO_SAMPLE
    value, error, freedom = weighted_error(sample, weights, groups)
    half = _student(freedom, confidence) * error
    return Estimate(value, value - half, value + half, int(effective + SHARE_ROUNDING))


def weighted_quantile(sample: FloatArray, weights: Weights, level: float, confidence: float) -> Estimate:
    """Estimate a quantile, with an interval of values of the sample (eq. R45)."""
    effective = effective_size(weights)
    if effective <= 0:
        return NO_SAMPLE
    order = np.argsort(sample, kind="stable")
    ordered, reached = sample[order], np.cumsum(weights[order] / np.sum(weights))

    def at(share: float) -> float:
        return float(ordered[min(int(np.searchsorted(reached, share - SHARE_ROUNDING)), len(ordered) - 1)])

    value = at(level)
    share, error, freedom = weighted_error((sample <= value).astype(np.float64), weights)
    n = effective
    squares = error * error * freedom / (freedom + 1)  # NaN where no spread can be seen.
    if squares > 0 and share < 1 - SHARE_ROUNDING:
        n = min(n, share * (1 - share) / squares)
    whole = int(n + SHARE_ROUNDING)  # At least 1, as weights never count less than one replication.
    tail = (1 - confidence) / 2
    below = binomial_quantile(tail, whole, level)
    above = binomial_quantile(1 - tail, whole, level) + 1
    low = at(below / whole) if below >= 1 else -math.inf
    high = at(above / whole) if above <= whole else math.inf
    return Estimate(value, low, high, int(effective + SHARE_ROUNDING))


def weighted_tail_mean(
    sample: FloatArray, weights: Weights, level: float, groups: Groups | None, confidence: float
) -> Estimate:
    """Estimate the conditional value at risk (eq. R46)."""
    at_risk = weighted_quantile(sample, weights, level, confidence)
    if at_risk.n == 0:
        return NO_SAMPLE
    excess = np.maximum(sample - at_risk.value, 0.0) / (1 - level)
    middle, error, freedom = weighted_error(excess, weights, groups)
    wide = float(special.ndtri(0.5 + confidence / 2)) if groups is None else _student(freedom, confidence)
    value = at_risk.value + middle
    return Estimate(value, value - wide * error, value + wide * error, at_risk.n)


def _student(freedom: float, confidence: float) -> float:
    return float(special.stdtrit(freedom, 0.5 + confidence / 2)) if freedom > 0 else math.nan
