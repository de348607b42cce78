"""Sums of rows by segment: over the lanes of a node, over the lanes of a source.

Owns the order of addition. `np.add.reduceat` along the first axis visits one replication at a time; here the
rows are dealt into rounds, the first row of every segment, then the second, ..., so that each addition runs
over contiguous memory and each column is added in the same order however many replications stand beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.draws import FloatArray, IntArray

AnyArray: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Slot:
    """The j-th lanes of all nodes that have one: rows `lanes` of (L, R) arrays, `nodes` of (N, R) arrays.

    Both are slices of the same length, so that lanes and nodes meet row by row. What is worked out slot by
    slot stays in the cache from one operation to the next.
    """

    lanes: slice
    nodes: slice


class Slots(tuple[Slot, ...]):
    """The lanes of all nodes, which lie in memory as rounds already (`diamondsim.engines.batch.arrange`)."""

    @classmethod
    def of(cls, node: IntArray) -> Slots:
        """Find the slots in the node of each lane: 0, 1, ..., then again 0, 1, ..., never further."""
        begins = np.flatnonzero(node == 0).tolist()
        ends = [*begins[1:], len(node)]
        assert all(node[e - 1] == e - b - 1 for b, e in zip(begins, ends, strict=False)), "lanes out of order"
        return cls(Slot(slice(b, e), slice(0, e - b)) for b, e in zip(begins, ends, strict=False))

    def views(
        self, lanes: Sequence[AnyArray], nodes: Sequence[AnyArray] = ()
    ) -> tuple[tuple[AnyArray, ...], ...]:
        """Return for each slot its rows of some arrays (L, R), then of some arrays (N, R).

        Views are made once, for arrays that stay where they are: in the tick they would cost as much as the
        arithmetic on them.
        """
        return tuple((*(a[slot.lanes] for a in lanes), *(a[slot.nodes] for a in nodes)) for slot in self)

    def sum(self, values: FloatArray, out: FloatArray) -> FloatArray:
        """Write the sums of lanes (L, R) by node into `out` (N, R) and return it."""
        out.fill(0.0)
        for slot in self:
            total = out[slot.nodes]
            np.add(total, values[slot.lanes], out=total)
        return out


class SegmentSum:
    """Sum rows of an (n, R) array by segment, in the order in which the rows are listed.

    Parameters
    ----------
    rows : (m,) int array
        Rows of the input, in the order of addition.
    segment : (m,) int array
        Segment of each listed row.
    n_segments : int
        Rows of the result; a segment without rows sums to 0.
    width : int
        Number of replications R.
    """

    def __init__(self, rows: IntArray, segment: IntArray, n_segments: int, width: int) -> None:
        counts = np.bincount(segment, minlength=n_segments)
        longest_first = np.argsort(-counts, kind="stable")
        rank_of_segment = np.empty(n_segments, dtype=np.int64)
        rank_of_segment[longest_first] = np.arange(n_segments)
        position = _position_within(segment)
        dealt = np.lexsort((rank_of_segment[segment], position))
        lengths = np.bincount(position).tolist() if len(rows) else [0]
        self._first: IntArray = rows[dealt[: lengths[0]]]
        self._rest = rows[dealt[lengths[0] :]]
        used = lengths[0]
        # One row more, always 0, is read by the segments that have no rows.
        self._sums = np.zeros((used + 1, width))
        self._heads = self._sums[:-1]
        self._place = np.minimum(rank_of_segment, used)
        # Where every segment has one row there is nothing to add.
        self._only = self._first[self._place] if used == n_segments and not len(self._rest) else None
        self._terms = np.empty((len(self._rest), width))
        self._additions: list[tuple[FloatArray, FloatArray]] = []
        begin = 0
        for length in lengths[1:]:
            self._additions.append((self._sums[:length], self._terms[begin : begin + length]))
            begin += length

    def __call__(self, values: FloatArray, out: FloatArray) -> FloatArray:
        """Write the sums of the rows of `values` (n, R) into `out` (n_segments, R) and return it."""
        if self._only is not None:
            values.take(self._only, axis=0, out=out, mode="clip")
            return out
        values.take(self._first, axis=0, out=self._heads, mode="clip")
        if self._additions:
            values.take(self._rest, axis=0, out=self._terms, mode="clip")
            for sums, terms in self._additions:
                np.add(sums, terms, out=sums)
        self._sums.take(self._place, axis=0, out=out, mode="clip")
        return out


class PartialSum:
    """Sum rows by segment, for the segments only that have some: few, mostly.

    Parameters
    ----------
    segment : (n,) int array
        Segment of each row.
    width : int
        Number of replications R.
    rows : (n,) int array, optional
        Rows of the input; by default it has these rows only.

    Attributes
    ----------
    segments : (k,) int array
        Those that have rows, ascending.
    place : (n,) int array
        Where among them the segment of each row is.
    """

    def __init__(self, segment: IntArray, width: int, rows: IntArray | None = None) -> None:
        self.segments, place = np.unique(segment, return_inverse=True)
        self.place: IntArray = place.reshape(-1)
        rows = np.arange(len(segment)) if rows is None else rows
        self._sum = SegmentSum(rows, self.place, len(self.segments), width)
        self._totals = np.zeros((len(self.segments), width))

    def __call__(self, values: FloatArray) -> FloatArray:
        """Return the sums of rows of `values`, (k, R): an array that the next call overwrites."""
        return self._sum(values, self._totals)


def _position_within(segment: IntArray) -> IntArray:
    """Return how many earlier entries belong to the same segment."""
    by_segment = np.argsort(segment, kind="stable")
    ordered = segment[by_segment]
    starts = np.searchsorted(ordered, ordered)
    position = np.empty(len(segment), dtype=np.int64)
    position[by_segment] = np.arange(len(segment)) - starts
    return position


def spread(values: FloatArray, rows: IntArray, out: FloatArray) -> FloatArray:
    """Give every lane the value of its node, source or profile: `out[i] = values[rows[i]]`, (n, R)."""
    values.take(rows, axis=0, out=out, mode="clip")
    return out
