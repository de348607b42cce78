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
from diamondsim.engines.batch.licence_queues import LicenceQueues
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
        self._by_market_of_node = SegmentSum(
            np.arange(topology.n_nodes), market_of_node, n_all, topology.n_nodes
        )

        self._by_covered_node = topology.by_covered_node()
        self._net_order = np.zeros((topology.n_nodes, n_replications))
        self._make_rows(plan, state, market_of_node)
        into_market, home_market = self._row_into, home[self._row_source]
        n_rows, all_rows = len(into_market), np.arange(len(into_market))
        self._offered, self._passed = np.zeros((2, *self._base_flow.shape))
        self._by_market_into = SegmentSum(all_rows, into_market, n_all, n_rows)
        self._by_market_home = SegmentSum(all_rows, home_market, n_all, n_rows)
        self._borders = Borders(into_market, home_market, n_all - 1)
        # Of a facility's rows and of those that cross into its markets (eq. 56a).
        planned, crossing = all_rows[self._n_incumbent_rows :], all_rows[: self._n_incumbent_rows]
        crossing = crossing[
            (into_market != home_market)[crossing] & np.isin(into_market[crossing], into_market[planned])
        ]
        self._crossing, self._crossing_into = crossing, into_market[crossing]
        self._by_facility_into = SegmentSum(planned, into_market[planned], n_all, n_rows)
        self._crossing_by_market = SegmentSum(crossing, into_market[crossing], n_all, n_rows)
        self._displaced_home = SegmentSum(
            np.arange(len(crossing)), home_market[crossing], n_all, len(crossing)
        )
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
        self._row_of_lane = np.full(topology.n_lanes, -1)
        self._row_of_lane[incumbents] = row_of_lane
        self._row_of_lane[self._facility_lanes] = len(shared) + np.arange(len(self._facility_lanes))
        joined = SegmentSum(incumbents, row_of_lane, self._n_incumbent_rows, topology.n_lanes)
        self._base_flow[: self._n_incumbent_rows] = joined(state.purchases)
        self._weight, self._lane_demand = np.zeros((2, len(self._facility_source_lanes), n_replications))
        self._by_facility = topology.source_sum_of(self._facility_source_lanes)

    def _make_covered(self, plan: Plan, state: EngineState, home: IntArray, market_of_node: IntArray) -> None:
        """Find the lanes between two markets on which a control may hold goods back (*held* lanes)."""
        topology, n_replications = self._topology, state.expected_demand.shape[1]
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
        self._row_of_held_facility = self._row_of_lane[lanes[self._held_facility]]
        self._held_flow, self._held_buffer = np.zeros((2, len(lanes), n_replications))
        self._by_row = SegmentSum(
            np.arange(len(lanes)), self._row_of_lane[lanes], len(self._row_source), len(lanes)
        )
        self._held_share = np.zeros((len(topology.profile_rules), n_replications))
        self._is_closed = np.zeros((len(topology.profile_rules), n_replications))
        self._is_holding = False

    def update(
        self,
        state: EngineState,
        terms: ControlTerms,
        queues: LicenceQueues,
        shares: ContractShares,
        placed: FloatArray | None,
    ) -> None:
        """Compute both sides of all markets, after the orders and outputs of the tick.

        `placed` (S, R) is the share of its output that a facility sells at what it asks; None: all.
        """
        self._write_bids(state, queues)
        self._write_offers(state, shares.contract_share, placed)
        passed = self._passed
        np.copyto(passed, self._offered)
        self._is_holding = terms.active and len(self._held_flow) > 0
        if self._is_holding:
            held = self._held_by_row(terms)
            passed -= held
            positive(passed)
            supply = self._by_market_into(passed)
            supply += self._by_market_home(held)
        else:
            supply = self._by_market_into(passed)
        if len(self._crossing):
            self._displace(supply)
        self.supply = supply[: len(self.volume)]

    def _write_bids(self, state: EngineState, queues: LicenceQueues) -> None:
        """Write `bids`: orders, less what only replaces withdrawn applications (eq. 57)."""
        # `desired_total` is the order of a node that has a lane to order on, else 0.
        orders, by_node = state.desired_total, self._by_covered_node
        if queues.has_grants:
            np.copyto(self._net_order, orders)
            orders = self._net_order
            orders[by_node.segments] -= by_node(queues.withdrawn)
            positive(orders)
        self.bids = self._by_market_of_node(orders)[: len(self.volume)]

    def _displace(self, supply: FloatArray) -> None:
        """Send home what a facility displaces of the goods from other markets (eq. 56a)."""
        passed = self._passed
        from_abroad = self._crossing_by_market(passed)
        displaced = self._by_market_into(passed)
        displaced[: len(self.volume)] -= self.bids
        positive(displaced)
        np.minimum(displaced, self._by_facility_into(passed), out=displaced)
        np.minimum(displaced, from_abroad, out=displaced)
        supply -= displaced
        divide(displaced, from_abroad, displaced)
        sent_home = passed[self._crossing]
        sent_home *= displaced[self._crossing_into]
        supply += self._displaced_home(sent_home)

    def _write_offers(self, state: EngineState, shares: FloatArray, placed: FloatArray | None) -> None:
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
            if placed is not None:
                self._output_ratio *= placed
            spread(self._output_ratio, self._row_source[n_incumbent_rows:], offered[n_incumbent_rows:])
        offered *= self._base_flow
        if len(self._facility_rows):
            planned = offered[n_incumbent_rows:]
            np.minimum(planned, state.lane_max[self._facility_lanes], out=planned)

    def _held_by_row(self, terms: ControlTerms) -> FloatArray:
        """Return what the held lanes of each row hold back: the offer less `passed` (eq. 55)."""
        # By profile. On free lanes the approval rate is the release factor; nothing is held there.
        share = np.subtract(1.0, terms.approval_rate, out=self._held_share)
        positive(share)
        share *= 1.0 - terms.seized_share
        share *= terms.diversion_beside
        share += terms.approval_rate
        np.minimum(share, 1.0, out=share)
        np.subtract(1.0, share, out=share)
        share *= terms.bound
        np.less(terms.approval_rate, 1.0, out=self._is_closed)
        self._is_closed *= terms.bound
        flow, buffer = self._held_flow, self._held_buffer
        np.multiply(self._contract_flow, spread(self._capacity_ratio, self._held_source, buffer), out=flow)
        flow[self._held_facility] = self._offered[self._row_of_held_facility]
        spread(share, self._held_profile, buffer)
        buffer *= flow
        return self._by_row(buffer)

    def pull(self, log_price: FloatArray) -> FloatArray:
        """Return how far the prices of other markets pull each market (M, R) (`pull`, eq. 59)."""
        opened = self._offered
        if self._is_holding:
            buffer = spread(self._is_closed, self._held_profile, self._held_buffer)
            buffer *= self._held_flow
            opened = self._offered - self._by_row(buffer)
            positive(opened)
        return self._borders.pull(self._offered, opened, log_price, self.volume)


