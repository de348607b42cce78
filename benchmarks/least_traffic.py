"""What a run must read and write once, whatever computes it, and how fast this machine moves it.

The Draws and the Ledger are too large for the caches of a processor: they are read from memory once and
written there once. What is carried on a lane from tick to tick may stay in a cache, but must be read and
written in each tick. No engine can take less time than this traffic; how far one is from it is what its
arithmetic, its temporary arrays and its calls cost.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from statistics import median

import numpy as np

from diamondsim.draws import Draws
from diamondsim.ledger import Ledger

CARRIED = ("expected_fill_rate", "purchases", "dispatched")
"""What a lane carries from tick to tick: each is read once and written once in a tick."""
MEMORY_BYTES, CACHE_BYTES = 1 << 28, 1 << 18
"""Sizes of an array that no cache holds, and of one that the cache of a core does."""
REPEATS = 9


@dataclass(frozen=True)
class Traffic:
    """The least traffic of a lane-tick, bytes.

    Attributes
    ----------
    memory : float
        Read from and written to memory: Draws and Ledger.
    cache : float
        Read and written where the state is carried.
    """

    memory: float
    cache: float

    @classmethod
    def of(cls, draws: Draws, ledger: Ledger, n_lanes: int) -> Traffic:
        """Count that of a run of these draws which fills this Ledger."""
        lane_ticks = n_lanes * len(draws.growth) * draws.n_replications
        in_all = stored_bytes(draws) + sum(array.nbytes for array in ledger.arrays.values())
        return cls(in_all / lane_ticks, 2.0 * len(CARRIED) * np.dtype(np.float64).itemsize)

    def ns(self, memory: float, cache: float) -> float:
        """Return the least time of a lane-tick, ns, where so many bytes are moved in a second."""
        return 1e9 * (self.memory / memory + self.cache / cache)


def stored_bytes(values: object) -> int:
    """Return the bytes of all arrays of a dataclass or a tuple; what is repeated along an axis counts once.

    Examples
    --------
    >>> import numpy as np
    >>> stored_bytes((np.zeros(3), np.broadcast_to(np.zeros((2, 1)), (2, 100))))
    40
    """
    if isinstance(values, np.ndarray):
        lengths = [n for n, stride in zip(values.shape, values.strides, strict=True) if stride]
        return int(np.prod(lengths, initial=values.itemsize)) if values.size else 0
    if dataclasses.is_dataclass(values):
        return sum(stored_bytes(getattr(values, each.name)) for each in dataclasses.fields(values))
    return sum(map(stored_bytes, values)) if isinstance(values, tuple) else 0


def bandwidth(n_bytes: int) -> float:
    """Return how many bytes of an array of this size are moved in a second: each is read and written once."""
    source, target = np.ones(n_bytes // 8), np.empty(n_bytes // 8)
    copies = max(1, MEMORY_BYTES // (8 * n_bytes))
    seconds = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        for _ in range(copies):
            np.copyto(target, source)
        seconds.append((time.perf_counter() - begin) / copies)
    assert target[0] == target[-1] == 1.0
    return 2 * source.nbytes / median(seconds)
