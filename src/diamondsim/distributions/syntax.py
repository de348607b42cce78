"""Syntax tree of a distribution, before units and parameters are checked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written, with its unit if it has one."""

    number: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """A number inside brackets, with the name before it if there is one."""

    name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Call:
    """``name(arguments) unit``."""

    name: str
    arguments: tuple[Argument, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Mix:
    """``mix(weight part | weight part) unit``."""

    weights: tuple[Figure, ...]
    parts: "tuple[Total, ...]"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """``truncated(part bounds) unit``."""

    part: "FactorTerm"
    bounds: tuple[Argument, ...]
    unit: str = ""


FactorTerm = Figure | Call | Mix | Cut


@dataclass(frozen=True, slots=True)
class Term:
    """One factor, or the product of several."""

    factors: tuple[FactorTerm, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """One term, or the sum of several."""

    terms: tuple[Term, ...]


def last_unit(arguments: tuple[Argument, ...]) -> str:
    """Return the unit after the last number, which applies to the numbers before it."""
    return arguments[-1].figure.unit if arguments else ""


def carries_unit(node: Total | Term | FactorTerm) -> bool:
    """Return whether any number in `node` has a unit other than the percent sign."""
    match node:
        case Figure(_, unit):
            return unit not in ("", "%")
        case Call(_, arguments, unit):
            return unit not in ("", "%") or any(carries_unit(argument.figure) for argument in arguments)
        case Mix(_, parts, unit):
            return unit not in ("", "%") or any(carries_unit(part) for part in parts)
        case Cut(part, bounds, unit):
            inside = (part, *(argument.figure for argument in bounds))
            return unit not in ("", "%") or any(carries_unit(item) for item in inside)
        case Term(factors):
            return any(carries_unit(factor) for factor in factors)
        case Total(terms):
            return any(carries_unit(term) for term in terms)
