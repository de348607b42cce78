"""The notes ``source``, ``assumed`` and ``note`` on the numbers of a scenario.

Any map may have these keys. Owns separating them before the rest is read, and finding the note that applies
to a number: the nearest one, going up from the number; in each map a note on the key itself before one on the
whole map. A note applies only to numbers of its own layer and of lower ones, because a note cannot describe a
number that was written later.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from diamondsim.errors import Problem, found_text
from diamondsim.scenario.fields import FrozenMap
from diamondsim.scenario.legal import OUTDATED
from diamondsim.scenario.merge import ANYWHERE, PROVENANCE
from diamondsim.scenario.messages import unknown_word
from diamondsim.scenario.note_ids import id_problem
from diamondsim.scenario.tree import Entry, Leaf, Path, Row, Table, TreeNode, plain, problem_at, table

NOTE = "note"


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a note, and its layer; empty text cancels the notes further up."""

    text: str
    layer: int


Notes = Mapping[str, Text | Mapping[str, Text]]
"""The notes of one map: for ``source`` and ``assumed`` a text for the whole map, or texts by key."""


def split_notes(tree: Table, at: Path = ()) -> tuple[Table, Mapping[Path, Notes], list[Problem]]:
    """Separate the notes of a scenario from its numbers.

    Parameters
    ----------
    tree
        The scenario, or one map of it.
    at
        Path of that map.

    Returns
    -------
    tree
        The tree without ``source``, ``assumed``, ``note`` and, at the top level, ``outdated``.
    notes
        Notes by the path of their map.
    problems
        Notes that are neither text nor a map of texts, or are about a key that does not exist.
    """
    notes: dict[Path, Notes] = {}
    problems: list[Problem] = []
    bare = _without(tree, at, notes, problems)
    assert isinstance(bare, Table), "a map stays a map"
    return bare, FrozenMap(notes), problems


def nearest_notes(path: Path, notes: Mapping[Path, Notes], layer: int) -> tuple[str | None, str | None]:
    """Return the notes on a number: its source, and the reason why it is assumed.

    Parameters
    ----------
    path
        Path of the number.
    notes
        From `split_notes`.
    layer
        Layer of the number; notes of lower layers do not apply to it.

    Returns
    -------
    source, assumed
        None if there is none.
    """
    for length in range(len(path) - 1, -1, -1):
        of_map = notes.get(path[:length], {})
        key = str(path[length])
        by_key = {
            name: texts[key] for name, texts in of_map.items() if not isinstance(texts, Text) and key in texts
        }
        for_all = {name: text for name, text in of_map.items() if isinstance(text, Text)}
        for candidates in (by_key, for_all):
            valid = {name: text.text for name, text in candidates.items() if text.layer >= layer}
            if valid:
                return valid.get("source") or None, valid.get("assumed") or None
    return None, None


def _without(node: TreeNode, path: Path, notes: dict[Path, Notes], problems: list[Problem]) -> TreeNode:
    if isinstance(node, Row):
        items = [_without(item, (*path, index), notes, problems) for index, item in enumerate(node.items)]
        return Row(tuple(items), node.mark)
    if isinstance(node, Leaf):
        return node
    of_map: dict[str, Text | Mapping[str, Text]] = {}
    rest: dict[str, Entry] = {}
    for key, entry in node.entries.items():
        if key not in ANYWHERE and (path or key != OUTDATED):
            rest[key] = Entry(entry.key_mark, _without(entry.node, (*path, key), notes, problems))
            continue
        meant_as_id = id_problem((*path, key), entry, node)
        if meant_as_id is not None:
            problems.append(meant_as_id)
            continue
        read = _read(entry.node, (*path, key), node, problems)
        if read is not None and key in PROVENANCE:
            of_map[key] = read
    if of_map:
        notes[path] = FrozenMap(of_map)
    return table(rest, node.mark)


def _read(
    node: TreeNode, path: Path, about: Table, problems: list[Problem]
) -> Text | Mapping[str, Text] | None:
    if isinstance(node, Leaf) and isinstance(node.value, str) and path[-1] != OUTDATED:
        return Text(node.value, node.mark.layer)
    if isinstance(node, Table) and path[-1] != NOTE:
        texts: dict[str, Text] = {}
        for key, entry in node.entries.items():
            if key not in about.entries:
                keys = [known for known in about.entries if known not in ANYWHERE]
                problems.append(unknown_word(entry.key_mark, (*path, key), "key", key, keys))
            elif isinstance(entry.node, Leaf) and isinstance(entry.node.value, str):
                texts[key] = Text(entry.node.value, entry.node.mark.layer)
            else:
                problems.append(
                    problem_at(entry.node.mark, (*path, key), f"expected text, found {_found(entry.node)}")
                )
        return FrozenMap(texts)
    shapes = {NOTE: "text", OUTDATED: "a map from keys to text"}
    expected = shapes.get(str(path[-1]), "text, or a map from keys to text")
    problems.append(problem_at(node.mark, path, f"expected {expected}, found {_found(node)}"))
    return None


def _found(node: TreeNode) -> str:
    return found_text(plain(node))
