"""Checks of the named legal states."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from diamondsim.errors import Problem, shown
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Path

_KEY = "legal_states"


def check_legal_states(content: Content, findings: Findings) -> None:
    """Check that each legal state names known controls, and that no two can hold at the same time."""
    for name, controls in content.legal_states.items():
        path: Path = (_KEY, name)
        before = len(findings.problems)
        findings.known_keys(path, controls, "control")
        findings.problems[before:] = [_with_null_allowed(problem) for problem in findings.problems[before:]]
        findings.at_least_one(path, controls, "at least one control", on_key=True)
    for (one, first), (other, second) in combinations(content.legal_states.items(), 2):
        both = [(_KEY, one), (_KEY, other)]
        readable = all(findings.is_whole(path) for path in both)
        if readable and first and second and not _exclude(first, second):
            why = (
                f"{shown(one)} and {shown(other)} can both hold: no control is in effect in only one of them"
            )
            findings.note(findings.last_written(both[::-1]), why, on_key=True)


def explain_deleted_controls(
    problems: Iterable[Problem], controls: Container[str], change: str
) -> Iterator[Problem]:
    """Yield problems; those of legal states that name a deleted control name the change that must be added.

    Parameters
    ----------
    problems
        Of a scenario that was changed.
    controls
        Those before the change.
    change
        What messages call a change, such as ``--set``.
    """
    for problem in problems:
        if problem.found is not None and problem.path.startswith(f"{_KEY}.") and problem.found in controls:
            name = shown(problem.found)
            why = f"the control {name} is deleted, but legal states name it; add {change} {_KEY}=null"
            yield replace(problem, why=why, allowed=None, suggestion=None)
        else:
            yield problem


def _with_null_allowed(problem: Problem) -> Problem:
    return replace(problem, allowed=f"{problem.allowed}; or '{_KEY}: null' for no legal states")


def _exclude(first: Mapping[str, str], second: Mapping[str, str]) -> bool:
    return any(second.get(control, standing) != standing for control, standing in first.items())
