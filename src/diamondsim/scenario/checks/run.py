"""All checks of a scenario, in the order of the format."""

from collections.abc import Callable

from diamondsim.errors import Problem
from diamondsim.scenario.checks.controls import check_controls
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.checks.market import (
    check_covers,
    check_demand,
    check_habits,
    check_lanes,
    check_trade,
    check_uses,
    check_words,
)
from diamondsim.scenario.checks.names import names_of
from diamondsim.scenario.checks.sellers import check_facilities, check_producers, check_reserves
from diamondsim.scenario.content import Content
from diamondsim.scenario.tree import Path, Table

_CHECKS: tuple[Callable[[Content, Findings], None], ...] = (
    check_words,
    check_uses,
    check_demand,
    check_habits,
    check_producers,
    check_facilities,
    check_trade,
    check_lanes,
    check_controls,
    check_reserves,
)
_REQUIRED = ("title", "horizon", "regions", "grades", "uses", "demand", "producers")


def check(content: Content, tree: Table, unread: frozenset[Path]) -> list[Problem]:
    """Return what is wrong between the parts of a scenario.

    Parameters
    ----------
    content
        The scenario, without the values that could not be read.
    tree
        The tree from which it was read.
    unread
        Where the values stand that could not be read.

    Returns
    -------
    list of Problem
    """
    findings = Findings(tree, names_of(tree), unread)
    for key in _REQUIRED:
        if key not in tree.entries:
            findings.problems.append(Problem(file=tree.mark.file, why=f"the key '{key}' is missing"))
    for each in _CHECKS:
        each(content, findings)
    if not unread:
        check_covers(content, findings)
    return findings.problems
