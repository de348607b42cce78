"""Random numbers in the notation of scenario files: `tri(3 5 9) days`, `0.4 kct/yr`, `37%`."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from diamondsim.distributions import parse
from diamondsim.units import Kind

T = TypeVar("T")

START = dt.date(2026, 3, 2)

_PER_DAY = {
    "ct": {"ct/day": 1.0, "kct/yr": 365.25 / 1e3, "ct/week": 7.0, "g/day": 0.2, "kg/month": 30.4375 * 2e-4},
    "cm2": {"cm2/day": 1.0, "cm2/yr": 365.25, "kcm2/month": 30.4375 / 1e3, "mm2/day": 100.0},
}
_OF_DAY = {"days": 1.0, "weeks": 1 / 7, "months": 1 / 30.4375, "working days": 5 / 7}


def figure(value: float, digits: int = 3) -> str:
    """Format a number with a few significant digits."""
    return f"{value:.{digits}g}"


def central(text: str, kind: Kind, unit: str = "ct") -> float:
    """Return the central value of a number or distribution, in canonical units."""
    return parse(text, kind, unit).central()


@dataclass(frozen=True)
class Dice:
    """Random numbers for one part of a scenario.

    Each part has its own generator, so removing one part from a scenario does not change the others. If
    `uncertain` is false, there are no distributions.
    """

    seed: int
    part: str
    tick_days: int
    uncertain: bool = True
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        key = [self.seed, zlib.crc32(self.part.encode())]
        object.__setattr__(self, "rng", np.random.default_rng(key))

    def often(self, chance: float) -> bool:
        return bool(self.rng.random() < chance)

    def number(self, low: float, high: float) -> float:
        """Draw a number with three significant digits."""
        return float(figure(self.rng.uniform(low, high)))

    def one_of(self, *options: T) -> T:
        return options[int(self.rng.integers(len(options)))]

    def some(self, items: Sequence[T], chance: float) -> list[T]:
        """Draw a subset of a list, in random order."""
        return [items[i] for i in self.rng.permutation(len(items)) if self.often(chance)]

    def one_or_more(self, items: Sequence[T], chance: float) -> list[T]:
        return self.some(items, chance) or [items[int(self.rng.integers(len(items)))]]

    def _between(self, low: float, high: float, unit: str = "", scale: float = 1.0) -> str:
        """Return a number or a distribution between two bounds, with a unit."""
        a, b, c = (figure(x * scale) for x in sorted(self.rng.uniform(low, high, 3)))
        space = "" if unit == "%" else " "
        plain = f"{b}{space}{unit}".strip()
        if not self.uncertain or self.often(0.6):
            return plain
        if unit == "%":
            return self.one_of(f"uniform({a}% {c}%)", f"tri({a} {b} {c})%", f"pert({a} {b} {c})%")
        return self.one_of(
            f"uniform({a} {c}) {unit}".strip(),
            f"tri({a} {b} {c}) {unit}".strip(),
            f"pert({a} {b} {c}) {unit}".strip(),
        )

    def share(self, low: float, high: float) -> str:
        """Draw a share, sometimes a distribution over all of 0 to 1."""
        if self.uncertain and (low, high) == (0.0, 1.0) and self.often(0.3):
            return self.one_of(
                "beta(2 3)",
                "mix(60% uniform(0 0.1) | 40% beta(6 2))",
                "truncated(normal(40% 30%) 0% 100%)",
                "beta(4 2) * uniform(0.5 1)",
            )
        return self._between(low, high, "%", 100.0)

    def factor(self, low: float, high: float) -> str:
        return self._between(low, high)

    def time(self, low: float, high: float) -> str:
        """Draw a duration between two numbers of ticks."""
        low, high = low * self.tick_days, high * self.tick_days
        unit = self.one_of(*_OF_DAY)
        if self.uncertain and self.often(0.2):
            middle = figure((low + high) / 2 * _OF_DAY[unit])
            return self.one_of(
                f"lognormal(median {middle} {unit} sigma 0.5)",
                f"exponential({middle} {unit})",
                f"gamma(shape 2 scale {figure(float(middle) / 2)}) {unit}",
                f"tri(0.5 1 1.5) * {middle} {unit}",
            )
        return self._between(low, high, unit, _OF_DAY[unit])

    def flow(self, low: float, high: float, unit: str) -> str:
        """Draw a flow between two daily rates."""
        name = self.one_of(*_PER_DAY[unit])
        return self._between(low, high, name, _PER_DAY[unit][name])

    def about(self, value: float, unit: str) -> str:
        """Return a flow with a given central value per day."""
        name = self.one_of(*_PER_DAY[unit])
        scaled = value * _PER_DAY[unit][name]
        if self.uncertain and self.often(0.3):
            return f"uniform({scaled * 0.75:.9g} {scaled * 1.25:.9g}) {name}"
        return f"{scaled:.9g} {name}"

    def exactly(self, value: float, unit: str) -> str:
        """Return a flow, given per day, as a number without a distribution."""
        name = self.one_of(*_PER_DAY[unit])
        return f"{value * _PER_DAY[unit][name]:.12g} {name}"

    def date(self, low: float, high: float) -> str:
        """Draw a date between two ticks."""
        return date_of(self.rng.uniform(low, high) * self.tick_days)


def date_of(days: float) -> str:
    """Return the date a number of days after the start."""
    return (START + dt.timedelta(days=round(days))).isoformat()
