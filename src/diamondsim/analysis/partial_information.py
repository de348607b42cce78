"""What knowing one input before a decision is worth, from paired samples (docs/decide.md, eq. D8-D11)."""

from __future__ import annotations

import functools

import numpy as np
import scipy

from diamondsim.analysis.first_order import number_of_bins
from diamondsim.analysis.rank_bins import rank_bins
from diamondsim.arrays import FloatArray, IntArray
from diamondsim.results import CONFIDENCE, Estimate, mean

_FEWEST_FOR_A_CURVE = 8
"""With fewer different values, or classes of them, each has a mean of its own."""
_CAUTION = 1.4
"""Factor on the degrees of freedom in cross-validation, which would otherwise follow noise now and then."""
_STIFFNESSES = np.logspace(-6, 3, 19)
"""Weights of the square of the second derivative from which cross-validation chooses, by replication."""


def perfect_information(differences: FloatArray) -> Estimate:
    """Estimate what it is worth to know everything that a replication draws before the decision (eq. D9).

    Parameters
    ----------
    differences : (alternative, n) float array
        Loss less that of the first alternative, in each replication.

    Returns
    -------
    Estimate
        The mean, with its interval, of what another choice would have saved; no limit is below 0.

    Examples
    --------
    >>> found = perfect_information(np.array([[0.0, 0.0], [3.0, -1.0]]))
    >>> found.value, found.low
    (0.5, 0.0)
    """
    chosen = differences[differences.mean(axis=1).argmin()]
    return mean(chosen - differences.min(axis=0)).within(0.0)


def partial_information(values: FloatArray, differences: FloatArray, counts: FloatArray) -> Estimate:
    """Estimate what it is worth to know one input before the decision (eq. D10, D11).

    Parameters
    ----------
    values : (n,) float array
        What each replication drew of the input; not all equal.
    differences : (alternative, n) float array
        Loss less that of the first alternative, in each replication.
    counts : (resamples, n) float array
        How often each replication is in each resample.

    Returns
    -------
    Estimate
        Less the bias that the resamples show, with the basic bootstrap interval; none is below 0.

    Examples
    --------
    >>> known = np.linspace(-1, 1, 400)
    >>> found = partial_information(known, np.array([0 * known, known]), np.ones((2, 400)))
    >>> round(found.value, 2)  # half of the time it saves 1/2 on average
    0.25
    """
    n = len(values)
    classes = rank_bins(values, number_of_bins(n))
    sizes = np.bincount(classes)
    order = np.argsort(classes, kind="stable")
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    weights = np.vstack([np.ones(n), counts])[:, order]
    held = np.add.reduceat(weights, begins, axis=1)  # (1 + resamples, class)
    shares = held / held.sum(axis=1, keepdims=True)
    curves, is_flat = [], True
    for difference in differences:
        sums = np.add.reduceat(weights * difference[order], begins, axis=1)
        whole = np.broadcast_to(sums[0] / held[0], sums.shape).copy()
        curve, depends = _smoothed(np.divide(sums, held, out=whole, where=held > 0), sizes)
        curves.append(curve)
        is_flat &= not depends
    found = _saved(np.array(curves), shares)
    value, resampled = float(found[0]), found[1:]
    tail = (1 - CONFIDENCE) / 2
    smallest, largest = np.quantile(resampled, [tail, 1 - tail]).tolist()
    if is_flat:
        return Estimate(0.0, 0.0, max(largest, 0.0), n)
    middle, low, high = (max(2 * value - each, 0.0) for each in (float(resampled.mean()), largest, smallest))
    return Estimate(middle, low, high, n)


def _saved(curves: FloatArray, shares: FloatArray) -> FloatArray:
    """Return the value of choosing by curves (alternative, row, class), whose classes hold shares, (row,)."""
    expected = (curves * shares).sum(axis=-1)
    return np.asarray(expected.min(axis=0) - (curves.min(axis=0) * shares).sum(axis=-1))


def _smoothed(means: FloatArray, sizes: IntArray) -> tuple[FloatArray, bool]:
    """Return curves through the means of classes, (row, class), and whether the first is no constant.

    Cross-validation of the first row chooses the stiffness of all (eq. D10).
    """
    if len(sizes) < _FEWEST_FOR_A_CURVE:
        return means, bool(np.ptp(means[0]) > 0)
    smoothers, freedom = _smoothers(tuple(sizes.tolist()))
    first = means[0]
    errors = ((smoothers @ first - first) ** 2 * sizes).sum(axis=1)
    scores = errors / (1 - _CAUTION * freedom / len(sizes)) ** 2
    chosen = int(np.argmin(scores))
    constant = float(((first - np.average(first, weights=sizes)) ** 2 * sizes).sum())
    depends = bool(scores[chosen] < constant / (1 - _CAUTION / len(sizes)) ** 2)
    return np.asarray(means @ smoothers[chosen].T), depends


@functools.lru_cache(maxsize=32)
def _smoothers(sizes: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    """Return the smoothing splines of several stiffnesses as matrices, and their degrees of freedom."""
    weights = np.array(sizes, dtype=float)
    n = weights.sum()
    # On the scale of normal scores, on which the ends of an input are not squeezed together.
    places = scipy.special.ndtri((np.cumsum(weights) - weights / 2) / n)
    each = np.eye(len(sizes))
    made = [
        scipy.interpolate.make_smoothing_spline(places, each, w=weights, lam=n * lam)(places)
        for lam in _STIFFNESSES
    ]
    return np.array(made), np.array([np.trace(matrix) for matrix in made])
