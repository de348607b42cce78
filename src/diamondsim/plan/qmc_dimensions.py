"""Fixed dimensions of a quasi-random sequence: scenarios that give each name its dimension.

Owns how a scenario gets them, so that nothing that is added later moves the dimension of a name, and the
check of the names that it gives. A name may be one that was drawn before something was taken out of the
scenario: it keeps its dimension. It is an error only where it looks like another name, misspelt, that is
drawn and has no dimension.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from diamondsim.errors import Problem, ScenarioError, nearest, shown
from diamondsim.plan.compile import compile_plan
from diamondsim.plan.correlated_groups import inputs_by_name
from diamondsim.plan.drawn_once import names_drawn_once
from diamondsim.plan.structure import Plan
from diamondsim.scenario import Scenario

DIMENSIONS = "sampling.dimensions"
"""Path of the dimensions in a scenario."""


def with_dimensions(scenario: Scenario, shared: Mapping[str, int] | None = None) -> Scenario:
    """Return a scenario that gives each of its names a dimension, where that matters.

    Parameters
    ----------
    scenario : Scenario
    shared : mapping of str to int, optional
        Dimensions to be used where the scenario itself gives none, and has not given them away.

    Returns
    -------
    Scenario
        Unchanged under another method than ``sobol``.

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
    with_shared = _giving(scenario, shared)
    return _giving(with_shared, compile_plan(with_shared).sampling.dimensions)


def on_same_dimensions(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return scenarios in which a name has the dimension that it has in the first, so that they share draws.

    Names that the first does not have take free dimensions. Dimensions that a scenario gives itself stay.

    Parameters
    ----------
    scenarios : sequence of Scenario

    Returns
    -------
    list of Scenario
        Those with another method than ``sobol`` are unchanged.

    Raises
    ------
    ScenarioError
        Where a scenario with dimensions cannot be compiled, or the first gives one to a misspelt name.
    """
    shared: dict[str, int] = {}
    for first in scenarios[:1]:
        if first.sampling.method == "sobol" and first.sampling.dimensions:
            refuse_misnamed(first, compile_plan(first))
    fixed: list[Scenario] = []
    for scenario in scenarios:
        fixed.append(with_dimensions(scenario, shared))
        shared = {**fixed[-1].sampling.dimensions, **shared}
    return fixed


def _giving(scenario: Scenario, dimensions: Mapping[str, int]) -> Scenario:
    if not dimensions.keys() - scenario.sampling.dimensions.keys():
        return scenario
    return scenario.override({DIMENSIONS: {**dimensions}})


_SLIP = 0.8
"""Similarity to a step of another name from which on a step counts as a slip."""
_SHOWN = 4


def refuse_misnamed(scenario: Scenario, plan: Plan) -> None:
    """Refuse dimensions that are given to misspelt names.

    Parameters
    ----------
    scenario : Scenario
        As given by the user; one made for a comparison may have names of the other scenario.
    plan : Plan
        What it was compiled to.

    Raises
    ------
    ScenarioError
        With all of them, each with the name that is probably meant.
    """
    problems = [*_problems(scenario, plan)]
    if problems:
        raise ScenarioError(problems)


def spare_names(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield a warning if dimensions are given to names under which nothing is drawn."""
    spare = _unknown(scenario, plan)
    if spare:
        more = f" and {len(spare) - _SHOWN} more" if len(spare) > _SHOWN else ""
        yield (
            "nothing is drawn under these names of sampling.dimensions, which keep their dimensions: "
            f"{', '.join(spare[:_SHOWN])}{more}"
        )


def _problems(scenario: Scenario, plan: Plan) -> Iterator[Problem]:
    fixed = scenario.sampling.dimensions
    unknown = _unknown(scenario, plan)
    free = [name for name in names_drawn_once(plan) if name not in fixed] if unknown else []
    before = {} if scenario.before is None else scenario.before.sampling.dimensions
    for name in unknown:
        meant = [other for other in free if _is_slip(name, other)]
        if meant:
            why = f"nothing is drawn under the name {shown(name)}"
            problem = scenario.problem(("sampling", "dimensions", name), why)
            problem = replace(problem, found=name, suggestion=nearest(name, meant))
            yield problem if name in before else scenario.blamed([problem])[0]


def _unknown(scenario: Scenario, plan: Plan) -> Sequence[str]:
    """Return the names with a dimension that are neither drawn nor those of numbers that are certain."""
    known = {*plan.sampling.dimensions, *inputs_by_name(plan)} if scenario.sampling.dimensions else set()
    return [name for name in scenario.sampling.dimensions if name not in known]


def _is_slip(name: str, other: str) -> bool:
    steps, others = (re.split(r"[./]", each) for each in (name, other))
    return len(steps) == len(others) and all(map(_is_slip_of_step, steps, others))


def _is_slip_of_step(step: str, other: str) -> bool:
    # A different number is no slip: it is another announcement, date or visit.
    other_number = re.sub("[0-9]", "", step) == re.sub("[0-9]", "", other)
    return step == other or (not other_number and nearest(step, [other], _SLIP) is not None)
