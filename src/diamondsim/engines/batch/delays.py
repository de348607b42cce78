"""Goods and papers under way: what is sent in one tick and due in a later one.

Owns two stores. A `Pipeline` has one fixed delay per lane and replication: it keeps what was sent and looks
back by the delay. A `DelayRing` takes a delay with every parcel: it keeps what is due.
"""

from __future__ import annotations

import numpy as np

from diamondsim.draws import FloatArray, IntArray


class Pipeline:
    """Transit with a fixed lead per lane and replication.

    The history is a ring of as many ticks as the longest lead, laid down twice in a row: the last ticks
    before any `t` are then one contiguous window, and the places to look at inside it never change.

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
        n_lanes, width = lead.shape
        lead = np.minimum(lead, n_ticks)
        self._ticks = int(lead.max(initial=1))
        self._history = np.empty((2 * self._ticks, n_lanes, width))
        self._history[:] = contract_flow
        self._by_row = self._history.reshape(-1, width)
        self._flat = self._history.reshape(-1)
        self._n_lanes, self._tick_size = n_lanes, n_lanes * width
        back = self._ticks - lead
        self._rows = back[:, 0] * n_lanes + np.arange(n_lanes)
        self._varying = np.flatnonzero((lead != lead[:, :1]).any(axis=1))
        columns = np.arange(width)
        self._places = (back[self._varying] * n_lanes + self._varying[:, None]) * width + columns
        self._picked = np.empty(self._places.shape)

    def due(self, t: int, out: FloatArray) -> FloatArray:
        """Write what arrives in tick `t` on every lane into `out` (L, R)."""
        slot = t % self._ticks
        np.take(self._by_row[slot * self._n_lanes :], self._rows, axis=0, out=out, mode="clip")
        if len(self._varying):
            np.take(self._flat[slot * self._tick_size :], self._places, out=self._picked, mode="clip")
            out[self._varying] = self._picked
        return out

    def slot(self, t: int) -> FloatArray:
        """Return the (L, R) place to write what is sent in tick `t`; `close` it afterwards."""
        slot: FloatArray = self._history[t % self._ticks]
        return slot

    def close(self, t: int) -> None:
        """Keep what was written into `slot(t)`."""
        slot = t % self._ticks
        self._history[slot + self._ticks] = self._history[slot]


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
        slot = (np.minimum(delay, self._ticks - 1) + t) % self._ticks
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
