"""Distributions built from others: mixtures, products, sums and truncations."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from diamondsim.distributions.base import Distribution, require, with_unit
from diamondsim.distributions.simple import Constant, Exponential, Lognormal, Normal
from diamondsim.errors import NotationError
from diamondsim.units import number_text

_WEIGHT_TOLERANCE = 1e-9
_LEAST_MASS = 1e-6
_WIDEST = 700.0


@dataclass(frozen=True, slots=True)
class Mixture(Distribution):
    """One of `parts`, the k-th with probability ``weights[k]``."""

    weights: tuple[float, ...]
    parts: tuple[Distribution, ...]

    def __post_init__(self) -> None:
        assert len(self.weights) == len(self.parts), "one weight for each part"
        require(min(self.weights) >= 0, "mix needs weights of 0% or more", *self.weights)
        total = math.fsum(self.weights)
        if abs(total - 1) > _WEIGHT_TOLERANCE:
            why = f"the weights of a mix must add up to 100%, found {100 * total:.6g}%"
            raise NotationError(why, found=number_text(total))

    def central(self) -> float:
        return math.fsum(weight * part.central() for weight, part in self._pairs())

    def support(self) -> tuple[float, float]:
        possible = [part.support() for weight, part in self._pairs() if weight > 0]
        return min(low for low, _ in possible), max(high for _, high in possible)

    def text(self, unit: str = "") -> str:
        branches = [f"{_weight_text(weight)} {part.text()}" for weight, part in self._pairs()]
        return with_unit(f"mix({' | '.join(branches)})", unit)

    def _pairs(self) -> Iterator[tuple[float, Distribution]]:
        return zip(self.weights, self.parts, strict=True)


@dataclass(frozen=True, slots=True)
class Product(Distribution):
    """The product of independent factors; the first carries the unit, the others are pure numbers."""

    factors: tuple[Distribution, ...]

    def __post_init__(self) -> None:
        assert len(self.factors) > 1, "a product needs two factors"

    def central(self) -> float:
        return math.prod(factor.central() for factor in self.factors)

    def support(self) -> tuple[float, float]:
        low, high = 1.0, 1.0
        for factor in self.factors:
            corners = [_times(x, y) for x in (low, high) for y in factor.support()]
            low, high = min(corners), max(corners)
        return low, high

    def text(self, unit: str = "") -> str:
        first, *others = self.factors
        return " * ".join([first.text(unit), *(factor.text() for factor in others)])


@dataclass(frozen=True, slots=True)
class Sum(Distribution):
    """The sum of independent terms, of which at least one is uncertain."""

    terms: tuple[Distribution, ...]

    def __post_init__(self) -> None:
        assert len(self.terms) > 1, "a sum needs two terms"
        assert not all(isinstance(term, Constant) for term in self.terms), "a certain sum is a constant"

    @property
    def first(self) -> int:
        """Index of the first uncertain term, which is drawn from the uniform of the sum."""
        return next(k for k, term in enumerate(self.terms) if not isinstance(term, Constant))

    def central(self) -> float:
        return math.fsum(term.central() for term in self.terms)

    def support(self) -> tuple[float, float]:
        low, high = zip(*(term.support() for term in self.terms), strict=True)
        return math.fsum(low), math.fsum(high)

    def text(self, unit: str = "") -> str:
        return " + ".join(term.text(unit) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Truncated(Distribution):
    """`part`, conditional on lying between `low` and `high`, which may be infinite.

    Only distributions with an unbounded tail are truncated; the others have bounds of their own.
    """

    part: Normal | Lognormal | Exponential
    low: float
    high: float

    def __post_init__(self) -> None:
        bounds = self.low, self.high
        require(self.low < self.high, "truncated needs min < max", *bounds)
        require(any(map(math.isfinite, bounds)), "truncated needs a bound", *bounds)
        left = _mass(self.part, *bounds)
        require(left >= _LEAST_MASS, "truncated leaves almost no probability between its bounds", *bounds)

    def central(self) -> float:
        return min(max(_truncated_mean(self.part, self.low, self.high), self.low), self.high)

    def support(self) -> tuple[float, float]:
        low, high = self.part.support()
        return max(low, self.low), min(high, self.high)

    def text(self, unit: str = "") -> str:
        bounds = (("min", self.low), ("max", self.high))
        written = " ".join(f"{word} {number_text(bound)}" for word, bound in bounds if math.isfinite(bound))
        return with_unit(f"truncated({self.part.text()} {written})", unit)


def scaled(distribution: Distribution, factor: float) -> Distribution:
    """Return the distribution of `factor` times a value, without changing the draw of the value.

    Examples
    --------
    >>> scaled(Constant(4.0), 0.5)
    Constant(value=2.0)
    """
    if factor == 1:
        return distribution
    if isinstance(distribution, Constant):
        return Constant(distribution.value * factor)
    if isinstance(distribution, Sum):
        return Sum(tuple(scaled(term, factor) for term in distribution.terms))
    factors = distribution.factors if isinstance(distribution, Product) else (distribution,)
    return Product((*factors, Constant(factor)))


def has_negative_term(distribution: Distribution) -> bool:
    """Return whether a term of a sum can be negative, at any depth.

    Examples
    --------
    >>> shifted = Sum((Exponential(3.0), Constant(-1.0)))
    >>> has_negative_term(Mixture((0.5, 0.5), (shifted, Constant(2.0)))), has_negative_term(Exponential(3.0))
    (True, False)
    """
    match distribution:
        case Sum(terms):
            return any(term.support()[0] < 0 or has_negative_term(term) for term in terms)
        case Mixture(_, parts):
            return any(map(has_negative_term, parts))
        case Product(factors):
            return any(map(has_negative_term, factors))
    return False


def _weight_text(weight: float) -> str:
    percent = number_text(float(Fraction(number_text(weight)) * 100))
    # Percentages read better, but not every double survives the round trip.
    return f"{percent}%" if float(Fraction(percent) / 100) == weight else number_text(weight)


def _times(x: float, y: float) -> float:
    return 0.0 if 0.0 in (x, y) else x * y


def _standardised(part: Normal | Lognormal, bound: float) -> float:
    if isinstance(part, Normal):
        return (bound - part.mean) / part.sd
    return math.log(bound / part.median) / part.sigma if bound > 0 else -math.inf


def _mass(part: Normal | Lognormal | Exponential, low: float, high: float) -> float:
    if isinstance(part, Exponential):
        return math.exp(-max(low, 0.0) / part.mean) - math.exp(-max(high, 0.0) / part.mean)
    return _normal_mass(_standardised(part, low), _standardised(part, high))


def _normal_mass(a: float, b: float) -> float:
    return (math.erfc(-b / math.sqrt(2)) - math.erfc(-a / math.sqrt(2))) / 2


def _normal_density(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _truncated_mean(part: Normal | Lognormal | Exponential, low: float, high: float) -> float:
    if isinstance(part, Exponential):
        first = max(low, 0.0)
        width = (high - first) / part.mean
        # Beyond this width the tail cut off is below the precision of a double.
        return first + part.mean * (1 - (width / math.expm1(width) if width < _WIDEST else 0.0))
    a, b = _standardised(part, low), _standardised(part, high)
    if isinstance(part, Normal):
        return part.mean + part.sd * (_normal_density(a) - _normal_density(b)) / _normal_mass(a, b)
    # Weighting a lognormal by its value shifts the underlying normal by sigma.
    return part.central() * _normal_mass(a - part.sigma, b - part.sigma) / _normal_mass(a, b)
