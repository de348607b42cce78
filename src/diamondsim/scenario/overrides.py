"""Change single values of a scenario by their dotted paths.

A change is merged like a file that extends the scenario (see `diamondsim.scenario.merge`), with one
difference: a path into a timeline changes only that date.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from numbers import Integral, Real
from typing import Any

from diamondsim.errors import Problem, ScenarioError, nearest, shown
from diamondsim.scenario.changes import Changes
from diamondsim.scenario.checks.names import ANY, names_of
from diamondsim.scenario.dropped import Dropped, dropped, still_dropped
from diamondsim.scenario.keys import keys_at
from diamondsim.scenario.lookalikes import Lookalike, lookalikes, still_alike
from diamondsim.scenario.merge import ANYWHERE, PROVENANCE, forgotten_dates, is_replaced, merge, written_out
from diamondsim.scenario.renamed import is_by_input, new_key, refusals, rename_keys
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import (
    Entry,
    Leaf,
    Mark,
    Path,
    Row,
    Table,
    TreeNode,
    known_part,
    node_at,
    problem_at,
    table,
    top_layer,
)
from diamondsim.scenario.written_text import stray_character
from diamondsim.units import number_text

OVERRIDE_MARK = Mark("override")
"""The place of changed values in messages."""

_MAX_DEPTH = 24
_BY_SELECTOR = ("inventory_policy", "licensing", "contract_shares", "sourcing_limit")


def override_tree(
    tree: Table, changes: Mapping[Any, object], *, name: str = "override", gone: Sequence[Dropped] = ()
) -> tuple[Table, tuple[Dropped, ...]]:
    """Return a tree with values changed, and what was replaced without being named.

    Parameters
    ----------
    tree
        The resolved scenario.
    changes
        Values by dotted path, such as ``{"reserves.us.opening": "40 Mct"}``. A value is text as in a file, a
        number, a bool, a date, None to delete, or maps and lists of these. A map is merged with the existing
        one. A key with a dot in it is recognised if it exists, is a selector or names inputs; otherwise quote
        it: ``lanes."cn -> US.any".share``.
    name
        Name of a change in messages.
    gone
        What was replaced before.

    Returns
    -------
    tree : Table
    gone : tuple of Dropped
        Without what the changes name.

    Raises
    ------
    ScenarioError
        With the problems of all changes that cannot be made.
    """
    problems: list[Problem] = []
    mark = replace(OVERRIDE_MARK, layer=top_layer(tree) + 1)
    for dotted, value in changes.items():
        if not isinstance(dotted, str):
            why = f"expected a dotted path, such as 'reserves.us.opening', found {dotted!r}"
            problems.append(Problem(file=name, why=why, found=repr(dotted)))
            continue
        try:
            steps, written = _steps(dotted, tree)
            renamed = [*_renamed_steps(steps, written)]
            node, below = rename_keys(node_of(value, mark, written), steps, written)
            forgotten = forgotten_dates(node_at(tree, steps), node, steps)
            problems += Changes((dotted,), name).blamed([*renamed, *below, *forgotten])
            gone = [*_still_gone(gone, steps, node), *_dropped_by(tree, steps, node, f"{name} {dotted}")]
            tree = _changed(tree, steps, node)
        except ScenarioError as error:
            problems += Changes((dotted,), name).blamed(error.problems)
    if problems:
        raise ScenarioError(problems)
    return tree, tuple(gone)


def node_of(value: object, mark: Mark, path: Path = ()) -> TreeNode:
    """Return a Python value as a tree, with `mark` as every place.

    Raises
    ------
    ScenarioError
        If the value has a type that a scenario cannot hold.
    """
    if len(path) > _MAX_DEPTH:
        raise ScenarioError(
            [problem_at(mark, path[:1], f"maps and lists are nested more than {_MAX_DEPTH} deep")]
        )
    match value:
        case str():
            return Leaf(_clean(value, mark, path), mark)
        case None | bool():
            return Leaf(value, mark)
        case bytes() | bytearray() | memoryview():
            pass  # These are sequences of numbers, but nobody means one.
        case Integral():
            return Leaf(str(int(value)), mark)
        case Real():
            return Leaf(number_text(float(value)), mark)
        case dt.date():
            return Leaf(value.isoformat()[:10], mark)
        case Mapping():
            keys = {_clean(_key(key), mark, path): item for key, item in value.items()}
            nodes = {key: node_of(item, mark, (*path, key)) for key, item in keys.items()}
            return table({key: Entry(mark, node) for key, node in nodes.items()}, mark)
        case Sequence():
            return Row(tuple(node_of(item, mark, (*path, index)) for index, item in enumerate(value)), mark)
    raise ScenarioError(
        [problem_at(mark, path, f"a scenario cannot hold a value of type {type(value).__name__}")]
    )


def added_lookalikes(
    tree: Table, changes: Mapping[str, object], *, name: str, earlier: Sequence[Lookalike]
) -> list[Lookalike]:
    """Return the ids that changes, which can be made, add beside one that they resemble, and earlier ones.

    Parameters
    ----------
    tree
        The scenario before the changes.
    changes, name
        As for `override_tree`.
    earlier
        Those that were there before.
    """
    alike = [*earlier]
    for dotted, value in changes.items():
        steps, written = _steps(dotted, tree)
        change = _nested(steps, rename_keys(node_of(value, OVERRIDE_MARK, written), steps, written)[0])
        added = [replace(one, mark=Mark(f"{name} {dotted}")) for one in lookalikes(tree, change)]
        alike = [*still_alike(alike, change), *added]
    return alike


def steps_of(dotted: str, tree: Table) -> tuple[str, ...]:
    """Return the keys of a dotted path, in present words."""
    return _steps(dotted, tree)[0]


def _clean(text: str, mark: Mark, path: Path) -> str:
    """Return a text without a character that no file can hold.

    Raises
    ------
    ScenarioError
        If it has one.
    """
    stray = stray_character(text)
    if stray is not None:
        raise ScenarioError([problem_at(mark, path, f"{stray[1]} in {shown(text)}", found=text)])
    return text


def _key(key: object) -> str:
    return key.isoformat()[:10] if isinstance(key, dt.date) else str(key)


def _steps(dotted: str, tree: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split a dotted path; a key with a dot in it stays whole if the tree has it.

    Returns
    -------
    steps
        The keys of the path, with old keys replaced by the new ones.
    written
        The keys as written.
    """
    _clean(dotted, OVERRIDE_MARK, ())
    steps: list[str] = []
    written: list[str] = []
    node: TreeNode | None = tree
    rest = dotted
    while True:
        known = node.entries if isinstance(node, Table) else {}
        new, quoted = _new_selector(rest, steps, tree), rest.startswith('"')
        step, rest, more = _first_step(rest, {*known, new} if new else known.keys())
        if is_by_input(tuple(steps)) and more and step not in ANYWHERE and not quoted:
            step, rest, more = f"{step}.{rest}", "", False
        if not step:
            why = f"{shown(dotted)} is not a dotted path"
            raise ScenarioError([Problem(file=OVERRIDE_MARK.file, why=why, found=dotted)])
        written.append(step)
        step = new_key(tuple(steps), step)
        steps.append(step)
        if not more:
            return tuple(steps), tuple(written)
        node = known[step].node if step in known else None


