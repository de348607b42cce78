"""The numbers and dates that a scenario gives, each with where it comes from and who wrote it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from diamondsim.distributions import Constant, Distribution
from diamondsim.scenario.merge import PROVENANCE, notes_by_key
from diamondsim.scenario.overrides import HERE
from diamondsim.scenario.provenance_notes import nearest_notes, split_notes
from diamondsim.scenario.tree import (
    Entry,
    Leaf,
    Path,
    Table,
    in_layer,
    known_part,
    node_at,
    path_text,
    table,
    written_mark,
)

_CHOICES = frozenset({"as_of", "horizon", "metrics", "reference_values"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number or a date that a scenario gives, with where it comes from.

    Attributes
    ----------
    path
        Where it stands; the name of its stream where it is uncertain.
    value
        In canonical units.
    source, assumed
        What is said of it; None where nothing is said. A number may have both.
    changed
        Whether it was written by a change of single values instead of a file.
    """

    path: str
    value: Distribution | float | dt.date
    source: str | None
    assumed: str | None
    changed: bool = False

    @property
    def uncertain(self) -> bool:
        """Whether it is drawn anew in each replication."""
        return isinstance(self.value, Distribution) and not isinstance(self.value, Constant)


def numbers(content: BaseModel, tree: Table) -> Iterator[Number]:
    """Yield the numbers and dates that a scenario gives, in the order written.

    Left out are those that choose what to compute rather than say how the world is: the horizon, the metrics,
    and what a check expects.

    Parameters
    ----------
    content
        What was read of the tree.
    tree
        The resolved scenario, with what is said.

    Yields
    ------
    Number
    """
    _, said, _ = split_notes(tree)
    for path, value in _values(content, ()):
        if path[0] not in _CHOICES:
            mark = written_mark(tree, path)
            source, assumed = nearest_notes(path, said, mark.layer)
            yield Number(path_text(path), value, source, assumed, mark.file == HERE.file)


def settled(content: BaseModel, tree: Table) -> Table:
    """Return the tree in one layer, with texts added so that the same is said of each number as before.

    Parameters
    ----------
    content, tree
        As for `numbers`.

    Returns
    -------
    Table
    """
    _, layered, _ = split_notes(tree)
    flat = in_layer(tree, 0)
    assert isinstance(flat, Table), "a map stays a map"
    _, said, _ = split_notes(flat)
    for path, _ in _values(content, ()):
        wanted = nearest_notes(path, layered, written_mark(tree, path).layer)
        if path[0] not in _CHOICES and nearest_notes(path, said, 0) != wanted:
            place = known_part(tree, path)
            flat = _with_texts(flat, place[:-1], str(place[-1]), wanted)
            _, said, _ = split_notes(flat)
    return flat


def _values(item: object, path: Path) -> Iterator[tuple[Path, Distribution | float | dt.date]]:
    if isinstance(item, Distribution | float | dt.date):
        yield path, item
    elif isinstance(item, BaseModel):
        for name, field in type(item).model_fields.items():
            if name in item.model_fields_set:
                yield from _values(getattr(item, name), (*path, field.alias or name))
    elif isinstance(item, Mapping):
        for key, value in item.items():
            place = (*path, key.isoformat() if isinstance(key, dt.date) else key)
            if isinstance(key, dt.date) and isinstance(value, Mapping):
                yield place, key
                if len(value) == 1:
                    continue  # A state alone under a date is a branch with 100 %, which nobody has written.
            yield from _values(value, place)


def _with_texts(tree: Table, path: Path, key: str, texts: tuple[str | None, str | None]) -> Table:
    """Return the tree with `texts`, a source and a reason, said of one key of the map at `path`."""
    here = node_at(tree, path)
    assert isinstance(here, Table), "numbers stand in maps"
    for_all = {name for name in PROVENANCE if _speaks_for_all(here, name)}
    words = {name: text for name, text in zip(PROVENANCE, texts, strict=True) if text}
    if not words:
        # An empty text says that nothing is known, lest what is said further up seem to hold.
        words = {min(PROVENANCE, key=lambda name: name in for_all): ""}
    entries = notes_by_key(here.entries) if for_all & words.keys() else dict(here.entries)
    for name in PROVENANCE:
        said = entries.get(name)
        old = said.node.entries if said and isinstance(said.node, Table) else {}
        new = {other: entry for other, entry in old.items() if other != key}
        if name in words:
            new[key] = Entry(here.mark, Leaf(words[name], here.mark))
        if new:
            entries[name] = Entry(here.mark, table(new, here.mark))
        elif old:
            del entries[name]
    changed = table(entries, here.mark)
    for depth in range(len(path) - 1, -1, -1):
        above, step = node_at(tree, path[:depth]), str(path[depth])
        assert isinstance(above, Table), "numbers stand in maps of maps"
        changed = table({**above.entries, step: Entry(above.entries[step].key_mark, changed)}, above.mark)
    return changed


def _speaks_for_all(here: Table, name: str) -> bool:
    return name in here.entries and isinstance(here.entries[name].node, Leaf)
