"""Allocation: tiers, two rounds in each, and what is made in the end (model.md, eq. 34-36, 40-41)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diamondsim.draws import Draws, FloatArray, IntArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.ration import Rationing
from diamondsim.engines.batch.segments import SegmentSum, spread
from diamondsim.engines.batch.state import EPS, State, divide
from diamondsim.plan import Plan


@dataclass(frozen=True)
class _Tier:
    """Lanes of one tier, `begin` to `end`, and of all tiers up to it, 0 to `end`."""

    begin: int
    end: int
    own_by_source: SegmentSum
    own_rationing: Rationing
    all_by_source: SegmentSum
    all_by_node: SegmentSum
    all_rationing: Rationing


class Allocation:
    """Phase 5 but for re-routing."""

    def __init__(self, plan: Plan, layout: Layout, draws: Draws) -> None:
        self._layout, self._draws = layout, draws
        width = draws.n_replications
        begins = (0, *layout.tier_ends[:-1])
        self._tiers = [
            self._tier(begin, end, width) for begin, end in zip(begins, layout.tier_ends, strict=True)
        ]
        self._capacity_row = np.maximum(plan.source_index, 0)
        self._constant = np.flatnonzero(plan.source_index < 0)
        self._has_index = bool(np.any(plan.source_index >= 0))
        self._qualified = draws.qualified[layout.plan_of_lane]
        self._willingness = draws.willingness[layout.node[layout.weighted_lanes]]
        self._requests = np.zeros((layout.n_lanes + 1, width))
        self._weight = np.zeros((layout.n_lanes + 1, width))
        self._weighed = False
        self._lane_buffer = np.zeros((layout.n_lanes, width))
        self._factor = np.zeros((layout.n_lanes, width))
        self._total = np.zeros((layout.n_sources, width))
        self._unmet = np.zeros((layout.n_nodes, width))
        self._pull = np.zeros((layout.n_nodes, width))

    def _tier(self, begin: int, end: int, width: int) -> _Tier:
        layout = self._layout

        def rationing(lanes: IntArray) -> Rationing:
            rows = layout.in_plan_order(lanes)
            return Rationing(rows, layout.source[rows], layout.n_sources, width, layout.n_lanes)

        own, all_so_far = np.arange(begin, end), np.arange(end)
        return _Tier(
            begin,
            end,
            layout.source_sum(own, width),
            rationing(own),
            layout.source_sum(all_so_far, width),
            layout.node_sum(all_so_far, width),
            rationing(all_so_far),
        )

    def run(self, t: int, state: State) -> None:
        """Share out what the sources have (eq. 34-38)."""
        self._supply(t, state)
        self._weighed = False
        state.allocated.fill(0.0)
        for tier in self._tiers:
            if tier.end > tier.begin:
                self._first_round(tier, state)
            if tier.end > 0:
                self._second_round(tier, state)

    def _supply(self, t: int, state: State) -> None:
        layout, draws, most = self._layout, self._draws, state.most
        if self._has_index:
            spread(draws.capacity_index[t], self._capacity_row, most)
            most[self._constant] = 1.0
            most *= draws.capacity
        else:
            np.copyto(most, draws.capacity)
        if len(layout.processors):
            makers = layout.processors
            from_feed = state.stock[layout.feed_of_processor] * draws.feed_yield[makers]
            most[makers] = np.minimum(most[makers], from_feed)
        np.add(state.finished, most, out=state.left)
        state.sent_out.fill(0.0)

    def _first_round(self, tier: _Tier, state: State) -> None:
        lanes = slice(tier.begin, tier.end)
        np.minimum(state.wish[lanes], state.room[lanes], out=state.allocated[lanes])
        self._settle(state.allocated, tier.own_by_source, tier.own_rationing, state)

    def _second_round(self, tier: _Tier, state: State) -> None:
        """Send what nodes still want to sources that have something left (eq. 36)."""
        layout, lanes = self._layout, slice(0, tier.end)
        buffer, requests = self._lane_buffer[lanes], self._requests[lanes]
        np.subtract(state.wish[lanes], state.allocated[lanes], out=buffer)
        unmet = tier.all_by_node(buffer, self._unmet)
        np.maximum(unmet, 0.0, out=unmet)
        if not unmet.any():
            return
        headroom = np.subtract(state.room[lanes], state.allocated[lanes], out=requests)
        np.maximum(headroom, 0.0, out=headroom)
        left = spread(state.left, layout.source[lanes], buffer)
        eligible = left > EPS * state.flow_by_lane[lanes]
        np.multiply(headroom, eligible, out=buffer)
        buffer *= state.belief[lanes]
        pull = tier.all_by_node(buffer, self._pull)
        buffer *= spread(divide(unmet, pull, unmet), layout.node[lanes], self._factor[lanes])
        np.minimum(headroom, buffer, out=requests)
        self._settle(self._requests, tier.all_by_source, tier.all_rationing, state)
        state.allocated[lanes] += requests

    def _settle(
        self, requests: FloatArray, by_source: SegmentSum, rationing: Rationing, state: State
    ) -> None:
        """Ration the requests where there is too little and take them from what is left."""
        total = by_source(requests, self._total)
        binding = total > state.left
        if binding.any():
            if not self._weighed:
                self._weigh(state)
            rationing.cut(requests, self._weight, state.left, binding)
            # Not all that is left goes out where those who could still take it have no weight.
            np.minimum(by_source(requests, total), state.left, out=total)
        state.left -= total
        state.sent_out += total

    def _weigh(self, state: State) -> None:
        """Write the weights of rationing (eq. 38)."""
        weight, layout = self._weight[:-1], self._layout
        np.multiply(self._qualified, state.flow_by_lane, out=weight)
        weight *= 0.001
        weight += state.purchases
        if len(layout.weighted_lanes):
            weight[layout.weighted_lanes] *= self._willingness
        if len(layout.equal_lanes):
            weight[layout.equal_lanes] = 1.0
        self._weighed = True

    def make(self, state: State) -> None:
        """Make what was sent out and what refills finished stock (eq. 40-41)."""
        output, finished = state.output, state.finished
        np.add(self._draws.finished_ceiling, state.sent_out, out=output)
        output -= finished
        np.maximum(output, 0.0, out=output)
        np.minimum(output, state.most, out=output)
        finished += output
        finished -= state.sent_out
        np.maximum(finished, 0.0, out=finished)
        makers, feeds = self._layout.processors, self._layout.feed_of_processor
        if len(makers):
            yields = self._draws.feed_yield[makers]
            eaten = np.zeros(yields.shape)
            np.divide(output[makers], yields, out=eaten, where=yields > 0.0)
            state.used[feeds] = eaten
            state.stock[feeds] = np.maximum(state.stock[feeds] - eaten, 0.0)