class Borders:
    """Arbitrage between markets: rows of offers that join two of them (eq. 59).

    Parameters
    ----------
    into_market, home_market : (n,) int arrays
        Both ends of each row; `n_markets` stands for no market.
    """

    def __init__(self, into_market: IntArray, home_market: IntArray, n_markets: int) -> None:
        across = np.flatnonzero(
            (into_market != home_market) & (np.maximum(into_market, home_market) < n_markets)
        )
        ends = np.sort(np.column_stack((into_market[across], home_market[across])), axis=1)
        pairs, _, pair_of_row = distinct(ends)
        n_rows, n_pairs = len(into_market), len(pairs)
        self._lower, self._upper = pairs[:, 0], pairs[:, 1]
        self._by_pair = SegmentSum(across, pair_of_row, n_pairs, n_rows)
        self._from_lower = SegmentSum(np.arange(n_pairs), self._lower, n_markets, n_pairs)
        self._from_upper = SegmentSum(np.arange(n_pairs), self._upper, n_markets, n_pairs)

    def pull(
        self, offered: FloatArray, opened: FloatArray, log_price: FloatArray, volume: FloatArray
    ) -> FloatArray:
        """Return `pull` (M, R): of rows, what is offered, and what of it passes freely."""
        by_pair = self._by_pair(offered)
        border = self._from_lower(by_pair) + self._from_upper(by_pair)
        by_pair = self._by_pair(opened) if opened is not offered else by_pair
        by_pair *= log_price[self._upper] - log_price[self._lower]
        pull = self._from_lower(by_pair) - self._from_upper(by_pair)
        is_nothing = border <= EPS * volume
        divide(pull, border, pull)
        pull[is_nothing] = 0.0
        return pull


def _infinite_if_zero(flow: FloatArray) -> FloatArray:
    """Return a divisor: a quotient by a flow of 0 is then 0."""
    return np.where(flow > 0.0, flow, np.inf)
