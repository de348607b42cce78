"""Quantiles of a distribution as a scenario states it, products, sums and mixtures included."""

from __future__ import annotations

from typing import cast

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.distributions import Distribution, Mixture, Product, Sum
from diamondsim.sampling.cdf import Simple
from diamondsim.sampling.inverse import quantile

_POINTS = 512
"""Equally likely values that stand for a distribution; any two are combined with one another."""


def quantiles(distribution: Distribution, levels: FloatArray) -> FloatArray:
    """Return the values that a distribution does not exceed with given probabilities.

    Parameters
    ----------
    distribution : Distribution
    levels : (n,) array
        Probabilities in (0, 1).

    Returns
    -------
    (n,) array
        In canonical units; of a product or a sum to about a thousandth of its width.

    Examples
    --------
    >>> from diamondsim.distributions import Uniform
    >>> quantiles(Uniform(2.0, 4.0), np.array([0.25, 0.5])).tolist()
    [2.5, 3.0]
    >>> both = Sum((Uniform(0.0, 1.0), Uniform(0.0, 1.0)))  # a triangle: 0.125 lie below 0.5
    >>> quantiles(both, np.array([0.125, 0.5])).round(2).tolist()
    [0.5, 1.0]
    """
    match distribution:
        case Product() | Sum() | Mixture():
            values, weights = _values(distribution)
            return np.quantile(values, levels, method="inverted_cdf", weights=weights)
        case _:
            return quantile(cast("Simple", distribution), levels)


def _values(distribution: Product | Sum | Mixture) -> tuple[FloatArray, FloatArray]:
    """Return values that stand for a distribution, and their weights."""
    match distribution:
        case Mixture(weights, parts):
            return np.concatenate([*map(_equally_likely, parts)]), np.repeat(weights, _POINTS)
        case Product(parts):
            combine = np.multiply.outer
        case Sum(parts):
            combine = np.add.outer
    first, *others = map(_equally_likely, parts)
    *earlier, last = others
    for each in earlier:
        first = np.quantile(combine(first, each), _midpoints(), method="inverted_cdf")
    found = combine(first, last).ravel()
    return found, np.ones(found.shape)


def _equally_likely(distribution: Distribution) -> FloatArray:
    """Return equally likely values that stand for a distribution, (_POINTS,)."""
    return quantiles(distribution, _midpoints())


def _midpoints() -> FloatArray:
    return (np.arange(_POINTS) + 0.5) / _POINTS
