"""Delays: quantities that are sent in one tick and due in a later one.

Owns two ring buffers. A `Pipeline` has a fixed delay for each lane and replication: it keeps what was sent,
and reads back by the delay. A `DelayRing` takes a delay with each quantity: it keeps what is due. Where the
delay differs between replications, the lanes are the last axis of a ring, so that each replication reads or
writes one run of memory, and not one number for each lane.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray


class Pipeline:
    """Goods dispatched and not yet arrived, with a fixed lead for each lane and replication.

    Each lane keeps only as many ticks as its lead, in a ring of its own, which fits the cache better. Lanes
    whose lead differs between replications share a ring with lanes of the same leads.

    Parameters
    ----------
    lead : (L, R) int array
        Ticks from dispatch to arrival, at least 1.
    contract_flow : (L, R) float array
        What was sent in every tick before the first (model.md, eq. 6).
    n_ticks : int
        Length of the run; what would arrive later is never read.
    """

    def __init__(self, lead: IntArray, contract_flow: FloatArray, n_ticks: int) -> None:
        lead = np.minimum(lead, n_ticks)
        varies = (lead != lead[:, :1]).any(axis=1)
        self._lengths = np.where(varies, 1, lead[:, 0])
        # Row 0 is a dummy: lanes with a shared ring read and write it, to no effect.
        self._begins = np.where(varies, 0, 1 + np.cumsum(lead[:, 0] * ~varies) - lead[:, 0])
        self._rings = np.empty((1 + int(lead[~varies, 0].sum()), lead.shape[1]))
        self._rings[1:] = contract_flow[~varies].repeat(lead[~varies, 0], axis=0)
        self._rings[0] = 0.0
        lanes_of: dict[bytes, list[int]] = {}
        for lane in np.flatnonzero(varies).tolist():
            lanes_of.setdefault(lead[lane].tobytes(), []).append(lane)
        self._shared = [
            _SharedLead(np.array(lanes), lead[lanes[0]], contract_flow) for lanes in lanes_of.values()
        ]

    def due(self, t: int, out: FloatArray) -> FloatArray:
        """Write what arrives in tick `t` on every lane into `out` (L, R)."""
        np.take(self._rings, self._begins + t % self._lengths, axis=0, out=out, mode="clip")
        for shared in self._shared:
            shared.due(t, out)
        return out

    def send(self, t: int, dispatched: FloatArray) -> None:
        """Store what is sent in tick `t` (L, R); call it after `due`, whose rows it overwrites."""
        self._rings[self._begins + t % self._lengths] = dispatched
        for shared in self._shared:
            shared.send(t, dispatched)


class _SharedLead:
    """Lanes with equal leads in each replication, which differ between replications.

    `due` and `send` do for these lanes what those of the `Pipeline` do.
    """

    def __init__(self, lanes: IntArray, lead: IntArray, contract_flow: FloatArray) -> None:
        self._lanes, self._lead, self._columns = lanes, lead, np.arange(len(lead))
        self._ring = np.empty((int(lead.max()), len(lead), len(lanes)))
        self._ring[:] = contract_flow[lanes].T
        self._arriving = np.empty(self._ring.shape[1:])

    def due(self, t: int, out: FloatArray) -> None:
        position = (t - self._lead) % len(self._ring)
        position *= len(self._columns)
        position += self._columns
        rows = self._ring.reshape(-1, len(self._lanes))
        out[self._lanes] = rows.take(position, axis=0, out=self._arriving, mode="clip").T

    def send(self, t: int, dispatched: FloatArray) -> None:
        self._ring[t % len(self._ring)] = dispatched.take(self._lanes, axis=0).T


class DelayRing:
    """Quantities with delays, which all rows of one kind share.

    Parameters
    ----------
    kind : (n,) int array
        Kind of each row of the quantities.
    n_replications : int
        R.
    longest : int
        Upper bound of delays; longer ones are cut to it.
    """

    def __init__(self, kind: IntArray, n_replications: int, longest: int) -> None:
        self._ticks, self._shape = longest + 1, (len(kind), n_replications)
        self._rows_of = [(int(k), np.flatnonzero(kind == k)) for k in np.unique(kind)]
        self._rings = [np.zeros((self._ticks, n_replications, len(rows))) for _, rows in self._rows_of]
        self._columns = np.arange(n_replications)
        self._last_due = -1

    def put(self, t: int, quantities: FloatArray, delay: IntArray) -> None:
        """Add `quantities` (n, R), due `delay[kind]` ticks after `t`; `delay` is (kinds, R)."""
        for (kind, rows), ring in zip(self._rows_of, self._rings, strict=True):
            position = np.minimum(delay[kind], self._ticks - 1)
            position += t
            position %= self._ticks
            position *= len(self._columns)
            position += self._columns
            by_column = ring.reshape(-1, len(rows))
            stored = by_column.take(position, axis=0)
            stored += quantities.take(rows, axis=0).T
            by_column[position] = stored
        self._last_due = t + self._ticks - 1

    def take(self, t: int) -> FloatArray | None:
        """Remove and return what is due in tick `t` (n, R); None if nothing can be due."""
        if t > self._last_due:
            return None
        due = np.empty(self._shape)
        for (_, rows), ring in zip(self._rows_of, self._rings, strict=True):
            slot = ring[t % self._ticks]
            due[rows] = slot.T
            slot.fill(0.0)
        return due
