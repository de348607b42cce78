"""Notes that are meant as entries: a producer with the id ``source``, a stage called ``note``.

``source``, ``assumed`` and ``note`` are notes in every map, so that no entry can have one of them as its id.
Owns recognising an entry that has, so that it is reported once, and not as a note with a dozen wrong keys.
"""

from collections.abc import Iterator

from diamondsim.errors import NotationError, Problem, joined, shown
from diamondsim.scenario.keys import keys_at, metadata_at
from diamondsim.scenario.merge import ANYWHERE
from diamondsim.scenario.readers import Number
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Entry, Leaf, Path, Table, TreeNode, problem_at


def id_problem(path: Path, entry: Entry, about: Table) -> Problem | None:
    """Return the problem with a note that is meant as an entry; None if it is a note.

    Parameters
    ----------
    path
        Path of the note.
    entry
        The note.
    about
        The map that it is in.
    """
    if not _is_entry(path, entry.node, about):
        return None
    why = f"{shown(str(path[-1]))} cannot be an id, because in every map it is a note"
    return problem_at(
        entry.key_mark, path, why, found=str(path[-1]), allowed=f"any id but {joined(ANYWHERE)}"
    )


def _is_entry(path: Path, node: TreeNode, about: Table) -> bool:
    above = path[:-1]
    if not above or keys_at(Content, above):
        return False  # Its keys are those of the format, and not ids.
    if isinstance(node, Leaf):
        return isinstance(node.value, str) and any(_reads(number, node.value) for number in _numbers(path))
    if not isinstance(node, Table):
        return False
    of_entries = {*keys_at(Content, path)}
    for name, other in about.entries.items():
        if name not in ANYWHERE and isinstance(other.node, Table):
            of_entries |= other.node.entries.keys()
    return any(key in of_entries and key not in about.entries for key in node.entries)


def _numbers(path: Path) -> Iterator[Number]:
    return (item for item in metadata_at(Content, path) if isinstance(item, Number))


def _reads(number: Number, text: str) -> bool:
    try:
        number.read(text)
    except NotationError:
        return False
    return True
