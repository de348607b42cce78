"""Diversion of denied flow through third countries (model.md, eq. 40-40d). Covered lanes only, (Lc, R)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.delays import DelayRing
from diamondsim.engines.batch.diversion_relays import DiversionRelays
from diamondsim.engines.batch.licence_queues import LicenceQueues
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.state import EngineState, at_most, divide, positive
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan


class DivertedFlows:
    """Diverted quantities, the seized part of them, and lots in the pipeline via third countries.

    Attributes
    ----------
    diverted, seized, sent : (Lc, R) arrays
        `diverted`, the seized part of it, and the rest, which is dispatched.
    relays : DiversionRelays or None
        What third countries can pass on; None where that limits nothing.
    """

    def __init__(
        self,
        plan: Plan,
        topology: Topology,
        draws: Draws,
        state: EngineState,
        queues: LicenceQueues,
        terms: ControlTerms,
        pool: ArrayPool,
    ) -> None:
        n_replications = draws.n_replications
        n_covered = len(topology.covered)
        self._topology, self._state, self._queues, self._terms = topology, state, queues, terms
        self.diverted = pool.zeros(n_covered)
        self.seized = pool.zeros(n_covered)
        self.sent = pool.zeros(n_covered)
        self._is_diverting = False
        self._by_lane = pool.zeros(n_covered)
        self._by_node = topology.by_covered_node()
        self._by_source = topology.by_covered_source()
        self._of_reserves = np.flatnonzero(np.isin(topology.node[topology.covered], topology.reserve_nodes))
        ever_diverts = bool(draws.diversion_share.any())
        longest = min(int(draws.diversion_delay_ticks.max(initial=1)), plan.n_ticks) if ever_diverts else 0
        # The delay belongs to the control, not to its rules: profiles covered by the same controls share it.
        _, self._profile_of_kind, kind = np.unique(
            topology.profile_rules >= 0, axis=0, return_index=True, return_inverse=True
        )
        self._delays = DelayRing(kind.reshape(-1)[topology.profile], n_replications, longest)
        self._ever_diverts = ever_diverts
        self.relays = (
            DiversionRelays(plan, topology, draws, state.purchases)
            if ever_diverts and plan.relay.any()
            else None
        )

    def arrive(self, t: int, arriving: FloatArray) -> None:
        """Add diverted lots that arrive in tick `t` to `arriving` (L, R)."""
        due = self._delays.take(t) if self._ever_diverts else None
        if due is not None:
            arriving[self._topology.covered] += due

    def run(self, t: int, from_free_lanes: FloatArray, dispatched: FloatArray) -> None:
        """Divert what is not admitted (eq. 40-40d).

        `from_free_lanes` (N, R) is what nodes get on free lanes. What third countries pass on out of what is
        `dispatched` (L, R) to them is taken off it.
        """
        if self.relays is not None:
            self.relays.observe(dispatched)
        terms = self._terms
        if self._ever_diverts and terms.active and terms.diversion_share.any():
            self._divert(t, from_free_lanes)
        elif self._is_diverting:
            self._reset()
        if self.relays is not None:
            self.relays.take(terms, dispatched, self._state.pipeline)

    def _divert(self, t: int, from_free_lanes: FloatArray) -> None:
        """Scale the potential diversion (eq. 40-40b), and send it."""
        topology, diverted = self._topology, self.diverted
        state, queues, terms = self._state, self._queues, self._terms
        self._is_diverting = True
        # The potential diversion is written where the result will stand, and scaled down in place: first to
        # what nodes need, then to what third countries can pass on, then to what sources have left.
        potential_diversion = np.subtract(queues.reference_flow, queues.granted, out=diverted)
        positive(potential_diversion)
        potential_diversion *= spread(terms.diversion_share, topology.profile, self._by_lane)
        potential_diversion[self._of_reserves] = 0.0
        nodes, sources = self._by_node, self._by_source
        need = state.order[nodes.segments]
        need -= from_free_lanes[nodes.segments]
        positive(need)
        _cap_to(need, nodes(potential_diversion))
        potential_diversion *= spread(need, nodes.place, self._by_lane)
        inside = None
        if self.relays is not None:
            self.relays.limit(terms, potential_diversion)
            inside = self.relays.inside
        if inside is not None:
            potential_diversion -= inside
        total = sources(potential_diversion)
        left = state.left[sources.segments]
        taken = np.minimum(total, left)
        state.left[sources.segments] = left - taken
        state.sent_out[sources.segments] += taken
        _cap_to(left, total)
        diverted *= spread(left, sources.place, self._by_lane)
        if inside is not None:
            diverted += inside
        np.multiply(diverted, spread(terms.seized_share, topology.profile, self._by_lane), out=self.seized)
        np.subtract(diverted, self.seized, out=self.sent)
        state.pipeline[nodes.segments] += nodes(self.sent)
        self._delays.put(t, self.sent, terms.diversion_delay_ticks[self._profile_of_kind])

    def _reset(self) -> None:
        for values in (self.diverted, self.seized, self.sent):
            values.fill(0.0)
        self._is_diverting = False


def _cap_to(available: FloatArray, total: FloatArray) -> None:
    """Turn what is available into the share of `total` that it covers, at most 1; overwrites `total`."""
    divide(available, total, available)
    at_most(available, 1.0)
