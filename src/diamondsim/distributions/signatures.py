"""The names of the distributions, and the parameters of each."""

from collections.abc import Callable
from dataclasses import dataclass

from diamondsim.distributions.base import Distribution
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
from diamondsim.errors import nearest


@dataclass(frozen=True, slots=True)
class Signature:
    """How one distribution is written.

    Attributes
    ----------
    build
        Builds it from `parameters`, in that order.
    example
        A valid text.
    pure
        The parameters that are plain numbers; all others have the unit of the distribution.
    named
        Whether each number must be preceded by its name.
    """

    build: Callable[..., Distribution]
    parameters: tuple[str, ...]
    example: str
    pure: frozenset[str] = frozenset()
    named: bool = False


SIGNATURES = {
    "constant": Signature(Constant, ("value",), "constant(10)"),
    "uniform": Signature(Uniform, ("low", "high"), "uniform(10 60)"),
    "tri": Signature(Triangular, ("low", "mode", "high"), "tri(10 30 60)"),
    "pert": Signature(Pert, ("low", "mode", "high"), "pert(10 30 60)"),
    "beta": Signature(Beta, ("a", "b"), "beta(4 2)", frozenset({"a", "b"})),
    "normal": Signature(Normal, ("mean", "sd"), "normal(120 10)"),
    "lognormal": Signature(
        Lognormal, ("median", "sigma"), "lognormal(median 3 sigma 0.6)", frozenset({"sigma"}), named=True
    ),
    "exponential": Signature(Exponential, ("mean",), "exponential(360)"),
    "gamma": Signature(
        Gamma, ("shape", "scale"), "gamma(shape 1.5 scale 0.9)", frozenset({"shape"}), named=True
    ),
}
"""The distributions whose arguments are all numbers, by name."""

NAMES = (*SIGNATURES, "mix", "truncated")
"""Every name that may precede a bracket."""

PARAMETERS = frozenset({name for signature in SIGNATURES.values() for name in signature.parameters}) | {
    "rate",
    "min",
    "max",
}
"""Every name that may precede a number, and therefore is not a unit."""

_SYNONYMS = {
    "triangular": "tri",
    "triangle": "tri",
    "const": "constant",
    "gaussian": "normal",
    "mixture": "mix",
    "trunc": "truncated",
    "truncate": "truncated",
    "expon": "exponential",
}


def suggest_name(word: str) -> str | None:
    """Return the name of the distribution probably meant, if any."""
    return _SYNONYMS.get(word.casefold()) or nearest(word, NAMES)
