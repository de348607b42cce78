"""A scenario in which one control begins at another date."""

from __future__ import annotations

import datetime as dt
import textwrap
from typing import Any

from diamondsim.errors import Problem, ScenarioError, nearest
from diamondsim.scenario import Scenario, parse_value

BINDING = ("announced", "licensing", "banned")
"""States in which a control matters to buyers."""


def first_binding(scenario: Scenario, control: str) -> dt.date:
    """Return the first date of a timeline at which a control is announced or binds, if with some probability.

    Raises
    ------
    ScenarioError
        If there is no such control, or no such date inside the horizon.

    Examples
    --------
    >>> from diamondsim.scenario import load_scenario
    >>> first_binding(load_scenario("lapse-2027"), "cn_55")
    datetime.date(2027, 1, 11)
    """
    known = scenario.controls
    if control not in known:
        why = f"there is no control {control!r}"
        raise ScenarioError([Problem(why=why, allowed=", ".join(known), suggestion=nearest(control, known))])
    for day, fork in sorted(known[control].timeline.items()):
        if day >= scenario.horizon.start and {*map(str, fork)} & {*BINDING}:
            return day
    why = "no date of the timeline inside the horizon announces the control or lets it bind"
    raise ScenarioError([Problem(why=why, path=f"controls.{control}.timeline")])


def starting_at(scenario: Scenario, control: str, start: dt.date) -> Scenario:
    """Return the scenario with a control that begins at a date: its later dates move with the first.

    Dates before the first stay, as far as they are before the new one. Expiries, hazards and dates of other
    parts of the scenario do not move.

    Raises
    ------
    ScenarioError
        As `first_binding`, or if the changed scenario cannot be run.

    Examples
    --------
    >>> import datetime as dt
    >>> from diamondsim.scenario import load_scenario
    >>> moved = starting_at(load_scenario("lapse-2027"), "cn_55", dt.date(2027, 3, 11))
    >>> [str(day) for day in moved.controls["cn_55"].timeline]
    ['2026-11-11', '2027-03-11', '2028-03-10']
    """
    first = first_binding(scenario, control)
    # The dump has every date, chance and shared draw as they are written; it is read as a value, set in.
    written: Any = parse_value("\n" + textwrap.indent(scenario.dump(), "  "), "dump")
    timeline: dict[str, object] = {}
    for key, state in written["controls"][control]["timeline"].items():
        if str(key) in ("source", "assumed"):
            continue
        day = dt.date.fromisoformat(str(key))
        if day >= first:
            timeline[str(day + (start - first))] = state
        elif day < start:
            timeline[str(day)] = state
    return scenario.override({f"controls.{control}.timeline": timeline}, name=f"start {start}")
