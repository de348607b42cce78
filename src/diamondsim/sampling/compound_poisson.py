"""Compound Poisson sums of exponential sizes (model.md, eq. 74a; docs/backtest.md, eq. B2).

Owns the inverse of the Poisson distribution, and what makes a sum grow with its mean at given uniforms: the
number of sizes does, and with their number so does the quantile of their sum.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from diamondsim.arrays import BoolArray, FloatArray, IntArray

_FEW = 30.0  # Up to this mean probabilities are added one after the other, which is fastest there.
_CELLS_IN_CACHE = 65_536  # So few at a time stay in the processor's cache between the steps.
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
    return CompoundPoisson(number_uniform, size_uniform).sums(np.arange(len(mean)), mean)


class CompoundPoisson:
    """Compound Poisson sums at uniforms that stay the same, for one mean after the other.

    A sum depends on its mean through the number of sizes only. It is kept with that number, since inverting
    the gamma distribution takes most of the time, and another mean often gives the same number.

    Parameters
    ----------
    number_uniform, size_uniform : (K,) array
        As in `compound_poisson`.

    Examples
    --------
    >>> import numpy as np
    >>> sums = CompoundPoisson(np.array([0.2, 0.5]), np.array([0.5, 0.5]))
    >>> sums.sums(np.array([1]), np.array([1.0])).round(3).tolist()
    [0.693]
    """

    def __init__(self, number_uniform: FloatArray, size_uniform: FloatArray) -> None:
        self._number_uniform, self._size_uniform = number_uniform, size_uniform
        self._number = np.zeros(len(size_uniform))
        self._total = np.zeros(len(size_uniform))

    def is_positive(self, first: int, mean: FloatArray) -> BoolArray:
        """Return where the sums at the uniforms from the `first` on are above 0, for a mean each.

        A large mean may be named in vain.
        """
        is_positive: BoolArray = np.exp(-mean) < self._number_uniform[first : first + len(mean)]
        is_positive |= mean > _FEW
        return is_positive

    def sums(self, cells: IntArray, mean: FloatArray) -> FloatArray:
        """Return the sums at some of the uniforms, the numbers of which are `cells`, for a mean each."""
        total = np.empty(len(cells))
        for begin in range(0, len(cells), _CELLS_IN_CACHE):
            some = slice(begin, begin + _CELLS_IN_CACHE)
            total[some] = self._sums(cells[some], mean[some])
        return total

    def _sums(self, cells: IntArray, mean: FloatArray) -> FloatArray:
        is_smooth = mean > _SMOOTH
        number = poisson_quantile(np.where(is_smooth, 0.0, mean), self._number_uniform[cells])
        is_new = np.flatnonzero(number != self._number[cells])
        changed = cells[is_new]
        self._number[changed] = number[is_new]
        self._total[changed] = _sums_given(number[is_new], self._size_uniform[changed])
        total = self._total[cells]
        total[is_smooth] = mean[is_smooth]
        return total


def _sums_given(number: FloatArray, uniform: FloatArray) -> FloatArray:
    """Return the quantiles of the sums of so many exponential sizes."""
    total = np.zeros(number.shape)
    # The sum of one size is exponential, which is quicker than the gamma distribution of the others.
    one, several = np.flatnonzero(number == 1), np.flatnonzero(number > 1)
    total[one] = -np.log1p(-uniform[one])
    total[several] = special.gammaincinv(number[several], uniform[several])
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
    many = np.flatnonzero(mean > _FEW)
    if not len(many):
        return _by_adding(mean, uniform)
    number = _by_adding(np.where(mean > _FEW, 0.0, mean), uniform)
    number[many] = _by_expansion(mean[many], uniform[many])
    return number


def _by_adding(mean: FloatArray, uniform: FloatArray) -> FloatArray:
    number = np.zeros(mean.shape)
    reached = np.exp(-mean)
    cells = np.flatnonzero(reached < uniform)
    mean, uniform, reached = mean[cells], uniform[cells], reached[cells]
    probability, k = reached.copy(), 0
    while len(cells):
        k += 1
        probability *= mean / k
        added = reached + probability
        # Rounding may keep the sum below the largest uniforms for ever; it ends where it grows no more.
        is_open = (added < uniform) & ((added > reached) | (k < mean))
        number[cells[~is_open]] = k
        rest = np.flatnonzero(is_open)
        cells, mean, uniform = cells[rest], mean[rest], uniform[rest]
        probability, reached = probability[rest], added[rest]
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
