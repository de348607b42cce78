"""The entries of a scenario that act from a date on, and when they end.

A date that only limits something, such as one by which money must be there, is none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from diamondsim.plan.entities import path_name
from diamondsim.scenario import Path, Scenario

_SHOWN = 4


@dataclass(frozen=True)
class Dated:
    """An entry of a scenario, at `path`, that acts from one date on, up to another one if it ends."""

    path: Path
    begin: dt.date
    end: dt.date | None = None


def of_controls(scenario: Scenario) -> Iterator[Dated]:
    """Yield the dates of controls."""
    for name, control in scenario.controls.items():
        path: Path = ("controls", name)
        for date in control.timeline:
            yield Dated((*path, "timeline", date.isoformat()), date)
        if control.expiries is not None:
            yield Dated((*path, "expiries", "first"), control.expiries.first)


def of_market(scenario: Scenario) -> Iterator[Dated]:
    """Yield the dates of demand, sellers, plants and buyers, but not those at which a number changes."""
    for name, driver in scenario.drivers.items():
        yield from _of_driver(("drivers", name, "points"), driver.points)
    for name, use in scenario.uses.items():
        if use.substitution is not None and isinstance(use.substitution.opens, dt.date):
            yield Dated(("uses", name, "substitution", "opens"), use.substitution.opens)
    for name, producer in scenario.producers.items():
        for what, outage in producer.scheduled_outages.items():
            yield Dated(("producers", name, "scheduled_outages", what), outage.begin, outage.end)
        for what, swing in producer.swing.items():
            if isinstance(swing.opens, dt.date):
                yield Dated(("producers", name, "swing", what, "opens"), swing.opens)
    for name, facility in scenario.facilities.items():
        yield Dated(("facilities", name, "decision"), facility.decision)
        if facility.power is not None and facility.power.project is not None:
            yield Dated(("facilities", name, "power", "project", "delivers"), facility.power.project.delivers)
        call = None if facility.financing is None else facility.financing.call
        if call is not None and call.date is not None:
            yield Dated(("facilities", name, "financing", "call", "date"), call.date)
    for name, buyer in scenario.buyers.items():
        if buyer.pre_buy is not None:
            yield Dated(("buyers", name, "pre_buy"), buyer.pre_buy.date, buyer.pre_buy.until)
        for seller, source in buyer.qualify.items():
            yield Dated(("buyers", name, "qualify", seller, "from"), source.begin)


def _of_driver(path: Path, points: Iterable[dt.date]) -> Iterator[Dated]:
    """Yield the points of a driver: each but the first acts from the one before, by the line between them."""
    dates = sorted(points)
    for before, date in pairwise([*dates[:1], *dates]):
        yield Dated((*path, date.isoformat()), before)


def step_maps(scenario: Scenario) -> Iterator[tuple[Path, Collection[object]]]:
    """Yield the numbers that change on dates, by path: their dates, and words that stand for always."""
    for name, facility in scenario.facilities.items():
        if facility.power is not None:
            yield ("facilities", name, "power", "available"), facility.power.available
            yield ("facilities", name, "power", "price"), facility.power.price
    if scenario.prices is not None:
        for name, surcharge in scenario.prices.surcharges.items():
            yield ("prices", "surcharges", name, "rate"), surcharge.rate
        for name, supply in scenario.prices.supply.items():
            yield ("prices", "supply", name, "cost"), supply.cost or {}


def dates_of(steps: Iterable[object]) -> list[dt.date]:
    """Return the dates among the keys of a map, in order."""
    return sorted(date for date in steps if isinstance(date, dt.date))


def listed(paths: list[Path]) -> str:
    """Return paths as they are written in a warning, the first of many."""
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(map(path_name, paths[:_SHOWN])) + more
