"""The metrics of all replications, in memory or, where they are large, in a temporary file.

Owns the storage. Each name has some rows of a table; the columns of the table are the replications. A file is
written and read row by row, so that only the rows in use are in memory; mapped into memory it is an array.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.results.grid_layout import GridLayout

MEMORY_BYTES = 256 * 2**20
"""Size in bytes above which a table is kept in a file."""
_BYTES = np.dtype(np.float64).itemsize


class Column(Sequence[FloatArray]):
    """The values of one metric, for each entity; read when needed."""

    def __init__(self, table: MetricTable, begin: int, layout: GridLayout, count: int) -> None:
        self._table = table
        self._begin = begin
        self._layout = layout
        self._count = count

    def __len__(self) -> int:
        return len(self._layout.cells)

    def __getitem__(self, entity: int) -> FloatArray:  # type: ignore[override]
        """Return the values of one entity, (R,)."""
        return self._table.row(self._begin + self._layout.cells[entity], self._count)

    @property
    def grid(self) -> FloatArray:
        """All values, (*shape, R), without a copy; NaN in the cells without an entity."""
        rows = self._table.part(self._begin, self._begin + self._layout.size)
        return rows[:, : self._count].reshape(*self._layout.shape, self._count)


class Columns(Mapping[str, Column]):
    """The metrics by name, in a table that grows with the replications.

    Parameters
    ----------
    layouts : mapping of str to GridLayout
        By name of the metric.
    scratch : path, optional
        Folder for the temporary file, if one is needed; by default the system's folder for temporary files.
    """

    def __init__(
        self, layouts: Mapping[str, GridLayout], *, scratch: str | os.PathLike[str] | None = None
    ) -> None:
        self._layouts = dict(layouts)
        self._scratch = scratch
        sizes = [layout.size for layout in self._layouts.values()]
        *begins, self._rows = np.cumsum([0, *sizes]).tolist()
        self._begins = dict(zip(self._layouts, begins, strict=True))
        self._table = make_table(self._rows, 0, scratch)
        self._count = 0

    @property
    def count(self) -> int:
        """Number of replications."""
        return self._count

    def reserve(self, replications: int) -> None:
        """Allocate memory for a number of replications, so that the table need not grow before."""
        if replications > self._table.columns:
            larger = make_table(self._rows, replications, self._scratch)
            for row in range(self._rows if self._count else 0):
                larger.write(row, 0, self._table.row(row, self._count))
            self._table = larger

    def put(self, first: int, block: Mapping[str, FloatArray]) -> None:
        """Write the replications from `first` on.

        Parameters
        ----------
        first : int
        block : dict of str to (entity, R) float array
            Of all metrics, all with the same replications.
        """
        count = next(iter(block.values())).shape[1]
        if first + count > self._table.columns:
            self.reserve(max(first + count, 2 * self._table.columns))
        empty = np.full(count, np.nan)
        for name, layout in self._layouts.items():
            entity_of = {row: entity for entity, row in enumerate(layout.cells)}
            for row in range(layout.size):
                values = block[name][entity_of[row]] if row in entity_of else empty
                self._table.write(self._begins[name] + row, first, values)
        self._count = max(self._count, first + count)

    def block(self) -> dict[str, FloatArray]:
        """Return copies of all values, as `put` takes them."""
        return {name: np.array([*column]).reshape(-1, self._count) for name, column in self.items()}

    def __getitem__(self, name: str) -> Column:
        return Column(self._table, self._begins[name], self._layouts[name], self._count)

    def __iter__(self) -> Iterator[str]:
        return iter(self._layouts)

    def __len__(self) -> int:
        return len(self._layouts)


class MetricTable(Protocol):
    """Rows of numbers, (rows, columns)."""

    columns: int

    def write(self, row: int, first: int, values: FloatArray) -> None:
        """Write part of a row, from the column `first` on."""

    def row(self, row: int, count: int) -> FloatArray:
        """Return the first `count` numbers of a row."""

    def part(self, begin: int, end: int) -> FloatArray:
        """Return the rows [begin, end) as an array, without a copy."""


def make_table(rows: int, columns: int, scratch: str | os.PathLike[str] | None) -> MetricTable:
    """Return an empty table of some size, in memory or in a file."""
    if rows * columns * _BYTES <= MEMORY_BYTES:
        return _InMemory(rows, columns)
    return _InFile(rows, columns, scratch)


class _InMemory:
    """A table in memory."""

    def __init__(self, rows: int, columns: int) -> None:
        self.columns = columns
        self._array = np.empty((rows, columns))

    def write(self, row: int, first: int, values: FloatArray) -> None:
        self._array[row, first : first + len(values)] = values

    def row(self, row: int, count: int) -> FloatArray:
        return self._array[row, :count]

    def part(self, begin: int, end: int) -> FloatArray:
        return self._array[begin:end]


class _InFile:
    """A table in an unnamed file, which is deleted with the last array that refers to it."""

    def __init__(self, rows: int, columns: int, scratch: str | os.PathLike[str] | None) -> None:
        self.columns = columns
        # Without a buffer: what is written is visible at once in the memory map.
        self._file = tempfile.TemporaryFile(buffering=0, dir=scratch)  # noqa: SIM115 - closed with its owner
        self._file.truncate(rows * columns * _BYTES)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()

    def write(self, row: int, first: int, values: FloatArray) -> None:
        # Not through the memory map: a full disk would then kill the whole process.
        left = np.ascontiguousarray(values).view(np.uint8).data
        self._file.seek((row * self.columns + first) * _BYTES)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            why = f"cannot write the metrics of all replications to a temporary file: {error.strerror}"
            raise OSError(error.errno, why) from error

    def row(self, row: int, count: int) -> FloatArray:
        values = np.empty(count)
        left = values.view(np.uint8).data
        self._file.seek(row * self.columns * _BYTES)
        while left:
            read = self._file.readinto(left)
            assert read, "the file is shorter than the table"
            left = left[read:]
        return values

    def part(self, begin: int, end: int) -> FloatArray:
        if begin == end:  # an empty range cannot be mapped
            return np.empty((0, self.columns))
        # Copy on write: the caller may change the array without changing the file.
        mapped = np.memmap(
            self._file,
            dtype=np.float64,
            mode="c",
            offset=begin * self.columns * _BYTES,
            shape=(end - begin, self.columns),
        )
        return np.asarray(mapped)
