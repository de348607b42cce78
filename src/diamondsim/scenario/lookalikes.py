"""Ids that a file or a change adds beside one that they resemble, most likely a misspelling of it.

Ids are free, so nothing refuses ``stages: {constrution: 20 months}``: a plant gets a stage more, and opens
later.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from diamondsim.errors import nearest, shown
from diamondsim.scenario.keys import defines_ids
from diamondsim.scenario.merge import ANYWHERE
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Leaf, Mark, Path, Table, TreeNode, node_at, problem_at

_SLIP = 0.85
"""Similarity from which an id counts as a misspelling; `kr_makers` and `rw_makers`, at 0.78, are two."""


@dataclass(frozen=True, slots=True)
class Lookalike:
    """An id that is new beside one which it resembles.

    Attributes
    ----------
    path
        Where the new id is.
    near
        The id below that it resembles.
    mark
        The place of the new id.
    """

    path: Path
    near: str
    mark: Mark

    def __str__(self) -> str:
        new, near = shown(str(self.path[-1])), shown(self.near)
        why = f"this adds {new}, which looks like {near}; if both are meant, write both here"
        return str(problem_at(self.mark, self.path, why))


def lookalikes(target: TreeNode | None, patch: TreeNode, path: Path = ()) -> Iterator[Lookalike]:
    """Yield the ids that `patch` adds to `target` beside one that they resemble and that it does not name.

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
    others = [key for key in target.entries if key not in (*patch.entries, *ANYWHERE)]
    for key, entry in patch.entries.items():
        if key in target.entries:
            yield from lookalikes(target.entries[key].node, entry.node, (*path, key))
        elif key not in ANYWHERE and defines_ids(Content, path):
            near = nearest(key, (other for other in others if not _only_numbers_differ(key, other)), _SLIP)
            if near is not None:
                yield Lookalike((*path, key), near, entry.key_mark)


def still_alike(earlier: Iterable[Lookalike], patch: TreeNode) -> Iterator[Lookalike]:
    """Yield those of earlier layers of which `patch` neither deletes one nor names both."""
    for one in earlier:
        above = node_at(patch, one.path[:-1])
        named = above.entries if isinstance(above, Table) else {}
        pair = [named.get(str(key)) for key in (one.path[-1], one.near)]
        gone = any(entry is not None and _deletes(entry.node) for entry in pair)
        if not gone and not all(pair) and not _deletes(above):
            yield one


def _deletes(node: TreeNode | None) -> bool:
    return isinstance(node, Leaf) and node.value is None


def _only_numbers_differ(one: str, other: str) -> bool:
    # Another number is no slip: it is another announcement, line or year.
    return re.sub("[0-9]", "", one) == re.sub("[0-9]", "", other)
