"""What is kept of each replication: a table of numbers in memory or, where it is large, in a temporary file.

Owns where the numbers lie. Each name has some rows of the table; the replications are its columns.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.results.table import Table, table_of

FloatArray: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """Where the rows of one name go in a grid of entities.

    Attributes
    ----------
    shape : tuple of int
        Of the grid, such as (regions, uses).
    rows : tuple of int
        For each entity that is measured, its place in the flattened grid; the others stay NaN.
    """

    shape: tuple[int, ...]
    rows: tuple[int, ...]

    @property
    def size(self) -> int:
        """Rows of the grid."""
        return int(np.prod(self.shape))


class Column(Sequence[FloatArray]):
    """One name of a table: the numbers of each entity, read when asked for."""

    def __init__(self, table: Table, begin: int, place: Place, count: int) -> None:
        self._table = table
        self._begin = begin
        self._place = place
        self._count = count

    def __len__(self) -> int:
        return len(self._place.rows)

    def __getitem__(self, entity: int) -> FloatArray:  # type: ignore[override]
        """Return what was measured of one entity, (R,)."""
        return self._table.row(self._begin + self._place.rows[entity], self._count)

    @property
    def grid(self) -> FloatArray:
        """All numbers, (*shape, R): the table itself, not a copy; NaN where nothing is measured."""
        rows = self._table.part(self._begin, self._begin + self._place.size)
        return rows[:, : self._count].reshape(*self._place.shape, self._count)


class Columns(Mapping[str, Column]):
    """A table that grows with the replications.

    Parameters
    ----------
    places : mapping of str to Place
        Every name that blocks may have.
    scratch : path, optional
        Folder for the temporary file, should there be need for one; that of the machine by default.
    """

    def __init__(self, places: Mapping[str, Place], *, scratch: str | os.PathLike[str] | None = None) -> None:
        self._places = dict(places)
        self._scratch = scratch
        sizes = [place.size for place in self._places.values()]
        self._begins = dict(zip(self._places, np.cumsum([0, *sizes]).tolist(), strict=False))
        self._rows = sum(sizes)
        self._table = table_of(self._rows, 0, scratch)
        self._count = 0

    @property
    def count(self) -> int:
        """How many replications there are."""
        return self._count

    def reserve(self, replications: int) -> None:
        """Make room, so that the table need not grow before so many replications are there."""
        if replications > self._table.columns:
            larger = table_of(self._rows, replications, self._scratch)
            for row in range(self._rows if self._count else 0):
                larger.write(row, 0, self._table.row(row, self._count))
            self._table = larger

    def put(self, first: int, block: Mapping[str, FloatArray]) -> None:
        """Write the replications from `first` on.

        Parameters
        ----------
        first : int
        block : dict of str to (entity, R) float array
            Of every name, all with the same replications.
        """
        count = next(iter(block.values())).shape[1]
        if first + count > self._table.columns:
            self.reserve(max(first + count, 2 * self._table.columns))
        nothing = np.full(count, np.nan)
        for name, place in self._places.items():
            entity_of = {row: entity for entity, row in enumerate(place.rows)}
            for row in range(place.size):
                values = block[name][entity_of[row]] if row in entity_of else nothing
                self._table.write(self._begins[name] + row, first, values)
        self._count = max(self._count, first + count)

    def block(self) -> dict[str, FloatArray]:
        """Return all numbers as `put` takes them, in arrays of their own."""
        return {name: np.array([*column]).reshape(-1, self._count) for name, column in self.items()}

    def __getitem__(self, name: str) -> Column:
        return Column(self._table, self._begins[name], self._places[name], self._count)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
