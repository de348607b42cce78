"""Allocation: tiers, two rounds in each, and what is made in the end (model.md, eq. 34-36, 40-41)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diamondsim.draws import Draws, FloatArray, IntArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.ration import BoolArray, Rationing
from diamondsim.engines.batch.segments import PartialSum, spread
from diamondsim.engines.batch.shares import ContractShares
from diamondsim.engines.batch.state import EPS, State, divide, narrow, positive
from diamondsim.plan import Plan


@dataclass(frozen=True)
class _Tier:
    """The lanes of a later tier; `by_source` sums an array of all lanes, `by_node` one of these only."""

    lanes: IntArray
    by_source: PartialSum
    by_node: PartialSum
    rationing: Rationing


class Allocation:
    """Phase 5 but for re-routing; before it `allocated` is what lanes ask for."""

    def __init__(
        self, plan: Plan, layout: Layout, draws: Draws, state: State, shares: ContractShares
    ) -> None:
        self._layout, self._draws, self._live = layout, draws, shares.live
        width, everything = draws.n_replications, np.arange(layout.n_lanes)
        first = np.flatnonzero(plan.tier == 0)
        self._by_source = layout.source_sum(first)
        self._in_first = self._rationing(first, layout.source[first], layout.n_sources)
        self._later = later = np.flatnonzero(plan.tier > 0)
        self._later_by_node = PartialSum(layout.node[later], later, layout.n_lanes)
        self._later_tiers = [self._tier(np.flatnonzero(plan.tier == k)) for k in range(1, plan.n_tiers)]
        self._in_second = self._rationing(everything, layout.source, layout.n_sources)
        self._capacity_row = np.maximum(plan.source_index, 0)
        self._constant = np.flatnonzero(plan.source_index < 0)
        self._has_index = bool(np.any(plan.source_index >= 0))
        self._willingness = draws.allocation_weight[layout.node[layout.weighted_lanes]]
        self._weight = np.zeros((layout.n_lanes + 1, width))
        self._weighed = False
        self._unmet, self._served = np.zeros((2, layout.n_nodes, width))
        self._grain = state.grain
        self._largest_grain = 0.0
        # Lanes with room; of those, eligible ones.
        self._open, self._eligible, self._flag = np.zeros((3, layout.n_lanes, width), dtype=bool)
        self._wants = np.zeros((layout.n_nodes, width), dtype=bool)
        self._asked = np.zeros((layout.n_lanes + 1, width))
        self._to_source = (layout.source - everything) * width
        self._to_node = (layout.node - everything) * width
        views = layout.slots.views
        self._after_first = views((state.room, state.allocated, self._open), (self._served,))
        self._wanting = views((self._open, self._eligible), (self._wants,))
        self._weighing = views(
            (self._weight, narrow(0.001 * draws.sourcing_limit), state.purchases), (state.flow,)
        )

    def _rationing(self, lanes: IntArray, source: IntArray, n_sources: int) -> Rationing:
        return Rationing(lanes, source, n_sources, self._draws.n_replications, padding=self._layout.n_lanes)

    def _tier(self, lanes: IntArray) -> _Tier:
        layout = self._layout
        by_source = PartialSum(layout.source[lanes], lanes, layout.n_lanes + 1)
        by_node = PartialSum(layout.node[lanes])
        return _Tier(
            lanes, by_source, by_node, self._rationing(lanes, by_source.place, len(by_source.segments))
        )

    def run(self, t: int, state: State, rise: FloatArray | None) -> None:
        """Share out what the sources have (eq. 34-38); `rise` is what prices do to capacity."""
        self._supply(t, state, rise)
        self._weighed = False
        self._first_tier(state)
        for tier in self._later_tiers:
            self._second_round(state)
            self._first_round(tier, state)
        self._second_round(state, is_last=True)

    def _supply(self, t: int, state: State, rise: FloatArray | None) -> None:
        layout, draws, most = self._layout, self._draws, state.most
        if self._has_index:
            spread(draws.capacity_index[t], self._capacity_row, most)
            most[self._constant] = 1.0
            most *= draws.capacity
        else:
            np.copyto(most, draws.capacity)
        if rise is not None:
            most *= rise
        if len(layout.processors):
            makers = layout.processors
            from_feed = state.stock[layout.feed_of_processor] * draws.feed_yield[makers]
            capacity = spread(most, makers, state.makers_capacity)
            most[makers] = np.minimum(capacity, from_feed)
        np.add(state.finished, most, out=state.left)
        np.multiply(state.flow, EPS, out=self._grain)
        self._largest_grain = self._grain.max(initial=0.0)

    def _first_tier(self, state: State) -> None:
        """Serve the lanes of tier 0 (eq. 35); those of later tiers are not open before their turn."""
        later, later_by_node = self._later, self._later_by_node
        state.sent_out = self._by_source(state.lanes_allocated)
        self._settle(self._in_first, state.allocated, state.sent_out, state.left)
        state.allocated[later] = 0.0
        self._served.fill(0.0)
        for room, got, is_open, served in self._after_first:
            np.greater(room, got, out=is_open)
            np.add(served, got, out=served)
        np.subtract(state.wished, self._served, out=self._unmet)
        self._unmet[later_by_node.segments] -= later_by_node(state.wish)
        self._open[later] = False

    def _first_round(self, tier: _Tier, state: State) -> None:
        """Serve the lanes of a later tier (eq. 35)."""
        lanes, sources = tier.lanes, tier.by_source.segments
        wish, room = state.wish[lanes], state.room[lanes]
        state.allocated[lanes] = np.minimum(wish, room)
        total, left = tier.by_source(state.allocated), state.left[sources]
        self._settle(tier.rationing, state.allocated, total, left)
        state.left[sources] = left
        state.sent_out[sources] += total
        got = state.allocated[lanes]
        self._open[lanes] = room > got
        self._unmet[tier.by_node.segments] += tier.by_node(wish - got)

    def _second_round(self, state: State, *, is_last: bool = False) -> None:
        """Send what nodes still want to sources that have something left (eq. 36).

        Few lanes are eligible: they are picked and worked on side by side. After the last round nobody asks
        who is still open, and who still wants.
        """
        unmet, left = self._unmet.reshape(-1), state.left
        picked, source, node = self._eligible_lanes(left)
        if not len(picked):
            return
        allocated = state.allocated.reshape(-1)
        got, most = allocated.take(picked), state.room.take(picked)
        room = most - got
        requests = state.belief.take(picked)
        requests *= room
        weight = _sum_at(node, requests, unmet)
        requests *= divide(unmet, weight, weight).take(node)
        np.minimum(requests, room, out=requests)
        total = _sum_at(source, requests, left)
        binding = total > left
        if binding.any():
            asked = binding.take(source).nonzero()[0]
            places = picked.take(asked)
            self._asked.reshape(-1)[places] = requests.take(asked)
            self._cut(self._in_second, self._asked, total, left, binding)
            requests[asked] = self._asked.take(places)
            self._asked.reshape(-1)[places] = 0.0
        left -= total
        state.sent_out += total
        got += requests
        allocated[picked] = got
        if is_last:
            return
        # Who got all there was room for is closed, whatever is lost in rounding the sum.
        self._open.reshape(-1)[picked] = (requests < room) & (got < most)
        np.subtract.at(unmet, node, requests)

    def _eligible_lanes(self, left: FloatArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return lanes with room between a node that wants more and a source that has more.

        As positions in flat (L, R), (S, R) and (N, R) arrays.
        """
        eligible, has = self._eligible, left > 0.0
        np.greater(self._unmet, self._grain, out=self._wants)
        for is_open, may, wants in self._wanting:
            np.logical_and(is_open, wants, out=may)
        eligible &= has.take(self._layout.source, axis=0, out=self._flag, mode="clip")
        eligible[self._layout.entrants] &= self._live
        picked = eligible.ravel().nonzero()[0]
        lane = picked // left.shape[1]
        source = self._to_source.take(lane)
        source += picked
        node = self._to_node.take(lane)
        node += picked
        # A grain of rounding noise is no supply, as it is no demand.
        if np.count_nonzero(left > self._largest_grain) < np.count_nonzero(has):
            enough = left.take(source) > self._grain.take(node)
            if not enough.all():
                return picked[enough], source[enough], node[enough]
        return picked, source, node

    def _settle(
        self, rationing: Rationing, requests: FloatArray, total: FloatArray, left: FloatArray
    ) -> None:
        """Ration the requests where there is too little, cut their totals, take these from what is left."""
        binding = total > left
        if binding.any():
            self._cut(rationing, requests, total, left, binding)
        left -= total

    def _cut(
        self,
        rationing: Rationing,
        requests: FloatArray,
        total: FloatArray,
        left: FloatArray,
        binding: BoolArray,
    ) -> None:
        """Cut the requests of sources that have too little, and their totals."""
        if not self._weighed:
            self._weigh()
        places, given = rationing.cut(requests, self._weight, left, binding)
        total.reshape(-1)[places] = given

    def _weigh(self) -> None:
        """Write the weights of rationing (eq. 38)."""
        weight, layout = self._weight[:-1], self._layout
        for p, trickle, purchases, flow in self._weighing:
            np.multiply(trickle, flow, out=p)
            np.add(p, purchases, out=p)
        if len(layout.weighted_lanes):
            weight[layout.weighted_lanes] *= self._willingness
        if len(layout.equal_lanes):
            weight[layout.equal_lanes] = 1.0
        self._weighed = True

    def make(self, state: State) -> None:
        """Make what was sent out and what refills finished stock (eq. 40-41)."""
        output, finished = state.output, state.finished
        np.add(self._draws.finished_stock_ceiling, state.sent_out, out=output)
        output -= finished
        positive(output)
        np.minimum(output, state.most, out=output)
        finished += output
        finished -= state.sent_out
        positive(finished)
        makers, feeds = self._layout.processors, self._layout.feed_of_processor
        if len(makers):
            yields = self._draws.feed_yield[makers]
            eaten = np.zeros(yields.shape)
            np.divide(output[makers], yields, out=eaten, where=yields > 0.0)
            state.used[feeds] = eaten
            state.stock[feeds] = np.maximum(state.stock[feeds] - eaten, 0.0)


def _sum_at(places: IntArray, values: FloatArray, like: FloatArray) -> FloatArray:
    """Return the sums of the values that share a place in an array like another, flat."""
    sums = np.bincount(places, values, like.size)
    return np.asarray(sums, dtype=np.float64).reshape(like.shape)
