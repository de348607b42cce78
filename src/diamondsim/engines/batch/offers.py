"""Wanted and available: the two sides of each market (model.md, eq. 91-94).

What a lane offers is what its contract carried at the start, as far as its source can make it today. Lanes
of one source into one market are therefore one *row*; a lane of a facility is a row of its own, since it
offers what it can by the demand of the day. What controls hold back is taken off lane by lane.
"""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray, IntArray
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.quotes import distinct
from diamondsim.engines.batch.segments import SegmentSum, spread
from diamondsim.engines.batch.shares import ContractShares
from diamondsim.engines.batch.state import EPS, State, divide, positive
from diamondsim.plan import Plan


class Offers:
    """What is wanted and what is available.

    Parameters
    ----------
    home, market_of_node : (S,) and (N,) int arrays
        Market of each source and node; the number of markets M where there is none.

    Attributes
    ----------
    size : (M, R) array
        `V`, the flow into each market at the start.
    wanted, available : (M, R) arrays
        `wa` and `av`.
    """

    def __init__(
        self,
        plan: Plan,
        layout: Layout,
        draws: Draws,
        state: State,
        home: IntArray,
        market_of_node: IntArray,
    ) -> None:
        self._layout = layout
        n_all, width = plan.n_markets + 1, draws.n_replications
        self._capacity = _or_nothing(draws.capacity)
        sold = layout.source_sum(np.arange(layout.n_lanes))(state.purchases)
        self._contracts = _or_nothing(sold)
        self._kept, self._makes = np.zeros((2, layout.n_sources, width))
        self._bids, self._bid = np.zeros((2, layout.n_nodes, width))
        self._all_bid, self._shares_seen = False, -1
        self._of_nodes = SegmentSum(np.arange(layout.n_nodes), market_of_node, n_all, layout.n_nodes)

        self._make_rows(plan, state, market_of_node)
        into, at_home = self._into, home[self._source]
        self._offered = np.zeros(self._base.shape)
        self._into_market = SegmentSum(np.arange(len(into)), into, n_all, len(into))
        self._across = _both_ends(into, at_home, n_all)
        self._make_covered(plan, state, home, market_of_node)

        self.size = self._of_nodes(state.normal)[: plan.n_markets]
        self.wanted, self.available = np.zeros((2, plan.n_markets, width))

    def _make_rows(self, plan: Plan, state: State, market_of_node: IntArray) -> None:
        """Join the lanes of incumbents; note the lanes of facilities."""
        layout, width = self._layout, state.flow.shape[1]
        steady = np.flatnonzero(~plan.entrant)
        key = np.column_stack((market_of_node[layout.node], layout.source))
        shared, _, row_of_lane = distinct(key[steady])
        # All lanes of whatever is a facility, and which of them are its own.
        makers = np.unique(layout.source[plan.lane_facility >= 0])
        self._maker_lanes = np.flatnonzero(np.isin(layout.source, makers))
        self._own = np.flatnonzero(plan.lane_facility[self._maker_lanes] >= 0)
        self._own_lanes = self._maker_lanes[self._own]
        self._into, self._source = np.concatenate((shared, key[self._own_lanes])).T
        self._n_steady = len(shared)
        self._base = np.zeros((len(self._source), width))
        joined = SegmentSum(steady, row_of_lane, self._n_steady, layout.n_lanes)
        self._base[: self._n_steady] = joined(state.purchases)
        self._weight, self._maker_flow = np.zeros((2, len(self._maker_lanes), width))
        self._by_maker = layout.source_sum_of(self._maker_lanes)

    def _make_covered(self, plan: Plan, state: State, home: IntArray, market_of_node: IntArray) -> None:
        """Note the lanes from one market into another on which a control may hold something back."""
        layout, width = self._layout, state.flow.shape[1]
        n_all = plan.n_markets + 1
        into, at_home = market_of_node[layout.node], home[layout.source]
        own = plan.lane_facility >= 0
        rows = np.flatnonzero((into != at_home)[layout.covered] & (own | ~plan.entrant)[layout.covered])
        lanes = layout.covered[rows]
        self._held_profile, self._held_source = layout.profile[rows], layout.source[lanes]
        self._contract_flow = state.purchases[lanes]
        self._held_own = np.flatnonzero(own[lanes])
        place = np.full(layout.n_lanes, -1)
        place[self._own_lanes] = self._n_steady + np.arange(len(self._own_lanes))
        self._row_of_held_own = place[lanes[self._held_own]]
        self._held, self._held_spare = np.zeros((2, len(lanes), width))
        everything = np.arange(len(lanes))
        self._held_into = SegmentSum(everything, into[lanes], n_all, len(lanes))
        self._held_home = SegmentSum(everything, at_home[lanes], n_all, len(lanes))
        self._held_across = _both_ends(into[lanes], at_home[lanes], n_all)
        self._part = np.zeros((len(layout.profile_desk), width))
        self._holds = False

    def update(self, state: State, terms: Terms, shares: ContractShares) -> None:
        """Work out both sides of all markets."""
        self._want(state, shares)
        self._offer(state, shares.current)
        available = self._into_market(self._offered)
        self._holds = terms.active and len(self._held) > 0
        if self._holds:
            self._hold_back(terms)
            available -= self._held_into(self._held)
            positive(available)
            available += self._held_home(self._held)
        self.available = available[: len(self.size)]

    def _want(self, state: State, shares: ContractShares) -> None:
        """Write what those want who have a lane open to them (eq. 94)."""
        if shares.changes_so_far != self._shares_seen:
            self._shares_seen = shares.changes_so_far
            np.greater(self._layout.slots.sum(shares.current, self._bid), 0.0, out=self._bids)
            self._all_bid = bool(self._bids.all())
        orders = state.order
        if not self._all_bid:
            orders = np.multiply(orders, self._bids, out=self._bid)
        self.wanted = self._of_nodes(orders)[: len(self.size)]

    def _offer(self, state: State, shares: FloatArray) -> None:
        """Write what is offered (eq. 91)."""
        offered, first = self._offered, self._n_steady
        makers, kept = self._layout.processors, self._kept
        np.divide(state.most, self._capacity, out=kept)
        if len(makers):
            kept[makers] = state.makers_capacity / self._capacity[makers]
        np.minimum(kept, np.divide(state.most, self._contracts, out=self._makes), out=kept)
        spread(kept, self._source[:first], offered[:first])
        if len(self._own):
            lanes, weight = self._maker_lanes, self._weight
            spread(shares, lanes, weight)
            weight *= spread(state.flow, self._layout.node[lanes], self._maker_flow)
            self._base[first:] = weight[self._own]
            divide(state.most, self._by_maker(weight), self._makes)
            spread(self._makes, self._source[first:], offered[first:])
        offered *= self._base

    def _hold_back(self, terms: Terms) -> None:
        """Write what controlled lanes hold back (eq. 92)."""
        part = np.subtract(1.0, terms.limit, out=self._part)
        positive(part)
        part *= 1.0 - terms.seized
        part *= terms.leak
        part += terms.limit
        np.minimum(part, 1.0, out=part)
        np.subtract(1.0, part, out=part)
        held = self._held
        np.multiply(self._contract_flow, spread(self._kept, self._held_source, self._held_spare), out=held)
        held[self._held_own] = self._offered[self._row_of_held_own]
        held *= spread(part, self._held_profile, self._held_spare)

    def passing_share(self) -> FloatArray:
        """Return `pass`, the part of the offers across the border of each market that passes (M, R)."""
        offered = self._across(self._offered)[: len(self.size)]
        let = offered.copy()
        if self._holds:
            let -= self._held_across(self._held)[: len(self.size)]
            positive(let)
        none = offered <= EPS * self.size
        divide(let, offered, let)
        let[none] = 0.0
        return let


def _both_ends(into: IntArray, at_home: IntArray, n_all: int) -> SegmentSum:
    """Return the sum of rows that join two markets, by either; the last of the markets is none."""
    across = np.flatnonzero((into != at_home) & (np.maximum(into, at_home) < n_all - 1))
    ends = np.concatenate((into[across], at_home[across]))
    return SegmentSum(np.concatenate((across, across)), ends, n_all, len(into))


def _or_nothing(flow: FloatArray) -> FloatArray:
    """Return a flow to divide by: what is divided by none is nothing."""
    return np.where(flow > 0.0, flow, np.inf)
