"""Batches in which licences come (model.md, eq. 74a).

Owns how the part of an approval rate that needs individual licences becomes a random multiple of itself in
each tick, of the same mean. Random numbers of a tick are those of the line of the scenario that gives the
mean size: rules that read one line have their batches together, and a change of another number moves none.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.sampling.block import Block
from diamondsim.sampling.compound_poisson import CompoundPoisson

_ROWS_AT_A_TIME = 64  # So few ticks at a time stay in the processor's cache.


class Batches:
    """The batches of the rules that read one line: at the same uniforms, whatever their rates and sizes.

    Streams: in tick t the number of batches is read from row t of `<name>/number`, the sum of their sizes
    from that of `<name>/size`.

    Parameters
    ----------
    name : str
        Name of the mean size, the root of the names of the streams.
    block : Block
        Where the numbers come from.
    n_ticks : int
        Number of ticks T.
    """

    def __init__(self, name: str, block: Block, n_ticks: int) -> None:
        number, size = (block.uniform_rows(f"{name}/{what}", n_ticks) for what in ("number", "size"))
        self._sums = CompoundPoisson(number.reshape(-1), size.reshape(-1))

    def let_in(
        self, rate: FloatArray, mean_size: FloatArray, *, steady: FloatArray | float, licensing: BoolArray
    ) -> None:
        """Let what needs an individual licence come in batches, in place.

        Parameters
        ----------
        rate : (T, R) array
            Approval rates in fractions of the reference flow.
        mean_size : (T, R) array
            Mean size of a batch in ticks of the reference flow; where it is 0 the rate stays as it is.
        steady : (T, R) array or float
            Part of the rate that needs no individual licence.
        licensing : (T, R) bool array
            Where licences are granted at all; the rate stays as it is elsewhere.
        """
        steady, n_replications = np.broadcast_to(steady, rate.shape), rate.shape[1]
        for first in range(0, len(rate), _ROWS_AT_A_TIME):
            rows = slice(first, first + _ROWS_AT_A_TIME)
            individual = np.maximum(rate[rows] - steady[rows], 0.0)
            cells = np.flatnonzero(licensing[rows] & (mean_size[rows] > 0) & (individual > 0))
            of_size, mean = mean_size[rows].take(cells), individual.take(cells)
            # Sizes so small that their number is no finite one come as a steady flow.
            with np.errstate(over="ignore"):
                count = mean / of_size
            is_finite = np.isfinite(count)
            total = self._sums.sums(cells + first * n_replications, np.where(is_finite, count, 0.0))
            passed = np.where(is_finite, total * of_size, mean)
            rate[rows].put(cells, steady[rows].take(cells) + passed)
