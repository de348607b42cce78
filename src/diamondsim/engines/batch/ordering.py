"""Orders of nodes, and the desired order on each lane (model.md, eq. 31-34b)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.constants import EPS, MIN_WEIGHT
from diamondsim.draws import Draws
from diamondsim.engines.batch.advance_buying import AdvanceBuying
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.contract_shares import ContractShares, contract_lead
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.counted_queues import CountedQueues
from diamondsim.engines.batch.further_sources import FurtherSources
from diamondsim.engines.batch.licence_queues import LicenceQueues
from diamondsim.engines.batch.licensed_orders import LicensedOrders
from diamondsim.engines.batch.lots import Lots
from diamondsim.engines.batch.segments import PartialSum, spread
from diamondsim.engines.batch.state import EngineState, divide, narrow, positive
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan


class Ordering:
    """Phase 4: an order-up-to policy on the inventory position.

    Parameters
    ----------
    quote_of_lane : (L,) int array
        Quote that gives the price of each lane.
    licensed : LicensedOrders
    """

    def __init__(
        self,
        plan: Plan,
        topology: Topology,
        draws: Draws,
        state: EngineState,
        shares: ContractShares,
        quote_of_lane: IntArray,
        licensed: LicensedOrders,
        pool: ArrayPool,
    ) -> None:
        self._licensed = licensed
        self._topology, self._draws = topology, draws
        self._contract_lead = contract_lead(topology, draws, shares.opening_share)
        self._cover_ticks = pool.copy(narrow(draws.cover_ticks))
        self._by_covered_node = topology.by_covered_node()
        self._counted_queues = CountedQueues(topology, draws, pool)
        (
            self._order_up_to_ticks,
            self._inventory_position,
            self._order_buffer,
            self._weight_sums,
            self._lead_sums,
            filling,
        ) = (pool.zeros(topology.n_nodes) for _ in range(6))
        self._further_sources = further = FurtherSources(draws, pool)
        limit_flow = further.limit_flow if further.is_on else state.expected_demand
        self._lots = Lots(draws, pool) if draws.lot_ticks.any() else None
        # Without prices the weights of the lanes of a node already sum to the filling that it expects.
        self._adds_up_filling = plan.prices is not None
        self._expected_filling = filling if self._adds_up_filling else self._weight_sums
        views = topology.slots.views
        lead = pool.copy(narrow(draws.lead_ticks.astype(np.float64)))
        lanes = (state.desired_order, shares.contract_share, state.expected_fill_rate, lead, quote_of_lane)
        nodes = (self._weight_sums, self._order_buffer, self._expected_filling, self._lead_sums)
        self._weight_views = views(lanes, nodes)
        self._desired_views = views(
            (state.desired_order, narrow(draws.sourcing_limit), state.lane_max, state.allocated),
            (limit_flow, self._order_buffer),
        )
        # The lanes of reserves, and which of them controls cover: their places among all lanes, and among the
        # covered lanes.
        of_reserves = np.flatnonzero(np.isin(topology.node, topology.reserve_nodes))
        self._by_reserve = PartialSum(topology.node[of_reserves], of_reserves, topology.n_lanes)
        self._covered_of_reserves = np.flatnonzero(np.isin(topology.covered, of_reserves))
        self._lanes_of_reserves = topology.covered[self._covered_of_reserves]

    def weigh(self, state: EngineState, price_weight: FloatArray | None) -> None:
        """Write the weights of lanes into `desired_order` (eq. 34), and the mean lead of each node (eq. 30b).

        `price_weight` (Q, R) is that of each quote. The part of its contracts that a node expects to be
        filled also moves the qualification of further sources (eq. 34a).
        """
        np.multiply(self._contract_lead, MIN_WEIGHT, out=self._lead_sums)
        self._weight_sums.fill(0.0)
        self._expected_filling.fill(0.0)
        for arrays in self._weight_views:
            weight, contract_share, fill_rate, lead, quote = arrays[:5]
            weight_sum, buffer, filling, lead_sum = arrays[5:]
            np.multiply(contract_share, fill_rate, out=weight)
            np.multiply(weight, lead, out=buffer)
            np.add(lead_sum, buffer, out=lead_sum)
            if self._adds_up_filling:
                np.add(filling, weight, out=filling)
            if price_weight is not None:
                np.multiply(weight, spread(price_weight, quote, buffer), out=weight)
            np.add(weight_sum, weight, out=weight_sum)
        if self._further_sources.is_on:
            self._further_sources.run(self._expected_filling, state.expected_demand)
        np.add(self._expected_filling, MIN_WEIGHT, out=self._order_buffer)
        mean_lead = np.divide(self._lead_sums, self._order_buffer, out=self._lead_sums)
        np.add(mean_lead, self._cover_ticks, out=self._order_up_to_ticks)

    def run(
        self, state: EngineState, queues: LicenceQueues, terms: ControlTerms, advance: AdvanceBuying
    ) -> None:
        """Write `order` (eq. 31-33), and cancel what waits on free lanes beyond need (eq. 31a)."""
        topology = self._topology
        inventory_position = np.add(state.stock, state.pipeline, out=self._inventory_position)
        inventory_position -= state.backlog
        if len(topology.feeds):
            inventory_position[topology.feeds] -= state.expected_demand[topology.feeds]
        released = queues.on_free_lanes(terms)
        self._counted_queues.add_to(inventory_position, state, queues, terms, advance.extra_cover, released)
        order = state.order
        if advance.extra_cover is None:
            np.multiply(self._order_up_to_ticks, state.planned_demand, out=order)
        else:
            np.add(self._order_up_to_ticks, advance.extra_cover, out=order)
            order *= state.planned_demand
        order -= inventory_position
        if released is not None:
            queues.cancel(-order[self._by_covered_node.segments], state, terms)
        positive(order)
        np.multiply(advance.max_order, state.expected_demand, out=self._order_buffer)
        np.minimum(order, self._order_buffer, out=order)
        if self._lots:
            self._lots.round_up(order, state.expected_demand)
        if len(topology.reserve_nodes):
            self._refill(state)

    def _refill(self, state: EngineState) -> None:
        """Replace the orders of reserves (eq. 33)."""
        reserves = self._topology.reserve_nodes
        order = self._draws.reserve_goal[reserves] - state.stock[reserves] - state.pipeline[reserves]
        order = np.minimum(positive(order), state.expected_demand[reserves])
        order *= state.used[reserves] <= EPS * state.expected_demand[reserves]
        state.order[reserves] = order

    def write_desired_orders(
        self,
        state: EngineState,
        terms: ControlTerms,
        advance: AdvanceBuying,
    ) -> None:
        """Write `desired_order`, `lane_max` (eq. 34) and, in `allocated`, the request (eq. 36) of each lane.

        `lane_max` leaves out `live`: a lane that is not open has no contract share, so nothing is desired on
        it, and round two skips it.
        """
        weight_sums = self._weight_sums
        reserves_are_covered = terms.active and len(self._lanes_of_reserves) > 0
        if reserves_are_covered:
            # Reserves order nothing where they would need a licence (eq. 33).
            state.desired_order[self._lanes_of_reserves] *= terms.free[self._covered_of_reserves]
            weight_sums[self._by_reserve.segments] = self._by_reserve(state.desired_order)
        np.multiply(state.order, weight_sums > 0.0, out=state.desired_total)
        # `weight_sums` is overwritten from here on.
        divide(state.order, weight_sums, self._order_buffer)
        if self._licensed.is_active:
            self._licensed.turn_to_free_sellers(state, self._order_buffer)
        for desired, sourcing_limit, lane_max, request, limit_flow, order_per_weight in self._desired_views:
            np.multiply(desired, order_per_weight, out=desired)
            np.multiply(sourcing_limit, limit_flow, out=lane_max)
            np.minimum(desired, lane_max, out=request)
        if self._lots:
            self._lots.widen(state, self._topology.node)
        if advance.lane_max_factor is not None:
            lanes = advance.lanes
            state.lane_max[lanes] *= advance.lane_max_factor
            state.allocated[lanes] = np.minimum(state.desired_order[lanes], state.lane_max[lanes])
        if reserves_are_covered:
            state.lane_max[self._lanes_of_reserves] *= terms.free[self._covered_of_reserves]
        if self._licensed.is_active:
            self._licensed.write_desired(state)
