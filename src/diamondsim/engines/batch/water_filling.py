"""Rationing by weighted uniform gains: find the water level `theta` of each source (model.md, eq. 38).

Works on the binding pairs (source, replication) only, all at once. The requests of a pair are a column,
padded to the largest number of lanes of a source. Starting from the `theta` of the previous call, one step of
Newton's method nearly always finds the new one; for the few pairs where it does not, the lanes are sorted. No
pair depends on the others.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.engines.batch.array_pool import STAGGER_BYTES
from diamondsim.engines.batch.state import TINY

DEPTHS = (6,)
"""Numbers of lanes that split the binding pairs into classes, where they are many: less padding is needed."""

PAIRS_AT_ONCE = 2
"""Up to this many binding pairs for each replication are not split into classes."""

TOLERANCE = 1e-14
"""Relative difference between the sum of gains and the amount available that counts as rounding."""

NOISE = 1e-12
"""Relative difference up to which a source is taken to have given all it has."""


class WaterFilling:
    """Rations the requests of a fixed set of lanes.

    Parameters
    ----------
    lanes : (n,) int array
        Lanes, in the order in which their requests are summed.
    source : (n,) int array
        Source of each lane.
    n_sources, n_replications : int
    padding : int
        Row of the requests and weights that is always 0.
    """

    def __init__(
        self, lanes: IntArray, source: IntArray, n_sources: int, n_replications: int, padding: int
    ) -> None:
        by_source = [lanes[source == s] for s in range(n_sources)]
        lengths = np.array([len(rows) for rows in by_source], dtype=np.int64)
        table = np.full((lengths.max(initial=0), n_sources), padding)
        for column, rows in enumerate(by_source):
            table[: len(rows), column] = rows
        self._depth, self._n_replications = len(table), n_replications
        # Added to the number of a pair, source * R + replication, these give positions in flat (L + 1, R)
        # arrays.
        self._row_begins = (table - np.arange(n_sources)) * n_replications
        self._depths = [*(depth for depth in DEPTHS if depth < self._depth), self._depth]
        self._depth_class = np.searchsorted(self._depths, lengths).repeat(n_replications)
        self._theta = np.zeros(n_sources * n_replications)
        self._max_pairs_at_once = PAIRS_AT_ONCE * n_replications
        # Allocated once: allocating this much in each call takes longer than the arithmetic.
        size = len(table) * max(n_sources * n_replications, 2)
        self._buffers = tuple(np.empty((3, size + STAGGER_BYTES // 8)))

    def cut(
        self, requests: FloatArray, weights: FloatArray, available: FloatArray, binding: BoolArray
    ) -> tuple[IntArray, FloatArray]:
        """Cut the requests of binding sources to what each has, in place.

        Parameters
        ----------
        requests, weights : (L + 1, R) arrays
            `q` and `p`; the last row is the padding, 0.
        available : (S, R) array
            What each source can give.
        binding : (S, R) bool array
            Where the requests exceed what is available, in at least one place.

        Returns
        -------
        pairs : (n,) int array
            Binding pairs, as positions in a flat (S, R) array.
        given : (n,) array
            What each of them gives.
        """
        pairs = binding.ravel().nonzero()[0]
        if len(pairs) <= self._max_pairs_at_once:
            return pairs, self._cut(requests, weights, available, pairs, self._depth)
        depth_of = self._depth_class.take(pairs)
        by_depth = [(pairs[depth_of == k], depth) for k, depth in enumerate(self._depths)]
        given = [self._cut(requests, weights, available, these, depth) for these, depth in by_depth]
        return np.concatenate([these for these, _ in by_depth]), np.concatenate(given)

    def _cut(
        self, requests: FloatArray, weights: FloatArray, available: FloatArray, pairs: IntArray, depth: int
    ) -> FloatArray:
        """Cut the requests of pairs with up to `depth` lanes; return what each pair gives."""
        n_pairs = len(pairs)
        pairs = _at_least_two(pairs)
        flat, shape = requests.reshape(-1), (depth, len(pairs))
        size = shape[0] * shape[1]
        # `pairs` ascends, so that the pairs of one source are neighbours: repeating the column of each source
        # by their number gives the column of each pair.
        pairs_of_source = np.bincount(pairs // self._n_replications, minlength=self._row_begins.shape[1])
        position = self._row_begins[:depth].repeat(pairs_of_source, axis=1)
        position += pairs
        # `take` with a flat array of positions is twice as fast as with a table of them.
        positions, picked = position.reshape(-1), [buffer[:size] for buffer in self._buffers]
        flat.take(positions, out=picked[0], mode="clip")
        weights.take(positions, out=picked[1], mode="clip")
        request, weight, got = [each.reshape(shape) for each in picked]
        amount, theta = available.take(pairs), self._theta.take(pairs)
        # One step of Newton's method: the gains rise with `theta` at the rate of the weights of the lanes
        # that have not got all they request.
        np.multiply(weight, theta, out=got)
        is_open = request > got
        missing = amount - np.add.reduce(np.minimum(request, got, out=got), axis=0)
        open_weight = np.add.reduce(np.multiply(weight, is_open, out=got), axis=0)
        theta += missing / np.maximum(open_weight, TINY)
        given = _gains(request, weight, np.maximum(theta, 0.0, out=theta), got)
        unbalanced = (np.abs(given - amount) > TOLERANCE * amount).nonzero()[0]
        # The sum of gains differs from the amount by noise, which would count as supply in the next round.
        given = amount
        if len(unbalanced):
            unbalanced = _at_least_two(unbalanced)
            these, weights_of = request.take(unbalanced, axis=1), weight.take(unbalanced, axis=1)
            amount_of = amount.take(unbalanced)
            theta[unbalanced] = exact = _find_theta(these, weights_of, amount_of)
            sums = _gains(these, weights_of, exact, weights_of)
            got[:, unbalanced] = weights_of
            given[unbalanced] = np.where(sums < (1.0 - NOISE) * amount_of, sums, amount_of)
        self._theta[pairs] = theta
        flat[positions] = picked[2]
        return given[:n_pairs]


def _gains(request: FloatArray, weight: FloatArray, theta: FloatArray, out: FloatArray) -> FloatArray:
    """Write what each lane gets at `theta` into `out` (m, n) and return the sums (n,)."""
    np.minimum(request, np.multiply(weight, theta, out=out), out=out)
    return np.asarray(np.add.reduce(out, axis=0))


def _find_theta(request: FloatArray, weight: FloatArray, available: FloatArray) -> FloatArray:
    """Return `theta` (n,) for each column of `request` and `weight` (m, n).

    A lane is full once `theta` times its weight reaches its request, so lanes fill up in the order of
    `request / weight`. Suppose the first k lanes in that order are full: their requests plus what the others
    would get without a limit is never less than the true sum of gains, and equals it for the right k. So each
    k gives a `theta` that is too low or right, and the largest of them is right.
    """
    order = (request / np.maximum(weight, TINY)).argsort(axis=0)
    # From rows in each column to positions in the flat array.
    order *= len(available)
    order += np.arange(len(available))
    request, weight = request.take(order), weight.take(order)
    closed = np.add.accumulate(request, axis=0) - request
    open_weight = np.add.accumulate(weight[::-1], axis=0)[::-1]
    return np.asarray(np.maximum.reduce((available - closed) / np.maximum(open_weight, TINY), axis=0))


def _at_least_two(columns: IntArray) -> IntArray:
    """Return the columns, a single one doubled.

    numpy sums a single column pairwise, but several row by row: the bits of a sum would depend on the number
    of columns.
    """
    return columns.repeat(2) if len(columns) == 1 else columns
