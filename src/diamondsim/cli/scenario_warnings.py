"""The warnings of several scenarios, each once, with the names of those that it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from diamondsim.cli.streams import warn

if TYPE_CHECKING:
    from diamondsim.scenario import Scenario


def warn_of(scenarios: Mapping[str, Scenario], *, marks_legal_states: bool = False) -> None:
    """Print the warnings of scenarios on stderr; names are left out where all are concerned.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By name. One that cannot be compiled is left out: whoever runs it reports that.
    marks_legal_states : bool
        Whether legal states that may no longer hold are marked elsewhere and need no warning.
    """
    from diamondsim.errors import ScenarioError
    from diamondsim.plan.check import check

    names: dict[str, list[str]] = {}
    for name, scenario in scenarios.items():
        try:
            checked = check(scenario)
        except ScenarioError:
            continue
        marked = checked.legal_state_outdated if marks_legal_states else None
        for warning in checked.warnings:
            if marked is None or marked not in warning:
                names.setdefault(warning, []).append(name)
    for warning, concerned in names.items():
        of = "" if len(concerned) == len(scenarios) else f"{', '.join(concerned)}: "
        warn(f"{of}{warning}")
