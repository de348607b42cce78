"""Scenarios that say which dimension each name has, so that nothing that is added later moves it."""
# MERGED: """Dimensions of quasi-random numbers that are given to names under which nothing is drawn.
#
# A name may be one that was drawn before something was taken out of the scenario: it keeps its dimension. It is
# refused where it is, but for a slip, a name that is drawn and has no dimension yet.
# """

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


_SLIP = 0.8
"""How much each step of a name must be like that of another one to be taken for a slip of it."""
_SHOWN = 4


def refuse_misnamed(scenario: Scenario, plan: Plan) -> None:
    """Refuse dimensions that are given to misspelt names.

    Parameters
    ----------
    scenario : Scenario
        As a person gives it; one that was made to be compared with another may have names of that one.
    plan : Plan
        What it was compiled to.

    Raises
    ------
    ScenarioError
        With all of them, and what is meant.
    """
    problems = [*_problems(scenario, plan)]
    if problems:
        raise ScenarioError(problems)


def spare_names(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Yield in words that dimensions are given to names under which nothing is drawn, if there are such."""
    spare = _unknown(scenario, plan)
    if spare:
        more = f" and {len(spare) - _SHOWN} more" if len(spare) > _SHOWN else ""
        yield (
            "nothing is drawn under these names of sampling.dimensions, which keep their dimensions: "
            f"{', '.join(spare[:_SHOWN])}{more}"
        )


def _problems(scenario: Scenario, plan: Plan) -> Iterator[Problem]:
    given = scenario.sampling.dimensions
    unknown = _unknown(scenario, plan)
    free = [name for name in names_drawn_once(plan) if name not in given] if unknown else []
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
    # Another number is no slip: an announcement, a date, a visit.
    other_number = re.sub("[0-9]", "", step) == re.sub("[0-9]", "", other)
    return step == other or (not other_number and nearest(step, [other], _SLIP) is not None)
