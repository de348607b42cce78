"""What a file drops without naming it, because its value replaces another as a whole.

Almost all maps merge, so a reader expects that what he does not write stays. Two kinds of map do not: a
timeline, and a map that the file above writes as one value, such as ``122 Mct/yr`` for ``{flow: ..., grades:
...}``. What drops out there without a word is likely to have been forgotten. To drop it on purpose, one names
it: ``2028-03-03: null``. A value that has always applied, in place of one by date, says that by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from diamondsim.errors import joined
from diamondsim.scenario.keys import key_for_short
from diamondsim.scenario.merge import ANYWHERE, is_replaced
from diamondsim.scenario.prices import ALWAYS
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Leaf, Mark, Path, Table, TreeNode, node_at, plain, problem_at


@dataclass(frozen=True, slots=True)
class Dropped:
    """Keys of a map that the value of another file replaces without naming them.

    Attributes
    ----------
    path
        Where both are in the scenario.
    keys
        Keys of the lower map that are gone; dates of a timeline.
    mark
        The place of the upper value.
    below
        The name of the lower file.
    written
        The upper value as a map that would keep the others; empty for a timeline.
    """

    path: Path
    keys: tuple[str, ...]
    mark: Mark
    below: str
    written: str = ""

    def __str__(self) -> str:
        gone = joined(self.keys)
        if self.written:
            of, null = "a map", "".join(f", {key}: null" for key in self.keys)
            way = f"write {self.written} to keep {gone}, or {self.written[:-1]}{null}}}"
        else:
            of, way = "the timeline", "write each date that stays, and null for one that goes"
            way += f" ({self.keys[0]}: null)"
        why = f"this replaces {of} of {self.below} without a word on {gone}: {way}"
        return str(problem_at(self.mark, self.path, why))


def dropped(target: TreeNode | None, patch: TreeNode, path: Path = ()) -> Iterator[Dropped]:
    """Yield what `patch` drops of `target` without naming it.

    Parameters
    ----------
    target
        The lower tree; None if there is none.
    patch
        The upper tree.
    path
        Where both are in a scenario.
    """
    if not isinstance(target, Table) or not isinstance(patch, Table):
        return
    for key, entry in patch.entries.items():
        below = target.entries.get(key)
        if below is None or key in ANYWHERE:
            continue
        at, node = (*path, key), entry.node
        if is_replaced(at):
            gone = _unnamed(below.node, node)
            if gone and isinstance(node, Table):
                yield Dropped(at, gone, entry.key_mark, below.key_mark.file)
        elif isinstance(node, Leaf) and node.value is not None:
            alone = key_for_short(Content, at)
            gone = () if alone in (None, ALWAYS) else _unnamed(below.node, None, but=alone)
            if gone:
                written = f"{{{alone}: {plain(node)}}}"
                yield Dropped(at, gone, entry.key_mark, below.key_mark.file, written)
        else:
            yield from dropped(below.node, node, at)


def still_dropped(earlier: Iterable[Dropped], patch: TreeNode) -> Iterator[Dropped]:
    """Yield what was dropped before and what `patch` does not name either."""
    for one in earlier:
        named = node_at(patch, one.path)
        keys = tuple(key for key in one.keys if not isinstance(named, Table) or key not in named.entries)
        if keys and not _deletes_above(patch, one.path):
            yield replace(one, keys=keys)


def _unnamed(below: TreeNode, above: TreeNode | None, but: str | None = None) -> tuple[str, ...]:
    """Return the keys of a lower map that an upper one does not have."""
    named = above.entries if isinstance(above, Table) else {}
    known = below.entries if isinstance(below, Table) else {}
    return tuple(key for key in known if key not in (*ANYWHERE, *named, but))


def _deletes_above(patch: TreeNode, path: Path) -> bool:
    nodes = (node_at(patch, path[:length]) for length in range(1, len(path) + 1))
    return any(isinstance(node, Leaf) and node.value is None for node in nodes)
