"""Numbers in rows and columns that are in memory where they fit, else in a file that nobody else sees.

A file is written and read row by row, so that memory holds only what is at work; mapped into memory it is an
array like others.
"""

from __future__ import annotations

import os
import tempfile
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]

MEMORY_BYTES = 256 * 2**20
"""Tables above this size lie in a file."""
_BYTES = np.dtype(np.float64).itemsize


class Table(Protocol):
    """Rows of numbers, (rows, columns)."""

    columns: int

    def write(self, row: int, first: int, values: FloatArray) -> None:
        """Write part of a row, from the column `first` on."""

    def row(self, row: int, count: int) -> FloatArray:
        """Return the first `count` numbers of a row."""

    def part(self, begin: int, end: int) -> FloatArray:
        """Return the rows [begin, end) as an array, without a copy."""


def table_of(rows: int, columns: int, scratch: str | os.PathLike[str] | None) -> Table:
    """Return an empty table of some size, in memory or in a file."""
    if rows * columns * _BYTES <= MEMORY_BYTES:
        return _InMemory(rows, columns)
    return _InFile(rows, columns, scratch)


class _InMemory:
    """A table that is an array."""

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
    """A table in a file without a name, which is gone with the last array that shows it."""

    def __init__(self, rows: int, columns: int, scratch: str | os.PathLike[str] | None) -> None:
        self.columns = columns
        # Without a buffer: what is written shows at once in the map.
        self._file = tempfile.TemporaryFile(buffering=0, dir=scratch)  # noqa: SIM115 - closed with its owner
        self._file.truncate(rows * columns * _BYTES)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()

    def write(self, row: int, first: int, values: FloatArray) -> None:
        # Not by the map: a full disk would then end the whole process.
        left = np.ascontiguousarray(values).view(np.uint8).data
        self._file.seek((row * self.columns + first) * _BYTES)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            why = f"no room for the metrics of all replications in a temporary file: {error.strerror}"
            raise OSError(error.errno, why) from error

    def row(self, row: int, count: int) -> FloatArray:
        values = np.empty(count)
        left = values.view(np.uint8).data
        self._file.seek(row * self.columns * _BYTES)
        while left:
            read = self._file.readinto(left)
            assert read, "a file as long as the table"
            left = left[read:]
        return values

    def part(self, begin: int, end: int) -> FloatArray:
        if begin == end:  # of which there is no map
            return np.empty((0, self.columns))
        # Whoever changes the array changes a copy of the page: results are as free to be changed as others.
        mapped = np.memmap(
            self._file,
            dtype=np.float64,
            mode="c",
            offset=begin * self.columns * _BYTES,
            shape=(end - begin, self.columns),
        )
        return np.asarray(mapped)
