"""Where the arrays of a block of replications lie in memory, which decides how fast they are read.

Owns two rules. Neither changes a number; together they save 6 to 9 % of the time.

Large pages. An array (lane, replication) of 1,024 replications is 1.8 MB, or 450 pages of 4 KiB; a tick reads
more pages than a processor keeps the addresses of. numpy asks the system for large pages, but only where it
allocates 4 MiB and more at once. So arrays are cut from larger pieces.

Staggered beginnings. A row of 1,024 replications is 8 KiB, a multiple of what selects a line of the first
cache. If all arrays began at the same place of a page, the same replication of every row of every array would
compete for the same few lines. So some lines are left free between one array and the next.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import BoolArray, FloatArray

PIECE_BYTES = 1 << 24
"""Size of a piece of memory; only the pages that arrays touch are used."""

LINE_BYTES = 64
"""A line of the cache: each array begins with a new one."""

STAGGER_BYTES = 17 * LINE_BYTES
"""Left free after each array: an odd number of lines, so that beginnings repeat only after all places."""


class ArrayPool:
    """Makes the arrays (n, R) of one block of replications.

    Parameters
    ----------
    n_replications : int
        R.
    """

    def __init__(self, n_replications: int) -> None:
        self._n_replications = n_replications
        self._piece = np.empty(0, dtype=np.uint8)
        self._begin = 0

    def zeros(self, n_rows: int) -> FloatArray:
        """Return a new array (n_rows, R) of zeros."""
        return self._cut(n_rows, np.dtype(np.float64))

    def masks(self, n_rows: int) -> BoolArray:
        """Return a new array (n_rows, R) of False."""
        return self._cut(n_rows, np.dtype(np.bool_))

    def copy(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return a copy of an array (n, R), or the array itself if it is a column (n, 1)."""
        if values.shape[-1] != self._n_replications:
            return values
        copied = self._cut(len(values), values.dtype)
        copied[:] = values
        return copied

    def _cut(self, n_rows: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """Cut an array from the current piece, or from a new one that is large enough."""
        n_bytes = n_rows * self._n_replications * dtype.itemsize
        if self._begin + n_bytes > len(self._piece):
            self._piece = np.zeros(max(PIECE_BYTES, n_bytes + LINE_BYTES), dtype=np.uint8)
            self._begin = -self._piece.ctypes.data % LINE_BYTES
        array = self._piece[self._begin : self._begin + n_bytes].view(dtype)
        self._begin += n_bytes + -n_bytes % LINE_BYTES + STAGGER_BYTES
        return array.reshape(n_rows, self._n_replications)
