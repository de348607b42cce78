"""Merge one tree over another.

This is a JSON merge patch (RFC 7396): maps merge key by key, ``null`` deletes, anything else replaces. There
are three additions: a ``timeline`` is replaced as a whole, because its dates belong together; deleting a key
also deletes its notes in ``source`` and ``assumed``; and notes for single keys override a note on the whole
map only for those keys.
"""

from collections.abc import Collection, Iterator, Mapping

from diamondsim.errors import Problem, nearest, shown
from diamondsim.scenario.keys import keys_at
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Entry, Leaf, Path, Table, TreeNode, problem_at, table

REPLACED = "timeline"
"""Maps under this key are replaced instead of merged."""

PROVENANCE = ("source", "assumed")
"""Keys with notes on the origin of the numbers beside them."""

ANYWHERE = (*PROVENANCE, "note")
"""Keys allowed in any map."""


def merge(target: TreeNode | None, patch: TreeNode) -> TreeNode:
    """Return `target` with `patch` merged over it; every key and value keeps its place.

    Parameters
    ----------
    target
        The lower tree; None if there is none.
    patch
        The upper tree.

    Returns
    -------
    Node
        The merged tree, without any ``null`` of the maps of the patch.
    """
    if not isinstance(patch, Table):
        return patch
    entries = dict(target.entries) if isinstance(target, Table) else {}
    if any(_by_key(patch.entries.get(name)) for name in PROVENANCE):
        entries = notes_by_key(entries, but=_annotated_keys(patch.entries))
    for key, entry in patch.entries.items():
        if _deletes(entry):
            entries.pop(key, None)
            _delete_notes(entries, key)
            continue
        below = entries.get(key) if key != REPLACED else None
        entries[key] = Entry(entry.key_mark, merge(below.node if below else None, entry.node))
    return table(entries, patch.mark)


def idle_deletions(target: TreeNode | None, patch: TreeNode, path: Path = ()) -> Iterator[Problem]:
    """Yield a problem for every ``null`` in `patch` that deletes an unknown id, most likely a misspelling.

    Deleting a key of the format that is absent is not a problem.
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
    """Return the entries of a map with each note on the whole map replaced by the same note on each key.

    Parameters
    ----------
    entries
        Entries of the map.
    but
        Keys that get no such note.

    Returns
    -------
    dict
    """
    without_note = {*ANYWHERE, *_annotated_keys(entries), *but}
    expanded = dict(entries)
    for name in PROVENANCE:
        note = entries.get(name)
        if note and isinstance(note.node, Leaf):
            texts = {key: Entry(note.key_mark, note.node) for key in entries if key not in without_note}
            expanded[name] = Entry(note.key_mark, table(texts, note.node.mark))
    return expanded


def _annotated_keys(entries: Mapping[str, Entry]) -> set[str]:
    """Return the keys of a map that have a note of their own."""
    notes = [entries[name].node for name in PROVENANCE if name in entries]
    return {key for node in notes if isinstance(node, Table) for key in node.entries}


def _by_key(entry: Entry | None) -> bool:
    return entry is not None and isinstance(entry.node, Table)


def _deletes(entry: Entry) -> bool:
    return isinstance(entry.node, Leaf) and entry.node.value is None


def _delete_notes(entries: dict[str, Entry], key: str) -> None:
    for name in PROVENANCE:
        note = entries.get(name)
        if note and isinstance(note.node, Table) and key in note.node.entries:
            rest = {other: entry for other, entry in note.node.entries.items() if other != key}
            entries[name] = Entry(note.key_mark, table(rest, note.node.mark))
