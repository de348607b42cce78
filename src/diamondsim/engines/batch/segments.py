"""Sums of rows by segment: over the lanes of a node, over the lanes of a source.

Owns the order of addition. `np.add.reduceat` along the first axis visits one replication at a time; here the
rows are dealt into rounds, the first row of every segment, then the second, ..., so that each addition runs
over contiguous memory and each column is added in the same order however many replications stand beside it.
"""

from __future__ import annotations

import numpy as np

from diamondsim.draws import FloatArray, IntArray


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
        self._first = rows[dealt[: lengths[0]]]
        self._rest = rows[dealt[lengths[0] :]]
        used = lengths[0]
        # One row more, always 0, is read by the segments that have no rows.
        self._sums = np.zeros((used + 1, width))
        self._heads = self._sums[:-1]
        self._place = np.minimum(rank_of_segment, used)
        self._terms = np.empty((len(self._rest), width))
        self._additions: list[tuple[FloatArray, FloatArray]] = []
        begin = 0
        for length in lengths[1:]:
            self._additions.append((self._sums[:length], self._terms[begin : begin + length]))
            begin += length

    def __call__(self, values: FloatArray, out: FloatArray) -> FloatArray:
        """Write the sums of the rows of `values` (n, R) into `out` (n_segments, R) and return it."""
        values.take(self._first, axis=0, out=self._heads, mode="clip")
        if self._additions:
            values.take(self._rest, axis=0, out=self._terms, mode="clip")
            for sums, terms in self._additions:
                np.add(sums, terms, out=sums)
        self._sums.take(self._place, axis=0, out=out, mode="clip")
        return out


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
