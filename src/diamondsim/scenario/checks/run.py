"""All checks of a scenario, in the order of the format."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from diamondsim.errors import Problem
from diamondsim.scenario.checks.buyers import check_buyers
from diamondsim.scenario.checks.controls import check_controls
from diamondsim.scenario.checks.correlation import check_correlation
from diamondsim.scenario.checks.equipment import check_equipment
from diamondsim.scenario.checks.expected import check_expected
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.checks.legal_states import check_legal_states
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
from diamondsim.scenario.checks.prices import check_prices
from diamondsim.scenario.checks.registry import check_registry
from diamondsim.scenario.checks.sampling import check_sampling
from diamondsim.scenario.checks.sellers import check_facilities, check_producers, check_reserves
from diamondsim.scenario.content import Content
from diamondsim.scenario.tree import Path, Table, problem_at

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
    check_equipment,
    check_legal_states,
    check_reserves,
    check_buyers,
    check_registry,
    check_prices,
    check_sampling,
    check_correlation,
    check_expected,
)
_REPEATED = 3
_WORLD = ("regions", "grades", "uses", "demand", "producers")
_REQUIRED = ("title", "horizon", *_WORLD)


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
    missing = [key for key in _REQUIRED if key not in tree.entries]
    if missing:
        findings.problems.append(problem_at(tree.mark, (), _missing(missing)))
    for each in _CHECKS:
        each(content, findings)
    if not unread:
        check_covers(content, findings)
    return list(_gathered(findings.problems))


def _gathered(problems: list[Problem]) -> Iterator[Problem]:
    """Yield problems, but of a name that is unknown again and again only the first.

    Where one definition is misspelt, or missing, all that refers to it would be told, one line each.
    """
    again = Counter((problem.why, problem.found) for problem in problems)
    told: set[str] = set()
    for problem in problems:
        places = again[problem.why, problem.found]
        if problem.found is None or places <= _REPEATED:
            yield problem
        elif problem.why not in told:
            told.add(problem.why)
            yield replace(problem, why=f"{problem.why}, here and in {places - 1} other places")


def _missing(keys: list[str]) -> str:
    named = [f"'{key}'" for key in keys]
    why = f"the key {named[0]} is missing"
    if len(named) > 1:
        why = f"the keys {', '.join(named[:-1])} and {named[-1]} are missing"
    alone = set(_WORLD) <= set(keys)
    return f"{why}; a file that only says what changes names another in 'extends'" if alone else why
