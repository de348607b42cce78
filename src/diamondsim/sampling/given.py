"""Distributions given the factors that have streams of their own.

A product is the only distribution without a closed form of one uniform. Its factors are independent: all but
the first are drawn from streams of their own, and given these the product is its first factor, scaled. This
holds also for products inside a mixture; what remains is monotone in the one uniform.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

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
class Mixed:
    """One of `parts`, the k-th with probability ``weights[k]``."""

    weights: tuple[float, ...]
    parts: tuple[Given, ...]


Given: TypeAlias = Simple | Scaled | Mixed
