"""How the uniforms of a name are spread over the replications: at random, by Sobol' points, in hypercubes.

Only streams that are drawn once in a replication are spread evenly. The points of a sequence are made by
counter, so those of a block cost no more than the block.

The generating numbers are those of Joe and Kuo, read off the points that scipy gives. Each name has its own
scramble, made of words of its own stream: a matrix (Matousek's linear scrambling) and a shift. So a
name that is added or removed leaves the others as they were, as long as they keep their dimensions.

scipy.stats takes longer to import than everything else, so it is imported only where a sequence is needed.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from diamondsim.plan.sampling_design import HYPERCUBE, SCRAMBLES
from diamondsim.sampling.random_streams import BLOCK, WordArray, words

POINTS = BLOCK // SCRAMBLES
"""Points of each scramble in a block."""

_BITS = 32  # Digits of the sequence before it is scrambled: enough for any number of points.
_LEAST_DIMENSIONS, _LEAST_BITS = 256, 8  # Size of the table that most runs need.


def sobol_words(seed: int, name: str, block: int, dimension: int) -> WordArray:
    """Return words whose uniforms are the scrambled points of one dimension.

    Parameters
    ----------
    seed : int
        Root of all streams of a run.
    name : str
        Name of the stream, for its scrambles.
    block : int
        Number of the block of replications.
    dimension : int
        Of the sequence, from 1.

    Returns
    -------
    (BLOCK,) uint64 array
        Column c is point ``(block * BLOCK + c) // SCRAMBLES`` of scramble ``c % SCRAMBLES``.

    Examples
    --------
    >>> drawn = sobol_words(1, "demand", 0, 1).reshape(POINTS, SCRAMBLES)
    >>> sorted((drawn[:, 5] >> np.uint64(58)).tolist()) == list(range(64))
    True
    """
    index = np.arange(block * POINTS, (block + 1) * POINTS)
    numbers = _scrambled(seed, name, dimension, int(index[-1]).bit_length())
    # The i-th point is the XOR of the generating numbers at the bits of the Gray code of i.
    gray = index ^ (index >> 1)
    points = np.zeros((POINTS, SCRAMBLES), dtype=np.uint64)
    for bit, number in enumerate(numbers):
        points[(gray >> bit) & 1 == 1] ^= number
    points ^= _shifts(seed, name)
    return points.reshape(BLOCK)


def _scrambled(seed: int, name: str, dimension: int, bits: int) -> WordArray:
    """Return the first generating numbers, times the matrix of each scramble: (bits, SCRAMBLES)."""
    place = np.arange(_BITS, dtype=np.uint64)
    top = np.uint64(1) << (np.uint64(63) - place)
    # Column j of the matrix has a one at digit j, anything below it, and nothing above.
    columns = _own_words(seed, name)[:, :_BITS] & (top - np.uint64(1)) | top
    numbers = _generating_numbers(dimension, bits)
    digits = (numbers[:, np.newaxis] >> (np.uint64(_BITS - 1) - place)) & np.uint64(1) == 1
    chosen = np.where(digits[:, np.newaxis, :], columns, np.uint64(0))
    scrambled: WordArray = np.bitwise_xor.reduce(chosen, axis=2)
    return scrambled


def _shifts(seed: int, name: str) -> WordArray:
    return _own_words(seed, name)[:, _BITS]


def _own_words(seed: int, name: str) -> WordArray:
    return words(seed, f"{name}/scramble", 0).reshape(SCRAMBLES, POINTS)


def _generating_numbers(dimension: int, bits: int) -> WordArray:
    """Return the first generating numbers of a dimension, each of 32 digits."""
    # In steps, so that one table serves many.
    dimensions = max(_LEAST_DIMENSIONS, 1 << (dimension - 1).bit_length())
    return _tables(dimensions, max(_LEAST_BITS, bits + bits % 2))[:bits, dimension - 1]


@lru_cache(maxsize=8)
def _tables(dimensions: int, bits: int) -> WordArray:
    """Return the first generating numbers of the first dimensions: (bits, dimensions)."""
    from scipy.stats import qmc  # noqa: PLC0415 - see above

    sequence = qmc.Sobol(min(dimensions, qmc.Sobol.MAXDIM), scramble=False, bits=_BITS)
    table = np.empty((bits, sequence.d), dtype=np.uint64)
    for bit in range(bits):
        # In the Gray code of 2**(bit + 1) - 1 only this bit is set.
        sequence.fast_forward((2 << bit) - 1 - sequence.num_generated)
        table[bit] = sequence.random(1)[0] * 2.0**_BITS
    table.flags.writeable = False
    return table


assert HYPERCUBE == BLOCK, "a block is one hypercube"


def stream_words(method: str, seed: int, name: str, block: int, dimension: int | None) -> WordArray:
    """Return the words of a stream in one block.

    Parameters
    ----------
    method : str
        ``random``, ``sobol`` or ``latin``.
    seed : int
        Root of all streams of a run.
    name : str
        Name of the stream.
    block : int
        Number of the block.
    dimension : int or None
        Of the sequence; None for a stream that is always drawn at random.

    Returns
    -------
    (BLOCK,) uint64 array
        Whose uniforms are those of the replications.
    """
    if dimension is not None and method == "sobol":
        return sobol_words(seed, name, block, dimension)
    if dimension is not None and method == "latin":
        return _hypercube_words(seed, name, block)
    drawn: WordArray = words(seed, name, block)[0]
    return drawn


def _hypercube_words(seed: int, name: str, block: int) -> WordArray:
    """Return words with one in each 1,024th part of the unit interval: the strata in random order."""
    order, inside = words(seed, name, block, rows=2)
    stratum = np.empty(BLOCK, dtype=np.uint64)
    stratum[np.argsort(order, kind="stable")] = np.arange(BLOCK, dtype=np.uint64)
    bits = np.uint64((BLOCK - 1).bit_length())
    mixed: WordArray = stratum << (np.uint64(64) - bits) | inside >> bits
    return mixed
