"""What goods cost: prices of lanes, of contracts, and how much a lane draws (model.md, eq. 86, 87, 89).

Lanes into a node from sellers at home in one market, with the same surcharges, ask the same: an *ask*. A lane
that brings goods from one market into another and that some control covers may be licensed, and then costs
what the buyer's market pays; such lanes have a *quote* for each ask and profile, beside the asks.
"""

from __future__ import annotations

import numpy as np

from diamondsim.draws import FloatArray, IntArray, PriceDraws
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import SegmentSum, spread
from diamondsim.plan import Plan

HALVES = 2048.0
SQUARINGS = 10


def exponential(z: FloatArray, out: FloatArray, spare: FloatArray) -> None:
    """Write `E(z)` into `out`, which may be `z` (model.md, eq. 85); spoils `spare`."""
    np.subtract(HALVES, z, out=spare)
    np.add(z, HALVES, out=out)
    np.divide(out, spare, out=out)
    for _ in range(SQUARINGS):
        np.multiply(out, out, out=out)


class Quotes:
    """Prices of the current tick, as logarithms.

    Parameters
    ----------
    contracts : (L, R) array
        `c0` of incumbents, 0 of entrants.
    home, market_of_node : (S,) and (N,) int arrays
        Market of each source and node; the number of markets M where there is none.

    Attributes
    ----------
    contract : (N, R) array
        `z`, what the contracts of a node cost.
    of_lane : (L,) int array
        Quote of each lane.
    appeal : (Q, R) array or None
        `draw` of each quote; None where it is 1 for all.
    """

    def __init__(
        self,
        plan: Plan,
        layout: Layout,
        drawn: PriceDraws,
        contracts: FloatArray,
        home: IntArray,
        market_of_node: IntArray,
    ) -> None:
        assert plan.prices is not None
        self._drawn = drawn
        width = contracts.shape[1]
        lane_home = home[layout.source]
        asks, _, ask = distinct(
            np.column_stack((layout.node, lane_home, plan.prices.surcharge_lanes.T.astype(np.int64)))
        )
        self._n_asks = len(asks)
        self._ask_market = asks[:, 1]
        self._surcharged = [np.flatnonzero(row) for row in asks[:, 2:].T]
        moves = (drawn.surcharge[1:] != drawn.surcharge[:-1]).any(axis=(1, 2))
        self._surcharge_moves = [True, *moves.tolist()]
        self._extra = np.zeros((len(asks), width))

        # Where a licence makes a difference.
        crossing = np.flatnonzero(market_of_node[layout.node[layout.covered]] != lane_home[layout.covered])
        lanes = layout.covered[crossing]
        licensed, first, place = distinct(np.column_stack((ask[lanes], layout.profile[crossing])))
        self._ask_of_licensed, self._row_of_licensed = licensed[:, 0], crossing[first]
        self._market_of_licensed = market_of_node[layout.node[lanes[first]]]
        self.of_lane = ask.copy()
        self.of_lane[lanes] = len(asks) + place
        # Each lane for itself, so that a control that never binds moves no bit of the sum.
        self._licensed_of_lane, self._licensed_share = place, contracts[lanes]
        self._by_node_licensed = layout.node_sum_of(lanes)

        self._node_of_quote = np.concatenate((asks[:, 0], asks[licensed[:, 0], 0]))
        self._price, self._spare = np.zeros((2, len(asks) + len(licensed), width))
        self._weight = SegmentSum(np.arange(layout.n_lanes), ask, len(asks), layout.n_lanes)(contracts)
        self._by_node = SegmentSum(np.arange(len(asks)), asks[:, 0], layout.n_nodes, len(asks))
        self.contract = np.zeros((layout.n_nodes, width))
        self._choosy = -drawn.supplier_elasticity
        self.appeal = np.zeros(self._price.shape) if drawn.supplier_elasticity.any() else None

    def update(self, t: int, levels: FloatArray, terms: Terms) -> None:
        """Work out what everybody pays, from the prices of the markets (M + 1, R), the last one 0."""
        asked, licensed = self._price[: self._n_asks], self._price[self._n_asks :]
        spread(levels, self._ask_market, asked)
        if self._surcharge_moves[t]:
            self._extra.fill(0.0)
            for row, asks in enumerate(self._surcharged):
                self._extra[asks] += self._drawn.surcharge[t, row]
        asked += self._extra
        spread(asked, self._ask_of_licensed, licensed)
        spare = self._spare[: self._n_asks]
        self.contract = self._by_node(np.multiply(self._weight, asked, out=spare))
        if terms.active and len(licensed):
            self._license(levels, terms, licensed)
        if self.appeal is not None:
            np.subtract(self._price, spread(self.contract, self._node_of_quote, self._spare), out=self.appeal)
            self.appeal *= self._choosy
            exponential(self.appeal, self.appeal, self._spare)

    def _license(self, levels: FloatArray, terms: Terms, licensed: FloatArray) -> None:
        """Let controlled lanes cost what the market of the buyer pays."""
        is_licensed = terms.controlled[self._row_of_licensed] > 0.0
        of_buyer = levels[self._market_of_licensed] + self._extra[self._ask_of_licensed]
        premium = np.where(is_licensed, of_buyer - licensed, 0.0)
        np.copyto(licensed, of_buyer, where=is_licensed)
        self.contract += self._by_node_licensed(self._licensed_share * premium[self._licensed_of_lane])


def distinct(keys: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the distinct rows of `keys` (n, k), where each first occurs, and the row of each key."""
    rows, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return rows, first, place.reshape(-1)
