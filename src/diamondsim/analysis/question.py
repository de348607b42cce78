"""Checks a use and a metric that a user asks about, before anything is simulated."""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.errors import Problem, ScenarioError, nearest
from diamondsim.plan import Plan, compile_plan
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
