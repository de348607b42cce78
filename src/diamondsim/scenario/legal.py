"""Whether the sentence on the legal state was written for the controls as they are.

``legal_state`` is a text, which nothing can check against the controls below it. Where those are changed
later, by a file laid on top or by a path, and it is not said anew, the top of the tree gets an ``outdated``
that says so. It is part of the tree, so that it survives writing and reading.
"""

from diamondsim.scenario.merge import ANYWHERE
from diamondsim.scenario.overrides import HERE
from diamondsim.scenario.tree import Entry, Leaf, Plain, Table, plain, table

OUTDATED = "outdated"
"""Key at the top: of a text of the scenario, why it may no longer hold."""

_STATE, _CONTROLS = "legal_state", "controls"


def outdated(tree: Table) -> str | None:
    """Return why the legal state of a resolved scenario may no longer hold; None where nothing says so."""
    entry = tree.entries.get(OUTDATED)
    if entry is None or not isinstance(entry.node, Table) or _STATE not in entry.node.entries:
        return None
    text = entry.node.entries[_STATE].node
    return text.value if isinstance(text, Leaf) and isinstance(text.value, str) else None


def mark_outdated(before: Table, after: Table, by: str) -> Table:
    """Return a tree that says so where its controls were changed but not its legal state.

    Parameters
    ----------
    before, after
        A resolved tree, and the same with something laid over it.
    by
        What was laid over it.

    Returns
    -------
    Table
        `after`, with or without a word on the legal state.
    """
    old, new = before.entries.get(_STATE), after.entries.get(_STATE)
    if old is None or new is None or new.node.mark.layer > old.node.mark.layer:
        # The sentence is new, and so nothing that was said of an old one holds.
        return _saying(after, None) if outdated(before) == outdated(after) else after
    if _said_apart(before, _CONTROLS) == _said_apart(after, _CONTROLS):
        return after
    known, file = outdated(after), old.node.mark.file
    origin = "an earlier change" if file == HERE.file else file.removesuffix(".yaml")
    text = f"{known}, {by}" if known else f"written for {origin}; the controls were changed since by {by}"
    return _saying(after, text)


def _saying(tree: Table, text: str | None) -> Table:
    entries = {key: entry for key, entry in tree.entries.items() if key != OUTDATED}
    if text is not None:
        said = table({_STATE: Entry(tree.mark, Leaf(text, tree.mark))}, tree.mark)
        entries[OUTDATED] = Entry(tree.mark, said)
    return table(entries, tree.mark)


def _said_apart(tree: Table, key: str) -> Plain:
    """Return what stands under a key, without what is said of it."""
    entry = tree.entries.get(key)
    return None if entry is None else _bare(plain(entry.node))


def _bare(node: Plain) -> Plain:
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if isinstance(node, dict):
        return {key: _bare(item) for key, item in node.items() if key not in ANYWHERE}
    return node