def _renamed_steps(steps: Path, written: Path) -> Iterator[Problem]:
    """Yield a problem for each old key in a path."""
    for length in range(len(written)):
        yield from refusals(OVERRIDE_MARK, steps[:length], str(written[length]), written[: length + 1])


def _new_selector(rest: str, steps: Sequence[str], tree: Table) -> str:
    """Return the selector at the start of a path below a map of selectors; empty if there is none."""
    if not steps or steps[-1] not in _BY_SELECTOR:
        return ""
    names = names_of(tree)
    region, _, after = rest.partition(".")
    use = after.partition(".")[0]
    regions, uses = (*names["regions"], ANY), (*names["uses"], *names.classes, ANY)
    keys = keys_at(Content, (*steps, region))
    # One of the two may be misspelt, if the other is known and the word is no key of a policy.
    known = (region in regions or (bool(nearest(region, regions)) and use in uses)) and (
        use in uses or (bool(nearest(use, uses)) and not nearest(use, keys))
    )
    # The notes of a section are among its ids, but are no ids.
    return f"{region}.{use}" if known and not {region, use} & set(ANYWHERE) else ""


def _first_step(rest: str, known: Set[str]) -> tuple[str, str, bool]:
    """Return the first key of a path, the rest, and whether there is a rest."""
    if rest.startswith('"'):
        step, _, after = rest[1:].partition('"')
        return step, after[1:], after.startswith(".")
    whole = [key for key in known if rest == key or rest.startswith(f"{key}.")]
    step = max(whole, key=len) if whole else rest.partition(".")[0]
    return step, rest[len(step) + 1 :], len(rest) > len(step)


