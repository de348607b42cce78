"""Probability distributions: plain values in canonical units, and the texts that people write.

Knows nothing about random numbers: sampling matches on these classes and holds their inverses.
"""

from diamondsim.distributions.base import Distribution
from diamondsim.distributions.compound import Mixture, Product, Truncated, scaled
from diamondsim.distributions.notation import parse
from diamondsim.distributions.signatures import NAMES
from diamondsim.distributions.simple import (
    Beta,
    Constant,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)

__all__ = [
    "NAMES",
    "Beta",
    "Constant",
    "Distribution",
    "Exponential",
    "Gamma",
    "Lognormal",
    "Mixture",
    "Normal",
    "Pert",
    "Product",
    "Triangular",
    "Truncated",
    "Uniform",
    "parse",
    "scaled",
]
