"""Ordering: what nodes want, and what they would like on each lane (model.md, eq. 30-33)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray, IntArray
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.desks import Desks
from diamondsim.engines.batch.frontload import FrontLoading
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.shares import ContractShares
from diamondsim.engines.batch.state import State, divide, narrow, positive
from diamondsim.plan import Plan


class Ordering:
    """Phase 4; `lead` is the contract-weighted lead (N, R), `quote_of_lane` says whose price a lane has."""

    def __init__(
        self,
        plan: Plan,
        layout: Layout,
        draws: Draws,
        lead: FloatArray,
        state: State,
        shares: ContractShares,
        quote_of_lane: IntArray,
    ) -> None:
        self._layout, self._draws = layout, draws
        width = draws.n_replications
        self._target = lead + draws.cover_ticks
        self._by_covered_node = layout.by_covered_node()
        self._trust = draws.queue_weight[self._by_covered_node.segments]
        self._position = np.zeros((layout.n_nodes, width))
        self._want = np.zeros((layout.n_nodes, width))
        views = layout.slots.views
        lanes = (state.wish, shares.current, state.belief, quote_of_lane)
        self._pulling = views(lanes, (self._position, self._want))
        self._sharing = views(
            (state.wish, narrow(draws.sourcing_limit), state.room, state.allocated), (state.flow, self._want)
        )
        self._counted = np.zeros((len(layout.covered), width))
        reserves = layout.reserve_nodes
        covers = np.zeros((len(plan.controls), len(reserves)), dtype=bool)
        for row, node in enumerate(reserves):
            covers[:, row] = (plan.rule_of[:, plan.lane_node == node] >= 0).any(axis=1)
        self._watching = [np.flatnonzero(column) for column in covers.T]

    def run(self, t: int, state: State, desks: Desks, terms: Terms, rush: FrontLoading) -> None:
        """Write `order` (eq. 30-32)."""
        layout = self._layout
        position = np.add(state.stock, state.transit, out=self._position)
        position -= state.backlog
        if len(layout.feeds):
            position[layout.feeds] -= state.flow[layout.feeds]
        if desks.waiting:
            state.belief.take(layout.covered, axis=0, out=self._counted, mode="clip")
            self._counted *= desks.pending
            counted = self._by_covered_node(self._counted)
            counted *= self._trust
            position[self._by_covered_node.segments] += counted
        order = state.order
        if rush.extra_cover is None:
            np.multiply(self._target, state.flow, out=order)
        else:
            np.add(self._target, rush.extra_cover, out=order)
            order *= state.flow
        order -= position
        positive(order)
        np.multiply(rush.ceiling, state.flow, out=self._want)
        np.minimum(order, self._want, out=order)
        if len(layout.reserve_nodes):
            self._refill(t, state, desks, terms)

    def _refill(self, t: int, state: State, desks: Desks, terms: Terms) -> None:
        """Replace the orders of reserves (eq. 32)."""
        reserves = self._layout.reserve_nodes
        wanted = self._draws.reserve_goal[reserves] - state.stock[reserves] - state.transit[reserves]
        if desks.waiting:
            pending = self._want
            pending.fill(0.0)
            pending[self._by_covered_node.segments] = self._by_covered_node(desks.pending)
            wanted -= pending[reserves]
        wanted = np.minimum(positive(wanted), state.flow[reserves])
        for row, controls in enumerate(self._watching):
            if len(controls):
                wanted[row][terms.in_force[t, controls].any(axis=0)] = 0.0
        state.order[reserves] = wanted

    def wishes(self, state: State, rush: FrontLoading, appeal: FloatArray | None) -> None:
        """Write `wish` and `room` of every lane (eq. 33), and in `allocated` what it asks for (eq. 35).

        A lane that is not open yet has room too here, but no wish; allocation leaves it out.
        `appeal` is what the price of each quote does.
        """
        pulls = self._position
        pulls.fill(0.0)
        for wish, share, belief, quote, pull, buffer in self._pulling:
            np.multiply(share, belief, out=wish)
            if appeal is not None:
                np.multiply(wish, spread(appeal, quote, buffer), out=wish)
            np.add(pull, wish, out=pull)
        np.multiply(state.order, pulls > 0.0, out=state.wished)
        divide(state.order, pulls, self._want)
        for wish, qualified, room, asked, flow, unit in self._sharing:
            np.multiply(wish, unit, out=wish)
            np.multiply(qualified, flow, out=room)
            np.minimum(wish, room, out=asked)
        if rush.room_factor is not None:
            lanes = rush.lanes
            state.room[lanes] *= rush.room_factor
            state.allocated[lanes] = np.minimum(state.wish[lanes], state.room[lanes])
