"""What ``source``, ``assumed`` and ``note`` say of the numbers of a scenario.

Any map may carry these keys. Owns taking them out before the rest is read, and finding what holds for a
number: the nearest that is said, upwards from the number; at each step a text under the number's own key
before one for the whole map. What was written before a number knows nothing of it: a text holds only for
numbers of its own layer and of those below.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from diamondsim.errors import Problem
from diamondsim.scenario.frozen import FrozenMap
from diamondsim.scenario.legal import OUTDATED
from diamondsim.scenario.merge import ANYWHERE, PROVENANCE
from diamondsim.scenario.messages import unknown_word
from diamondsim.scenario.tree import Entry, Leaf, Node, Path, Row, Table, problem_at, table

NOTE = "note"


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and the layer in which it was written; an empty one takes back what is said further up."""

    text: str
    layer: int


Said = Mapping[str, Text | Mapping[str, Text]]
"""What one map says: ``source`` and ``assumed``, a text for all of it or texts by key."""


def split_notes(tree: Table) -> tuple[Table, Mapping[Path, Said], list[Problem]]:
    """Separate what is said of numbers from the numbers.

    Returns
    -------
    tree
        Without ``source``, ``assumed``, ``note`` and, at the top, ``outdated``.
    said
        By the path of the map that said it.
    problems
        Where one of these is neither a text nor a map of texts, or speaks of a key that is not there.
    """
    said: dict[Path, Said] = {}
    problems: list[Problem] = []
    bare = _without(tree, (), said, problems)
    assert isinstance(bare, Table), "a map stays a map"
    return bare, FrozenMap(said), problems


def nearest_notes(path: Path, said: Mapping[Path, Said], layer: int) -> tuple[str | None, str | None]:
    """Return what is said of a number, as its source and as the reason why it is assumed.

    Parameters
    ----------
    path
        Where the number stands.
    said
        From `split_notes`.
    layer
        In which it was written; what lower ones say does not hold for it.

    Returns
    -------
    source, assumed
        None where nothing is said.
    """
    for length in range(len(path) - 1, -1, -1):
        here = said.get(path[:length], {})
        key = str(path[length])
        by_key = {
            name: texts[key] for name, texts in here.items() if not isinstance(texts, Text) and key in texts
        }
        for_all = {name: text for name, text in here.items() if isinstance(text, Text)}
        for found in (by_key, for_all):
            holds = {name: text.text for name, text in found.items() if text.layer >= layer}
            if holds:
                return holds.get("source") or None, holds.get("assumed") or None
    return None, None


def _without(node: Node, path: Path, said: dict[Path, Said], problems: list[Problem]) -> Node:
    if isinstance(node, Row):
        items = [_without(item, (*path, place), said, problems) for place, item in enumerate(node.items)]
        return Row(tuple(items), node.mark)
    if isinstance(node, Leaf):
        return node
    here: dict[str, Text | Mapping[str, Text]] = {}
    rest: dict[str, Entry] = {}
    for key, entry in node.entries.items():
        if key not in ANYWHERE and (path or key != OUTDATED):
            rest[key] = Entry(entry.key_mark, _without(entry.node, (*path, key), said, problems))
            continue
        read = _read(entry.node, (*path, key), node, problems)
        if read is not None and key in PROVENANCE:
            here[key] = read
    if here:
        said[path] = FrozenMap(here)
    return table(rest, node.mark)


def _read(node: Node, path: Path, about: Table, problems: list[Problem]) -> Text | Mapping[str, Text] | None:
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
                problems.append(problem_at(entry.node.mark, (*path, key), "a text is wanted"))
        return FrozenMap(texts)
    shapes = {NOTE: "a text", OUTDATED: "a map from a key to a text"}
    wanted = shapes.get(str(path[-1]), "a text, or a map from a key to a text,")
    problems.append(problem_at(node.mark, path, f"{wanted} is wanted"))
    return None
