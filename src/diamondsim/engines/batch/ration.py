"""Rationing: one level `theta` that shares out too little (model.md, eq. 37-38).

Works on the binding pairs (source, replication) only, side by side: the requests of a pair stand in a column,
padded to the largest number of lanes of a source. From the level of the last time one step of Newton's method
nearly always leads to the right one; for the few pairs where it does not, the lanes are put in order. None
depends on its neighbours.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from diamondsim.draws import FloatArray, IntArray
from diamondsim.engines.batch.state import TINY

BoolArray = npt.NDArray[np.bool_]

DEPTHS = (5, 8)
"""Where many pairs ration, those with up to so many lanes are searched apart: they need less padding."""

FEW = 4
"""Up to this many pairs for each replication are searched at once."""


TOLERANCE = 1e-14
"""What may be missing of what is available, or be too much: rounding noise of the sum."""

NOISE = 1e-12
"""What sources give away differs from what they have by no more than this: they have given it all."""


class Rationing:
    """Rations the requests of one set of lanes, always the same.

    Parameters
    ----------
    lanes : (n,) int array
        Lanes, in the order in which their requests are added.
    source : (n,) int array
        Source of each of them.
    n_sources, width : int
        Number of sources and of replications R.
    padding : int
        Row of the requests that is always 0.
    """

    def __init__(self, lanes: IntArray, source: IntArray, n_sources: int, width: int, padding: int) -> None:
        by_source = [lanes[source == s] for s in range(n_sources)]
        lengths = np.array([len(rows) for rows in by_source], dtype=np.int64)
        table = np.full((lengths.max(initial=0), n_sources), padding)
        for column, rows in enumerate(by_source):
            table[: len(rows), column] = rows
        self._depth, self._width = len(table), width
        # With the number of a pair (source, replication) these are places in flat (L + 1, R) arrays.
        self._row_begins = (table - np.arange(n_sources)) * width
        self._depths = [*(depth for depth in DEPTHS if depth < self._depth), self._depth]
        self._class = np.searchsorted(self._depths, lengths).repeat(width)
        self._level = np.zeros(n_sources * width)
        self._few = FEW * width
        # Kept from call to call: allocating this much anew costs more than the arithmetic.
        size = len(table) * max(n_sources * width, 2)
        self._buffers = tuple(np.empty((3, size)))

    def cut(
        self, requests: FloatArray, weights: FloatArray, available: FloatArray, binding: BoolArray
    ) -> tuple[IntArray, FloatArray]:
        """Cut the requests of binding sources to what each has, in place.

        Parameters
        ----------
        requests, weights : (L + 1, R) arrays
            `q` and `p`; the last row is the padding, 0.
        available : (S, R) array
            What each source has.
        binding : (S, R) bool array
            Where the requests exceed what is available; somewhere they do.

        Returns
        -------
        pairs : (n,) int array
            Binding pairs, as positions in a flat (S, R) array.
        given : (n,) array
            What each of them gives away.
        """
        pairs = binding.ravel().nonzero()[0]
        if len(pairs) <= self._few:
            return pairs, self._cut(requests, weights, available, pairs, self._depth)
        depth_of = self._class.take(pairs)
        by_depth = [(pairs[depth_of == k], depth) for k, depth in enumerate(self._depths)]
        given = [self._cut(requests, weights, available, some, depth) for some, depth in by_depth]
        return np.concatenate([some for some, _ in by_depth]), np.concatenate(given)

    def _cut(
        self, requests: FloatArray, weights: FloatArray, available: FloatArray, pairs: IntArray, depth: int
    ) -> FloatArray:
        """Cut the requests of some pairs with up to `depth` lanes; return what each pair gives away."""
        n_pairs = len(pairs)
        pairs = _at_least_two(pairs)
        flat, shape = requests.reshape(-1), (depth, len(pairs))
        size = shape[0] * shape[1]
        # Pairs stand in the order of their sources.
        pairs_of_source = np.bincount(pairs // self._width, minlength=self._row_begins.shape[1])
        by_lane = self._row_begins[:depth].repeat(pairs_of_source, axis=1)
        by_lane += pairs
        # Numpy picks by a flat list of places twice as fast as by a table.
        places, picked = by_lane.reshape(-1), [buffer[:size] for buffer in self._buffers]
        flat.take(places, out=picked[0], mode="clip")
        weights.take(places, out=picked[1], mode="clip")
        asked, weight, got = [each.reshape(shape) for each in picked]
        enough, level = available.take(pairs), self._level.take(pairs)
        np.multiply(weight, level, out=got)
        is_open = asked > got
        missing = enough - np.add.reduce(np.minimum(asked, got, out=got), axis=0)
        open_weight = np.add.reduce(np.multiply(weight, is_open, out=got), axis=0)
        level += missing / np.maximum(open_weight, TINY)
        given = _give(asked, weight, np.maximum(level, 0.0, out=level), got)
        off = (np.abs(given - enough) > TOLERANCE * enough).nonzero()[0]
        # What is given differs from what there is by noise, which would pass for supply in the next round.
        given = enough
        if len(off):
            off = _at_least_two(off)
            some, their_weight = asked.take(off, axis=1), weight.take(off, axis=1)
            all_of_it = enough.take(off)
            level[off] = found = _find_level(some, their_weight, all_of_it)
            sums = _give(some, their_weight, found, their_weight)
            got[:, off] = their_weight
            given[off] = np.where(sums < (1.0 - NOISE) * all_of_it, sums, all_of_it)
        self._level[pairs] = level
        flat[places] = picked[2]
        return given[:n_pairs]


def _give(asked: FloatArray, weight: FloatArray, level: FloatArray, out: FloatArray) -> FloatArray:
    """Write what each lane gets at a level into `out` (m, n) and return its sums (n,)."""
    np.minimum(asked, np.multiply(weight, level, out=out), out=out)
    return np.asarray(np.add.reduce(out, axis=0))


def _find_level(asked: FloatArray, weight: FloatArray, available: FloatArray) -> FloatArray:
    """Return `theta` (n,) for each column of `asked` and `weight` (m, n).

    A lane is open while it asks for more than `theta` times its weight, so lanes close in the order of
    `asked / weight`. Whichever lanes are taken for closed, what they ask for and what the others get at a
    level is never less than what all get at it; with the right ones it is the same. So the level is the
    highest of those to which any number of the first leads.
    """
    order = (asked / np.maximum(weight, TINY)).argsort(axis=0)
    order *= len(available)
    order += np.arange(len(available))
    asked, weight = asked.take(order), weight.take(order)
    closed = np.add.accumulate(asked, axis=0) - asked
    open_weight = np.add.accumulate(weight[::-1], axis=0)[::-1]
    return np.asarray(np.maximum.reduce((available - closed) / np.maximum(open_weight, TINY), axis=0))


def _at_least_two(columns: IntArray) -> IntArray:
    """Double a single column: over one column numpy adds in another order than over several."""
    return columns.repeat(2) if len(columns) == 1 else columns
