"""What is run beside a scenario, on the same random numbers, to compare it with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from diamondsim.cli.options import SET, load

if TYPE_CHECKING:
    from diamondsim.reporting import BaselineChanges
    from diamondsim.scenario import Scenario

BASELINE = "baseline-2026"
PRICED_BASELINE = "priced-baseline"
"""The same with prices: beside a scenario that has some, so that prices alone make no difference."""
BESIDE = 512
"""At most this many replications of each go beside a run."""

_CONTROLS = "controls"
_OF_THE_WORLD = (
    *("tracked_origin", "regions", "grades", "uses", "demand", "drivers", "inventory_policy", "producers"),
    *("facilities", "buyers", "trade", "lanes", "reserves", "registry", "correlation", "prices"),
)
"""Keys at the top whose changes a baseline shares; how it is named, seen and controlled is its own."""


def baseline_beside(
    scenario: Scenario, name: str | None, changes: Mapping[str, object]
) -> tuple[Scenario | None, BaselineChanges | None]:
    """Return the scenario to put beside another one, and which of its changes it shares.

    Parameters
    ----------
    scenario : Scenario
        The other one, with its changes.
    name : str or None
        Which; None for the usual one, where it has the same uses and regions, ``"none"`` for no other.
    changes : mapping of str to object
        What was changed in the other, by path.

    Returns
    -------
    scenario : Scenario or None
    changes : BaselineChanges or None

    Raises
    ------
    ScenarioError
        Where there is no such scenario, or it does not hold.
    """
    if name == "none":
        return None, None
    other = load(name or (BASELINE if scenario.prices is None else PRICED_BASELINE))
    same_world = set(other.uses) == set(scenario.uses) and set(other.regions) == set(scenario.regions)
    if name is None and not same_world:
        return None, None
    other, shared = _changed_alike(other, changes)
    other = _seen_alike(other, scenario)
    return (None, None) if other.hash == scenario.hash else (other, shared)


def without_facilities(scenario: Scenario) -> Scenario | None:
    """Return the scenario with every facility cancelled; None where there is none."""
    if not scenario.facilities:
        return None
    return scenario.override({f"facilities.{name}.cancelled": "100%" for name in scenario.facilities})


def without_leakage(scenario: Scenario) -> Scenario | None:
    """Return the scenario without any goods that take another way round; None where there are none."""
    from diamondsim.distributions import Constant

    never = Constant(0.0)
    leaking = [
        name
        for name, control in scenario.controls.items()
        if control.diversion is not None
        and (control.diversion.share, control.diversion.after_crackdown) != (never, never)
    ]
    if not leaking:
        return None
    return scenario.override({f"controls.{name}.diversion": None for name in leaking})


def _changed_alike(other: Scenario, changes: Mapping[str, object]) -> tuple[Scenario, BaselineChanges]:
    """Make changes in another scenario, but for those of its controls, and those that it has no place for."""
    from diamondsim.errors import ScenarioError
    from diamondsim.reporting import BaselineChanges

    top = {path: path.partition(".")[0].strip('"') for path in changes}
    wanted = {path: value for path, value in changes.items() if top[path] in _OF_THE_WORLD}
    controls = tuple(path for path in changes if top[path] == _CONTROLS)
    try:
        return other.override(wanted, name=SET), BaselineChanges(tuple(wanted), controls, ())
    except ScenarioError:
        made: dict[str, object] = {}
    for path, value in wanted.items():
        try:
            other.override({**made, path: value})
        except ScenarioError:
            continue
        made[path] = value
    misfits = tuple(path for path in wanted if path not in made)
    return other.override(made, name=SET), BaselineChanges(tuple(made), controls, misfits)


def _seen_alike(scenario: Scenario, other: Scenario) -> Scenario:
    """Return a scenario over the horizon of another one, and with its notion of a shortage."""
    old, new = scenario.horizon, other.horizon
    changes: dict[str, object] = {
        "horizon.start": new.start,
        "horizon.tick": f"{new.tick} days",
        "metrics.threshold": str(other.metrics.threshold),
        "metrics.window": f"{other.metrics.window} days",
    }
    if new.length is not None:
        changes |= {"horizon.length": f"{new.length} days"} | (
            {} if old.end is None else {"horizon.end": None}
        )
    else:
        changes |= {"horizon.end": new.end} | ({} if old.length is None else {"horizon.length": None})
    return scenario.override(changes)
