"""Warnings about entries that do nothing, or not what they say, because of when they begin and end.

Owns which dates begin something and which end it: entries outside the horizon are unused, and what is shorter
than a tick is rounded. A date that only limits something, such as one by which money must be there, may lie
anywhere.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan.control_states import rounded_tick
from diamondsim.plan.entities import path_name
from diamondsim.plan.structure import Plan
from diamondsim.scenario import Path, Scenario

_NEVER_YEARS = 100
"""What takes longer is likely to be a slip, while plants and loans may well outlast a horizon."""
_SHOWN = 4


@dataclass(frozen=True)
class Dated:
    """An entry of a scenario, at `path`, that acts from one date on, up to another one if it ends."""

    path: Path
    begin: dt.date
    end: dt.date | None = None


def unused_entries(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield one warning for each reason for which entries have no effect.

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
    steps = [
        Dated((*path, date.isoformat()), date)
        for path, dates in _step_maps(scenario)
        for date in _dates(dates)
    ]
    dated = [*_of_controls(scenario), *_of_market(scenario), *steps]
    late = [entry.path for entry in dated if entry.begin >= end]
    if late:
        yield f"the horizon ends on {end}, so this has no effect: {_listed(late)}"
    over = [entry.path for entry in dated if entry.end is not None and entry.end <= start]
    if over:
        yield f"the horizon starts on {start}, after the end of this: {_listed(over)}"
    costed: list[Path] = [
        ("facilities", f, "cost") for f, facility in scenario.facilities.items() if facility.cost
    ]
    if costed and scenario.prices is None:
        yield f"without 'prices' these costs are neither used nor reported: {_listed(costed)}"
    called: list[Path] = [
        ("facilities", f, "financing", "call")
        for f, facility in scenario.facilities.items()
        if facility.financing is not None and facility.financing.call is not None
    ]
    if called and scenario.prices is None:
        yield f"without 'prices' a surcharge has no effect, and nor has this: {_listed(called)}"


def too_short(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield what lasts for less than a tick: rounded, it counts as a whole one or not at all.

    Not so what begins at a random moment, such as an outage: rounding loses nothing of it on average.
    """
    lost, whole = list[Path](), list[Path]()
    for entry in (*_of_market(scenario), *_between_dates(scenario)):
        if entry.end is not None and 0 < (entry.end - entry.begin).days < plan.tick_days:
            first, last = (rounded_tick(day, plan.start, plan.tick_days) for day in (entry.begin, entry.end))
            if 0 <= first < plan.n_ticks:
                (whole if first < last else lost).append(entry.path)
    for name, driver in scenario.drivers.items():
        lost += _between_ticks(("drivers", name, "points"), driver.points, plan)
    for path, duration in scenario.durations:
        least, most = duration.support()
        if _begins_with_a_tick(path) and 0 < most < plan.tick_days:
            # What is not at least a tick long is rounded to none below half a tick.
            if _lasts_a_tick(path) or least >= plan.tick_days / 2:
                whole.append(path)
            elif most < plan.tick_days / 2:
                lost.append(path)
    tick = f"shorter than a tick of {plan.tick_days:g} days, and therefore"
    if lost:
        yield f"{tick} without effect: {_listed(lost)}"
    if whole:
        yield f"{tick} counted as a whole one: {_listed(whole)}"


def _lasts_a_tick(path: Path) -> bool:
    """Return whether the model counts a duration as one tick at least, or reaches its end a tick late."""
    match path:
        case (*_, "lead") | (*_, "lead", _) | ("controls", _, "sojourn", _):
            return True
        case (*_, "conversion", _, "time") | (*_, "expansion", _, "delay" | "ramp"):
            return True
        case (*_, "substitution" | "swing", "time") | (*_, "swing", _, "time"):
            return True
    return path[-2:] in {("diversion", "ramp"), ("diversion", "fade")}


def _begins_with_a_tick(path: Path) -> bool:
    """Return whether a duration runs from a tick on and is counted in ticks."""
    match path:
        case (*_, "extra_review") | (*_, "diversion", "delay" | "crackdown_wait"):
            return True
        case (*_, "substitution", "qualification") | (*_, "conversion", _, "qualification"):
            return True
        case (*_, "qualify", _, "time"):
            return True
    return _lasts_a_tick(path)


def _between_ticks(path: Path, points: Iterable[dt.date], plan: Plan) -> Iterator[Path]:
    """Yield the points of a driver that no tick of the horizon sees: its value is taken as ticks begin."""
    dates = sorted(points)
    for before, date, after in zip([None, *dates], dates, dates[1:], strict=False):
        # A point acts after the one before it, the first from its own day on.
        first = date if before is None else before + dt.timedelta(days=1)
        tick = math.ceil((first - plan.start).days / plan.tick_days)
        if 0 <= tick < plan.n_ticks and tick * plan.tick_days >= (after - plan.start).days:
            yield (*path, date.isoformat())


def _between_dates(scenario: Scenario) -> Iterator[Dated]:
    """Yield the dates of timelines and of numbers with the next one, which ends what they begin."""
    timelines: list[tuple[Path, Collection[object]]] = [
        (("controls", name, "timeline"), control.timeline) for name, control in scenario.controls.items()
    ]
    for path, steps in (*timelines, *_step_maps(scenario)):
        for date, after in pairwise(_dates(steps)):
            yield Dated((*path, date.isoformat()), date, after)


def far_too_long(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield leads that are never over within the horizon, and durations far beyond it."""
    horizon = plan.n_ticks * plan.tick_days
    least = {path: duration.support()[0] for path, duration in scenario.durations}
    leads = [path for path in least if "lead" in path[-2:]]
    late = [path for path in leads if least[path] >= horizon]
    if late:
        yield f"the horizon is {horizon:,.0f} days long, so nothing arrives with this lead: {_listed(late)}"
    far = max(horizon, _NEVER_YEARS * DAYS_PER_YEAR)
    long = [path for path in least if path not in leads and least[path] > far]
    if long:
        yield (
            f"longer than {_NEVER_YEARS} years, which is more than enough for never: {_listed(long)}; "
            "is the unit right?"
        )


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


def _step_maps(scenario: Scenario) -> Iterator[tuple[Path, Collection[object]]]:
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


def _dates(steps: Iterable[object]) -> list[dt.date]:
    return sorted(date for date in steps if isinstance(date, dt.date))


def _listed(paths: list[Path]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(map(path_name, paths[:_SHOWN])) + more
