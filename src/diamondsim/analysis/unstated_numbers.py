"""Numbers that a scenario could state and does not: what applies instead, and from where."""

from __future__ import annotations

import math

from diamondsim.distributions import Constant
from diamondsim.errors import ScenarioError, joined
from diamondsim.plan import compile_plan
from diamondsim.scenario import Scenario
from diamondsim.units import number_text

_TRIED = ("1 day", "50%", "1", "10%/yr", "1 ct/day", "1 cm2/day", "1 ct", "1 cm2", "1 USD/ct", "1 USD/ct/yr")
"""A value of each kind of number: that which can be read shows that a path can have one."""


def why_unstated(scenario: Scenario, path: str) -> str | None:
    """Return why a scenario has no number at a path where it could state one; None where it could not.

    Parameters
    ----------
    scenario : Scenario
    path : str
        At which it states nothing.

    Returns
    -------
    str or None
        With the values that apply instead, where they can be told, and how to state one of its own.

    Examples
    --------
    >>> from diamondsim.scenario import load_scenario
    >>> why = why_unstated(load_scenario("calm"), "inventory_policy.any.lot")
    >>> why.partition("; ")[2]
    "state it first: --set 'inventory_policy.any.lot=0 days'"
    """
    stated = _stated_there(scenario, path)
    if stated is None:
        return None
    instead = _applied_instead(scenario, stated, path)
    what = [text if name == path else f"{text}, from {name}," for name, text in instead.items()]
    applies = f", where by default {joined(what)} {'apply' if len(what) > 1 else 'applies'}" if what else ""
    value = next(iter(instead.values())) if len(instead) == 1 else "VALUE"
    return f"the scenario states no number at {path!r}{applies}; state it first: --set '{path}={value}'"


def _stated_there(scenario: Scenario, path: str) -> Scenario | None:
    """Return the scenario with some number at the path; None if it can have none there."""
    for text in _TRIED:
        try:
            changed = scenario.override({path: text})
            compile_plan(changed)
        except ScenarioError:
            continue
        if any(number.path == path for number in changed.numbers):
            return changed
    return None


def _applied_instead(scenario: Scenario, changed: Scenario, path: str) -> dict[str, str]:
    """Return the paths and texts of the values in the place of which the number at the path comes."""
    texts = {number.path: number.text for number in scenario.numbers}
    (unit,) = (number.unit for number in changed.numbers if number.path == path)
    before, after = compile_plan(scenario), compile_plan(changed)
    found: dict[str, str] = {}
    for key, inputs in after.numbers.items():
        for old, new in zip(before.numbers[key], inputs, strict=True):
            value = old.distribution
            if new.name != path or (isinstance(value, Constant) and not math.isfinite(value.value)):
                continue
            if old.name in texts:
                found[old.name] = texts[old.name]
            elif isinstance(value, Constant):
                found[path] = f"{number_text(value.value)} {unit}".strip()
    return found
