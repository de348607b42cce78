"""Spells: stretches of ticks in which something holds, such as a control that binds or is announced.

Owns how spells are found and numbered, and how a value of each spell is spread over its ticks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.plan import Input
from diamondsim.sampling.block import Block

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Spells:
    """The longest stretches over which a condition holds, numbered from 0 in each replication.

    Attributes
    ----------
    inside : (T, R) bool array
        Where the condition holds.
    begin, end : (J, R) int array
        Rows [begin, end) of the j-th spell; both T where a replication has fewer spells.
    cell : (T, R) int array
        Position, in a (J, R) array laid flat, of the present or last spell (of spell 0 before the first).
    """

    inside: BoolArray
    begin: IntArray
    end: IntArray
    cell: IntArray

    @property
    def count(self) -> int:
        """Greatest number of spells in a replication."""
        return len(self.begin)

    def spread(self, values: npt.NDArray[Scalar], rows: slice = slice(None)) -> npt.NDArray[Scalar]:
        """Return the (J, R) `values` of the present or last spell in each row wanted: (rows, R).

        Not to be changed in place: of one spell it is a view of the same values in all rows.
        """
        if len(values) == 1:
            return np.broadcast_to(values, self.cell[rows].shape)
        return values.reshape(-1).take(self.cell[rows])


def find_spells(inside: BoolArray) -> Spells:
    """Return the spells of a (T, R) condition.

    Examples
    --------
    >>> import numpy as np
    >>> spells = find_spells(np.array([[True], [False], [True], [True]]))
    >>> spells.begin.tolist(), spells.end.tolist()
    ([[0], [2]], [[1], [4]])
    """
    n_rows, size = inside.shape
    if not inside.any():
        none = np.empty((0, size), dtype=np.int64)
        return Spells(inside, none, none, np.zeros(inside.shape, dtype=np.int64))
    starts = inside.copy()
    starts[1:] &= ~inside[:-1]
    number = starts.astype(np.int64)
    number[0] -= 1
    for before, now in pairwise(number):
        np.add(before, now, out=now)
    count = int(number[-1].max()) + 1
    begin = np.full((count, size), n_rows, dtype=np.int64)
    end = begin.copy()
    rows, columns = np.nonzero(starts)
    begin[number[rows, columns], columns] = rows
    stops = ~inside
    stops[1:] &= inside[:-1]
    stops[:1] = False
    rows, columns = np.nonzero(stops)
    end[number[rows, columns], columns] = rows
    np.maximum(number, 0, out=number)
    number *= size
    number += np.arange(size)
    return Spells(inside, begin, end, number)


def per_spell(number: Input, spells: Spells, block: Block) -> FloatArray:
    """Return the (J, R) values that a number takes in each spell, drawn anew as it is declared."""
    return in_each_spell(spells, block, lambda part, j: part.value(number, j))


def in_each_spell(spells: Spells, block: Block, drawn: Callable[[Block, int], FloatArray]) -> FloatArray:
    """Return (J, R) values: those that `drawn` gives replications that have a j-th spell, 0 for others."""
    values = np.zeros((spells.count, block.size))
    for j, row in enumerate(values):
        present = np.flatnonzero(spells.begin[j] < len(spells.inside))
        row[present] = drawn(block if len(present) == block.size else block.pick(present), j)
    return values
