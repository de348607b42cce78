"""Rationing: one level `theta` that shares out too little (model.md, eq. 37-38).

Works on the binding pairs (source, replication) only, side by side: the requests of a pair stand in a column,
padded to the largest number of lanes of a source. A search starts from the level of the last time; pairs that
have settled leave it, so that none depends on how long the others take.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from diamondsim.draws import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]


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
        self._depth = max((len(rows) for rows in by_source), default=0)
        table = np.full((self._depth, n_sources), padding, dtype=np.int64)
        for column, rows in enumerate(by_source):
            table[: len(rows), column] = rows
        places = table[:, :, None] * width + np.arange(width)
        self._places = places.reshape(self._depth, n_sources * width)
        self._level = np.zeros(n_sources * width)
        size = self._depth * max(n_sources * width, 2)
        # Kept from call to call: allocating this much anew costs more than the arithmetic.
        self._picked = np.empty(size, dtype=np.int64)
        self._asked, self._weight, self._buffer = np.empty(size), np.empty(size), np.empty(size)

    def cut(
        self, requests: FloatArray, weights: FloatArray, available: FloatArray, binding: BoolArray
    ) -> None:
        """Cut the requests of binding sources to what each has, in place.

        Parameters
        ----------
        requests, weights : (L + 1, R) arrays
            `q` and `p`; the last row is the padding, 0.
        available : (S, R) array
            What each source has.
        binding : (S, R) bool array
            Where the requests exceed what is available.
        """
        pairs = _at_least_two(np.flatnonzero(binding))
        shape = (self._depth, len(pairs))
        size = shape[0] * shape[1]
        places = self._picked[:size].reshape(shape)
        asked, weight = self._asked[:size].reshape(shape), self._weight[:size].reshape(shape)
        buffer = self._buffer[:size].reshape(shape)
        self._places.take(pairs, axis=1, out=places, mode="clip")
        flat = requests.reshape(-1)
        flat.take(places, out=asked, mode="clip")
        weights.reshape(-1).take(places, out=weight, mode="clip")
        level = self._level.take(pairs)
        _find_level(asked, weight, available.reshape(-1).take(pairs), level, buffer)
        self._level[pairs] = level
        weight *= level
        np.minimum(asked, weight, out=asked)
        flat[places] = asked


def _find_level(
    asked: FloatArray, weight: FloatArray, available: FloatArray, level: FloatArray, buffer: FloatArray
) -> None:
    """Replace a guess of `theta` (n,) by its value for each column of `asked` and `weight` (m, n).

    A lane is open while it asks for more than `theta` times its weight. The open lanes at any guess lead to a
    level at or below the right one (what is given is a concave function of the level); from there on lanes
    only close.
    """
    is_open = asked > np.multiply(weight, level, out=buffer)
    columns = np.arange(len(level))
    guess: FloatArray | None = np.zeros(len(level))
    current = level.copy()
    while True:
        open_weight = np.add.reduce(np.multiply(is_open, weight, out=buffer), axis=0)
        closed = np.add.reduce(np.multiply(~is_open, asked, out=buffer), axis=0)
        if guess is not None:
            # A guess at which nobody is open says nothing: start from below.
            current = guess
        np.divide(available - closed, open_weight, out=current, where=open_weight > 0.0)
        still_open = asked > np.multiply(weight, current, out=buffer)
        if guess is None:
            still_open &= is_open
        level[columns] = np.maximum(current, 0.0)
        moved = _at_least_two(np.flatnonzero((still_open != is_open).any(axis=0)))
        if not len(moved):
            return
        guess = None
        columns, current, available = columns[moved], current[moved], available[moved]
        asked, weight = asked.take(moved, axis=1), weight.take(moved, axis=1)
        is_open = still_open.take(moved, axis=1)
        buffer = np.empty(asked.shape)


def _at_least_two(columns: IntArray) -> IntArray:
    """Double a single column: over one column numpy adds in another order than over several."""
    return columns.repeat(2) if len(columns) == 1 else columns
