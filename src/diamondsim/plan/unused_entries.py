"""Warnings about entries that do nothing, or not what they say, because of when they begin and end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan.dated_entries import Dated, dates_of, listed, of_controls, of_market, step_maps
from diamondsim.plan.structure import Plan
from diamondsim.scenario import Path, Scenario

_NEVER_YEARS = 100
"""What takes longer is likely to be a slip, while plants and loans may well outlast a horizon."""


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
        for path, dates in step_maps(scenario)
        for date in dates_of(dates)
    ]
    dated = [*of_controls(scenario), *of_market(scenario), *steps]
    late = [entry.path for entry in dated if entry.begin >= end]
    if late:
        yield f"the horizon ends on {end}, so this has no effect: {listed(late)}"
    over = [entry.path for entry in dated if entry.end is not None and entry.end <= start]
    if over:
        yield f"the horizon starts on {start}, after the end of this: {listed(over)}"
    costed: list[Path] = [
        ("facilities", f, "cost") for f, facility in scenario.facilities.items() if facility.cost
    ]
    if costed and scenario.prices is None:
        yield f"without 'prices' these costs are neither used nor reported: {listed(costed)}"
    called: list[Path] = [
        ("facilities", f, "financing", "call")
        for f, facility in scenario.facilities.items()
        if facility.financing is not None and facility.financing.call is not None
    ]
    if called and scenario.prices is None:
        yield f"without 'prices' a surcharge has no effect, and nor has this: {listed(called)}"


def far_too_long(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield leads that are never over within the horizon, and durations far beyond it."""
    horizon = plan.n_ticks * plan.tick_days
    least = {path: duration.support()[0] for path, duration in scenario.durations}
    leads = [path for path in least if "lead" in path[-2:]]
    late = [path for path in leads if least[path] >= horizon]
    if late:
        yield f"the horizon is {horizon:,.0f} days long, so nothing arrives with this lead: {listed(late)}"
    far = max(horizon, _NEVER_YEARS * DAYS_PER_YEAR)
    long = [path for path in least if path not in leads and least[path] > far]
    if long:
        yield (
            f"longer than {_NEVER_YEARS} years, which is more than enough for never: {listed(long)}; "
            "is the unit right?"
        )
