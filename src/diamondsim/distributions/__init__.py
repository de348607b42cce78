"""Probability distributions: frozen values in canonical units, and their notation.

Knows nothing about random numbers: the sampling package matches on these classes and owns their inverses.
"""

from diamondsim.distributions.base import Distribution
from diamondsim.distributions.compound import Mixture, Product, Sum, Truncated, has_negative_term, scaled
from diamondsim.distributions.notation import parse
from diamondsim.distributions.rewrites import rewrites
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
    "Sum",
    "Triangular",
    "Truncated",
    "Uniform",
    "has_negative_term",
    "parse",
    "rewrites",
    "scaled",
]
