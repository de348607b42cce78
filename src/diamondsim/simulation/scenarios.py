"""Scenarios that a caller gives."""

from __future__ import annotations

from diamondsim.scenario import Scenario


def require_scenario(given: object) -> None:
    """Raise where a caller gives something else for a scenario, such as its name.

    Raises
    ------
    TypeError
    """
    if not isinstance(given, Scenario):
        raise TypeError(f"scenario is what load_scenario returns, found {type(given).__name__}")
