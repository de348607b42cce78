"""Runs of so few replications that shares of them, and intervals, would say nothing: they are counted."""

from __future__ import annotations

from diamondsim.reporting.formatting import replications
from diamondsim.reporting.report import Report
from diamondsim.results import Estimate

FEW = 20
"""With fewer replications, 5 % of them are less than one."""


def are_few(report: Report) -> bool:
    """Return whether a run has too few replications for probabilities and their intervals."""
    return report.head.replications < FEW


def too_few(n: int, of: str = "") -> list[str]:
    """Return the line that says that so few replications are no estimate; none from `FEW` on.

    Examples
    --------
    >>> too_few(1, " a value"), too_few(20)
    (['1 replication a value is too few for an estimate: use 20 or more.'], [])
    """
    is_or_are = "is" if n == 1 else "are"
    few = f"{replications(n)}{of} {is_or_are} too few for an estimate: use {FEW} or more."
    return [few] if n < FEW else []


def short_in(chance: Estimate) -> str:
    """Return how many replications of all go short.

    Examples
    --------
    >>> short_in(Estimate(0.375, 0.1, 0.7, 8))
    '3 of 8'
    """
    return f"{round(chance.value * chance.n)} of {chance.n}"


def paired(report: Report, number: int) -> str:
    """Return the number of pairs of replications, of weighted ones the effective number."""
    return f"{'' if report.observed is None else 'an effective '}{replications(number)}"


def caveat(report: Report) -> str:
    """Return what to make of a run of few replications."""
    n = report.head.replications
    if n == 1:
        return (
            "One replication is one path of many, not an estimate; 'diamondsim trace' tells it event by "
            "event. Every figure applies only under the legal state named above."
        )
    return (
        f"{replications(n)} are too few for probabilities and their intervals: the table counts them, and "
        f"gives the worst of them. Use {FEW} or more, best 1,000. Every figure applies only under the legal "
        "state named above."
    )
