"""Regression of the ranks of a metric on the ranks of all inputs at once (eq. S8-S10)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from diamondsim.arrays import FloatArray
from diamondsim.results import CONFIDENCE

LEAST_FREEDOM = 20
"""Replications that must exceed the inputs, for their ranks to be regressed on."""
_LEAST_OF_ITS_OWN = 1e-6
"""Standard deviation that ranks must keep once what others explain is taken off; rounding leaves 1e-8."""
_CLEAR_CORRELATION = 4.0
"""Standard errors from which two inputs count as correlated."""


@dataclass(frozen=True)
class RankRegression:
    """Coefficients by input.

    Attributes
    ----------
    standardised : (3, K) float array
        Standardised rank regression coefficients: estimate, low, high.
    partial : (K,) float array
        Partial rank correlation coefficients.
    r2 : float
        Share of the variance of the ranks that the regression explains, adjusted for the number of inputs.
    """

    standardised: FloatArray
    partial: FloatArray
    r2: float


def rank_regression(values: FloatArray, metric: FloatArray) -> RankRegression | None:
    """Regress the ranks of a metric on those of inputs.

    Parameters
    ----------
    values : (n, K) float array
        What each replication drew of inputs, none of which is constant.
    metric : (n,) float array
        Not constant.

    Returns
    -------
    RankRegression or None
        None where there are too few replications, or where the ranks of one input follow from others.

    Examples
    --------
    >>> line = np.arange(100.0)
    >>> fitted = rank_regression(np.stack([line, (7 * line) % 100], axis=1), -line)
    >>> (fitted.standardised[0].round(6) + 0.0).tolist(), round(fitted.r2, 6)
    ([-1.0, 0.0], 1.0)
    """
    n, k = values.shape
    freedom = n - k - 1
    if freedom < LEAST_FREEDOM:
        return None
    x, y = _standardised(scipy.stats.rankdata(values, axis=0)), _standardised(scipy.stats.rankdata(metric))
    # Not by `qr`: with the threads of OpenBLAS it takes seconds where other processes share the processors.
    products = x.T @ x
    if _is_singular(products / n):
        return None
    solve = np.linalg.solve(products, x.T)  # (K, n): what takes y to the coefficients
    coefficient = solve @ y
    residual = y - x @ coefficient
    left = float(residual @ residual)
    leverage = (x * solve.T).sum(axis=1) + 1 / n
    added, of_variance = _influence(x, y, coefficient, residual / (1 - leverage))
    influence = added @ (solve @ solve.T) * n
    of_metric = _influence_on_variance(y, _moved(y, y[:, np.newaxis]))
    influence += coefficient / 2 * (of_variance - of_metric[:, np.newaxis])
    quantile = float(scipy.stats.t.ppf(0.5 + CONFIDENCE / 2, freedom))
    half = quantile * influence.std(axis=0) / math.sqrt(freedom)
    explained = coefficient**2 / (solve**2).sum(axis=1)  # of the squares, by this input alone
    total = explained + left
    share = np.divide(explained, total, where=total > 0, out=np.zeros_like(total))
    return RankRegression(
        standardised=np.stack([coefficient, coefficient - half, coefficient + half]),
        partial=np.sign(coefficient) * np.sqrt(share),
        r2=1 - left / freedom / (float(y @ y) / (n - 1)),
    )


def _is_singular(correlations: FloatArray) -> bool:
    """Say whether the ranks of one input follow from those of others."""
    try:
        own = np.diag(np.linalg.cholesky(correlations))
    except np.linalg.LinAlgError:
        return True
    return bool(own.min() < _LEAST_OF_ITS_OWN)


def _influence(
    x: FloatArray, y: FloatArray, coefficient: FloatArray, residual: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what each replication adds to the normal equations and to the variances of ranks, both (n, K).

    A replication also moves the ranks of all others, so that the ordinary standard error is wrong.
    """
    n, k = x.shape
    added, of_variance = x * residual[:, np.newaxis] + _moved(y, x), np.empty_like(x)
    correlated = np.abs(x.T @ x / n) > _CLEAR_CORRELATION / math.sqrt(n)
    for j in range(k):
        correlated[j, j] = False
        (others,) = np.nonzero(correlated[:, j])  # with the rest the products average to 0
        moved = _moved(x[:, j], np.column_stack([residual, x[:, j], x[:, others]]))
        added[:, j] += moved[:, 0] - coefficient[j] * moved[:, 1]
        added[:, others] -= coefficient[j] * moved[:, 2:]
        of_variance[:, j] = _influence_on_variance(x[:, j], moved[:, 1:2])
    return added - added.mean(axis=0), of_variance


def _influence_on_variance(ranks: FloatArray, moved: FloatArray) -> FloatArray:
    """Return what each replication adds to the variance of standardised ranks; nothing without ties."""
    added = ranks**2 + 2 * moved[:, 0]
    return np.asarray(added - added.mean())


def _moved(ranks: FloatArray, factors: FloatArray) -> FloatArray:
    """Return the mean product of factors (n, M) with what a replication adds to the ranks of all.

    It raises by one place those of larger rank, and by half a place its equals.
    """
    distinct, place = np.unique(ranks, return_inverse=True)
    in_order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[in_order], np.arange(len(distinct)))
    sums = np.add.reduceat(factors[in_order], starts, axis=0)
    from_here_on = np.cumsum(sums[::-1], axis=0)[::-1]
    # A place is 1 in ranks, and so much in standardised ones.
    size = np.diff(starts, append=len(ranks))
    middle = starts + size / 2
    spread = math.sqrt(float(size @ (middle - len(ranks) / 2) ** 2) / len(ranks))
    return np.asarray((from_here_on - sums / 2)[place] / spread)


def _standardised(ranks: FloatArray) -> FloatArray:
    centred = ranks - ranks.mean(axis=0)
    return np.asarray(centred / centred.std(axis=0))
