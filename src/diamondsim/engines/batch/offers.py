"""Bids and supply: the two sides of each market (model.md, eq. 54-57, 59).

An incumbent offers on a lane what its contract took at the start, as capacity has moved since. The factor is
that of the source, so the lanes of one source into one market are one *row*. A lane of a facility is a row of
its own, since its offer follows current demand. What controls hold back is subtracted lane by lane.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.constants import EPS
from diamondsim.draws import Draws
from diamondsim.engines.batch.contract_shares import ContractShares
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.quotes import distinct
from diamondsim.engines.batch.segments import SegmentSum, spread
from diamondsim.engines.batch.state import EngineState, divide, positive
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan


class Offers:
    """Bids, supply and the free share of each market.

    Parameters
    ----------
    home, market_of_node : (S,) and (N,) int arrays
        Market of each source and node; M, the number of markets, where there is none.

    Attributes
    ----------
    volume : (M, R) array
        `V`, the flow into each market at the start.
    bids, supply : (M, R) arrays
        The two sides of each market in the current tick.
    """

    def __init__(
        self,
        plan: Plan,
        topology: Topology,
        draws: Draws,
        state: EngineState,
        home: IntArray,
        market_of_node: IntArray,
    ) -> None:
        self._topology = topology
        n_all, n_replications = plan.n_markets + 1, draws.n_replications
        self._start_capacity = _infinite_if_zero(draws.capacity)
        start_sales = topology.source_sum(np.arange(topology.n_lanes))(state.purchases)
        self._start_sales = _infinite_if_zero(start_sales)
        self._capacity_ratio, self._output_ratio = np.zeros((2, topology.n_sources, n_replications))
        self._has_seller, self._order_buffer = np.zeros((2, topology.n_nodes, n_replications))
        self._all_have_seller, self._shares_seen = False, -1
        self._by_market_of_node = SegmentSum(
            np.arange(topology.n_nodes), market_of_node, n_all, topology.n_nodes
        )

        self._make_rows(plan, state, market_of_node)
        into_market, home_market = self._row_into, home[self._row_source]
        self._offered = np.zeros(self._base_flow.shape)
        self._by_market_into = SegmentSum(np.arange(len(into_market)), into_market, n_all, len(into_market))
        self._across = _both_ends(into_market, home_market, n_all)
        self._make_covered(plan, state, home, market_of_node)

        self.volume = self._by_market_of_node(state.normal_demand)[: plan.n_markets]
        self.bids, self.supply = np.zeros((2, plan.n_markets, n_replications))

    def _make_rows(self, plan: Plan, state: EngineState, market_of_node: IntArray) -> None:
        """Find the rows: lanes of incumbents by source and market, then single lanes of facilities."""
        topology, n_replications = self._topology, state.expected_demand.shape[1]
        incumbents = np.flatnonzero(~plan.entrant)
        key = np.column_stack((market_of_node[topology.node], topology.source))
        shared, _, row_of_lane = distinct(key[incumbents])
        # The denominator of a facility's offer sums over all lanes of its source, also those that are not
        # lanes of a facility; only the latter are rows.
        facilities = np.unique(topology.source[plan.lane_facility >= 0])
        self._facility_source_lanes = np.flatnonzero(np.isin(topology.source, facilities))
        self._facility_rows = np.flatnonzero(plan.lane_facility[self._facility_source_lanes] >= 0)
        self._facility_lanes = self._facility_source_lanes[self._facility_rows]
        self._row_into, self._row_source = np.concatenate((shared, key[self._facility_lanes])).T
        self._n_incumbent_rows = len(shared)
        self._base_flow = np.zeros((len(self._row_source), n_replications))
        joined = SegmentSum(incumbents, row_of_lane, self._n_incumbent_rows, topology.n_lanes)
        self._base_flow[: self._n_incumbent_rows] = joined(state.purchases)
        self._weight, self._lane_demand = np.zeros((2, len(self._facility_source_lanes), n_replications))
        self._by_facility = topology.source_sum_of(self._facility_source_lanes)

    def _make_covered(self, plan: Plan, state: EngineState, home: IntArray, market_of_node: IntArray) -> None:
        """Find the lanes between two markets on which a control may hold goods back (*held* lanes)."""
        topology, n_replications = self._topology, state.expected_demand.shape[1]
        n_all = plan.n_markets + 1
        into_market, home_market = market_of_node[topology.node], home[topology.source]
        is_facility = plan.lane_facility >= 0
        rows = np.flatnonzero(
            (into_market != home_market)[topology.covered] & (is_facility | ~plan.entrant)[topology.covered]
        )
        lanes = topology.covered[rows]
        self._held_profile, self._held_source = topology.profile[rows], topology.source[lanes]
        self._contract_flow = state.purchases[lanes]
        # Held lanes of facilities take their offer from their row, the others from contract and source.
        self._held_facility = np.flatnonzero(is_facility[lanes])
        row_of_lane = np.full(topology.n_lanes, -1)
        row_of_lane[self._facility_lanes] = self._n_incumbent_rows + np.arange(len(self._facility_lanes))
        self._row_of_held_facility = row_of_lane[lanes[self._held_facility]]
        self._held, self._held_buffer = np.zeros((2, len(lanes), n_replications))
        all_held = np.arange(len(lanes))
        self._held_into = SegmentSum(all_held, into_market[lanes], n_all, len(lanes))
        self._held_home = SegmentSum(all_held, home_market[lanes], n_all, len(lanes))
        self._held_across = _both_ends(into_market[lanes], home_market[lanes], n_all)
        self._held_share = np.zeros((len(topology.profile_rules), n_replications))
        self._is_holding = False

    def update(self, state: EngineState, terms: ControlTerms, shares: ContractShares) -> None:
        """Compute both sides of all markets, after the orders and outputs of the tick."""
        self._write_bids(state, shares)
        self._write_offers(state, shares.contract_share)
        supply = self._by_market_into(self._offered)
        self._is_holding = terms.active and len(self._held) > 0
        if self._is_holding:
            self._write_held(terms)
            supply -= self._held_into(self._held)
            positive(supply)
            supply += self._held_home(self._held)
        self.supply = supply[: len(self.volume)]

    def _write_bids(self, state: EngineState, shares: ContractShares) -> None:
        """Write `bids`: orders of nodes with an open lane (eq. 57).

        Which nodes have one changes only with the contract shares.
        """
        if shares.changes_so_far != self._shares_seen:
            self._shares_seen = shares.changes_so_far
            np.greater(
                self._topology.slots.sum(shares.contract_share, self._order_buffer), 0.0, out=self._has_seller
            )
            self._all_have_seller = bool(self._has_seller.all())
        orders = state.order
        if not self._all_have_seller:
            orders = np.multiply(orders, self._has_seller, out=self._order_buffer)
        self.bids = self._by_market_of_node(orders)[: len(self.volume)]

    def _write_offers(self, state: EngineState, shares: FloatArray) -> None:
        """Write what each row offers (eq. 54)."""
        offered, n_incumbent_rows = self._offered, self._n_incumbent_rows
        processors, capacity_ratio = self._topology.processors, self._capacity_ratio
        np.divide(state.max_output, self._start_capacity, out=capacity_ratio)
        # `max_output` of a processor is cut to its feed on hand; its capacity before that counts in the first
        # ratio, and `max_output` in the second.
        if len(processors):
            capacity_ratio[processors] = state.processor_capacity / self._start_capacity[processors]
        np.minimum(
            capacity_ratio,
            np.divide(state.max_output, self._start_sales, out=self._output_ratio),
            out=capacity_ratio,
        )
        spread(capacity_ratio, self._row_source[:n_incumbent_rows], offered[:n_incumbent_rows])
        if len(self._facility_rows):
            lanes, weight = self._facility_source_lanes, self._weight
            spread(shares, lanes, weight)
            weight *= spread(state.expected_demand, self._topology.node[lanes], self._lane_demand)
            self._base_flow[n_incumbent_rows:] = weight[self._facility_rows]
            divide(state.max_output, self._by_facility(weight), self._output_ratio)
            spread(self._output_ratio, self._row_source[n_incumbent_rows:], offered[n_incumbent_rows:])
        offered *= self._base_flow

    def _write_held(self, terms: ControlTerms) -> None:
        """Write what held lanes hold back: the offer less `passed` (eq. 55)."""
        # By profile. On free lanes the approval rate is the release factor, above 1, so that nothing is held.
        share = np.subtract(1.0, terms.approval_rate, out=self._held_share)
        positive(share)
        share *= 1.0 - terms.seized_share
        share *= terms.diversion_beside
        share += terms.approval_rate
        np.minimum(share, 1.0, out=share)
        np.subtract(1.0, share, out=share)
        held = self._held
        np.multiply(
            self._contract_flow, spread(self._capacity_ratio, self._held_source, self._held_buffer), out=held
        )
        held[self._held_facility] = self._offered[self._row_of_held_facility]
        held *= spread(share, self._held_profile, self._held_buffer)

    def free_share(self) -> FloatArray:
        """Return `free_share` of each market (M, R): the share of offers across its border that passes."""
        offered = self._across(self._offered)[: len(self.volume)]
        passed = offered.copy()
        if self._is_holding:
            passed -= self._held_across(self._held)[: len(self.volume)]
            positive(passed)
        is_nothing = offered <= EPS * self.volume
        divide(passed, offered, passed)
        passed[is_nothing] = 0.0
        return passed


def _both_ends(into_market: IntArray, home_market: IntArray, n_all: int) -> SegmentSum:
    """Return the sum, by market, of rows that join it and another; the last of `n_all` markets is none."""
    across = np.flatnonzero((into_market != home_market) & (np.maximum(into_market, home_market) < n_all - 1))
    ends = np.concatenate((into_market[across], home_market[across]))
    return SegmentSum(np.concatenate((across, across)), ends, n_all, len(into_market))


def _infinite_if_zero(flow: FloatArray) -> FloatArray:
    """Return a divisor: a quotient by a flow of 0 is then 0."""
    return np.where(flow > 0.0, flow, np.inf)
