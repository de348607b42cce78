"""The prices at the start of a scenario, as `check` reports them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diamondsim.distributions import Constant
from diamondsim.plan.structure import Plan


@dataclass(frozen=True)
class StartPrice:
    """The central price of a grade in a zone at the start, in USD for a `unit`."""

    grade: str
    zone: str
    usd: float
    unit: str
    uncertain: bool


def start_prices(plan: Plan) -> Iterator[StartPrice]:
    """Yield the prices of the markets of a plan; none where it has no prices."""
    if plan.prices is None:
        return
    units = dict(zip(plan.grades, plan.grade_units, strict=True))
    for (grade, zone), start in zip(plan.prices.markets, plan.prices.start_usd, strict=True):
        uncertain = not isinstance(start.distribution, Constant)
        yield StartPrice(grade, zone, start.distribution.central(), units[grade], uncertain)
