"""Consumption: own stock, backlog, substitution, reserves, shortage (model.md, eq. 19a-25, 61)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.constants import EPS
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.state import EngineState, narrow, positive
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import NodeKind, Plan

Release = Callable[[int, int, FloatArray], None]
"""Called with the reserve node, the node served and the quantity released (R,)."""


class Consumption:
    """Phase 3 of all nodes at once; nodes that are not uses have no demand, so nothing changes there."""

    def __init__(self, plan: Plan, topology: Topology, draws: Draws, pool: ArrayPool) -> None:
        self._topology, self._draws = topology, draws
        uses = plan.node_kind == NodeKind.USE
        self._has_prices = plan.prices is not None
        self._without_noise = np.flatnonzero(plan.node_noise < 0)
        self._noise_row = np.maximum(plan.node_noise, 0)
        self._has_noise = bool(np.any(uses & (plan.node_noise >= 0)))
        self._substituting = np.flatnonzero(uses & (plan.node_substitution >= 0))
        self._substitution_row = plan.node_substitution[self._substituting]
        self._buffer = pool.zeros(topology.n_nodes)
        self._backorder_share = narrow(draws.backorder_share)
        self._backorder_lapse = narrow(draws.backorder_lapse) if draws.backorder_lapse.any() else None
        self._reserves = tuple(plan.reserves)

    def run(self, t: int, state: EngineState, release: Release | None = None) -> None:
        """Consume, release reserves and write the shortage."""
        self._new_demand(t, state)
        stock, shortage, backlog = state.stock, state.shortage, state.backlog
        if self._backorder_lapse is not None:
            backlog -= np.multiply(self._backorder_lapse, backlog, out=state.lapsed)
        np.minimum(stock, state.demand, out=state.used)
        np.subtract(state.demand, state.used, out=shortage)
        stock -= state.used
        np.minimum(stock, backlog, out=self._buffer)
        backlog -= self._buffer
        stock -= self._buffer
        state.used += self._buffer
        if len(self._substituting):
            self._substitute(t, state)
        if self._reserves:
            state.from_reserve.fill(0.0)
            for number in range(len(self._reserves)):
                self._release(state, number, release)
        backordered = np.multiply(self._backorder_share, shortage, out=self._buffer)
        backlog += backordered

    def _new_demand(self, t: int, state: EngineState) -> None:
        """Write `demand` (eq. 20) and, with prices, `forgone` (eq. 61)."""
        demand = state.demand
        if self._has_noise:
            spread(self._draws.noise[t], self._noise_row, demand)
            demand += 1.0
            positive(demand)
            if self._has_prices:
                self._write_forgone(state, demand)
            demand *= state.expected_demand
            demand[self._without_noise] = state.expected_demand[self._without_noise]
        else:
            np.copyto(demand, state.expected_demand)
            if self._has_prices:
                np.subtract(state.normal_demand, state.expected_demand, out=state.forgone)
        demand[self._topology.not_uses] = 0.0

    def _write_forgone(self, state: EngineState, noise_factor: FloatArray) -> None:
        """Write the demand given up because of its price; `noise_factor` is `(1 + e)+`."""
        forgone = np.subtract(state.normal_demand, state.expected_demand, out=state.forgone)
        # Nodes without noise have read row 0 of the table: their values are kept aside and put back.
        without_noise = forgone[self._without_noise]
        forgone *= noise_factor
        forgone[self._without_noise] = without_noise

    def _substitute(self, t: int, state: EngineState) -> None:
        share = self._draws.substitution[t][self._substitution_row]
        substituted = np.minimum(state.shortage[self._substituting], share * state.demand[self._substituting])
        state.shortage[self._substituting] -= substituted
        state.substituted[self._substituting] = substituted

    def _release(self, state: EngineState, number: int, release: Release | None) -> None:
        """Release one reserve where the nodes it serves are short enough (eq. 24)."""
        node, served = self._reserves[number].node, self._reserves[number].serves
        if not served:
            return
        shortage = demand = np.zeros(state.stock.shape[1])
        for use in served:
            shortage = shortage + state.shortage[use]
            demand = demand + state.demand[use]
        is_triggered = shortage > (self._draws.reserve_trigger[number] + EPS) * demand
        budget = np.where(is_triggered, np.minimum(self._draws.reserve_rate[number], state.stock[node]), 0.0)
        if not budget.any():
            return
        held_back = self._draws.reserve_hold_back[number] * self._draws.reserve_goal[node]
        for place, use in enumerate(served):
            released = np.minimum(state.shortage[use], budget)
            if place >= self._reserves[number].n_first:
                np.minimum(released, positive(state.stock[node] - held_back), out=released)
            budget -= released
            state.shortage[use] -= released
            state.stock[node] = np.maximum(state.stock[node] - released, 0.0)
            state.used[node] += released
            state.from_reserve[use] += released
            if release is not None:
                release(node, use, released)
