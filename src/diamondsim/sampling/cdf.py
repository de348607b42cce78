"""Distribution functions, which the inverses of mixtures and truncations need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

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

Simple: TypeAlias = (
    Constant | Uniform | Triangular | Pert | Beta | Normal | Lognormal | Exponential | Gamma | Truncated
)


@dataclass(frozen=True, eq=False)
class Scaled:
    """`part` times `scale`, an (R,) array."""

    part: Given
    scale: FloatArray


@dataclass(frozen=True, eq=False)
class Shifted:
    """`part` plus `offset`, an (R,) array."""

    part: Given
    offset: FloatArray


@dataclass(frozen=True, eq=False)
class Mixed:
    """One of `parts`, the k-th with probability ``weights[k]``."""

    weights: tuple[float, ...]
    parts: tuple[Given, ...]


Given: TypeAlias = Simple | Scaled | Shifted | Mixed


def cdf(distribution: Given, x: Any, *, below: bool = False) -> FloatArray:
    """Return the probability that a value is at most `x`.

    Parameters
    ----------
    distribution : Given
        A distribution without products and sums (see `diamondsim.sampling.cdf`).
    x : float or (R,) array
        Where; in the distribution's unit.
    below : bool
        Leave out `x` itself: the probability of less than `x`.

    Returns
    -------
    array of the shape of x
        Probabilities.

    Examples
    --------
    >>> from diamondsim.distributions import Constant, Uniform
    >>> float(cdf(Uniform(0.0, 4.0), 1.0)), float(cdf(Constant(1.0), 1.0, below=True))
    (0.25, 0.0)
    """
    x = np.asarray(x, dtype=np.float64)
    match distribution:
        case Scaled(part, scale):
            return _scaled(part, scale, x, below=below)
        case Shifted(part, offset):
            return cdf(part, x - offset, below=below)
        case Mixed(weights, parts):
            total = np.zeros(x.shape)
            for weight, part in zip(weights, parts, strict=True):
                total = total + weight * cdf(part, x, below=below)
            return total
        case Constant(value):
            return np.where(x > value if below else x >= value, 1.0, 0.0)
        case Truncated(part, low, high):
            first, last = cdf(part, low), cdf(part, high)
            return np.clip((cdf(part, x) - first) / (last - first), 0.0, 1.0)
        case Triangular() | Uniform() | Beta() | Pert():
            return _bounded(distribution, x)
        case Normal() | Lognormal() | Exponential() | Gamma():
            return _unbounded(distribution, x)
    raise AssertionError(f"no distribution function for {distribution!r}")


def atoms(distribution: Given) -> list[FloatArray]:
    """Return the values with a probability of their own, as arrays of the shape () or (R,); nan: none."""
    match distribution:
        case Constant(value):
            return [np.asarray(value)]
        case Mixed(_, parts):
            return [atom for part in parts for atom in atoms(part)]
        case Scaled(part, scale):
            at_zero = np.where(scale == 0, 0.0, np.nan)
            return [*(scale * atom for atom in atoms(part)), at_zero]
        case Shifted(part, offset):
            return [atom + offset for atom in atoms(part)]
    return []


def pert_shapes(pert: Pert) -> tuple[float, float]:
    """Return the shapes of the beta distribution that a PERT distribution stretches."""
    width = pert.high - pert.low
    return 1 + 4 * (pert.mode - pert.low) / width, 1 + 4 * (pert.high - pert.mode) / width


def _scaled(part: Given, scale: FloatArray, x: FloatArray, *, below: bool) -> FloatArray:
    nonzero = np.where(scale == 0, 1.0, scale)
    upward = cdf(part, x / nonzero, below=below)
    # Times a negative number, what was at most x becomes what is at least x.
    downward = 1 - cdf(part, x / nonzero, below=not below)
    at_zero = cdf(Constant(0.0), x, below=below)
    return np.where(scale > 0, upward, np.where(scale < 0, downward, at_zero))


def _bounded(distribution: Triangular | Uniform | Beta | Pert, x: FloatArray) -> FloatArray:
    low, high = distribution.support()
    width = high - low
    at = np.clip((x - low) / width, 0.0, 1.0)
    match distribution:
        case Uniform():
            return at
        case Beta(a, b):
            return np.asarray(special.betainc(a, b, at))
        case Pert():
            return np.asarray(special.betainc(*pert_shapes(distribution), at))
        case Triangular():
            peak = (distribution.mode - low) / width
            rising = at * at / peak if peak > 0 else at
            falling = 1 - (1 - at) * (1 - at) / (1 - peak) if peak < 1 else at
            return np.where(at < peak, rising, falling)


def _unbounded(distribution: Normal | Lognormal | Exponential | Gamma, x: FloatArray) -> FloatArray:
    match distribution:
        case Normal(mean, sd):
            return np.asarray(special.ndtr((x - mean) / sd))
        case Lognormal(median, sigma):
            positive = np.where(x > 0, x, median)
            return np.where(x > 0, special.ndtr(np.log(positive / median) / sigma), 0.0)
        case Exponential(mean):
            return -np.expm1(-np.maximum(x, 0.0) / mean)
        case Gamma(shape, scale):
            return np.asarray(special.gammainc(shape, np.maximum(x, 0.0) / scale))
