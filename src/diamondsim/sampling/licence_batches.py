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

_CELLS_IN_CACHE = 16_384  # So few at a time stay in the processor's cache.


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
        self.name = name
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
        rows_at_a_time = max(1, _CELLS_IN_CACHE // n_replications)
        cells, counts = [], []
        for first in range(0, len(rate), rows_at_a_time):
            rows = slice(first, first + rows_at_a_time)
            count = _begin(rate[rows], mean_size[rows], steady[rows], licensing[rows])
            if count is not None:
                # In most ticks there is no batch, and nothing more to compute.
                found = np.flatnonzero(self._sums.is_positive(first * n_replications, count))
                counts.append(count.take(found))
                cells.append(found + first * n_replications)
        if cells:
            found = np.concatenate(cells)
            total = self._sums.sums(found, np.concatenate(counts))
            total *= mean_size.take(found)
            total += steady.take(found)
            rate.put(found, total)


def _begin(
    rate: FloatArray, mean_size: FloatArray, steady: FloatArray, licensing: BoolArray
) -> FloatArray | None:
    """Leave of the rate what is steady where licences come in batches, and return how many in the mean.

    The arrays are (rows, R), the means (rows * R,); None where none come in batches.
    """
    individual = rate - steady
    in_batches = licensing & (mean_size > 0) & (individual > 0)
    if not in_batches.any():
        return None
    # Sizes so small that their number is no finite one come as a steady flow.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        count = individual / mean_size
    in_batches &= count < np.inf
    np.copyto(rate, steady, where=in_batches)
    np.copyto(count, 0.0, where=~in_batches)
    return count.reshape(-1)
