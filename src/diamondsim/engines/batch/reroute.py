"""Re-routing of blocked flow through third countries (model.md, eq. 39). Covered lanes only, (Lc, R)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.delays import DelayRing
from diamondsim.engines.batch.desks import Desks
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import SegmentSum, spread
from diamondsim.engines.batch.state import State, at_most, divide, positive


class Rerouting:
    """What leaks, what of it is seized, and what is on its detour.

    Attributes
    ----------
    leaked, seized, sent : (Lc, R) arrays
        `lk`, the seized part, and the rest, which goes on its detour.
    """

    def __init__(self, layout: Layout, draws: Draws, n_ticks: int) -> None:
        width = draws.n_replications
        shape = (len(layout.covered), width)
        self._layout = layout
        self._nodes_of = layout.node[layout.covered]
        self._sources_of = layout.source[layout.covered]
        self.leaked = np.zeros(shape)
        self.seized = np.zeros(shape)
        self.sent = np.zeros(shape)
        self._leaking = False
        self._by_lane = np.zeros(shape)
        self._node_need = np.zeros((layout.n_nodes, width))
        self._node_total = np.zeros((layout.n_nodes, width))
        self._source_total = np.zeros((layout.n_sources, width))
        self._source_taken = np.zeros((layout.n_sources, width))
        self._source_share = np.zeros((layout.n_sources, width))
        self._by_node: SegmentSum = layout.node_sum_of(layout.covered, width)
        self._by_source: SegmentSum = layout.source_sum_of(layout.covered, width)
        ever = bool(draws.leak_share.any())
        longest = min(int(draws.detour_ticks.max(initial=1)), n_ticks) if ever else 0
        self._detours = DelayRing(shape[0] if ever else 0, width, longest)
        self._ever = ever

    def arrive(self, t: int, arriving: FloatArray) -> None:
        """Add what comes off its detour to `arriving` (L, R)."""
        due = self._detours.take(t) if self._ever else None
        if due is not None:
            arriving[self._layout.covered] += due
            self._detours.clear(t)

    def run(self, t: int, state: State, desks: Desks, terms: Terms, from_free: FloatArray) -> None:
        """Re-route what the desks block; `from_free` (N, R) is what nodes get on free lanes."""
        if not (self._ever and terms.active and terms.leak.any()):
            self._rest()
            return
        layout, leaked = self._layout, self.leaked
        self._leaking = True
        np.subtract(desks.reference, desks.admitted, out=leaked)
        positive(leaked)
        leaked *= spread(terms.leak, layout.profile, self._by_lane)
        need = np.subtract(state.order, from_free, out=self._node_need)
        positive(need)
        _cap_to(need, self._by_node(leaked, self._node_total))
        leaked *= spread(need, self._nodes_of, self._by_lane)
        total = self._by_source(leaked, self._source_total)
        taken = np.minimum(total, state.left, out=self._source_taken)
        share = self._source_share
        np.copyto(share, state.left)
        _cap_to(share, total)
        leaked *= spread(share, self._sources_of, self._by_lane)
        state.left -= taken
        state.sent_out += taken
        np.multiply(leaked, spread(terms.seized, layout.profile, self._by_lane), out=self.seized)
        np.subtract(leaked, self.seized, out=self.sent)
        state.transit += self._by_node(self.sent, self._node_total)
        self._detours.put(t, self.sent, terms.detour, layout.profile)

    def _rest(self) -> None:
        if self._leaking:
            self.leaked.fill(0.0)
            self.seized.fill(0.0)
            self.sent.fill(0.0)
            self._leaking = False


def _cap_to(available: FloatArray, total: FloatArray) -> None:
    """Turn what is available into the share of `total` that it covers, at most 1; spoils `total`."""
    divide(available, total, available)
    at_most(available, 1.0)
