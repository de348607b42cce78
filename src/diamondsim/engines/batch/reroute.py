"""Re-routing of blocked flow through third countries (model.md, eq. 39). Covered lanes only, (Lc, R)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.delays import DelayRing
from diamondsim.engines.batch.desks import Desks
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import spread
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
        self.leaked = np.zeros(shape)
        self.seized = np.zeros(shape)
        self.sent = np.zeros(shape)
        self._leaking = False
        self._by_lane = np.zeros(shape)
        self._by_node = layout.by_covered_node()
        self._by_source = layout.by_covered_source()
        ever = bool(draws.diversion_share.any())
        longest = min(int(draws.diversion_delay_ticks.max(initial=1)), n_ticks) if ever else 0
        # A detour is the control's: profiles that differ in their desks only share one.
        _, self._with_detour, kind = np.unique(
            layout.profile_desk >= 0, axis=0, return_index=True, return_inverse=True
        )
        self._detours = DelayRing(kind.reshape(-1)[layout.profile], width, longest)
        self._ever = ever

    def arrive(self, t: int, arriving: FloatArray) -> None:
        """Add what comes off its detour to `arriving` (L, R)."""
        due = self._detours.take(t) if self._ever else None
        if due is not None:
            arriving[self._layout.covered] += due

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
        nodes, sources = self._by_node, self._by_source
        need = state.order[nodes.segments]
        need -= from_free[nodes.segments]
        positive(need)
        _cap_to(need, nodes(leaked))
        leaked *= spread(need, nodes.place, self._by_lane)
        total = sources(leaked)
        left = state.left[sources.segments]
        taken = np.minimum(total, left)
        state.left[sources.segments] = left - taken
        state.sent_out[sources.segments] += taken
        _cap_to(left, total)
        leaked *= spread(left, sources.place, self._by_lane)
        np.multiply(leaked, spread(terms.seized, layout.profile, self._by_lane), out=self.seized)
        np.subtract(leaked, self.seized, out=self.sent)
        state.transit[nodes.segments] += nodes(self.sent)
        self._detours.put(t, self.sent, terms.detour[self._with_detour])

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
