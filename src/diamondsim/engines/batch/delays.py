"""Goods and papers under way: what is sent in one tick and due in a later one.

Owns two stores. A `Pipeline` has one fixed delay per lane and replication: it keeps what was sent and looks
back by the delay. A `DelayRing` takes a delay with every parcel: it keeps what is due.
"""

from __future__ import annotations

import numpy as np

from diamondsim.draws import FloatArray, IntArray


class Pipeline:
    """Transit with a fixed lead per lane and replication.

    Every lane keeps no more ticks than its lead, in a ring of its own: it fits the cache better.
    Lanes whose lead differs between replications share one ring of the longest lead, and are looked up there.

    Parameters
    ----------
    lead : (L, R) int array
        Ticks from dispatch to arrival, at least 1.
    contract_flow : (L, R) float array
        What was sent in every tick before the first (model.md, eq. 6).
    n_ticks : int
        Length of the run; nothing arrives after it.
    """

    def __init__(self, lead: IntArray, contract_flow: FloatArray, n_ticks: int) -> None:
        width = lead.shape[1]
        lead = np.minimum(lead, n_ticks)
        varies = (lead != lead[:, :1]).any(axis=1)
        self._lengths = np.where(varies, 1, lead[:, 0])
        self._begins = np.cumsum(self._lengths) - self._lengths
        self._rings = contract_flow.repeat(self._lengths, axis=0)
        self._varying = varying = np.flatnonzero(varies)
        self._ticks = int(lead[varying].max(initial=1))
        self._shared = np.empty((self._ticks, len(varying), width))
        self._shared[:] = contract_flow[varying]
        self._places = np.arange(len(varying) * width).reshape(-1, width)
        self._places = self._places - lead[varying] * self._places.size
        self._now = np.empty_like(self._places)
        self._picked = np.empty(self._places.shape)

    def due(self, t: int, out: FloatArray) -> FloatArray:
        """Write what arrives in tick `t` on every lane into `out` (L, R)."""
        np.take(self._rings, self._begins + t % self._lengths, axis=0, out=out, mode="clip")
        if len(self._varying):
            np.add(self._places, t % self._ticks * self._places.size, out=self._now)
            self._shared.take(self._now, out=self._picked, mode="wrap")
            out[self._varying] = self._picked
        return out

    def send(self, t: int, dispatched: FloatArray) -> None:
        """Keep what is sent in tick `t` (L, R), once what is due has been read."""
        self._rings[self._begins + t % self._lengths] = dispatched
        dispatched.take(self._varying, axis=0, out=self._shared[t % self._ticks], mode="clip")


class DelayRing:
    """Parcels each of which brings its own delay; `longest` bounds the delays that matter."""

    def __init__(self, n_rows: int, width: int, longest: int) -> None:
        self._ticks = longest + 1
        self._ring = np.zeros((self._ticks, n_rows, width))
        self._flat = self._ring.reshape(-1)
        self._base = np.arange(n_rows * width).reshape(n_rows, width)
        self._place = np.empty_like(self._base)
        self._there = np.empty((n_rows, width))
        self._last_due = -1

    def put(self, t: int, parcels: FloatArray, delay: IntArray, kind: IntArray) -> None:
        """Add `parcels` (n, R), due `delay[kind]` ticks after `t`; longer delays than the ring are cut."""
        slot = np.minimum(delay, self._ticks - 1)
        slot += t % self._ticks
        slot -= (slot >= self._ticks) * self._ticks
        slot *= self._base.size
        slot.take(kind, axis=0, out=self._place, mode="clip")
        self._place += self._base
        self._flat.take(self._place, out=self._there, mode="clip")
        self._there += parcels
        self._flat[self._place] = self._there
        self._last_due = t + self._ticks - 1

    def take(self, t: int) -> FloatArray | None:
        """Return what is due in tick `t` (n, R), or None where nothing can be; call `clear` after use."""
        return self._ring[t % self._ticks] if t <= self._last_due else None

    def clear(self, t: int) -> None:
        """Forget what was due in tick `t`."""
        self._ring[t % self._ticks] = 0.0
