"""Sums of rows by segment: over the lanes of a node, over the lanes of a source.

Owns the order of addition. `np.add.reduceat` along the first axis visits one replication at a time. Here each
addition runs over contiguous memory, and each column is added in the same order for any number of columns:
slot by slot where lanes lie in slots, otherwise by sparse matrices of ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from diamondsim.arrays import FloatArray, IntArray

AnyArray: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Slot:
    """The j-th lanes of all nodes that have one: rows `lanes` of (L, R) arrays, `nodes` of (N, R) arrays.

    The two slices have the same length, so that lanes and nodes match row by row. Computing slot by slot
    keeps the arrays in the cache from one operation to the next.
    """

    lanes: slice
    nodes: slice


class Slots(tuple[Slot, ...]):
    """The lanes of all nodes in slots, in the order of `diamondsim.engines.batch.memory_layout`."""

    @classmethod
    def of(cls, node: IntArray) -> Slots:
        """Find the slots in the nodes of lanes, which count up from 0 in each slot."""
        begins = np.flatnonzero(node == 0).tolist()
        ends = [*begins[1:], len(node)]
        assert all(node[e - 1] == e - b - 1 for b, e in zip(begins, ends, strict=False)), "lanes out of order"
        return cls(Slot(slice(b, e), slice(0, e - b)) for b, e in zip(begins, ends, strict=False))

    def of_first_nodes(self, n_nodes: int) -> Slots:
        """Return the lanes of the first nodes only."""
        counts = [min(slot.nodes.stop, n_nodes) for slot in self]
        return Slots(
            Slot(slice(slot.lanes.start, slot.lanes.start + count), slice(0, count))
            for slot, count in zip(self, counts, strict=True)
            if count
        )

    def views(
        self, lanes: Sequence[AnyArray], nodes: Sequence[AnyArray] = ()
    ) -> tuple[tuple[AnyArray, ...], ...]:
        """Return for each slot its rows of arrays (L, R), then of arrays (N, R).

        Views are made once, of arrays that are only written in place: making them in each tick would take as
        long as the arithmetic on them. One number for all rows (see `narrow`) stays one.
        """
        return tuple(
            (
                *(a if a.shape == (1, 1) else a[slot.lanes] for a in lanes),
                *(a if a.shape == (1, 1) else a[slot.nodes] for a in nodes),
            )
            for slot in self
        )

    def sum(self, values: FloatArray, out: FloatArray) -> FloatArray:
        """Write the sums of lanes (L, R) by node into `out` (N, R) and return it."""
        out.fill(0.0)
        for slot in self:
            total = out[slot.nodes]
            np.add(total, values[slot.lanes], out=total)
        return out


class SegmentSum:
    """Sum rows of an (n, R) array by segment, in the order in which they are listed.

    A product with a sparse matrix of ones; where each segment has one row, a copy of the rows.

    Parameters
    ----------
    rows : (m,) int array
        Rows of the input.
    segment : (m,) int array
        Segment of each listed row.
    n_segments, n_rows : int
        Rows of the result and of the input; a segment without rows sums to 0.
    """

    def __init__(self, rows: IntArray, segment: IntArray, n_segments: int, n_rows: int) -> None:
        by_segment = segment.argsort(kind="stable")
        ends = np.cumsum(np.bincount(segment, minlength=n_segments))
        matrix = (np.ones(len(rows)), rows[by_segment], np.append(0, ends))
        self._matrix = csr_array(matrix, shape=(n_segments, n_rows))
        is_copy = np.array_equal(np.sort(segment), np.arange(n_segments))
        self._copied = rows[by_segment] if is_copy else None

    def __call__(self, values: FloatArray) -> FloatArray:
        """Return the sums of the rows of `values` (n, R), in a new array (n_segments, R)."""
        if self._copied is not None:
            return values.take(self._copied, axis=0)
        return np.asarray(self._matrix @ values)


class PartialSum:
    """Sum rows by segment, for those segments only that have rows.

    Parameters
    ----------
    segment : (n,) int array
        Segment of each row.
    rows : (n,) int array, optional
        Rows of the input to sum; by default all.
    n_rows : int, optional
        Rows of the input, where `rows` is given.

    Attributes
    ----------
    segments : (k,) int array
        Segments that have rows, ascending.
    place : (n,) int array
        Position of the segment of each row in `segments`.
    """

    def __init__(self, segment: IntArray, rows: IntArray | None = None, n_rows: int | None = None) -> None:
        self.segments, place = np.unique(segment, return_inverse=True)
        self.place: IntArray = place.reshape(-1)
        rows = np.arange(len(segment)) if rows is None else rows
        self._sum = SegmentSum(rows, self.place, len(self.segments), n_rows or len(rows))

    def __call__(self, values: FloatArray) -> FloatArray:
        """Return the sums of rows of `values`, in a new array (k, R)."""
        return self._sum(values)


def spread(values: FloatArray, rows: IntArray, out: FloatArray) -> FloatArray:
    """Write `out[i] = values[rows[i]]`, (n, R): the value of its node, source or profile for each lane.

    `mode="clip"` because with the default mode `take` copies through a buffer where `out` is given.
    """
    values.take(rows, axis=0, out=out, mode="clip")
    return out
