"""Distributions with closed formulas, one class each."""

import math
from dataclasses import dataclass
from typing import ClassVar

from diamondsim.distributions.base import Distribution, call_text, require, with_unit
from diamondsim.units import number_text

_LARGEST_SIGMA = 20.0
_LARGEST_BETA_SHAPE = 1e6
"""Beyond it quantiles would be wrong (docs/libraries.md); within, the share is known to one in a thousand."""


@dataclass(frozen=True, slots=True)
class Constant(Distribution):
    """One certain value."""

    value: float

    def central(self) -> float:
        return self.value

    def support(self) -> tuple[float, float]:
        return self.value, self.value

    def text(self, unit: str = "") -> str:
        return with_unit(number_text(self.value), unit)


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """The uniform distribution from `low` to `high`."""

    low: float
    high: float

    def __post_init__(self) -> None:
        require(self.low < self.high, "uniform needs low < high", self.low, self.high)

    def central(self) -> float:
        return self.low + (self.high - self.low) / 2

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def text(self, unit: str = "") -> str:
        return call_text("uniform", unit, self.low, self.high)


@dataclass(frozen=True, slots=True)
class _Peaked(Distribution):
    low: float
    mode: float
    high: float

    name: ClassVar[str]

    def __post_init__(self) -> None:
        ordered = self.low <= self.mode <= self.high and self.low < self.high
        require(ordered, f"{self.name} needs low <= mode <= high", self.low, self.mode, self.high)

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def text(self, unit: str = "") -> str:
        return call_text(self.name, unit, self.low, self.mode, self.high)


@dataclass(frozen=True, slots=True)
class Triangular(_Peaked):
    """The triangular distribution from `low` to `high` with its peak at `mode`."""

    name: ClassVar[str] = "tri"

    def central(self) -> float:
        return (self.low + self.mode + self.high) / 3


@dataclass(frozen=True, slots=True)
class Pert(_Peaked):
    """A beta distribution stretched from `low` to `high`, with the mean ``(low + 4 mode + high) / 6``."""

    name: ClassVar[str] = "pert"

    def central(self) -> float:
        return (self.low + 4 * self.mode + self.high) / 6


@dataclass(frozen=True, slots=True)
class Beta(Distribution):
    """The beta distribution on 0 to 1 with the shapes `a` and `b`; always a pure number."""

    a: float
    b: float

    def __post_init__(self) -> None:
        require(self.a > 0 and self.b > 0, "beta needs both shapes above 0", self.a, self.b)
        largest = max(self.a, self.b)
        require(largest <= _LARGEST_BETA_SHAPE, "beta needs shapes of at most 1e6", self.a, self.b)

    def central(self) -> float:
        return self.a / (self.a + self.b)

    def support(self) -> tuple[float, float]:
        return 0.0, 1.0

    def text(self, unit: str = "") -> str:
        assert not unit, "a beta distribution is a pure number"
        return call_text("beta", "", self.a, self.b)


@dataclass(frozen=True, slots=True)
class Normal(Distribution):
    """The normal distribution with its `mean` and standard deviation `sd`."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        require(self.sd > 0, "normal needs a standard deviation above 0", self.sd)

    def central(self) -> float:
        return self.mean

    def support(self) -> tuple[float, float]:
        return -math.inf, math.inf

    def text(self, unit: str = "") -> str:
        return call_text("normal", unit, self.mean, self.sd)


@dataclass(frozen=True, slots=True)
class Lognormal(Distribution):
    """A value whose logarithm is normal, with mean ``log(median)`` and standard deviation `sigma`."""

    median: float
    sigma: float

    def __post_init__(self) -> None:
        require(self.median > 0, "lognormal needs a median above 0", self.median)
        require(0 < self.sigma <= _LARGEST_SIGMA, "lognormal needs 0 < sigma <= 20", self.sigma)

    def central(self) -> float:
        return self.median * math.exp(self.sigma**2 / 2)

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def text(self, unit: str = "") -> str:
        median, sigma = number_text(self.median), number_text(self.sigma)
        return with_unit(f"lognormal(median {median} sigma {sigma})", unit)


@dataclass(frozen=True, slots=True)
class Exponential(Distribution):
    """The exponential distribution, a memoryless waiting time, with its `mean`."""

    mean: float

    def __post_init__(self) -> None:
        require(self.mean > 0, "exponential needs a mean above 0", self.mean)

    def central(self) -> float:
        return self.mean

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def text(self, unit: str = "") -> str:
        return call_text("exponential", unit, self.mean)


@dataclass(frozen=True, slots=True)
class Gamma(Distribution):
    """The gamma distribution with the mean ``shape * scale``."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        require(self.shape > 0, "gamma needs a shape above 0", self.shape)
        require(self.scale > 0, "gamma needs a scale above 0", self.scale)

    def central(self) -> float:
        return self.shape * self.scale

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def text(self, unit: str = "") -> str:
        shape, scale = number_text(self.shape), number_text(self.scale)
        return with_unit(f"gamma(shape {shape} scale {scale})", unit)
