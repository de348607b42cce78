"""Lay one tree over another.

A JSON merge patch (RFC 7396): maps merge key by key, ``null`` deletes, anything else replaces. Two things are
added: a ``timeline`` replaces as a whole, since its dates are one story; and what is deleted
takes with it what ``source`` and ``assumed`` said of it.
"""

from collections.abc import Iterator

from diamondsim.errors import Problem, nearest, shown
from diamondsim.scenario.tree import Entry, Leaf, Node, Path, Table, problem_at, table

REPLACED = "timeline"
"""Maps under this key replace instead of merging."""

PROVENANCE = ("source", "assumed")
"""Keys that say where the numbers beside them come from."""


def merge(target: Node | None, patch: Node) -> Node:
    """Return `target` with `patch` laid over it; every key and value keeps its place.

    Parameters
    ----------
    target
        What lies below; None for nothing.
    patch
        What is laid over it.

    Returns
    -------
    Node
        Without any ``null`` that stood in a map of the patch.
    """
    if not isinstance(patch, Table):
        return patch
    entries = dict(target.entries) if isinstance(target, Table) else {}
    for key, entry in patch.entries.items():
        if _deletes(entry):
            entries.pop(key, None)
            _forget(entries, key)
            continue
        below = entries.get(key) if key != REPLACED else None
        entries[key] = Entry(entry.key_mark, merge(below.node if below else None, entry.node))
    return table(entries, patch.mark)


def idle_deletions(target: Node | None, patch: Node, path: Path = ()) -> Iterator[Problem]:
    """Yield a problem for every ``null`` in `patch` that has nothing to delete: most likely a slip."""
    if not isinstance(patch, Table):
        return
    below = target.entries if isinstance(target, Table) else {}
    for key, entry in patch.entries.items():
        if _deletes(entry) and key not in below:
            why = f"null deletes, but there is no {shown(key)} to delete"
            yield problem_at(entry.key_mark, (*path, key), why, found=key, suggestion=nearest(key, below))
        elif key != REPLACED:
            yield from idle_deletions(below[key].node if key in below else None, entry.node, (*path, key))


def _deletes(entry: Entry) -> bool:
    return isinstance(entry.node, Leaf) and entry.node.value is None


def _forget(entries: dict[str, Entry], key: str) -> None:
    for name in PROVENANCE:
        said = entries.get(name)
        if said and isinstance(said.node, Table) and key in said.node.entries:
            rest = {other: entry for other, entry in said.node.entries.items() if other != key}
            entries[name] = Entry(said.key_mark, table(rest, said.node.mark))
