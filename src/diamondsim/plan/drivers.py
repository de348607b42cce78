"""The dated drivers of a scenario, as `check` reports them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diamondsim.scenario import Scenario


@dataclass(frozen=True)
class DriverReport:
    """A dated driver of demand: its label, whom it moves, and its central factors by date.

    `confidence` is None where the file does not say how sure it is.
    """

    driver: str
    name: str
    confidence: str | None
    uses: tuple[str, ...]
    points: tuple[tuple[str, float], ...]


def driver_reports(scenario: Scenario) -> Iterator[DriverReport]:
    """Yield the drivers in the order of the file."""
    for key, driver in scenario.drivers.items():
        points = tuple((date.isoformat(), driver.points[date].central()) for date in sorted(driver.points))
        yield DriverReport(key, driver.name or key, driver.confidence, driver.uses, points)
