"""Allocation by tiers with two rounds each, and production (model.md, eq. 35-39, 41-42)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.constants import EPS, MIN_WEIGHT
from diamondsim.draws import Draws
from diamondsim.engines.batch.adaptation import Adaptation
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.contract_shares import ContractShares
from diamondsim.engines.batch.licensed_orders import LicensedOrders
from diamondsim.engines.batch.segments import PartialSum, spread
from diamondsim.engines.batch.state import EngineState, divide, narrow, positive
from diamondsim.engines.batch.topology import Topology
from diamondsim.engines.batch.water_filling import WaterFilling
from diamondsim.plan import Plan, Rationing


@dataclass(frozen=True)
class _Tier:
    """Lanes of a tier after the first; `by_source` sums arrays of all lanes, `by_node` of these only."""

    lanes: IntArray
    by_source: PartialSum
    by_node: PartialSum
    water_filling: WaterFilling


class Allocation:
    """Phase 5 except diversion.

    On entry `State.allocated` holds the requests of round one; on return, what each lane gets.

    Attributes
    ----------
    asked : (S, R) array
        What sources were asked for in round one.
    """

    def __init__(
        self,
        plan: Plan,
        topology: Topology,
        draws: Draws,
        state: EngineState,
        shares: ContractShares,
        licensed: LicensedOrders,
        pool: ArrayPool,
    ) -> None:
        self._topology, self._draws, self._live = topology, draws, shares.live
        self._licensed, self._has_prices = licensed, plan.prices is not None
        n_replications, all_lanes = draws.n_replications, np.arange(topology.n_lanes)
        first = np.flatnonzero(plan.tier == 0)
        self._by_source, self._first_by_node = topology.source_sum(first), topology.node_sum(first)
        self._in_first = self._water_filling(first, topology.source[first], topology.n_sources)
        self._later = later = np.flatnonzero(plan.tier > 0)
        self._later_by_node = PartialSum(topology.node[later], later, topology.n_lanes)
        self._later_tiers = [self._tier(np.flatnonzero(plan.tier == k)) for k in range(1, plan.n_tiers)]
        self._in_second = self._water_filling(all_lanes, topology.source, topology.n_sources)
        self._capacity_row = np.maximum(plan.source_index, 0)
        self._constant = np.flatnonzero(plan.source_index < 0)
        self._has_index = bool(np.any(plan.source_index >= 0))
        self._weight = pool.zeros(topology.n_lanes + 1)
        self._weights_written = False
        self.asked = np.zeros((topology.n_sources, n_replications))
        self._contract_weight = narrow(draws.contract_weight)
        # As large as the nodes: what is broadcast row by row takes twice as long.
        purchase_weight = pool.zeros(topology.n_nodes)
        purchase_weight[:] = 1.0 - self._contract_weight
        self._contract_flow, self._least_weight, self._buffer, self._unmet = (
            pool.zeros(topology.n_nodes) for _ in range(4)
        )
        self._negligible, self._expected_demand = state.negligible, state.expected_demand
        self._largest_negligible = 0.0
        # (L, R) masks kept from call to call: lanes that can take more, the eligible ones among them, and a
        # buffer for a property of their sources.
        self._has_room, self._eligible, self._flag = (pool.masks(topology.n_lanes) for _ in range(3))
        self._has_unmet = pool.masks(topology.n_nodes)
        self._asked = pool.zeros(topology.n_lanes + 1)
        # Added to a position in a flat (L, R) array these give the position in the same column of a flat
        # (S, R) or (N, R) array, without a division for the column.
        self._to_source = (topology.source - all_lanes) * n_replications
        self._to_node = (topology.node - all_lanes) * n_replications
        weighted = plan.rationing[topology.source] == Rationing.WEIGHTED
        factor = pool.copy(narrow(np.where(weighted[:, None], draws.allocation_weight, 1.0)))
        views = topology.slots.views
        self._unmet_views = views((self._has_room, self._eligible), (self._has_unmet,))
        self._weight_views = views(
            (self._weight, shares.contract_share, state.purchases, factor),
            (self._contract_flow, purchase_weight, self._least_weight, self._buffer),
        )

    def _water_filling(self, lanes: IntArray, source: IntArray, n_sources: int) -> WaterFilling:
        return WaterFilling(
            lanes, source, n_sources, self._draws.n_replications, padding=self._topology.n_lanes
        )

    def _tier(self, lanes: IntArray) -> _Tier:
        topology = self._topology
        by_source = PartialSum(topology.source[lanes], lanes, topology.n_lanes + 1)
        by_node = PartialSum(topology.node[lanes])
        return _Tier(
            lanes, by_source, by_node, self._water_filling(lanes, by_source.place, len(by_source.segments))
        )

    def run(
        self, t: int, state: EngineState, supply_factor: FloatArray | None, adaptation: Adaptation | None
    ) -> None:
        """Allocate what the sources have (eq. 35-39); `supply_factor` (S, R) is that of prices, or None."""
        self._supply(t, state, supply_factor, adaptation)
        self._weights_written = False
        self._first_tier(state)
        for k, tier in enumerate(self._later_tiers):
            self._second_round(k, state)
            self._first_round(tier, state)
        self._second_round(len(self._later_tiers), state, is_last=True)
        if self._has_prices:
            self._licensed.restore_lanes(state)

    def _supply(
        self, t: int, state: EngineState, supply_factor: FloatArray | None, adaptation: Adaptation | None
    ) -> None:
        """Write `max_output`, `left` (eq. 35) and the threshold of negligible quantities."""
        topology, draws, max_output = self._topology, self._draws, state.max_output
        if self._has_index:
            spread(draws.capacity_index[t], self._capacity_row, max_output)
            # Sources without an index have read row 0 of the table; overwriting them is cheaper than picking.
            max_output[self._constant] = 1.0
            max_output *= draws.capacity
        else:
            np.copyto(max_output, draws.capacity)
        if adaptation is not None:
            adaptation.write_capacity(t, max_output)
        if supply_factor is not None:
            if adaptation is not None:
                adaptation.count_once(supply_factor)
            max_output *= supply_factor
        if len(topology.processors):
            processors = topology.processors
            from_feed = state.stock[topology.feed_of_processor] * draws.feed_yield[processors]
            capacity = spread(max_output, processors, state.processor_capacity)
            max_output[processors] = np.minimum(capacity, from_feed)
        np.add(state.finished_stock, max_output, out=state.left)
        np.multiply(state.expected_demand, EPS, out=self._negligible)
        self._largest_negligible = self._negligible.max(initial=0.0)

    def _first_tier(self, state: EngineState) -> None:
        """Serve the lanes of tier 0 (eq. 36).

        The unmet order is the total over the lanes of all tiers; what is desired on later tiers is taken off
        here and added tier by tier. The rows of later tiers in `allocated` keep their requests until then.
        """
        later, later_by_node = self._later, self._later_by_node
        state.sent_out = self._by_source(state.lanes_allocated)
        self.asked = state.sent_out.copy()
        self._serve(self._in_first, state.allocated, state.sent_out, state.left)
        np.greater(state.lane_max, state.lanes_allocated, out=self._has_room)
        self._has_room[later] = False
        np.subtract(state.desired_total, self._first_by_node(state.lanes_allocated), out=self._unmet)
        self._unmet[later_by_node.segments] -= later_by_node(state.desired_order)

    def _first_round(self, tier: _Tier, state: EngineState) -> None:
        """Serve the lanes of a later tier (eq. 36)."""
        lanes, sources = tier.lanes, tier.by_source.segments
        total, left = tier.by_source(state.allocated), state.left[sources]
        self.asked[sources] += total
        self._serve(tier.water_filling, state.allocated, total, left)
        state.left[sources] = left
        state.sent_out[sources] += total
        got = state.allocated[lanes]
        self._has_room[lanes] = state.lane_max[lanes] > got
        self._unmet[tier.by_node.segments] += tier.by_node(state.desired_order[lanes] - got)

    def _second_round(self, tier: int, state: EngineState, *, is_last: bool = False) -> None:
        """Send the unmet order of each node to sources that have something left (eq. 37)."""
        self._send(self._licensed.unmet_of(tier, self._unmet, state), state, is_last=is_last)

    def _send(self, unmet_orders: FloatArray, state: EngineState, *, is_last: bool) -> None:
        """Send unmet orders (N, R) to the lanes of tiers so far.

        Few lanes are eligible: they are compressed into flat arrays, one entry for each (lane, replication).
        After the last round the masks and the unmet order are not needed any more.
        """
        unmet, left = unmet_orders.reshape(-1), state.left
        picked, source, node = self._eligible_lanes(unmet_orders, left)
        if not len(picked):
            return
        allocated = state.allocated.reshape(-1)
        got, lane_max = allocated.take(picked), state.lane_max.take(picked)
        spare = lane_max - got
        requests = state.expected_fill_rate.take(picked)
        requests *= spare
        weight = _sum_at(node, requests, unmet)
        # `divide` overwrites `weight` with the quotient: the unmet order for each unit of weight.
        requests *= divide(unmet, weight, weight).take(node)
        np.minimum(requests, spare, out=requests)
        total = _sum_at(source, requests, left)
        binding = total > left
        if binding.any():
            # `WaterFilling` reads (L + 1, R) arrays, so the requests of binding pairs are scattered into one,
            # and its entries reset afterwards.
            cut_pairs = binding.take(source).nonzero()[0]
            positions = picked.take(cut_pairs)
            self._asked.reshape(-1)[positions] = requests.take(cut_pairs)
            self._cut(self._in_second, self._asked, total, left, binding)
            requests[cut_pairs] = self._asked.take(positions)
            self._asked.reshape(-1)[positions] = 0.0
        left -= total
        state.sent_out += total
        got += requests
        allocated[picked] = got
        if is_last:
            return
        # A lane that got all it can take is full, even where rounding leaves a difference.
        self._has_room.reshape(-1)[picked] = (requests < spare) & (got < lane_max)
        # Several lanes of one node occur in `node`: `unmet[node] -= requests` would count only the last.
        np.subtract.at(self._unmet.reshape(-1), node, requests)

    def _eligible_lanes(
        self, unmet_orders: FloatArray, left: FloatArray
    ) -> tuple[IntArray, IntArray, IntArray]:
        """Return the eligible lanes (eq. 37) and their ends.

        Returns
        -------
        lane, source, node : (n,) int arrays
            Positions in flat (L, R), (S, R) and (N, R) arrays.
        """
        eligible, has_supply = self._eligible, left > 0.0
        np.greater(unmet_orders, self._negligible, out=self._has_unmet)
        for has_room, eligible_rows, has_unmet in self._unmet_views:
            np.logical_and(has_room, has_unmet, out=eligible_rows)
        eligible &= has_supply.take(self._topology.source, axis=0, out=self._flag, mode="clip")
        eligible[self._topology.entrants] &= self._live
        picked = eligible.ravel().nonzero()[0]
        lane = picked // left.shape[1]
        source = self._to_source.take(lane)
        source += picked
        node = self._to_node.take(lane)
        node += picked
        # Rounding noise at a source counts as no supply. The exact comparison, lane by lane, is made only
        # where some source has less left than the largest threshold of all nodes: seldom.
        if np.count_nonzero(left > self._largest_negligible) < np.count_nonzero(has_supply):
            enough = left.take(source) > self._negligible.take(node)
            if not enough.all():
                return picked[enough], source[enough], node[enough]
        return picked, source, node

    def _serve(
        self, water_filling: WaterFilling, requests: FloatArray, total: FloatArray, left: FloatArray
    ) -> None:
        """Ration the requests of sources that have too little; take the totals given from `left`."""
        binding = total > left
        if binding.any():
            self._cut(water_filling, requests, total, left, binding)
        left -= total

    def _cut(
        self,
        water_filling: WaterFilling,
        requests: FloatArray,
        total: FloatArray,
        left: FloatArray,
        binding: BoolArray,
    ) -> None:
        """Cut the requests of binding sources (eq. 38) and their totals, in place."""
        if not self._weights_written:
            self._write_weights()
        positions, given = water_filling.cut(requests, self._weight, left, binding)
        total.reshape(-1)[positions] = given

    def _write_weights(self) -> None:
        """Write the weights of rationing (eq. 39), at most once in a tick: most ticks need none."""
        np.multiply(self._expected_demand, self._contract_weight, out=self._contract_flow)
        np.multiply(self._expected_demand, MIN_WEIGHT, out=self._least_weight)
        for arrays in self._weight_views:
            p, contract_share, purchases, factor = arrays[:4]
            contract_flow, purchase_weight, least, buffer = arrays[4:]
            np.multiply(contract_share, contract_flow, out=p)
            np.multiply(purchases, purchase_weight, out=buffer)
            np.add(p, buffer, out=p)
            np.multiply(p, factor, out=p)
            np.maximum(p, least, out=p)
        if len(self._topology.equal_lanes):
            self._weight[self._topology.equal_lanes] = 1.0
        self._weights_written = True

    def make(self, state: EngineState) -> None:
        """Produce what was sent out and what refills the finished stock (eq. 41-42)."""
        output, finished = state.output, state.finished_stock
        np.add(self._draws.finished_stock_ceiling, state.sent_out, out=output)
        output -= finished
        positive(output)
        np.minimum(output, state.max_output, out=output)
        finished += output
        finished -= state.sent_out
        positive(finished)
        processors, feeds = self._topology.processors, self._topology.feed_of_processor
        if len(processors):
            yields = self._draws.feed_yield[processors]
            feed_used = np.zeros(yields.shape)
            np.divide(output[processors], yields, out=feed_used, where=yields > 0.0)
            state.used[feeds] = feed_used
            state.stock[feeds] = np.maximum(state.stock[feeds] - feed_used, 0.0)


def _sum_at(positions: IntArray, values: FloatArray, like: FloatArray) -> FloatArray:
    """Return the sums, in the order of `values`, of those with the same flat position; shaped as `like`."""
    sums = np.bincount(positions, values, like.size)
    return np.asarray(sums, dtype=np.float64).reshape(like.shape)
