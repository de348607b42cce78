"""Prices of lanes and contracts, and the weight they give a lane (model.md, eq. 48-50, 52).

Lanes into one node whose sellers are at home in one market, with the same surcharges, have one price: an
*ask*. A lane that crosses markets and is covered by some control may be under licence; its price is then that
of the buyer's market. Such lanes have a further row for each pair of ask and profile. Asks and these rows
together are the *quotes*.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import PriceDraws
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.segments import SegmentSum, spread
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan

HALF_POWER = 2048.0
SQUARINGS = 10


def exponential(z: FloatArray, out: FloatArray, spare: FloatArray) -> None:
    """Write `E(z)` into `out`, which may be `z` itself (model.md, eq. 48); overwrites `spare`."""
    # The divisor first: the next line overwrites `z` where `out` is `z`.
    np.subtract(HALF_POWER, z, out=spare)
    np.add(z, HALF_POWER, out=out)
    np.divide(out, spare, out=out)
    for _ in range(SQUARINGS):
        np.multiply(out, out, out=out)


class Quotes:
    """Prices of the current tick, as logarithms.

    Parameters
    ----------
    contract_share : (L, R) array
        `c0` of incumbents, 0 of entrants.
    home, market_of_node : (S,) and (N,) int arrays
        Market of each source and node; M, the number of markets, where there is none.

    Attributes
    ----------
    contract_log_price : (N, R) array
        `z`, the log price of the contracts of a node.
    of_lane : (L,) int array
        Quote of each lane.
    price_weight : (Q, R) array or None
        `price_weight` of each quote; None where it is 1 for all.
    """

    def __init__(
        self,
        plan: Plan,
        topology: Topology,
        drawn: PriceDraws,
        contract_share: FloatArray,
        home: IntArray,
        market_of_node: IntArray,
    ) -> None:
        assert plan.prices is not None
        self._drawn = drawn
        n_replications = contract_share.shape[1]
        lane_home = home[topology.source]
        asks, _, ask = distinct(
            np.column_stack((topology.node, lane_home, plan.prices.surcharge_lanes.T.astype(np.int64)))
        )
        self._n_asks = len(asks)
        self._ask_market = asks[:, 1]
        self._surcharged = [np.flatnonzero(row) for row in asks[:, 2:].T]
        changes = (drawn.surcharge[1:] != drawn.surcharge[:-1]).any(axis=(1, 2))
        self._surcharge_changes = [True, *changes.tolist()]
        self._surcharge = np.zeros((len(asks), n_replications))

        # Lanes whose price a licence changes.
        crossing = np.flatnonzero(
            market_of_node[topology.node[topology.covered]] != lane_home[topology.covered]
        )
        lanes = topology.covered[crossing]
        licensed, first, row_of_lane = distinct(np.column_stack((ask[lanes], topology.profile[crossing])))
        self._ask_of_licensed, self._row_of_licensed = licensed[:, 0], crossing[first]
        self._market_of_licensed = market_of_node[topology.node[lanes[first]]]
        self.of_lane = ask.copy()
        self.of_lane[lanes] = len(asks) + row_of_lane
        # The premium over the ask is added lane by lane: where it is 0, because no control binds, the sum
        # over asks keeps its bits.
        self._licensed_of_lane, self._licensed_share = row_of_lane, contract_share[lanes]
        self._by_node_licensed = topology.node_sum_of(lanes)

        self._node_of_quote = np.concatenate((asks[:, 0], asks[licensed[:, 0], 0]))
        self._log_price, self._spare = np.zeros((2, len(asks) + len(licensed), n_replications))
        self._weight = SegmentSum(np.arange(topology.n_lanes), ask, len(asks), topology.n_lanes)(
            contract_share
        )
        self._by_node = SegmentSum(np.arange(len(asks)), asks[:, 0], topology.n_nodes, len(asks))
        self.contract_log_price = np.zeros((topology.n_nodes, n_replications))
        self._minus_supplier_elasticity = -drawn.supplier_elasticity
        self.price_weight = np.zeros(self._log_price.shape) if drawn.supplier_elasticity.any() else None

    def update(self, t: int, log_prices: FloatArray, terms: ControlTerms) -> None:
        """Move to tick `t`.

        Parameters
        ----------
        log_prices : (M + 1, R) array
            Log price of each market, in the last row 0.
        """
        ask_log_price, licensed = self._log_price[: self._n_asks], self._log_price[self._n_asks :]
        spread(log_prices, self._ask_market, ask_log_price)
        if self._surcharge_changes[t]:
            self._surcharge.fill(0.0)
            for row, asks in enumerate(self._surcharged):
                self._surcharge[asks] += self._drawn.surcharge[t, row]
        ask_log_price += self._surcharge
        spread(ask_log_price, self._ask_of_licensed, licensed)
        spare = self._spare[: self._n_asks]
        self.contract_log_price = self._by_node(np.multiply(self._weight, ask_log_price, out=spare))
        if terms.active and len(licensed):
            self._license(log_prices, terms, licensed)
        if self.price_weight is not None:
            np.subtract(
                self._log_price,
                spread(self.contract_log_price, self._node_of_quote, self._spare),
                out=self.price_weight,
            )
            self.price_weight *= self._minus_supplier_elasticity
            exponential(self.price_weight, self.price_weight, self._spare)

    def _license(self, log_prices: FloatArray, terms: ControlTerms, licensed: FloatArray) -> None:
        """Set the price of controlled lanes to that of the buyer's market."""
        is_licensed = terms.controlled[self._row_of_licensed] > 0.0
        buyer_log_price = log_prices[self._market_of_licensed] + self._surcharge[self._ask_of_licensed]
        premium = np.where(is_licensed, buyer_log_price - licensed, 0.0)
        np.copyto(licensed, buyer_log_price, where=is_licensed)
        self.contract_log_price += self._by_node_licensed(
            self._licensed_share * premium[self._licensed_of_lane]
        )


def distinct(keys: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the distinct rows of `keys` (n, k), where each first occurs, and the row of each key."""
    rows, first, row_of_lane = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return rows, first, row_of_lane.reshape(-1)
