"""The dated drivers of a scenario, as `check` reports them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from diamondsim.distributions import Constant, Distribution
from diamondsim.scenario import Scenario


@dataclass(frozen=True)
class DriverPoint:
    """A factor on demand from a date on: its mean, and its distribution as text, None where it is certain.

    The mean of a skewed distribution is not its likeliest value, so that it does not stand alone.
    """

    date: str
    mean: float
    distribution: str | None


@dataclass(frozen=True)
class DriverReport:
    """A dated driver of demand: its label, whom it moves, and its factors by date.

    `confidence` is None where the file does not say how sure it is.
    """

    driver: str
    name: str
    confidence: str | None
    uses: tuple[str, ...]
    points: tuple[DriverPoint, ...]


def driver_reports(scenario: Scenario) -> Iterator[DriverReport]:
    """Yield the drivers in the order of the file."""
    for key, driver in scenario.drivers.items():
        points = tuple(_point(date, driver.points[date]) for date in sorted(driver.points))
        yield DriverReport(key, driver.name or key, driver.confidence, driver.uses, points)


def _point(date: dt.date, factor: Distribution) -> DriverPoint:
    certain = isinstance(factor, Constant)
    return DriverPoint(date.isoformat(), factor.central(), None if certain else factor.text())
