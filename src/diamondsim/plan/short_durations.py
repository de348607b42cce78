"""Warnings about what lasts for less than a tick: by rounding it counts as a whole one or not at all.

Not so what begins at a random moment, such as an outage, or adds to a random time, such as a stage of a
plant: rounding loses nothing of it on average.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise

from diamondsim.addition import sum_in_order
from diamondsim.distributions import Constant, Distribution
from diamondsim.plan.dated_entries import Dated, dates_of, listed, of_market, step_maps
from diamondsim.plan.structure import Plan
from diamondsim.scenario import Control, Facility, Path, Scenario

_NONE = Constant(0.0)

Span = tuple[Path, float, Distribution]
"""A duration: its path, the day since the start of the horizon on which it begins for certain, its length."""


@dataclass
class _Rounded:
    """What rounding to ticks does to entries: those that are lost, and those that count as a whole tick."""

    plan: Plan
    lost: list[Path] = field(default_factory=list)
    whole: list[Path] = field(default_factory=list)

    def tick(self, day: float) -> int:
        """Return the tick of a day, as model.md section 1 rounds durations."""
        return math.floor(day / self.plan.tick_days + 0.5)

    def add(self, path: Path, begin: float, least: float, most: float) -> None:
        """Sort in what begins on a day and lasts from `least` to `most` days, if that is less than a tick."""
        first = self.tick(begin)
        if not (0 < most < self.plan.tick_days and 0 <= first < self.plan.n_ticks):
            return
        if first < self.tick(begin + least):
            self.whole.append(path)
        elif first == self.tick(begin + most):
            self.lost.append(path)


def short_durations(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield one warning for each thing that rounding does to what is shorter than a tick.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        What it was compiled to.

    Yields
    ------
    str
    """
    rounded = _Rounded(plan)
    for entry in (*of_market(scenario), *_between_dates(scenario)):
        if entry.end is not None:
            length = (entry.end - entry.begin).days
            rounded.add(entry.path, (entry.begin - plan.start).days, length, length)
    for name, control in scenario.controls.items():
        _add_expiries(rounded, name, control)
    for name, driver in scenario.drivers.items():
        rounded.lost += _between_ticks(("drivers", name, "points"), driver.points, plan)
    for path, begin, duration in _spans(scenario, plan.start):
        rounded.add(path, begin, *duration.support())
    for path, duration in scenario.durations:
        least, most = duration.support()
        if _lasts_a_tick(scenario, path) and 0 < most < plan.tick_days:
            rounded.whole.append(path)
        elif _begins_with_a_tick(path):
            rounded.add(path, 0.0, least, most)
    tick = f"shorter than a tick of {plan.tick_days:g} days, and therefore"
    if rounded.lost:
        yield f"{tick} without effect: {listed(rounded.lost)}"
    if rounded.whole:
        yield f"{tick} counted as a whole one: {listed(rounded.whole)}"
    crowded: list[Path] = [
        ("controls", name, "expiries", "every")
        for name, control in scenario.controls.items()
        if control.expiries is not None and 0 < (control.expiries.every or 0) < plan.tick_days
    ]
    if crowded:
        several = f"several expiries fall on one tick of {plan.tick_days:g} days"
        yield f"{several} and act there one after the other: {listed(crowded)}"


def _lasts_a_tick(scenario: Scenario, path: Path) -> bool:
    """Return whether the model counts a duration as one tick at least, or reaches its end a tick late."""
    match path:
        case (
            (*_, "lead")
            | (*_, "lead", _)
            | (*_, "conversion", _, "time")
            | (*_, "expansion", _, "delay" | "ramp")
            | (*_, "substitution" | "swing", "time")
            | (*_, "swing", _, "time")
            | (*_, "diversion", "ramp" | "fade")
            | (*_, "licence", "validity")
            | ("controls", _, "sojourn", _)
            | ("controls", _, "spillover" | "overcompliance", "time")
            | ("inventory_policy", _, "qualification_time")
            | ("facilities", _, "ramp")
        ):
            return True
        # Before a rise that takes time, these only move its beginning between two ticks.
        case ("producers", name, "swing", which, "delay"):
            return scenario.producers[str(name)].swing[str(which)].time == _NONE
        case ("controls", name, "licensing", selector, "general_licences", "after"):
            general = scenario.controls[str(name)].licensing[str(selector)].general_licences
            return general is not None and general.time == _NONE
        case ("controls", name, "licensing", selector, "dead_time"):
            return scenario.controls[str(name)].licensing[str(selector)].recovery_time == _NONE
    return False


def _begins_with_a_tick(path: Path) -> bool:
    """Return whether a duration runs from a tick on and is rounded to ticks."""
    match path:
        case (
            (*_, "extra_review")
            | (*_, "diversion", "delay" | "crackdown_wait")
            | (*_, "substitution", "qualification")
            | (*_, "conversion", _, "qualification")
            | (*_, "qualify", _, "time")
            | ("facilities", _, "qualification", _)
        ):
            return True
    return False


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
    for path, steps in (*timelines, *step_maps(scenario)):
        for date, after in pairwise(dates_of(steps)):
            yield Dated((*path, date.isoformat()), date, after)


def _add_expiries(rounded: _Rounded, name: str, control: Control) -> None:
    """Sort in the expiries that a date of the timeline follows within a tick, or precedes on the same one.

    On one tick expiries come first, whatever the days: the date of the timeline decides.
    """
    if control.expiries is None:
        return
    start, days = rounded.plan.start, [(date - rounded.plan.start).days for date in control.timeline]
    first, every = (control.expiries.first - start).days, control.expiries.every
    end = rounded.plan.n_ticks * rounded.plan.tick_days
    for place in count():
        day = first + math.floor(place * (every or 0.0))
        if day >= end:
            return
        path = ("controls", name, "expiries", (start + dt.timedelta(days=day)).isoformat())
        after = [other - day for other in days if other > day]
        if after:
            rounded.add(path, day, min(after), min(after))
        if any(other < day and rounded.tick(other) == rounded.tick(day) for other in days):
            rounded.lost.append(path)
        if not every:
            return


def _spans(scenario: Scenario, start: dt.date) -> Iterator[Span]:
    """Yield the durations of plants that begin on a certain day and are rounded together with it."""
    for name, facility in scenario.facilities.items():
        decision = (facility.decision - start).days
        yield from _stages(("facilities", name), facility, decision)
        if facility.power is not None and facility.power.project is not None:
            project = facility.power.project
            path: Path = ("facilities", name, "power", "project", "delay")
            yield path, (project.delivers - start).days, project.delay
        call = None if facility.financing is None else facility.financing.call
        if call is not None:
            path = ("facilities", name, "financing", "call")
            day = decision if call.date is None else (call.date - start).days
            yield (*path, "answer_within"), day, call.answer_within
            if isinstance(call.answer_within, Constant) and call.surcharge.length is not None:
                yield (*path, "surcharge", "length"), day + call.answer_within.value, call.surcharge.length


def _stages(path: Path, facility: Facility, decision: float) -> Iterator[Span]:
    """Yield the stages of a plant whose first output is certain, each as what it adds to the others.

    The sum is rounded, so a short stage is lost where first output is in the same tick without it.
    """
    lengths = {stage: time.value for stage, time in facility.stages.items() if isinstance(time, Constant)}
    may_wait = facility.financing or facility.ownership_change or facility.presses
    if may_wait or len(lengths) < len(facility.stages):
        return
    first_output = decision + sum_in_order(lengths.values())
    for stage, length in lengths.items():
        yield (*path, "stages", stage), first_output - length, Constant(length)
