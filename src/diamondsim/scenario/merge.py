"""Merge one tree over another.

This is a JSON merge patch (RFC 7396): maps merge key by key, ``null`` deletes, anything else replaces. There
are five additions: a ``timeline`` is replaced as a whole, because its dates belong together; a single value
that is short for a map merges as that map; deleting a key also deletes its notes in ``source`` and
``assumed``; notes for single keys override a note on the whole map only for those keys; and a new ``title``
drops the ``description`` below it, which was written for another scenario.
"""

from collections.abc import Collection, Iterator, Mapping

from diamondsim.errors import Problem, joined, nearest, shown
from diamondsim.scenario.keys import key_for_short, keys_at
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Entry, Leaf, Path, Table, TreeNode, problem_at, table

_REPLACED = "timeline"
"""Maps under this key of the format are replaced instead of merged."""

PROVENANCE = ("source", "assumed")
"""Keys with notes on the origin of the numbers beside them."""

ANYWHERE = (*PROVENANCE, "note")
"""Keys allowed in any map."""


def merge(target: TreeNode | None, patch: TreeNode, path: Path = ()) -> TreeNode:
    """Return `target` with `patch` merged over it; every key and value keeps its place.

    Parameters
    ----------
    target
        The lower tree; None if there is none.
    patch
        The upper tree.
    path
        Where both are in a scenario, which tells keys of the format from ids.

    Returns
    -------
    Node
        The merged tree, without any ``null`` of the maps of the patch.
    """
    if not isinstance(patch, Table):
        return patch
    entries = dict(target.entries) if isinstance(target, Table) else {}
    if not path and "title" in patch.entries:
        entries.pop("description", None)
    if any(_by_key(patch.entries.get(name)) for name in PROVENANCE):
        entries = notes_by_key(entries, but=_annotated_keys(patch.entries))
    for key, entry in patch.entries.items():
        if _deletes(entry):
            entries.pop(key, None)
            _delete_notes(entries, key)
            continue
        at = (*path, key)
        below = None if is_replaced(at) else entries.get(key)
        lower = written_out(below.node, entry.node, at) if below else None
        entries[key] = Entry(entry.key_mark, merge(lower, entry.node, at))
    return table(entries, patch.mark)


def written_out(target: TreeNode, patch: TreeNode, path: Path) -> TreeNode:
    """Return a value at a path as a map, if it is short for one and a map is merged over it."""
    key = key_for_short(Content, path) if isinstance(target, Leaf) and isinstance(patch, Table) else None
    return target if key is None else table({key: Entry(target.mark, target)}, target.mark)


def is_replaced(path: Path) -> bool:
    """Tell whether the map at a path is replaced as a whole: a timeline, not what has the id `timeline`."""
    return path[-1:] == (_REPLACED,) and _REPLACED in keys_at(Content, path[:-1])


def deletions(patch: TreeNode, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each ``null`` in the maps of a tree."""
    for key, entry in patch.entries.items() if isinstance(patch, Table) else ():
        if _deletes(entry):
            yield (*path, key)
        else:
            yield from deletions(entry.node, (*path, key))


def idle_deletions(
    target: TreeNode | None, patch: TreeNode, path: Path = (), *, deleted: Collection[Path] = ()
) -> Iterator[Problem]:
    """Yield a problem for every ``null`` in `patch` that deletes an unknown id, most likely a misspelling.

    Deleting a key of the format that is absent is not a problem, nor is deleting again what is `deleted`: two
    files that leave out the same thing can be combined.
    """
    if not isinstance(patch, Table):
        return
    below = target.entries if isinstance(target, Table) else {}
    for key, entry in patch.entries.items():
        at = (*path, key)
        if _deletes(entry):
            if key in below or at in deleted or key in (*keys_at(Content, path), *ANYWHERE):
                continue
            why = f"null deletes, but there is no {shown(key)} to delete"
            yield problem_at(entry.key_mark, at, why, found=key, suggestion=nearest(key, below))
            continue
        lower = written_out(below[key].node, entry.node, at) if key in below else None
        yield from idle_deletions(lower, entry.node, at, deleted=deleted)


def forgotten_dates(target: TreeNode | None, patch: TreeNode, path: Path = ()) -> Iterator[Problem]:
    """Yield a problem for each timeline in `patch` that deletes a date and does not name all others.

    Whoever deletes one date expects the others to stay, but a timeline is replaced as a whole.
    """
    if not isinstance(patch, Table):
        return
    below = target.entries if isinstance(target, Table) else {}
    if is_replaced(path):
        deleted = [key for key, entry in patch.entries.items() if _deletes(entry)]
        others = [key for key in below if key not in (*patch.entries, *ANYWHERE)]
        if deleted and others:
            why = (
                "a timeline is replaced as a whole: write all dates that stay, and null for those that go; "
                f"found neither for {joined(others)}"
            )
            yield problem_at(patch.entries[deleted[0]].key_mark, (*path, deleted[0]), why, found=deleted[0])
        return
    for key, entry in patch.entries.items():
        yield from forgotten_dates(below[key].node if key in below else None, entry.node, (*path, key))


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
