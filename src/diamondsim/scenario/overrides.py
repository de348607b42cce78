"""Change single values of a scenario by their dotted paths.

A change merges like a file laid on top (see `diamondsim.scenario.merge`), with one difference: a path that
leads into a timeline changes that one date.
"""

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from numbers import Integral, Real

from diamondsim.errors import Problem, ScenarioError, nearest, shown
from diamondsim.scenario.checks.names import ANY, names_of
from diamondsim.scenario.merge import REPLACED, merge
from diamondsim.scenario.tree import Entry, Leaf, Mark, Node, Path, Row, Table, path_text, problem_at, table
from diamondsim.units import number_text

HERE = Mark("override")
"""Where changed values stand, for messages."""

_MAX_DEPTH = 24
_BY_SELECTOR = ("habits", "desks", "sells", "qualified")


def override_tree(tree: Table, changes: Mapping[str, object]) -> Table:
    """Return a tree with values changed.

    Parameters
    ----------
    tree
        The resolved scenario.
    changes
        Values by dotted path, such as ``{"reserves.us.opening": "40 Mct"}``. A value is a text as in a file,
        a number, a truth value, a date, None to delete, or maps and lists of these. A key with a dot in it is
        recognised where it exists or is a selector; elsewhere it is quoted: ``lanes."cn -> US.any".share``.

    Returns
    -------
    Table

    Raises
    ------
    ScenarioError
        With all changes that cannot be made.
    """
    problems: list[Problem] = []
    for dotted, value in changes.items():
        try:
            steps = _steps(dotted, tree)
            changed = _put(tree, steps, node_of(value, HERE, steps), steps)
        except ScenarioError as error:
            problems += error.problems
            continue
        assert isinstance(changed, Table), "the top stays a map"
        tree = changed
    if problems:
        raise ScenarioError(problems)
    return tree


def node_of(value: object, mark: Mark, path: Path = ()) -> Node:
    """Return a Python value as a tree whose every place is `mark`.

    Raises
    ------
    ScenarioError
        Where the value is of a type that no scenario holds.
    """
    if len(path) > _MAX_DEPTH:
        raise ScenarioError([problem_at(mark, path[:1], f"maps and lists nest more than {_MAX_DEPTH} deep")])
    match value:
        case None | bool() | str():
            return Leaf(value, mark)
        case Integral():
            return Leaf(str(int(value)), mark)
        case Real():
            return Leaf(number_text(float(value)), mark)
        case dt.date():
            return Leaf(value.isoformat()[:10], mark)
        case Mapping():
            keys = {_key(key): item for key, item in value.items()}
            nodes = {key: node_of(item, mark, (*path, key)) for key, item in keys.items()}
            return table({key: Entry(mark, node) for key, node in nodes.items()}, mark)
        case Sequence():
            return Row(tuple(node_of(item, mark, (*path, place)) for place, item in enumerate(value)), mark)
    raise ScenarioError([problem_at(mark, path, f"a {type(value).__name__} cannot stand in a scenario")])


def _key(key: object) -> str:
    return key.isoformat()[:10] if isinstance(key, dt.date) else str(key)


def _steps(dotted: str, tree: Table) -> tuple[str, ...]:
    """Split a dotted path, taking a key with a dot in it whole where the tree has it."""
    steps: list[str] = []
    node: Node | None = tree
    rest = dotted
    while True:
        known = node.entries if isinstance(node, Table) else {}
        new = _new_selector(rest, steps, tree)
        step, rest, more = _first_step(rest, {*known, new} if new else known.keys())
        if not step:
            why = f"{shown(dotted)} is not a dotted path"
            raise ScenarioError([Problem(file=HERE.file, why=why, found=dotted)])
        steps.append(step)
        if not more:
            return tuple(steps)
        node = known[step].node if step in known else None


def _new_selector(rest: str, steps: Sequence[str], tree: Table) -> str:
    """Return the selector at the start of a path below a map of selectors; empty where there is none."""
    if not steps or steps[-1] not in _BY_SELECTOR:
        return ""
    names = names_of(tree)
    region, _, after = rest.partition(".")
    use = after.partition(".")[0]
    known = region in (*names["regions"], ANY) and use in (*names["uses"], *names.classes, ANY)
    return f"{region}.{use}" if known else ""


def _first_step(rest: str, known: Set[str]) -> tuple[str, str, bool]:
    """Return the first key of a path, what follows it, and whether anything does."""
    if rest.startswith('"'):
        step, _, after = rest[1:].partition('"')
        return step, after[1:], after.startswith(".")
    whole = [key for key in known if rest == key or rest.startswith(f"{key}.")]
    step = max(whole, key=len) if whole else rest.partition(".")[0]
    return step, rest[len(step) + 1 :], len(rest) > len(step)


def _put(node: Node | None, steps: Sequence[str], value: Node, path: tuple[str, ...]) -> Node:
    """Return `node` with `value` merged in at `steps` below it."""
    entries = node.entries if isinstance(node, Table) else {}
    mark = node.mark if isinstance(node, Table) else HERE
    key, *below = steps
    entry = entries.get(key)
    if not below and isinstance(value, Leaf) and value.value is None:
        if entry is None:
            why = f"there is no {shown(key)} to delete"
            problem = Problem(file=HERE.file, path=path_text(path), why=why, suggestion=nearest(key, entries))
            raise ScenarioError([problem])
        return merge(node, table({key: Entry(HERE, value)}, HERE))
    old = entry.node if entry else None
    if below:
        new = _put(old, below, value, path)
    else:
        new = merge(None if key == REPLACED else old, value)
    key_mark = entry.key_mark if entry and below else HERE
    return table({**entries, key: Entry(key_mark, new)}, mark)