def _changed(tree: Table, steps: tuple[str, ...], value: TreeNode) -> Table:
    """Return a tree with `value` merged at a path; None deletes."""
    if isinstance(value, Leaf) and value.value is None and node_at(tree, steps) is None:
        _refuse_unknown(tree, steps)
        return tree
    changed = _put(tree, steps, value)
    assert isinstance(changed, Table), "the top level remains a map"
    return changed


def _refuse_unknown(tree: Table, steps: tuple[str, ...]) -> None:
    """Refuse to delete an unknown id, most likely a misspelling. A key of the format may be absent."""
    for length in range(len(known_part(tree, steps)), len(steps)):
        above, absent = steps[:length], steps[length]
        known = [*keys_at(Content, above), *ANYWHERE]
        if absent in known:
            continue
        below = node_at(tree, above)
        candidates = [*known, *(below.entries if isinstance(below, Table) else ())]
        why, close = f"there is no {shown(absent)} to delete", nearest(absent, candidates)
        raise ScenarioError(
            [problem_at(OVERRIDE_MARK, (*above, absent), why, found=absent, suggestion=close)]
        )


def _still_gone(gone: Sequence[Dropped], steps: Path, value: TreeNode) -> list[Dropped]:
    """Return what was dropped before, without what a change names; one that gives a timeline names it all."""
    return [one for one in still_dropped(gone, _nested(steps, value)) if one.path != steps]


def _dropped_by(tree: Table, steps: Path, value: TreeNode, by: str) -> list[Dropped]:
    """Return what a change drops; one by the path of a timeline, or of a date, says what it means."""
    if any(is_replaced(steps[:length]) for length in range(1, len(steps) + 1)):
        return []
    return [replace(one, mark=Mark(by)) for one in dropped(tree, _nested(steps, value))]


def _put(node: TreeNode | None, steps: Sequence[str], value: TreeNode, above: Path = ()) -> TreeNode:
    """Return the `node` at a path with `value` merged at `steps` below it."""
    entries = node.entries if isinstance(node, Table) else {}
    mark = node.mark if isinstance(node, Table) else value.mark
    key, *below = steps
    entry = entries.get(key)
    if key in PROVENANCE or (not below and isinstance(value, Leaf) and value.value is None):
        return merge(node, _nested(steps, value), above)
    at = (*above, key)
    old = written_out(entry.node, _nested(below, value), at) if entry else None
    new = _put(old, below, value, at) if below else merge(None if is_replaced(at) else old, value, at)
    key_mark = entry.key_mark if entry and below else value.mark
    return table({**entries, key: Entry(key_mark, new)}, mark)


def _nested(steps: Sequence[str | int], value: TreeNode) -> TreeNode:
    """Return a tree that holds only `value`, at `steps`."""
    for key in map(str, reversed(steps)):
        value = table({key: Entry(value.mark, value)}, value.mark)
    return value
