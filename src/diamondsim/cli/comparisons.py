"""Scenarios that run beside another one, on common random numbers, for comparison."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from diamondsim.cli.options import SET, load
from diamondsim.cli.python_script import overridden

if TYPE_CHECKING:
    from diamondsim.reporting import BaselineChanges
    from diamondsim.scenario import Scenario

BASELINE = "baseline-2026"
PRICED_BASELINE = "priced-baseline"
"""The baseline of a scenario with prices, so that prices alone make no difference."""

_CONTROLS = "controls"
_SHARED_KEYS = (
    *("tracked_origin", "regions", "grades", "uses", "demand", "drivers", "inventory_policy", "producers"),
    *("facilities", "buyers", "trade", "lanes", "reserves", "registry", "correlation", "prices"),
)
"""Top-level keys whose changes the baseline shares; titles, horizon, metrics and controls are its own."""


def choose_baseline(
    scenario: Scenario, name: str | None, changes: Mapping[str, object]
) -> tuple[Scenario | None, BaselineChanges | None]:
    """Return the baseline of a scenario, and the changes that it shares.

    Parameters
    ----------
    scenario : Scenario
        The scenario, with its changes.
    name : str or None
        Name of the baseline; None for the default, if it has the same uses and regions; ``"none"`` for none.
        The scenario itself is meant without its changes.
    changes : mapping of str to object
        Changes of the scenario, by path.

    Returns
    -------
    scenario : Scenario or None
    changes : BaselineChanges or None

    Raises
    ------
    ScenarioError
        If there is no such scenario, or it is not valid.
    """
    if name == "none":
        return None, None
    other = load(name or (BASELINE if scenario.prices is None else PRICED_BASELINE))
    comparable = set(other.uses) == set(scenario.uses) and set(other.regions) == set(scenario.regions)
    if name is None and not comparable:
        return None, None
    unchanged = other
    other, shared = _with_shared_changes(other, changes)
    other = _with_horizon_of(other, scenario)
    if other.hash == scenario.hash and name is not None and changes:  # what the changes do is the question
        from diamondsim.reporting import BaselineChanges

        other = _with_horizon_of(unchanged, scenario)
        shared = BaselineChanges((), (), (), compared=tuple(changes))
    return (None, None) if other.hash == scenario.hash else (other, shared)


def without_facilities(scenario: Scenario) -> Scenario | None:
    """Return the scenario with every facility cancelled; None if it has none.

    Correlations with the chance that a facility is cancelled are left out, since it is certain then.
    """
    if not scenario.facilities:
        return None
    certain = {f"facilities.{name}.cancelled": "100%" for name in scenario.facilities}
    return overridden(scenario, {**certain, **_without_correlations(scenario, certain)})


def without_diversion(scenario: Scenario) -> Scenario | None:
    """Return the scenario without diversion through third countries; None if it has none.

    Correlations with what is said of the diversion are left out with it.
    """
    from diamondsim.distributions import Constant

    nothing = Constant(0.0)
    diverting = [
        name
        for name, control in scenario.controls.items()
        if control.diversion is not None
        and (control.diversion.share, control.diversion.after_crackdown) != (nothing, nothing)
    ]
    if not diverting:
        return None
    deleted: dict[str, object] = {f"controls.{name}.diversion": None for name in diverting}
    return overridden(scenario, {**deleted, **_without_correlations(scenario, deleted)})


def without_reserve(scenario: Scenario, name: str) -> Scenario | None:
    """Return the scenario without a reserve; None if another entry of the scenario needs it.

    Correlations with the numbers of the reserve are left out with it.
    """
    from diamondsim.errors import ScenarioError

    deleted: dict[str, object] = {f"reserves.{name}": None}
    try:
        return overridden(scenario, {**deleted, **_without_correlations(scenario, deleted)})
    except ScenarioError:
        return None


def _without_correlations(scenario: Scenario, paths: Collection[str]) -> dict[str, object]:
    """Return the changes that delete the correlations of inputs at some paths, or below them."""
    from diamondsim.scenario import split_pair

    return {
        f'correlation."{key}"': None
        for key in scenario.correlation
        if any(name == path or name.startswith(f"{path}.") for name in split_pair(key) for path in paths)
    }


def _with_shared_changes(other: Scenario, changes: Mapping[str, object]) -> tuple[Scenario, BaselineChanges]:
    """Apply changes to the baseline, except those of controls and those that do not fit it."""
    from diamondsim.errors import ScenarioError
    from diamondsim.reporting import BaselineChanges

    top = {path: path.partition(".")[0].strip('"') for path in changes}
    shared = {path: value for path, value in changes.items() if top[path] in _SHARED_KEYS}
    controls = tuple(path for path in changes if top[path] == _CONTROLS)
    try:
        return _overridden(other, shared), BaselineChanges(tuple(shared), controls, ())
    except ScenarioError:
        applied: dict[str, object] = {}
    for path, value in shared.items():
        try:
            other.override({**applied, path: value})
        except ScenarioError:
            continue
        applied[path] = value
    misfits = tuple(path for path in shared if path not in applied)
    return _overridden(other, applied), BaselineChanges(tuple(applied), controls, misfits)


def _with_horizon_of(scenario: Scenario, other: Scenario) -> Scenario:
    """Return a scenario with the horizon and the shortage metrics of another one."""
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
    return scenario if scenario.override(changes).hash == scenario.hash else overridden(scenario, changes)


def _overridden(scenario: Scenario, changes: Mapping[str, object]) -> Scenario:
    return overridden(scenario, changes, name=SET) if changes else scenario
