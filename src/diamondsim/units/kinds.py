"""The kinds of numbers in a scenario, and the canonical unit of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

Dimension = tuple[tuple[str, int], ...]
"""Exponents by base unit, sorted by base unit, none zero: ``(("ct", 1), ("day", -1))``."""


@dataclass(frozen=True, slots=True)
class _Form:
    """Name of a kind in messages, an example, and its dimension; ``grade`` is replaced by its unit."""

    noun: str
    example: str
    exponents: Mapping[str, int]
    per_year: bool = False


class Kind(Enum):
    """What a number measures."""

    QUANTITY = _Form("a quantity", "40 M{grade}", {"grade": 1})
    FLOW = _Form("a flow", "120 k{grade}/yr", {"grade": 1, "day": -1})
    DURATION = _Form("a duration", "45 days", {"day": 1})
    FRACTION = _Form("a fraction", "30%", {})
    NUMBER = _Form("a plain number", "1.5", {})
    RATE = _Form("a rate", "20%/month", {"day": -1})
    YEARLY_RATE = _Form("a yearly rate", "3%/yr", {"day": -1}, per_year=True)
    MONEY = _Form("an amount of money", "600 MUSD", {"USD": 1})
    PRICE = _Form("a price", "0.17 USD/{grade}", {"USD": 1, "grade": -1})
    HOLDING_COST = _Form("a holding cost", "0.02 USD/{grade}/yr", {"USD": 1, "grade": -1, "day": -1})
    POWER_USE = _Form("a power use", "0.2 kWh/{grade}", {"kWh": 1, "grade": -1})
    POWER_PRICE = _Form("a power price", "0.07 USD/kWh", {"USD": 1, "kWh": -1})

    @property
    def noun(self) -> str:
        """Its name in messages."""
        return self.value.noun

    @property
    def per_year(self) -> bool:
        """Whether its canonical unit is per year: growth and other rates that compound yearly."""
        return self.value.per_year

    def dimension(self, grade_unit: str) -> Dimension:
        """Return the dimension for a grade counted in `grade_unit`."""
        return sorted_dimension(
            {grade_unit if base == "grade" else base: n for base, n in self.value.exponents.items()}
        )

    def example(self, grade_unit: str) -> str:
        """Return a valid text of this kind."""
        return self.value.example.format(grade=grade_unit)


def canonical_unit(kind: Kind, grade_unit: str = "ct") -> str:
    """Return the canonical unit of numbers of this kind.

    Examples
    --------
    >>> canonical_unit(Kind.FLOW), canonical_unit(Kind.RATE), canonical_unit(Kind.FRACTION)
    ('ct/day', '/day', '')
    """
    return "/yr" if kind.per_year else unit_text(kind.dimension(grade_unit))


def sorted_dimension(exponents: Mapping[str, int]) -> Dimension:
    """Return a dimension from exponents by base unit."""
    return tuple(sorted((base, n) for base, n in exponents.items() if n))


def unit_text(dimension: Dimension) -> str:
    """Return a dimension as unit text, in the order money, goods, time."""
    order = sorted(dimension, key=lambda item: (item[1] < 0, item[0] == "day", item[0]))
    above = [base + "s" * (base == "day" and len(order) == 1) for base, n in order if n > 0]
    return "".join(above) + "".join(f"/{base}" * -n for base, n in order if n < 0)
