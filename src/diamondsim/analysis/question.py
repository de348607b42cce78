"""Checks a use and a metric that a user asks about, before anything is simulated, and finds their unit."""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.errors import Problem, ScenarioError, nearest
from diamondsim.plan import Plan, compile_plan
from diamondsim.results import UNIT_OF_USE, USE_METRICS
from diamondsim.scenario import Scenario


def require_use(scenario: Scenario, *, region: str, use: str) -> None:
    """Refuse a region or a use that a scenario does not have.

    Raises
    ------
    ScenarioError
        With all problems, each with the nearest name.
    """
    require_question(compile_plan(scenario), region=region, use=use, metric="", metrics=("",))


def require_question(plan: Plan, *, region: str, use: str, metric: str, metrics: Sequence[str]) -> None:
    """Refuse a region, a use or a metric that a scenario does not have.

    Parameters
    ----------
    plan : Plan
    region, use, metric : str
        What is asked about.
    metrics : sequence of str
        Metrics that can be asked about.

    Raises
    ------
    ScenarioError
        With all problems, each with the nearest name.
    """
    known = {"metric": (metric, metrics), "region": (region, plan.regions), "use": (use, plan.uses)}
    problems = [
        Problem(why=f"there is no {what} {name!r}", allowed=", ".join(names), suggestion=nearest(name, names))
        for what, (name, names) in known.items()
        if name not in names
    ]
    uses = sorted({str(node.use) for node in plan.nodes if node.region == region and node.use is not None})
    if not problems and use not in uses:
        problems.append(Problem(why=f"{region} has no use {use!r}", allowed=", ".join(uses)))
    if problems:
        raise ScenarioError(problems)


def unit_of_estimate(plan: Plan, estimate: str, *, region: str, use: str) -> str:
    """Return the unit of an estimate of a use: ``1``, ``USD``, or that in which the use is counted.

    Parameters
    ----------
    plan : Plan
    estimate : str
        Such as ``shortage_mean``; a probability and the unmet need have no unit.
    region, use : str
        Which the plan has.
    """
    sample = estimate.removesuffix("_mean")
    unit = next((metric.unit for metric in USE_METRICS if metric.name == sample), "1")
    return unit_of_use(plan, region=region, use=use) if unit == UNIT_OF_USE else unit


def unit_of_use(plan: Plan, *, region: str, use: str) -> str:
    """Return the unit in which a use that a plan has is counted."""
    units = dict(zip(plan.grades, plan.grade_units, strict=True))
    return next(units[node.grade] for node in plan.nodes if (node.region, node.use) == (region, use))
