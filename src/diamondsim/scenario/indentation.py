"""Keys that are indented too far or not far enough: one mistake that would cause many messages.

Owns finding them among the ids of a section and removing them before the rest is read.
"""

from collections.abc import Collection

from diamondsim.errors import Problem, shown
from diamondsim.scenario.keys import keys_at
from diamondsim.scenario.renamed import new_key, problem_of_name
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Entry, Table, table

_IDS_FROM = {"demand": "regions", "trade": "producers"}
"""Sections of numbers by id, and the sections that define these ids."""
_KEYS_FROM = {"legal_states": "controls"}
"""Sections whose ids have maps with ids as keys, and the sections that define these keys."""
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
            problem = _problem(tree, section, key, below)
            if problem is None:
                kept[key] = below
            else:
                problems.append(problem)
        if len(kept) < len(entry.node.entries):
            entries[section] = Entry(entry.key_mark, table(kept, entry.node.mark))
    return table(entries, tree.mark), problems


def _problem(tree: Table, section: str, key: str, entry: Entry) -> Problem | None:
    """Return the problem with the indentation of an entry; None if there is none."""
    if keys_at(Content, (section,)):
        return None
    own = keys_at(Content, (section, _ANY_ID))
    keys = {*own, *_ids(tree, _KEYS_FROM.get(section, ""))}
    fits = entry.node.entries.keys() & keys if isinstance(entry.node, Table) else ()
    empty = isinstance(entry.node, Table) and not entry.node.entries
    if fits or empty:
        # An id may have the name of a key; its content shows that it is an id.
        return None
    top, below = new_key((), key), new_key((section, _ANY_ID), key)
    if top in Content.model_fields and (own or key not in _ids(tree, _IDS_FROM.get(section, ""))):
        current, why = top, "is a top-level key, but here it is indented too far"
    elif below in own:
        current, why = below, f"must be indented one step further, below an id of {shown(section)}"
    else:
        return None
    return problem_of_name(entry.key_mark, (section, key), f"{shown(key)} {why}", key, current)


def _ids(tree: Table, section: str) -> Collection[str]:
    """Return the ids that a section defines."""
    entry = tree.entries.get(section)
    return entry.node.entries if entry is not None and isinstance(entry.node, Table) else ()
