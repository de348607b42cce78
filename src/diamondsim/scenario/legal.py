"""Whether the sentence on the legal state was written for the current controls.

``legal_state`` is text and cannot be checked against the controls. If the controls are changed later, by a
file that extends the scenario or by a path, and ``legal_state`` is not, the tree gets a top-level key
``outdated`` with the reason. It is part of the tree, so that it survives writing and reading.
"""

from diamondsim.scenario.merge import ANYWHERE
from diamondsim.scenario.overrides import OVERRIDE_MARK
from diamondsim.scenario.tree import Entry, Leaf, Plain, Table, plain, table

OUTDATED = "outdated"
"""Top-level key: for a text of the scenario, why it may no longer hold."""

_STATE, _CONTROLS = "legal_state", "controls"


def outdated(tree: Table) -> str | None:
    """Return why the legal state of a resolved scenario may no longer hold; None if it is up to date."""
    entry = tree.entries.get(OUTDATED)
    if entry is None or not isinstance(entry.node, Table) or _STATE not in entry.node.entries:
        return None
    text = entry.node.entries[_STATE].node
    return text.value if isinstance(text, Leaf) and isinstance(text.value, str) else None


def mark_outdated(before: Table, after: Table, by: str) -> Table:
    """Mark the legal state of a tree as outdated if its controls were changed but the legal state was not.

    Parameters
    ----------
    before, after
        A resolved tree, and the same tree with a change merged over it.
    by
        Name of the change.

    Returns
    -------
    Table
        `after`, with or without ``outdated``.
    """
    old, new = before.entries.get(_STATE), after.entries.get(_STATE)
    if old is None or new is None or new.node.mark.layer > old.node.mark.layer:
        # The sentence is new, so the reason for an old one no longer applies.
        return _with_outdated(after, None) if outdated(before) == outdated(after) else after
    if _without_notes(before, _CONTROLS) == _without_notes(after, _CONTROLS):
        return after
    known, file = outdated(after), old.node.mark.file
    origin = "an earlier change" if file == OVERRIDE_MARK.file else file.removesuffix(".yaml")
    text = f"{known}, {by}" if known else f"written for {origin}; the controls were changed since by {by}"
    return _with_outdated(after, text)


def _with_outdated(tree: Table, text: str | None) -> Table:
    entries = {key: entry for key, entry in tree.entries.items() if key != OUTDATED}
    if text is not None:
        reasons = table({_STATE: Entry(tree.mark, Leaf(text, tree.mark))}, tree.mark)
        entries[OUTDATED] = Entry(tree.mark, reasons)
    return table(entries, tree.mark)


def _without_notes(tree: Table, key: str) -> Plain:
    """Return the value of a key without its notes."""
    entry = tree.entries.get(key)
    return None if entry is None else _bare(plain(entry.node))


def _bare(node: Plain) -> Plain:
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if isinstance(node, dict):
        return {key: _bare(item) for key, item in node.items() if key not in ANYWHERE}
    return node
