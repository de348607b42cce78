"""How the uniforms of a name are spread over the replications: at random, evenly, or in hypercubes.

Only what is drawn once in a replication is spread evenly; everything else is drawn from its stream.
"""

from __future__ import annotations

import numpy as np

from diamondsim.plan.sampling import HYPERCUBE
from diamondsim.sampling.sobol import sobol_words
from diamondsim.sampling.streams import BLOCK, WordArray, words

assert HYPERCUBE == BLOCK, "a block is one hypercube"


def laid_out(method: str, seed: int, name: str, block: int, dimension: int | None) -> WordArray:
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
    """Return words of which each 1,024th part of the unit interval holds one: the strata in random order."""
    order, inside = words(seed, name, block, rows=2)
    stratum = np.empty(BLOCK, dtype=np.uint64)
    stratum[np.argsort(order, kind="stable")] = np.arange(BLOCK, dtype=np.uint64)
    bits = np.uint64((BLOCK - 1).bit_length())
    mixed: WordArray = stratum << (np.uint64(64) - bits) | inside >> bits
    return mixed
