"""Inverse distribution functions: from uniforms to values.

Owns how each class of `diamondsim.distributions` is inverted. One uniform gives one value, and a greater
uniform never a smaller one, on which the common regime of licensing rules relies (model.md, eq. 68).
"""

from __future__ import annotations

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray
from diamondsim.distributions import (
    Beta,
    Constant,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Truncated,
    Uniform,
)
from diamondsim.sampling.cdf import Given, Mixed, Scaled, Shifted, atoms, cdf, pert_shapes

_HALVINGS = 53  # Leaves 2**-53 of the bracket.


def quantile(distribution: Given, u: FloatArray) -> FloatArray:
    """Return the least value that the distribution does not exceed with probability `u`.

    Parameters
    ----------
    distribution : Given
        A distribution without products and sums (see `diamondsim.sampling.cdf`).
    u : (R,) array
        Uniforms in (0, 1).

    Returns
    -------
    (R,) array
        Values in the distribution's unit.

    Examples
    --------
    >>> import numpy as np
    >>> from diamondsim.distributions import Triangular
    >>> quantile(Triangular(0.0, 1.0, 2.0), np.array([0.125, 0.5])).tolist()
    [0.5, 1.0]
    """
    match distribution:
        case Scaled(part, scale):
            return scale * quantile(part, np.where(scale < 0, 1 - u, u))
        case Shifted(part, offset):
            return quantile(part, u) + offset
        case Mixed():
            return _mixed(distribution, u)
        case Constant(value):
            return np.full(u.shape, value)
        case Truncated(part, low, high):
            below, above = (cdf(part, np.float64(end)) for end in (low, high))
            # Rounding must not make it 1, which is infinitely far away.
            inside = np.minimum(below + u * (above - below), 1 - 2.0**-53)
            return np.clip(quantile(part, inside), low, high)
        case Triangular() | Uniform() | Beta() | Pert():
            return _bounded(distribution, u)
        case Normal() | Lognormal() | Exponential() | Gamma():
            return _unbounded(distribution, u)
    raise AssertionError(f"no inverse for {distribution!r}")


def _bounded(distribution: Triangular | Uniform | Beta | Pert, u: FloatArray) -> FloatArray:
    low, high = distribution.support()
    width = high - low
    match distribution:
        case Uniform():
            return np.minimum(low + u * width, high)
        case Triangular(_, mode, _):
            rising = low + np.sqrt(u * width * (mode - low))
            falling = high - np.sqrt((1 - u) * width * (high - mode))
            return np.where(u * width < mode - low, rising, falling)
        case Beta(a, b):
            return np.asarray(special.betaincinv(a, b, u))
        case Pert():
            return np.minimum(low + width * special.betaincinv(*pert_shapes(distribution), u), high)


def _unbounded(distribution: Normal | Lognormal | Exponential | Gamma, u: FloatArray) -> FloatArray:
    match distribution:
        case Normal(mean, sd):
            return mean + sd * _normal(u)
        case Lognormal(median, sigma):
            return median * np.exp(sigma * _normal(u))
        case Exponential(mean):
            return -mean * np.log1p(-u)
        case Gamma(shape, scale):
            return np.asarray(scale * special.gammaincinv(shape, u))


def _normal(u: FloatArray) -> FloatArray:
    return np.asarray(special.ndtri(u))


def _mixed(mixture: Mixed, u: FloatArray) -> FloatArray:
    """Invert a mixture: bisect between the quantiles of its parts, then set the atoms exactly."""
    brackets = [_bracket(part, u) for part in mixture.parts]
    low, high = brackets[0]
    for least, most in brackets[1:]:
        low, high = np.minimum(low, least), np.maximum(high, most)
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        reached = cdf(mixture, middle) >= u
        high = np.where(reached, middle, high)
        low = np.where(reached, low, middle)
    for atom in atoms(mixture):
        at_atom = (cdf(mixture, atom, below=True) < u) & (u <= cdf(mixture, atom))
        high = np.where(at_atom, atom, high)
    return high


def _bracket(part: Given, u: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (R,) ends between which the quantile of a part lies."""
    if isinstance(part, Beta | Pert):  # Their inverses cost more than the bisection they would shorten.
        low, high = part.support()
        return np.full(u.shape, low), np.full(u.shape, high)
    value = quantile(part, u)
    return value, value
