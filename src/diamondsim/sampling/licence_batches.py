"""Batches in which licences come (model.md, eq. 74a).

Owns how the part of an approval rate that needs individual licences becomes a random multiple of itself in
each tick, of the same mean. Random numbers of a tick are those of the line of the scenario that gives the
mean size: rules that read one line have their batches together, and a change of another number moves none.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.sampling.block import Block
from diamondsim.sampling.compound_poisson import compound_poisson

_ROWS_AT_A_TIME = 64  # Ticks whose uniforms are in memory together.


def come_in_batches(
    rate: FloatArray,
    mean_size: FloatArray,
    name: str,
    block: Block,
    *,
    steady: FloatArray | float,
    licensing: BoolArray,
) -> None:
    """Let what needs an individual licence come in batches, in place.

    Streams: in tick t the number of batches is read from row t of `<name>/number`, the sum of their sizes
    from that of `<name>/size`.

    Parameters
    ----------
    rate : (T, R) array
        Approval rates in fractions of the reference flow.
    mean_size : (T, R) array
        Mean size of a batch in ticks of the reference flow; where it is 0 the rate stays as it is.
    name : str
        Name of that number, the root of the names of the streams.
    block : Block
        Where the numbers come from.
    steady : (T, R) array or float
        Part of the rate that needs no individual licence.
    licensing : (T, R) bool array
        Where licences are granted at all; the rate stays as it is elsewhere.
    """
    steady = np.broadcast_to(steady, rate.shape)
    individual = np.maximum(rate - steady, 0.0)
    in_batches = licensing & (mean_size > 0) & (individual > 0)
    for first in range(0, len(rate), _ROWS_AT_A_TIME):
        rows = slice(first, first + _ROWS_AT_A_TIME)
        cells = in_batches[rows]
        number, size = (
            block.uniform_rows(f"{name}/{what}", len(cells), first=first)[cells]
            for what in ("number", "size")
        )
        of_size, mean = mean_size[rows][cells], individual[rows][cells]
        # Sizes so small that their number is no finite one come as a steady flow.
        with np.errstate(over="ignore"):
            count = mean / of_size
        is_finite = np.isfinite(count)
        total = compound_poisson(np.where(is_finite, count, 0.0), number, size)
        rate[rows][cells] = steady[rows][cells] + np.where(is_finite, total * of_size, mean)
