"""Streams of uniforms: one for each name, the same bits everywhere.

Owns how (seed, name, block, row) becomes 1,024 uniforms. A stream is the counter-based generator
Philox4x64-10 whose key is made of the seed and the name. The upper word of its counter is the number of the
block of replications, the lower words count *rows* of 1,024 words. A quantity that is drawn once in a
replication has row 0; one that recurs (ticks, outages, relapses) has rows 0, 1, 2, ..., so that drawing more
rows leaves the earlier ones as they were. Only the raw 64-bit words of numpy's generator are used: its
distributions may change between versions, its words do not.
"""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray

WordArray: TypeAlias = npt.NDArray[np.uint64]

BLOCK = 1024
"""Replications that are drawn together."""

_WORDS_PER_COUNT = 4  # Philox4x64 yields four words for each step of its counter.
_COUNTS_IN_ROW = BLOCK // _WORDS_PER_COUNT
_MANTISSA_SHIFT, _BITS_OF_ONE = np.uint64(12), np.float64(1.0).view(np.uint64)
_MOST_COUNTS_BY_ROW = _COUNTS_IN_ROW * 3 // 4  # Beyond it dropping the rest is faster than skipping it.


def words(
    seed: int, name: str, block: int, *, row: int = 0, rows: int = 1, columns: slice = slice(0, BLOCK)
) -> WordArray:
    """Return raw words of a stream.

    Parameters
    ----------
    seed : int
        Root of all streams of a run.
    name : str
        Name of the stream.
    block : int
        Number of the block: replications [block * BLOCK, (block + 1) * BLOCK).
    row, rows : int
        First row and number of rows.
    columns : slice
        Columns to return, all by default.

    Returns
    -------
    (rows, columns) uint64 array
        Row by row, a replication a column.

    Examples
    --------
    >>> more = words(1, "demand", 0, rows=3)
    >>> bool((words(1, "demand", 0, row=2, columns=slice(5, 9)) == more[2, 5:9]).all())
    True
    """
    key = _key(seed, name)
    begin, end, _ = columns.indices(BLOCK)
    before, after = begin // _WORDS_PER_COUNT, -(-end // _WORDS_PER_COUNT)
    if after - before > _MOST_COUNTS_BY_ROW:
        # All rows in one go, of which some columns are dropped.
        raw = _GENERATOR.rows(key, block, row, 1, 0, rows * BLOCK)
        return raw.reshape(rows, BLOCK)[:, begin:end]
    part = _GENERATOR.rows(key, block, row, rows, before, (after - before) * _WORDS_PER_COUNT)
    return part[:, begin - before * _WORDS_PER_COUNT :][:, : end - begin]


@lru_cache(maxsize=4096)
def _key(seed: int, name: str) -> tuple[int, ...]:
    # A decimal number ends at the first colon: no two pairs of seed and name give one text.
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return tuple(int.from_bytes(digest[begin : begin + 8], "little") for begin in (0, 8))


class _Generator(threading.local):
    """A generator for each thread: making one takes longer than to draw a row of words from it."""

    def __init__(self) -> None:
        self._philox = np.random.Philox(0)

    def rows(
        self, key: tuple[int, ...], block: int, row: int, rows: int, before: int, size: int
    ) -> WordArray:
        """Return so many words of some rows, from a count within each on: (rows, size)."""
        # Of plain numbers a state is set three times as fast as of arrays.
        counter = [row * _COUNTS_IN_ROW + before, 0, 0, block]
        state: Any = {
            "bit_generator": "Philox",
            "state": {"counter": counter, "key": key},
            "buffer": (0, 0, 0, 0),
            "buffer_pos": _WORDS_PER_COUNT,  # nothing is left of an earlier count
            "has_uint32": 0,
            "uinteger": 0,
        }
        philox = self._philox
        philox.state = state
        if rows == 1:
            return np.asarray(philox.random_raw(size))[np.newaxis]
        drawn = np.empty((rows, size), dtype=np.uint64)
        for words_of_row in drawn:
            philox.state = state
            words_of_row[:] = philox.random_raw(size)
            counter[0] += _COUNTS_IN_ROW
        return drawn


_GENERATOR = _Generator()


def to_uniforms(raw: WordArray, out: FloatArray | None = None) -> FloatArray:
    """Return uniforms in the open interval (0, 1), of the shape of the raw words, or write them into `out`.

    The upper 52 bits choose one of 2**52 cells, the uniform is its middle: exact in floating point, symmetric
    about 1/2, and never 0 or 1. (With 53 bits the last middle would round up to 1.)
    """
    # With the sign and the exponent of 1 before them, the bits are a float in [1, 2): the begin of its cell.
    cells = np.right_shift(raw, _MANTISSA_SHIFT)
    cells |= _BITS_OF_ONE
    return np.subtract(cells.view(np.float64), 1.0 - 2.0**-53, out=out)
