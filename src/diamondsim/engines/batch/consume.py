"""Consumption: own stock, backlog, substitution, reserves, shortage (model.md, eq. 20-25)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.state import EPS, State, narrow, positive
from diamondsim.plan import NodeKind, Plan

Release = Callable[[int, int, FloatArray], None]
"""Is told the reserve node, the node served and the quantity (R,)."""


class Consumption:
    """Phase 3 of all nodes at once; nodes that are not uses have no demand, so nothing happens to them."""

    def __init__(self, plan: Plan, layout: Layout, draws: Draws) -> None:
        self._layout, self._draws = layout, draws
        uses = plan.node_kind == NodeKind.USE
        self._has_prices = plan.prices is not None
        self._steady = np.flatnonzero(plan.node_noise < 0)
        self._noise_row = np.maximum(plan.node_noise, 0)
        self._has_noise = bool(np.any(uses & (plan.node_noise >= 0)))
        self._open = np.flatnonzero(uses & (plan.node_substitution >= 0))
        self._substitution_row = plan.node_substitution[self._open]
        self._from_backlog = np.zeros((layout.n_nodes, draws.n_replications))
        self._backlog_share = narrow(draws.backorder_share)
        self._reserves = [
            (number, reserve.node, np.array(reserve.serves, dtype=np.int64))
            for number, reserve in enumerate(plan.reserves)
        ]

    def run(self, t: int, state: State, release: Release | None = None) -> None:
        """Consume and count what is short."""
        self._new_demand(t, state)
        stock, short, backlog = state.stock, state.shortage, state.backlog
        np.minimum(stock, state.demand, out=state.used)
        np.subtract(state.demand, state.used, out=short)
        stock -= state.used
        np.minimum(stock, backlog, out=self._from_backlog)
        backlog -= self._from_backlog
        stock -= self._from_backlog
        state.used += self._from_backlog
        if len(self._open):
            self._substitute(t, state)
        if self._reserves:
            state.from_reserve.fill(0.0)
            for number, node, served in self._reserves:
                self._release(state, number, node, served, release)
        waits = np.multiply(self._backlog_share, short, out=self._from_backlog)
        backlog += waits

    def _new_demand(self, t: int, state: State) -> None:
        demand = state.demand
        if self._has_noise:
            spread(self._draws.noise[t], self._noise_row, demand)
            demand += 1.0
            positive(demand)
            if self._has_prices:
                self._forgo(state, demand)
            demand *= state.flow
            demand[self._steady] = state.flow[self._steady]
        else:
            np.copyto(demand, state.flow)
            if self._has_prices:
                np.subtract(state.normal, state.flow, out=state.forgone)
        demand[self._layout.not_uses] = 0.0

    def _forgo(self, state: State, wavering: FloatArray) -> None:
        """Write the demand that is given up for its price (eq. 98); `wavering` is `(1 + e)+`."""
        forgone = np.subtract(state.normal, state.flow, out=state.forgone)
        steady = forgone[self._steady]
        forgone *= wavering
        forgone[self._steady] = steady

    def _substitute(self, t: int, state: State) -> None:
        share = self._draws.substitution[t][self._substitution_row]
        met = np.minimum(state.shortage[self._open], share * state.demand[self._open])
        state.shortage[self._open] -= met
        state.substituted[self._open] = met

    def _release(
        self, state: State, number: int, node: int, served: np.ndarray, release: Release | None
    ) -> None:
        """Open one reserve where the nodes it serves are short enough (eq. 24)."""
        if not len(served):
            return
        short = demand = np.zeros(state.stock.shape[1])
        for use in served:
            short = short + state.shortage[use]
            demand = demand + state.demand[use]
        opens = short > (self._draws.reserve_trigger[number] + EPS) * demand
        budget = np.where(opens, np.minimum(self._draws.reserve_rate[number], state.stock[node]), 0.0)
        if not budget.any():
            return
        for use in served:
            given = np.minimum(state.shortage[use], budget)
            budget -= given
            state.shortage[use] -= given
            state.stock[node] = np.maximum(state.stock[node] - given, 0.0)
            state.used[node] += given
            state.from_reserve[use] += given
            if release is not None:
                release(node, int(use), given)
