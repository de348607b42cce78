"""Validate a tree even if parts of it cannot be read.

All problems of a file are reported at once, so one bad number must not hide the others. A value that cannot
be read is replaced by one that can, and its path is recorded, so that nothing is reported about the
replacement.
"""

from collections import Counter
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from diamondsim.errors import Problem
from diamondsim.scenario.messages import KEY, problems_of
from diamondsim.scenario.tree import Path, Table, plain

M = TypeVar("M", bound=BaseModel)

# Tried in turn if a value cannot be read or is missing. Zero is a valid number of every kind, and a name.
_STAND_INS: tuple[Any, ...] = ("0", "2000-01-01", [], {})
_NEVER_REPLACED = ("extra_forbidden", "literal_error")


def validate_tolerantly(model: type[M], tree: Table) -> tuple[M, list[Problem], frozenset[Path]]:
    """Validate as much of a tree as can be read.

    Parameters
    ----------
    model
        The model; all of its top-level keys have defaults.
    tree
        The tree.

    Returns
    -------
    value
        What could be read.
    problems
        All problems of all values.
    unread
        Paths of the values that could not be read, or are missing.
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
                _repair(data, tuple(step for step in loc if step != KEY), tries, replaceable=replaceable)


def _repair(data: Any, loc: Path, tries: Counter[Path], *, replaceable: bool) -> None:
    """Replace the value at a path, or delete it; if that does not help, delete the map that holds it."""
    parent = data
    for depth, step in enumerate(loc[:-1]):
        if not isinstance(parent, dict | list):
            # Text that is short for a map: the path inside it was not written.
            _repair(data, loc[:depth], tries, replaceable=False)
            return
        if not _has(parent, step):
            return  # Already deleted with its map.
        parent = parent[step]  # type: ignore[index]  # A step into a list is a number, see `_has`.
    step = loc[-1]
    tries[loc] += 1
    if replaceable and isinstance(parent, dict) and tries[loc] <= len(_STAND_INS):
        parent[step] = _STAND_INS[tries[loc] - 1]
    elif _has(parent, step):
        del parent[step]
    else:
        _repair(data, loc[:-1], tries, replaceable=False)


def _has(node: Any, step: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(step, int) and step < len(node)
    return isinstance(node, dict) and step in node
