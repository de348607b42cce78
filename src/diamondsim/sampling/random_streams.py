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
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray

WordArray: TypeAlias = npt.NDArray[np.uint64]

BLOCK = 1024
"""Replications that are drawn together."""

_WORDS_PER_COUNT = 4  # Philox4x64 yields four words for each step of its counter.


def words(seed: int, name: str, block: int, *, row: int = 0, rows: int = 1) -> WordArray:
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

    Returns
    -------
    (rows, BLOCK) uint64 array
        Row by row, a replication a column.

    Examples
    --------
    >>> more = words(1, "demand", 0, rows=3)
    >>> bool((words(1, "demand", 0, row=2) == more[2]).all())
    True
    """
    return next(words_in_parts(seed, name, block, row=row, rows=rows, rows_in_part=rows))


def words_in_parts(
    seed: int, name: str, block: int, *, row: int, rows: int, rows_in_part: int
) -> Iterator[WordArray]:
    """Yield raw words of a stream, some rows at a time; the last part may have fewer."""
    # A decimal number ends at the first colon: no two pairs of seed and name give one text.
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    key = np.frombuffer(digest[:16], dtype="<u8").astype(np.uint64)
    counter = np.array([row * BLOCK // _WORDS_PER_COUNT, 0, 0, block], dtype=np.uint64)
    generator = np.random.Philox(counter=counter, key=key)
    for begin in range(0, rows, rows_in_part):
        count = min(rows_in_part, rows - begin)
        yield generator.random_raw(count * BLOCK).reshape(count, BLOCK)


def to_uniforms(raw: WordArray) -> FloatArray:
    """Return uniforms in the open interval (0, 1), of the shape of the raw words.

    The upper 52 bits choose one of 2**52 cells, the uniform is its middle: exact in floating point, symmetric
    about 1/2, and never 0 or 1. (With 53 bits the last middle would round up to 1.)
    """
    cells = np.right_shift(raw, np.uint64(12)).view(np.int64)
    uniforms = cells.astype(np.float64)
    uniforms += 0.5
    uniforms *= 2.0**-52
    return uniforms
