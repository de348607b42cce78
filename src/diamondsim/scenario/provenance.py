"""The numbers and dates of a scenario, each with its notes and whether a change wrote it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from diamondsim.distributions import Constant, Distribution
from diamondsim.scenario.keys import metadata_at
from diamondsim.scenario.merge import PROVENANCE, notes_by_key
from diamondsim.scenario.overrides import OVERRIDE_MARK
from diamondsim.scenario.provenance_notes import nearest_notes, split_notes
from diamondsim.scenario.readers import Number, canonical_text, grade_unit_of
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
from diamondsim.units import Kind, canonical_unit

_CHOICES = frozenset({"as_of", "horizon", "metrics", "reference_values", "published_totals"})


@dataclass(frozen=True, slots=True)
class StatedNumber:
    """A number or a date of a scenario, with its origin.

    Attributes
    ----------
    path
        Its dotted path; the name of the input if it is uncertain.
    value
        In canonical units.
    source, assumed
        Its notes; None if there is none. A number may have both.
    changed
        Whether it was written by a change of single values instead of a file.
    text
        As written; a date in ISO 8601.
    unit
        Canonical unit of `value`, such as ``days``, ``ct/day`` or ``/yr``; "" where there is none.
    """

    path: str
    value: Distribution | float | dt.date
    source: str | None
    assumed: str | None
    changed: bool = False
    text: str = ""
    unit: str = ""

    @property
    def basis(self) -> str:
        """``sourced``, ``assumed`` (also where a source covers only a part), or ``none``."""
        return "assumed" if self.assumed else "sourced" if self.source else "none"

    @property
    def uncertain(self) -> bool:
        """Whether it is drawn in each replication."""
        return isinstance(self.value, Distribution) and not isinstance(self.value, Constant)


def numbers(content: BaseModel, tree: Table) -> Iterator[StatedNumber]:
    """Yield the numbers and dates of a scenario, in file order.

    Numbers that define the computation rather than the modelled system are omitted: the horizon, the metrics,
    the reference values and the published totals.

    Parameters
    ----------
    content
        The content read from the tree.
    tree
        The resolved scenario, with its notes.

    Yields
    ------
    StatedNumber
    """
    _, notes, _ = split_notes(tree)
    for path, value in _values(content, ()):
        if path[0] not in _CHOICES:
            mark = written_mark(tree, path)
            source, assumed = nearest_notes(path, notes, mark.layer)
            text = _written(tree, path, value)
            yield StatedNumber(
                path=path_text(path),
                value=value,
                source=source,
                assumed=assumed,
                changed=mark.file == OVERRIDE_MARK.file,
                text=text,
                unit="" if isinstance(value, dt.date) else _unit(content, path, text),
            )


def _written(tree: Table, path: Path, value: Distribution | float | dt.date) -> str:
    """Return a number as the file has it."""
    node = node_at(tree, path)
    if isinstance(node, Leaf) and isinstance(node.value, str):
        return node.value
    return value.isoformat() if isinstance(value, dt.date) else canonical_text(value)


def _unit(content: BaseModel, path: Path, text: str) -> str:
    """Return the canonical unit of a number; that of the grade's unit in which it is written."""
    kinds = [item.kind for item in metadata_at(type(content), path) if isinstance(item, Number)]
    if not kinds:
        return ""
    return canonical_unit(kinds[0], grade_unit_of(text, kinds[0]))


def durations(content: BaseModel) -> Iterator[tuple[Path, Distribution]]:
    """Yield the durations of a scenario with their paths, in file order, as `numbers` does."""
    for path, value in _values(content, ()):
        kinds = [item.kind for item in metadata_at(type(content), path) if isinstance(item, Number)]
        if Kind.DURATION in kinds and path[0] not in _CHOICES and isinstance(value, Distribution | float):
            yield path, Constant(value) if isinstance(value, float) else value


def settled(content: BaseModel, tree: Table) -> Table:
    """Return the tree in one layer, with notes added so that each number keeps the notes that apply to it.

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
    notes = dict(split_notes(flat)[1])
    for path, _ in _values(content, ()):
        expected = nearest_notes(path, layered, written_mark(tree, path).layer)
        if path[0] not in _CHOICES and nearest_notes(path, notes, 0) != expected:
            *above, key = known_part(tree, path)
            parent = tuple(above)
            flat = _with_notes(flat, parent, str(key), expected)
            # No other map has changed; reading them all again for each number would take seconds.
            changed = node_at(flat, parent)
            assert isinstance(changed, Table), "numbers are in maps"
            notes.pop(parent, None)
            notes.update(split_notes(changed, parent)[1])
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
                    # A single state is a branch of 100 %, which is not a number of the file.
                    continue
            yield from _values(value, place)


def _with_notes(tree: Table, path: Path, key: str, texts: tuple[str | None, str | None]) -> Table:
    """Return the tree with `texts`, a source and a reason, as the notes on one key of the map at `path`."""
    parent = node_at(tree, path)
    assert isinstance(parent, Table), "numbers are in maps"
    for_all = {name for name in PROVENANCE if _is_for_all(parent, name)}
    words = {name: text for name, text in zip(PROVENANCE, texts, strict=True) if text}
    if not words:
        # Empty text cancels the notes further up.
        words = {min(PROVENANCE, key=lambda name: name in for_all): ""}
    entries = notes_by_key(parent.entries) if for_all & words.keys() else dict(parent.entries)
    for name in PROVENANCE:
        note = entries.get(name)
        old = note.node.entries if note and isinstance(note.node, Table) else {}
        new = {other: entry for other, entry in old.items() if other != key}
        if name in words:
            new[key] = Entry(parent.mark, Leaf(words[name], parent.mark))
        if new:
            entries[name] = Entry(parent.mark, table(new, parent.mark))
        elif old:
            del entries[name]
    changed = table(entries, parent.mark)
    for depth in range(len(path) - 1, -1, -1):
        above, step = node_at(tree, path[:depth]), str(path[depth])
        assert isinstance(above, Table), "maps of numbers are in maps"
        changed = table({**above.entries, step: Entry(above.entries[step].key_mark, changed)}, above.mark)
    return changed


def _is_for_all(parent: Table, name: str) -> bool:
    return name in parent.entries and isinstance(parent.entries[name].node, Leaf)
