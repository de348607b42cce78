"""Validate a tree even where parts of it cannot be read.

All problems of a file are told at once, so one bad number must not hide the others. What cannot be read is
replaced by something that can, and remembered, so that nothing is said about the replacement.
"""

from collections import Counter
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from diamondsim.errors import Problem
from diamondsim.scenario.messages import KEY, problems_of
from diamondsim.scenario.tree import Path, Table, plain

M = TypeVar("M", bound=BaseModel)

# Tried in turn where a value cannot be read or is missing. Zero is a number of every kind, and a name.
_STAND_INS: tuple[Any, ...] = ("0", "2000-01-01", [], {})
_NEVER_REPLACED = ("extra_forbidden", "literal_error")


def validate_tolerantly(model: type[M], tree: Table) -> tuple[M, list[Problem], frozenset[Path]]:
    """Validate a tree as far as it can be read.

    Parameters
    ----------
    model
        The model; every key at its top has a default.
    tree
        The tree.

    Returns
    -------
    value
        What could be read.
    problems
        Every problem of every value.
    unread
        Where something stands, or is missing, that could not be read.
    """
    data: Any = plain(tree)
    problems: list[Problem] = []
    tries: Counter[Path] = Counter()
    while True:
        try:
            return model.model_validate(data), problems, frozenset(tries)
        except ValidationError as error:
            problems = problems or problems_of(error, model, tree)
            for details in error.errors(include_url=False, include_input=False, include_context=False):
                loc = details["loc"]
                replaceable = details["type"] not in _NEVER_REPLACED and loc[-1] != KEY
                _mend(data, tuple(step for step in loc if step != KEY), tries, replaceable=replaceable)


def _mend(data: Any, loc: Path, tries: Counter[Path], *, replaceable: bool) -> None:
    """Replace what stands at a place, or delete it and, should that not help, what it stands in."""
    parent = data
    for depth, step in enumerate(loc[:-1]):
        if not isinstance(parent, dict | list):
            # A text that may stand for a map: the place inside it is one that nobody wrote.
            _mend(data, loc[:depth], tries, replaceable=False)
            return
        if not _has(parent, step):
            return  # Gone with what it stood in.
        parent = parent[step]  # type: ignore[index]  # A step into a list is a number, see `_has`.
    step = loc[-1]
    tries[loc] += 1
    if replaceable and isinstance(parent, dict) and tries[loc] <= len(_STAND_INS):
        parent[step] = _STAND_INS[tries[loc] - 1]
    elif _has(parent, step):
        del parent[step]
    else:
        _mend(data, loc[:-1], tries, replaceable=False)


def _has(node: Any, step: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(step, int) and step < len(node)
    return isinstance(node, dict) and step in node
