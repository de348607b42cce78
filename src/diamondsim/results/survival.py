"""Durations of which some are censored: the Kaplan-Meier estimator (docs/results.md, eq. R24-R25b)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.constants import SHARE_ROUNDING
from diamondsim.results.sampling_error import CONFIDENCE, NO_SAMPLE, Estimate, Weights, effective_size

FOLLOWED_SHARE = 0.10
"""Least share of the replications at risk at a time up to which a curve is read (eq. R25b)."""
FOLLOWED_NUMBER = 10
"""Least number of these."""


@dataclass(frozen=True)
class Survival:
    """A Kaplan-Meier curve: the share that lasts longer than each of some times.

    Attributes
    ----------
    times : (k,) float array
        Times of failure or of censoring, ascending, each once.
    share : (k,) float array
        Share that lasts longer.
    low, high : (k,) float array
        Limits of the pointwise interval.
    is_followed : (k,) bool array
        Whether enough replications are at risk at a time for the curve to be read there (eq. R25b).
    n : int
        Replications, the censored ones included; of weighted ones the effective number.
    greenwood : (k,) float array
        Greenwood's sum up to each time, the variance of the logarithm of `share`; NaN where nobody is left.
    """

    times: FloatArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    is_followed: BoolArray
    n: int
    greenwood: FloatArray

    @property
    def follow_up(self) -> float:
        """The longest time for which enough replications are at risk; NaN without replications."""
        return float(self.times[self.is_followed][-1]) if self.n else math.nan

    @property
    def beyond(self) -> Estimate:
        """Share that lasts longer than `follow_up`."""
        if self.n == 0:
            return NO_SAMPLE
        last = int(np.count_nonzero(self.is_followed)) - 1
        return Estimate(float(self.share[last]), float(self.low[last]), float(self.high[last]), self.n)

    def quantile(self, level: float) -> Estimate:
        """Return the time by which a share `level` has failed (eq. R25).

        Parameters
        ----------
        level : float
            0.5 for the median.

        Returns
        -------
        Estimate
            `value` and `high` are infinite if the curve, or its upper limit, does not come down that far by
            the end of the follow-up; `low` is at most the end of the follow-up.
        """
        if self.n == 0:
            return NO_SAMPLE
        value, low, high = (self._first_at_most(c, 1 - level) for c in (self.share, self.low, self.high))
        return Estimate(value, min(low, self.follow_up), high, self.n)

    def restricted_mean(self, until: float, *, confidence: float = CONFIDENCE) -> Estimate:
        """Return the mean of the shorter of the time and a limit: the area below the curve (eq. R25a).

        Parameters
        ----------
        until : float
            The limit.
        confidence : float
            Of the normal interval, from Greenwood's variance.

        Returns
        -------
        Estimate
            NaN if nobody was watched for so long, so that the curve is not known up to there.

        Examples
        --------
        >>> curve = survival(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, True]))
        >>> curve.restricted_mean(3.5).value
        2.6875
        """
        if self.n == 0 or (self.times[-1] < until and self.share[-1] > 0.0):
            return Estimate(math.nan, math.nan, math.nan, self.n)
        widths = np.diff(np.minimum(np.concatenate([[0.0], self.times, [until]]), until))
        areas = np.maximum(widths, 0.0) * np.concatenate([[1.0], self.share])
        after = np.cumsum(areas[::-1])[::-1][1:]  # the area to the right of each time
        steps = np.diff(self.greenwood, prepend=0.0)
        counts = after > 0.0
        half = float(special.ndtri(0.5 + confidence / 2)) * math.sqrt(
            np.sum(steps[counts] * after[counts] ** 2)
        )
        value = float(areas.sum())
        return Estimate(value, max(value - half, 0.0), min(value + half, until), self.n)

    def _first_at_most(self, curve: FloatArray, share: float) -> float:
        reached = np.flatnonzero((curve <= share + SHARE_ROUNDING) & self.is_followed)
        return float(self.times[reached[0]]) if reached.size else math.inf


def survival(
    times: FloatArray,
    failed: npt.NDArray[np.bool_],
    weights: Weights | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> Survival:
    """Estimate the survival curve from times of which some are censored (eq. R24, with weights R47).

    Parameters
    ----------
    times : (n,) float array
        Time of failure or, where censored, time until which nothing failed.
    failed : (n,) bool array
        False where censored.
    weights : (n,) array, optional
        What each replication counts; equal by default.
    confidence : float
        Of the pointwise intervals: Greenwood's variance on the log-log scale.

    Returns
    -------
    Survival

    Examples
    --------
    >>> curve = survival(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, True]))
    >>> curve.share.tolist()
    [0.75, 0.75, 0.375, 0.0]
    >>> curve.quantile(0.25).value, curve.quantile(0.5).value  # from tick 3 on only two are still watched
    (1.0, inf)
    >>> curve.follow_up, curve.beyond.value
    (2.0, 0.75)
    """
    if weights is not None:
        return _weighted(times, failed, weights, confidence)
    steps, where = np.unique(times, return_inverse=True)
    failures = np.bincount(where, weights=failed, minlength=len(steps))
    leaving = np.bincount(where, minlength=len(steps))
    at_risk = np.asarray(len(times) - (np.cumsum(leaving) - leaving), dtype=np.float64)
    share = np.asarray(np.cumprod(1 - failures / at_risk), dtype=np.float64)
    staying = at_risk - failures
    greenwood = np.cumsum(failures / (at_risk * np.where(staying > 0, staying, np.nan)))
    low, high = _log_log_limits(share, greenwood, confidence)
    censored = leaving - failures
    before = np.asarray(np.cumsum(censored) - censored, dtype=np.float64)
    is_followed = _is_followed(before, at_risk / max(1, len(times)), at_risk)
    return Survival(steps, share, low, high, is_followed, len(times), greenwood)


def _weighted(
    times: FloatArray, failed: npt.NDArray[np.bool_], weights: Weights, confidence: float
) -> Survival:
    """Estimate from weighted replications: the variance counts those at risk by their effective number."""
    counts = weights > 1e-100 * weights.max(initial=0.0)  # the square of a smaller one can be 0
    times, failed, weights = times[counts], failed[counts], weights[counts]
    steps, where = np.unique(times, return_inverse=True)
    failures = np.bincount(where, weights=failed * weights, minlength=len(steps))
    # Added from the end, since a difference of sums would leave rounding errors at risk.
    at_risk, squares = (
        np.cumsum(np.bincount(where, weights=each, minlength=len(steps))[::-1])[::-1]
        for each in (weights, weights * weights)
    )
    # Nor is what stays a difference: beside failures of great weight it would be lost.
    stay = np.append(at_risk[1:], 0.0) + np.bincount(where, weights=~failed * weights, minlength=len(steps))
    staying = stay / at_risk
    share = np.asarray(np.cumprod(staying), dtype=np.float64)
    hazard = failures / at_risk
    greenwood = np.cumsum(hazard * squares / (at_risk * at_risk * np.where(staying > 0, staying, np.nan)))
    with np.errstate(over="ignore"):  # where next to nothing has failed, the limit is 0
        low, high = _log_log_limits(share, greenwood, confidence)
    # There the limit says little; but what lasts longer than a later time lasts longer than this one.
    low = np.maximum.accumulate(low[::-1])[::-1]
    # Counted, since a difference of sums of weights would leave rounding errors.
    censored = np.bincount(where, weights=~failed, minlength=len(steps))
    total = max(float(weights.sum()), np.finfo(float).tiny)
    before = np.asarray(np.cumsum(censored) - censored, dtype=np.float64)
    is_followed = _is_followed(before, at_risk / total, at_risk * at_risk / squares)
    return Survival(steps, share, low, high, is_followed, int(effective_size(weights) + 1e-9), greenwood)


def _is_followed(censored_before: FloatArray, share: FloatArray, number: FloatArray) -> BoolArray:
    """Return at which times enough are at risk (eq. R25b); before anything is censored, at all of them."""
    enough = (share >= FOLLOWED_SHARE - SHARE_ROUNDING) & (number >= FOLLOWED_NUMBER - SHARE_ROUNDING)
    return np.logical_and.accumulate(enough | (censored_before <= 0))


def _log_log_limits(
    share: FloatArray, greenwood: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    z = float(special.ndtri(0.5 + confidence / 2))
    low, high = share.copy(), share.copy()
    inside = (share > 0) & (share < 1)
    log = np.log(share[inside])
    half = z * np.sqrt(greenwood[inside]) / np.abs(log)
    low[inside] = np.exp(log * np.exp(half))
    high[inside] = np.exp(log * np.exp(-half))
    # Where nobody is left the variance is undefined; the upper limit keeps its last defined value.
    gone = np.flatnonzero(share <= 0)
    if gone.size and gone[0] > 0:
        high[gone] = high[gone[0] - 1]
    elif gone.size:
        high[gone] = 1.0
    return low, high
