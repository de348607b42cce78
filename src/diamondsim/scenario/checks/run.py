"""Run all checks of a scenario, in the order of the format.

Owns the short checks of the keys that concern a run: sampling dimensions, correlations and reference values.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from diamondsim.errors import Problem, shown
from diamondsim.scenario.checks.allocation import check_allocation
from diamondsim.scenario.checks.buyers import check_buyers, check_registry
from diamondsim.scenario.checks.controls import check_controls, check_equipment
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.checks.legal_states import check_legal_states
from diamondsim.scenario.checks.market import (
    check_covers,
    check_demand,
    check_inventory_policy,
    check_lanes,
    check_trade,
    check_uses,
    check_words,
)
from diamondsim.scenario.checks.names import names_of
from diamondsim.scenario.checks.prices import check_prices
from diamondsim.scenario.checks.sellers import check_facilities, check_producers, check_reserves
from diamondsim.scenario.checks.totals import check_published_totals
from diamondsim.scenario.messages import missing_keys
from diamondsim.scenario.sampling import TILDE, split_pair
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Path, Table, problem_at

REFERENCE_METRICS = ("P_short", "mean_shortage", "VaR95", "CVaR95", "cost_per_day")
"""Probability of a shortage; mean, 95 % quantile and tail mean of the shortfall; costs per day."""

_REPEATED = 3
_NETWORK = ("regions", "grades", "uses", "demand", "producers")
_REQUIRED = ("title", "horizon", *_NETWORK)


def check_content(
    content: Content, tree: Table, unread: frozenset[Path], left_out: Iterable[str] = ()
) -> list[Problem]:
    """Return the problems between the parts of a scenario.

    Parameters
    ----------
    content
        The scenario, without the values that could not be read.
    tree
        The tree from which it was read.
    unread
        Paths of the values that could not be read.
    left_out
        Paths, as text, of what may be missing from the tree because of earlier problems.

    Returns
    -------
    list of Problem
    """
    findings = Findings(tree, names_of(tree), unread, left_out)
    missing = [key for key in _REQUIRED if key not in tree.entries and findings.is_whole((key,))]
    if missing:
        findings.problems.append(problem_at(tree.mark, (), _missing(missing)))
    for run_check in _CHECKS:
        run_check(content, findings)
    if not unread and findings.is_whole(("inventory_policy",)):
        check_covers(content, findings)
    return list(_gathered(findings.problems))


def _gathered(problems: list[Problem]) -> Iterator[Problem]:
    """Yield problems, but only the first about each name that is unknown in many places.

    One misspelt or missing definition would otherwise give a line for each reference to it.
    """
    repeated = Counter((problem.why, problem.found) for problem in problems)
    reported: set[str] = set()
    for problem in problems:
        places = repeated[problem.why, problem.found]
        if problem.found is None or places <= _REPEATED:
            yield problem
        elif problem.why not in reported:
            reported.add(problem.why)
            yield replace(problem, why=f"{problem.why}, here and in {places - 1} other places")


def _missing(keys: list[str]) -> str:
    why = missing_keys(keys)
    only_changes = set(_NETWORK) <= set(keys)
    return (
        f"{why}; a file that gives only changes must name another file in 'extends'" if only_changes else why
    )


def _check_sampling(content: Content, findings: Findings) -> None:
    """Check that no two names share a dimension: they would get the same random numbers.

    Names that nothing is drawn for are allowed: they reserve their dimension for later.
    """
    first: dict[int, str] = {}
    for name, dimension in content.sampling.dimensions.items():
        other = first.setdefault(dimension, name)
        if other != name:
            why = f"dimension {dimension} is already used by {other!r}; each name needs its own"
            findings.note(("sampling", "dimensions", name), why, found=str(dimension))


def _check_correlation(content: Content, findings: Findings) -> None:
    """Check that each key names two different inputs, and that no pair occurs twice.

    Whether these inputs exist is known only once the scenario is compiled.
    """
    first: dict[frozenset[str], str] = {}
    for key in content.correlation:
        path = ("correlation", key)
        pair = split_pair(key)
        if "" in pair or TILDE in pair[1]:
            why = f"expected a pair of inputs, found {shown(key)}"
            findings.note(path, why, on_key=True, allowed=f"'NAME {TILDE} NAME'")
            continue
        if pair[0] == pair[1]:
            findings.note(path, "an input is correlated with itself", on_key=True)
            continue
        same = first.setdefault(frozenset(pair), key)
        if same != key:
            findings.twice(path, "pair", ("correlation", same))


def _check_metrics(content: Content, findings: Findings) -> None:
    """Refuse metrics that no replication can meet: their answers would be 0 without a word."""
    for name in ("window", "survival_period"):
        if getattr(content.metrics, name) <= 0:
            findings.note(("metrics", name), "the time must be above 0")
    for name in ("threshold", "short_tick"):
        if getattr(content.metrics, name) >= 1:
            findings.note(("metrics", name), "the share must be below 100%: no more than all can be unmet")


def _check_reference_values(content: Content, findings: Findings) -> None:
    """Check that each reference value belongs to a metric, or to a use."""
    metrics = [*REFERENCE_METRICS, *findings.names["uses"]]
    findings.known_keys(("reference_values",), content.reference_values, "metric", metrics)


_CHECKS: tuple[Callable[[Content, Findings], None], ...] = (
    check_words,
    check_uses,
    check_demand,
    check_inventory_policy,
    check_producers,
    check_facilities,
    check_trade,
    check_published_totals,
    check_lanes,
    check_controls,
    check_equipment,
    check_legal_states,
    check_reserves,
    check_buyers,
    check_registry,
    check_allocation,
    check_prices,
    _check_metrics,
    _check_sampling,
    _check_correlation,
    _check_reference_values,
)
