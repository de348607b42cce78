"""What a scenario says in vain: dates outside its horizon, costs without prices.

Owns which dates begin something, and which end it. A date that only puts a limit to something, such as one by
which money must be there, may lie where it likes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from diamondsim.plan.cast import Path, path_name
from diamondsim.plan.structure import Plan
from diamondsim.scenario import Scenario

_SHOWN = 4


@dataclass(frozen=True)
class Dated:
    """Something that acts from one date on, up to another one if it ends; its place in the scenario."""

    path: Path
    begin: dt.date
    end: dt.date | None = None


def idle(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield what is said in vain, in words, one for each reason.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        What it was compiled to.

    Yields
    ------
    str
    """
    start, end = plan.start, plan.start + dt.timedelta(days=plan.n_ticks * plan.tick_days)
    dated = [*_of_controls(scenario), *_of_market(scenario), *_of_prices(scenario)]
    late = [each.path for each in dated if each.begin >= end]
    if late:
        yield f"the horizon ends on {end}, so that this changes nothing: {_listed(late)}"
    over = [each.path for each in dated if each.end is not None and each.end <= start]
    if over:
        yield f"the horizon starts on {start}, when this is over: {_listed(over)}"
    costed: list[Path] = [("facilities", f, "cost") for f, about in scenario.facilities.items() if about.cost]
    if costed and scenario.prices is None:
        yield f"without 'prices' no cost is told, and nothing responds to it: {_listed(costed)}"


def _of_controls(scenario: Scenario) -> Iterator[Dated]:
    for name, control in scenario.controls.items():
        path: Path = ("controls", name)
        for date in control.timeline:
            yield Dated((*path, "timeline", date.isoformat()), date)
        if control.expiries is not None:
            yield Dated((*path, "expiries", "first"), control.expiries.first)


def _of_market(scenario: Scenario) -> Iterator[Dated]:
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


def _of_prices(scenario: Scenario) -> Iterator[Dated]:
    prices = scenario.prices
    if prices is None:
        return
    for name, surcharge in prices.surcharges.items():
        yield from _steps(("prices", "surcharges", name, "rate"), surcharge.rate)
    for name, supply in prices.supply.items():
        yield from _steps(("prices", "supply", name, "cost"), supply.cost or {})


def _steps(path: Path, steps: Iterable[object]) -> Iterator[Dated]:
    for date in steps:
        if isinstance(date, dt.date):
            yield Dated((*path, date.isoformat()), date)


def _listed(paths: list[Path]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(map(path_name, paths[:_SHOWN])) + more
