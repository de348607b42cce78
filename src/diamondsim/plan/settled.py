"""Scenarios that say which dimension each name has, so that nothing that is added later moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diamondsim.plan.compile import compile_plan
from diamondsim.plan.misnamed import refuse_misnamed
from diamondsim.scenario import Scenario


def with_dimensions(scenario: Scenario, shared: Mapping[str, int] | None = None) -> Scenario:
    """Return a scenario that says which dimension each of its names has, where that matters.

    Parameters
    ----------
    scenario : Scenario
    shared : mapping of str to int, optional
        Dimensions to be used where the scenario itself gives none, and has not given them away.

    Returns
    -------
    Scenario
        The same under another method than ``sobol``.

    Raises
    ------
    ScenarioError
        Where a scenario with dimensions cannot be compiled.
    """
    if scenario.sampling.method != "sobol":
        return scenario
    own = scenario.sampling.dimensions
    taken = set(own.values())
    shared = {name: k for name, k in (shared or {}).items() if name not in own and k not in taken}
    settled = _giving(scenario, shared)
    return _giving(settled, compile_plan(settled).sampling.dimensions)


def on_same_dimensions(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return scenarios in which a name has the dimension that it has in the first, so that they share draws.

    Names that the first does not have take what is free. A dimension that a scenario gives itself counts.

    Parameters
    ----------
    scenarios : sequence of Scenario

    Returns
    -------
    list of Scenario
        Those with another method than ``sobol`` as they are.

    Raises
    ------
    ScenarioError
        Where a scenario with dimensions cannot be compiled, or the first gives one to a misspelt name.
    """
    shared: dict[str, int] = {}
    for first in scenarios[:1]:
        if first.sampling.method == "sobol" and first.sampling.dimensions:
            refuse_misnamed(first, compile_plan(first))
    settled = []
    for scenario in scenarios:
        settled.append(with_dimensions(scenario, shared))
        shared = {**settled[-1].sampling.dimensions, **shared}
    return settled


def _giving(scenario: Scenario, dimensions: Mapping[str, int]) -> Scenario:
    if not dimensions.keys() - scenario.sampling.dimensions.keys():
        return scenario
    return scenario.override({"sampling": {"dimensions": {**dimensions}}})
