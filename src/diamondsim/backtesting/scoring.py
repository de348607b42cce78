"""Weights of draws, and scores of forecasts that are weighted draws (docs/backtest.md, eq. B4-B8)."""

from __future__ import annotations

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray
from diamondsim.constants import SHARE_ROUNDING

KERNEL = 0.25
"""Standard deviation with which a month is compared where exports do not come in batches."""


def log_likelihood(observed: float, mean: FloatArray, batch: FloatArray) -> FloatArray:
    """Return the log density of the exports of a month, given draws (B3).

    Parameters
    ----------
    observed : float
        Exports over normal ones.
    mean, batch : (R,) arrays
        As in `LicencePaths`. Where `batch` is 0 the density is normal with deviation `KERNEL`.

    Returns
    -------
    (R,) array
        With batches and no exports, the log probability of no exports.

    Examples
    --------
    >>> log_likelihood(0.0, np.array([0.5]), np.array([0.25]))
    array([-2.])
    """
    if not batch.any():
        return -0.5 * ((observed - mean) / KERNEL) ** 2
    expected = mean / batch
    if observed <= 0:
        return -expected
    root = 2 * np.sqrt(expected * observed / batch)
    with np.errstate(divide="ignore"):
        inside = np.log(special.ive(1, root)) + root
        density: FloatArray = (
            inside - expected - observed / batch + 0.5 * np.log(expected / (batch * observed))
        )
    return density


def normalised(log_weight: FloatArray) -> FloatArray:
    """Return weights that add up to 1; equal ones if all are zero."""
    top = log_weight.max()
    if not np.isfinite(top):
        return np.full(log_weight.shape, 1 / len(log_weight))
    weight = np.exp(log_weight - top)
    total: FloatArray = weight / weight.sum()
    return total


def crps(values: FloatArray, observed: float, weight: FloatArray | None = None) -> float:
    """Return the continuous ranked probability score of weighted draws (B5).

    Parameters
    ----------
    values : (R,) array
    observed : float
    weight : (R,) array, optional
        Adds up to 1; equal weights by default.

    Returns
    -------
    float

    Examples
    --------
    >>> crps(np.array([1.0]), 3.0)  # of a single value: its distance
    2.0
    """
    order = np.argsort(values)
    x = values[order]
    w = np.full(len(x), 1 / len(x)) if weight is None else weight[order]
    below = np.cumsum(w)[:-1]
    return float((w * np.abs(x - observed)).sum() - (below * (1 - below) * np.diff(x)).sum())


def weighted_quantiles(values: FloatArray, weight: FloatArray, levels: FloatArray) -> FloatArray:
    """Return the least values below or at which at least a share of the weight lies.

    Examples
    --------
    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3]), np.array([0.5, 0.9]))
    array([1., 3.])
    """
    order = np.argsort(values)
    at = np.searchsorted(np.cumsum(weight[order]), levels - SHARE_ROUNDING)
    return values[order][np.minimum(at, len(values) - 1)]
