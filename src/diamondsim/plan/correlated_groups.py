"""Groups of correlated inputs: which may be correlated, and the factor of each group (model.md, eq. 63).

Owns the checks that names are drawn once in a replication and that correlations do not contradict each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from diamondsim.addition import sum_in_order
from diamondsim.distributions import Constant
from diamondsim.errors import Problem, ScenarioError, nearest, shown
from diamondsim.plan.structure import Correlated, Plan, inputs
from diamondsim.scenario import Scenario, split_pair

_OCCASIONS = {
    "spell": "for each spell of its control",
    "sojourn": "for each sojourn in its state",
    "announcement": "for each announcement",
    "relapse": "for each relapse",
    "outage": "for each outage",
}
"""How often numbers are drawn that are not drawn once in a replication."""

_LEAST_PIVOT = 1e-9


def correlated_groups(scenario: Scenario, plan: Plan) -> tuple[Correlated, ...]:
    """Return the groups of inputs that are correlated with one another.

    Parameters
    ----------
    scenario : Scenario
        Whose `correlation` says which are.
    plan : Plan
        What it was compiled to, but for these groups.

    Returns
    -------
    tuple of Correlated

    Raises
    ------
    ScenarioError
        Where a name is not that of an uncertain input drawn once in a replication, or a matrix is not
        positive definite.
    """
    if not scenario.correlation:
        return ()
    pairs = {split_pair(key): (key, value) for key, value in scenario.correlation.items()}
    problems = list(_ineligible_names(scenario, plan, [(pair, key) for pair, (key, _) in pairs.items()]))
    if problems:
        raise ScenarioError(problems)
    groups = []
    for names in _joined(pairs, plan):
        inside = {pair: given for pair, given in pairs.items() if pair[0] in names}
        matrix = _normal_matrix(names, {pair: rank for pair, (_, rank) in inside.items()})
        factor = _factor(matrix)
        if factor is None:
            least = float(np.linalg.eigvalsh(np.array(matrix)).min())
            why = (
                f"these correlations contradict each other: the matrix of {', '.join(names)} "
                f"has the eigenvalue {least:.3g}"
            )
            allowed = "values for which all are above 0 (a pair that is not named counts as 0)"
            key = [key for key, _ in inside.values()][-1]
            problems.append(replace(scenario.problem(("correlation", key), why), allowed=allowed))
        else:
            groups.append(Correlated(names, factor))
    if problems:
        raise ScenarioError(problems)
    return tuple(groups)


def inputs_by_name(plan: Plan) -> Mapping[str, str]:
    """Return, by the name of each Input of a plan, why it cannot be correlated.

    The text is empty for an uncertain one that is drawn once in a replication.
    """
    reasons: dict[str, str] = {}
    for number in inputs(plan):
        certain = isinstance(number.distribution, Constant)
        anew = _OCCASIONS.get(number.drawn.each, "")
        why = "is certain" if certain else anew and f"is drawn anew {anew}"
        # Of two numbers with one name, one may be certain: the share of a buyer that takes all.
        if why == "" or number.name not in reasons:
            reasons[number.name] = why
    return reasons


def _ineligible_names(
    scenario: Scenario, plan: Plan, pairs: Iterable[tuple[tuple[str, str], str]]
) -> Iterator[Problem]:
    reasons = inputs_by_name(plan)
    allowed = sorted(name for name, why in reasons.items() if not why)
    rule = "uncertain inputs that are drawn once in a replication"
    for pair, key in pairs:
        for name in pair:
            if name not in reasons:
                problem = scenario.problem(("correlation", key), f"no input is called {shown(name)}")
                yield replace(problem, found=name, allowed=rule, suggestion=nearest(name, allowed))
            elif reasons[name]:
                why = f"{shown(name)} {reasons[name]}, so it cannot be correlated"
                yield replace(scenario.problem(("correlation", key), why), found=name, allowed=rule)


def _joined(pairs: Iterable[tuple[str, str]], plan: Plan) -> list[tuple[str, ...]]:
    """Return the groups that pairs make, in the order of their streams, whatever the order of the pairs."""
    groups: list[set[str]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(pair).union(*touched))
    seeded = plan.stream_names.seeded
    ordered = (tuple(sorted(group, key=seeded)) for group in groups)
    return sorted(ordered, key=lambda group: [*map(seeded, group)])


def _normal_matrix(names: Sequence[str], ranks: Mapping[tuple[str, str], float]) -> list[list[float]]:
    """Return the correlations of the normal variables behind the ranks."""
    matrix = [[float(row == column) for column in names] for row in names]
    for (one, other), rank in ranks.items():
        normal = 2.0 * math.sin(math.pi * rank / 6.0)
        matrix[names.index(one)][names.index(other)] = normal
        matrix[names.index(other)][names.index(one)] = normal
    return matrix


def _factor(matrix: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...] | None:
    """Return the lower Cholesky factor; None where the matrix is not positive definite."""
    # In plain floats, so that the bits are the same on every machine.
    rows: list[list[float]] = []
    for j, target in enumerate(matrix):
        row: list[float] = []
        for k in range(j):
            done = sum_in_order(row[i] * rows[k][i] for i in range(k))
            row.append((target[k] - done) / rows[k][k])
        pivot = target[j] - sum_in_order(value * value for value in row)
        if pivot < _LEAST_PIVOT:
            return None
        rows.append([*row, math.sqrt(pivot)])
    return tuple(tuple(row) for row in rows)
