"""Keys that are indented too far or not far enough: one mistake that would cause many messages.

Owns finding them among the ids of a section and removing them before the rest is read.
"""

from diamondsim.errors import Problem, shown
from diamondsim.scenario.keys import keys_at
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Entry, Table, problem_at, table

_IDS_FROM = {"demand": "regions", "trade": "producers"}
"""Sections of numbers by id, and the sections that define these ids."""
_ANY_ID = "*"


def split_misindented(tree: Table) -> tuple[Table, list[Problem]]:
    """Separate the keys that are among the ids of a section because of a wrong indentation.

    Parameters
    ----------
    tree
        A resolved scenario, without notes.

    Returns
    -------
    tree
        The scenario without these keys.
    problems
        One for each of them.
    """
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    for section, entry in tree.entries.items():
        entries[section] = entry
        if not isinstance(entry.node, Table):
            continue
        kept: dict[str, Entry] = {}
        for key, below in entry.node.entries.items():
            why = _why(tree, section, key, below)
            if why is None:
                kept[key] = below
            else:
                problems.append(problem_at(below.key_mark, (section, key), why, found=key))
        if len(kept) < len(entry.node.entries):
            entries[section] = Entry(entry.key_mark, table(kept, entry.node.mark))
    return table(entries, tree.mark), problems


def _why(tree: Table, section: str, key: str, entry: Entry) -> str | None:
    """Return the problem with the indentation of an entry; None if there is none."""
    if keys_at(Content, (section,)):
        return None
    own = keys_at(Content, (section, _ANY_ID))
    fits = entry.node.entries.keys() & set(own) if isinstance(entry.node, Table) else ()
    empty = isinstance(entry.node, Table) and not entry.node.entries
    if fits or empty:
        # An id may have the name of a key; its content shows that it is an id.
        return None
    if key in Content.model_fields and (own or not _defined(tree, section, key)):
        return f"{shown(key)} is a top-level key, but here it is indented too far"
    if key in own:
        return f"{shown(key)} must be indented one step further, below an id of {shown(section)}"
    return None


def _defined(tree: Table, section: str, key: str) -> bool:
    defined = tree.entries.get(_IDS_FROM.get(section, ""))
    return defined is not None and isinstance(defined.node, Table) and key in defined.node.entries
