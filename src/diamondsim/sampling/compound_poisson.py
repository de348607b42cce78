"""Compound Poisson sums of exponential sizes (model.md, eq. 74a; docs/backtest.md, eq. B2).

Owns the inverse of the Poisson distribution, and what makes a sum grow with its mean at given uniforms: the
number of sizes does, and with their number so does the quantile of their sum.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray

_FEW = 30.0  # Up to this mean probabilities are added one after the other, which is fastest there.
_SMOOTH = 1e12  # Beyond it a sum differs from its mean by less than two millionths, and rounding by more.


def compound_poisson(mean: FloatArray, number_uniform: FloatArray, size_uniform: FloatArray) -> FloatArray:
    """Return sums of N exponential sizes of mean 1, N from a Poisson distribution.

    Parameters
    ----------
    mean : (K,) array
        Mean of N, and so of the sum; at least 0. The variance of the sum is twice as much.
    number_uniform, size_uniform : (K,) array
        Uniforms in (0, 1) for N and for the sum given N. At given uniforms the sum grows with the mean.

    Returns
    -------
    (K,) array
        0 where N = 0.

    Examples
    --------
    >>> import numpy as np
    >>> middle = np.full(3, 0.5)
    >>> compound_poisson(np.array([0.5, 1.0, 1e9]), middle, middle).round(3).tolist()
    [0.0, 0.693, 999999999.667]
    """
    is_smooth = mean > _SMOOTH
    number = poisson_quantile(np.where(is_smooth, 0.0, mean), number_uniform)
    # The sum of one size is exponential, which is quicker than the gamma distribution of the others.
    total = np.where(number == 1, -np.log1p(-size_uniform), 0.0)
    several = np.flatnonzero(number > 1)
    total[several] = special.gammaincinv(number[several], size_uniform[several])
    total[is_smooth] = mean[is_smooth]
    return total


def poisson_quantile(mean: FloatArray, uniform: FloatArray) -> FloatArray:
    """Return the least whole numbers that a Poisson variable does not exceed with a probability of `uniform`.

    Parameters
    ----------
    mean : (K,) array
        At least 0.
    uniform : (K,) array
        In (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> poisson_quantile(np.array([0.0, 2.0, 100.0]), np.array([0.9, 0.5, 0.9])).tolist()
    [0.0, 2.0, 113.0]
    """
    number = np.zeros(mean.shape)
    few = np.flatnonzero(mean <= _FEW)
    number[few] = _by_adding(mean[few], uniform[few])
    many = np.flatnonzero(mean > _FEW)
    number[many] = _by_expansion(mean[many], uniform[many])
    return number


def _by_adding(mean: FloatArray, uniform: FloatArray) -> FloatArray:
    number = np.zeros(mean.shape)
    probability = np.exp(-mean)
    reached = probability.copy()
    open_ = np.flatnonzero(reached < uniform)
    mean, uniform, probability, reached = (each[open_] for each in (mean, uniform, probability, reached))
    k = 0
    while len(open_):
        k += 1
        number[open_] = k
        probability *= mean / k
        added = reached + probability
        # Rounding may keep the sum below the largest uniforms for ever; it ends where it grows no more.
        goes_on = (added < uniform) & ((added > reached) | (k < mean))
        open_ = open_[goes_on]
        mean, uniform, probability = mean[goes_on], uniform[goes_on], probability[goes_on]
        reached = added[goes_on]
    return number


def _by_expansion(mean: FloatArray, uniform: FloatArray) -> FloatArray:
    # Cornish and Fisher's expansion is off by less than one; the distribution function settles which it is.
    z = special.ndtri(uniform)
    root = np.sqrt(mean)
    expanded = mean + root * z + (z * z - 1) / 6 + (z - z**3) / (72 * root)
    number: FloatArray = np.maximum(np.ceil(expanded - 0.5), 1.0)
    number -= special.pdtr(number - 1, mean) >= uniform
    number += special.pdtr(number, mean) < uniform
    return number
