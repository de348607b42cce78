"""Distributions given what has been drawn beside their own uniform.

A product is the one thing that cannot be had from one uniform in closed form. Its factors are independent:
all but the first are drawn from streams of their own, and given them the product is its first factor,
stretched. That holds wherever a product stands, inside a mixture too; what remains is monotone in the one
uniform.
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
