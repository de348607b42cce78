"""Lay one tree over another.

A JSON merge patch (RFC 7396): maps merge key by key, ``null`` deletes, anything else replaces. Three things
are added: a ``timeline`` replaces as a whole, since its dates are one story; what is deleted takes with it
what ``source`` and ``assumed`` said of it; and where one text speaks of a whole map, texts for some of its
keys leave it standing for the others.
"""

from collections.abc import Collection, Iterator, Mapping

from diamondsim.errors import Problem, nearest, shown
from diamondsim.scenario.content import Content
from diamondsim.scenario.keys import keys_at
from diamondsim.scenario.tree import Entry, Leaf, Node, Path, Table, problem_at, table

REPLACED = "timeline"
"""Maps under this key replace instead of merging."""

PROVENANCE = ("source", "assumed")
"""Keys that say where the numbers beside them come from."""

ANYWHERE = (*PROVENANCE, "note")
"""Keys that any map may have."""


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
    if any(_by_key(patch.entries.get(name)) for name in PROVENANCE):
        entries = notes_by_key(entries, but=_annotated_keys(patch.entries))
    for key, entry in patch.entries.items():
        if _deletes(entry):
            entries.pop(key, None)
            _forget(entries, key)
            continue
        below = entries.get(key) if key != REPLACED else None
        entries[key] = Entry(entry.key_mark, merge(below.node if below else None, entry.node))
    return table(entries, patch.mark)


def idle_deletions(target: Node | None, patch: Node, path: Path = ()) -> Iterator[Problem]:
    """Yield a problem for every ``null`` in `patch` that has nothing to delete: most likely a slip.

    A key that the format knows may be absent: to make sure that it is is no slip.
    """
    if not isinstance(patch, Table):
        return
    below = target.entries if isinstance(target, Table) else {}
    for key, entry in patch.entries.items():
        if _deletes(entry):
            if key in below or key in (*keys_at(Content, path), *ANYWHERE):
                continue
            why = f"null deletes, but there is no {shown(key)} to delete"
            yield problem_at(entry.key_mark, (*path, key), why, found=key, suggestion=nearest(key, below))
        elif key != REPLACED:
            yield from idle_deletions(below[key].node if key in below else None, entry.node, (*path, key))


def notes_by_key(entries: Mapping[str, Entry], *, but: Collection[str] = ()) -> dict[str, Entry]:
    """Return the entries of a map in which no text speaks of the map, but the same text of each of its keys.

    Parameters
    ----------
    entries
        Of a map.
    but
        Keys of which such a text shall not speak any more.

    Returns
    -------
    dict
    """
    silent = {*ANYWHERE, *_annotated_keys(entries), *but}
    spelt = dict(entries)
    for name in PROVENANCE:
        said = entries.get(name)
        if said and isinstance(said.node, Leaf):
            texts = {key: Entry(said.key_mark, said.node) for key in entries if key not in silent}
            spelt[name] = Entry(said.key_mark, table(texts, said.node.mark))
    return spelt


def _annotated_keys(entries: Mapping[str, Entry]) -> set[str]:
    """Return the keys of a map that have a text of their own."""
    said = [entries[name].node for name in PROVENANCE if name in entries]
    return {key for node in said if isinstance(node, Table) for key in node.entries}


def _by_key(entry: Entry | None) -> bool:
    return entry is not None and isinstance(entry.node, Table)


def _deletes(entry: Entry) -> bool:
    return isinstance(entry.node, Leaf) and entry.node.value is None


def _forget(entries: dict[str, Entry], key: str) -> None:
    for name in PROVENANCE:
        said = entries.get(name)
        if said and isinstance(said.node, Table) and key in said.node.entries:
            rest = {other: entry for other, entry in said.node.entries.items() if other != key}
            entries[name] = Entry(said.key_mark, table(rest, said.node.mark))
