"""A scenario file as a tree in which every key and value has its place in the file.

Scalars remain text, which is interpreted where its kind is known. Only ``true``, ``false`` and ``null`` are
distinguished from text, because in YAML this depends on quotes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from diamondsim.errors import Problem
from diamondsim.scenario.fields import FrozenMap

Path = tuple[str | int, ...]
"""Keys and list indices from the top of the tree down: ``("controls", "cn_55", "grades", 0)``."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text; line and column count from 1, and are None outside files.

    `layer` is the number of the file among those merged over one another; a higher layer overrides a lower
    one.
    """

    file: str
    line: int | None = None
    column: int | None = None
    layer: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text, a truth value, or None for a written ``null``."""

    value: str | bool | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Row:
    """A list."""

    items: "tuple[TreeNode, ...]"
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """A value under a key, with the place of the key."""

    key_mark: Mark
    node: "TreeNode"


@dataclass(frozen=True, slots=True)
class Table:
    """A map, in the order in which its keys were written."""

    entries: Mapping[str, Entry]
    mark: Mark


TreeNode = Leaf | Row | Table
Plain = str | bool | None | list["Plain"] | dict[str, "Plain"]


def table(entries: Mapping[str, Entry], mark: Mark) -> Table:
    """Return an immutable map."""
    return Table(FrozenMap(entries), mark)


def plain(node: TreeNode) -> Plain:
    """Return the tree without its places.

    Examples
    --------
    >>> plain(table({"a": Entry(Mark("f"), Leaf("1 ct", Mark("f")))}, Mark("f")))
    {'a': '1 ct'}
    """
    match node:
        case Leaf(value):
            return value
        case Row(items):
            return [plain(item) for item in items]
        case Table(entries):
            return {key: plain(entry.node) for key, entry in entries.items()}


def in_layer(node: TreeNode, layer: int) -> TreeNode:
    """Return the tree with all places set to one layer."""
    match node:
        case Leaf(value, mark):
            return Leaf(value, replace(mark, layer=layer))
        case Row(items, mark):
            return Row(tuple(in_layer(item, layer) for item in items), replace(mark, layer=layer))
        case Table(entries, mark):
            moved = {
                key: Entry(replace(entry.key_mark, layer=layer), in_layer(entry.node, layer))
                for key, entry in entries.items()
            }
            return table(moved, replace(mark, layer=layer))


def top_layer(node: TreeNode) -> int:
    """Return the highest layer of a tree."""
    below: list[int] = []
    if isinstance(node, Row):
        below = [top_layer(item) for item in node.items]
    elif isinstance(node, Table):
        below = [max(entry.key_mark.layer, top_layer(entry.node)) for entry in node.entries.values()]
    return max([node.mark.layer, *below])


def written_mark(root: TreeNode, path: Path) -> Mark:
    """Return the place where the value at `path` was written; for a map, the place of its key."""
    mark, node = root.mark, root
    for step in path:
        below = child(node, step)
        if below is None:
            break
        mark, node = below.key_mark, below.node
    return node.mark if isinstance(node, Leaf) else mark


def key_mark(root: TreeNode, path: Path) -> Mark:
    """Return the place of the last key in `path`, or of the deepest key that exists."""
    mark = root.mark
    node: TreeNode | None = root
    for step in path:
        below = child(node, step)
        if below is None:
            break
        mark, node = below.key_mark, below.node
    return mark


def value_mark(root: TreeNode, path: Path) -> Mark:
    """Return the place of the value at `path`, or of the deepest value that exists."""
    node = node_at(root, known_part(root, path))
    assert node is not None, "the known part of a path exists"
    return node.mark


def known_part(root: TreeNode, path: Path) -> Path:
    """Return the longest leading part of `path` that exists."""
    for length in range(len(path), 0, -1):
        if node_at(root, path[:length]) is not None:
            return path[:length]
    return ()


def node_at(root: TreeNode, path: Path) -> TreeNode | None:
    """Return the node at `path`, or None."""
    node: TreeNode | None = root
    for step in path:
        below = child(node, step)
        if below is None:
            return None
        node = below.node
    return node


def child(node: TreeNode | None, step: str | int) -> Entry | None:
    """Return the entry of a key, or the item at a list index; None if there is none."""
    if isinstance(node, Table) and isinstance(step, str):
        return node.entries.get(step)
    if isinstance(node, Row) and isinstance(step, int) and step < len(node.items):
        return Entry(node.items[step].mark, node.items[step])
    return None


def leaves(node: TreeNode, path: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """Yield every leaf with its path, in file order."""
    match node:
        case Leaf():
            yield path, node
        case Row(items):
            for index, item in enumerate(items):
                yield from leaves(item, (*path, index))
        case Table(entries):
            for key, entry in entries.items():
                yield from leaves(entry.node, (*path, key))


def path_text(path: Sequence[str | int]) -> str:
    """Return a path as text.

    Examples
    --------
    >>> path_text(("controls", "cn_55", "grades", 0))
    'controls.cn_55.grades[0]'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def problem_at(
    mark: Mark,
    path: Sequence[str | int],
    why: str,
    *,
    found: str | None = None,
    allowed: str | None = None,
    suggestion: str | None = None,
) -> Problem:
    """Return a problem at a place in the tree."""
    return Problem(
        why=why,
        path=path_text(path),
        file=mark.file,
        line=mark.line,
        column=mark.column,
        found=found,
        allowed=allowed,
        suggestion=suggestion,
    )
