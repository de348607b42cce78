"""Groups of the inputs of a scenario that a user names by paths, such as ``inventory_policy.*``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from diamondsim.arguments import require_mapping
from diamondsim.errors import Problem, ScenarioError, nearest
from diamondsim.plan import Exchange, Plan, stream_key
from diamondsim.sampling import DrawnInput, inputs_drawn_once

OTHERS = "everything else"
"""The group of all that is random and in no other group, noise and outages included."""


@dataclass(frozen=True)
class InputGroup:
    """Inputs that are exchanged together.

    Attributes
    ----------
    name : str
    inputs : tuple of str
        Names of draws; empty for `OTHERS`, if only noise and the like is left.
    exchange : Exchange
    """

    name: str
    inputs: tuple[str, ...]
    exchange: Exchange


def input_groups(plan: Plan, wanted: Mapping[str, str | Iterable[str]] | None) -> tuple[InputGroup, ...]:
    """Return the groups of inputs, with `OTHERS` last.

    Parameters
    ----------
    plan : Plan
    wanted : mapping of str to str or iterable of str, optional
        Paths, or names of draws, of each group; ``*`` stands for any characters, and a path also for all
        below it. By default a group for each section of the scenario.

    Raises
    ------
    ScenarioError
        With all problems: a path of no input, an input in two groups, correlated ones in different groups.
    TypeError
        If `wanted` is no mapping.
    """
    drawn = inputs_drawn_once(plan)
    if wanted is None:
        wanted = {section: [section] for section in dict.fromkeys(_section(each) for each in drawn)}
    require_mapping("groups", wanted, "{'stocks': ['inventory_policy.*']}")
    problems: list[Problem] = []
    group_of: dict[str, str] = {}
    for name, patterns in wanted.items():
        if name == OTHERS:
            why = f"{OTHERS!r} is the group of what no other group has"
            problems.append(Problem(argument="groups", why=why))
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            matching = [each.name for each in drawn if _matches(each, pattern)]
            if not matching:
                known = [*dict.fromkeys(each.path for each in drawn)]
                close = nearest(pattern, known)
                problems.append(
                    Problem(why=f"group {name}: no uncertain input is at {pattern!r}", suggestion=close)
                )
            for each in matching:
                if group_of.setdefault(each, name) != name:
                    problems.append(Problem(why=f"{each} is in two groups, {group_of[each]} and {name}"))
    problems += _parted(plan, group_of)
    if problems:
        raise ScenarioError(problems)
    groups = [_group(name, [each for each, own in group_of.items() if own == name]) for name in wanted]
    rest = tuple(each.name for each in drawn if each.name not in group_of)
    every = frozenset().union(*(group.exchange.keys for group in groups))
    return (*groups, InputGroup(OTHERS, rest, Exchange(every, others=True)))


def _section(drawn: DrawnInput) -> str:
    return drawn.path.partition(".")[0]


def _matches(drawn: DrawnInput, pattern: str) -> bool:
    if fnmatchcase(drawn.name, pattern) or fnmatchcase(drawn.path, pattern):
        return True
    return drawn.path.startswith(f"{pattern}.") or fnmatchcase(drawn.path, f"{pattern}.*")


def _group(name: str, inputs: Sequence[str]) -> InputGroup:
    return InputGroup(name, tuple(inputs), Exchange(frozenset(map(stream_key, inputs))))


def _parted(plan: Plan, group_of: Mapping[str, str]) -> list[Problem]:
    """Return the correlations between groups: such inputs cannot be exchanged one without the other."""
    problems = []
    for correlated in plan.correlated:
        owners = {name: group_of.get(name, OTHERS) for name in correlated.names}
        if len({*owners.values()}) > 1:
            places = ", ".join(f"{name} in {owner}" for name, owner in owners.items())
            problems.append(Problem(why=f"expected correlated inputs in one group, found {places}"))
    return problems
