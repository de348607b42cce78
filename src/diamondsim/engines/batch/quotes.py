"""Prices of lanes and contracts, and the weight they give a lane (model.md, eq. 48-50, 52).

Lanes whose sellers are at home in one market and ask the same, with the same surcharges, have one price: an
*ask*. A lane that crosses markets and is covered by some control may be under licence; its price is then that
of the buyer's market. Such lanes have a further row for each ask, buyer's market and profile. Asks and these
rows together are the *quotes*: there are far fewer of them than lanes.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import NO_PRICE, PriceDraws
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
    asked : (S, R) array
        What each source asks, which the caller moves from tick to tick.
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
        asked: FloatArray,
        contract_share: FloatArray,
        home: IntArray,
        market_of_node: IntArray,
    ) -> None:
        assert plan.prices is not None
        self._drawn = drawn
        n_replications = contract_share.shape[1]
        # Sources that ask no less than their cost have asks of their own.
        asking = np.where((drawn.ask > NO_PRICE).any(axis=1), np.arange(topology.n_sources), -1)
        asks, _, ask = distinct(
            np.column_stack(
                (
                    home[topology.source],
                    asking[topology.source],
                    plan.prices.surcharge_lanes.T.astype(np.int64),
                )
            )
        )
        self._n_asks = len(asks)
        self._ask_market = asks[:, 0]
        self._costly = np.flatnonzero(asks[:, 1] >= 0)
        self._asked, self._source_of_costly = asked, asks[self._costly, 1]
        self._surcharged = [np.flatnonzero(row) for row in asks[:, 2:].T]
        changes = (drawn.surcharge[1:] != drawn.surcharge[:-1]).any(axis=(1, 2))
        self._surcharge_changes = [True, *changes.tolist()]
        self._surcharge = np.zeros((len(asks), n_replications))

        # Lanes whose price a licence changes.
        buyer = market_of_node[topology.node[topology.covered]]
        seller = topology.source[topology.covered]
        crossing = np.flatnonzero((buyer != home[seller]) | (asking[seller] >= 0))
        lanes = topology.covered[crossing]
        licensed, first, row_of_lane = distinct(
            np.column_stack((ask[lanes], buyer[crossing], topology.profile[crossing]))
        )
        self._ask_of_licensed, self._market_of_licensed = licensed[:, 0], licensed[:, 1]
        self._row_of_licensed = crossing[first]
        self.of_lane = ask.copy()
        self.of_lane[lanes] = len(asks) + row_of_lane
        # The premium over the ask is added lane by lane: where it is 0, because no control binds, the sum
        # over asks keeps its bits.
        self._licensed_of_lane, self._licensed_share = row_of_lane, contract_share[lanes]
        self._by_node_licensed = topology.node_sum_of(lanes)

        self._log_price, self._spare = np.zeros((2, len(asks) + len(licensed), n_replications))
        # Contracts are added up by node and ask once, before the run.
        contracts, _, row_of_contract = distinct(np.column_stack((topology.node, ask)))
        self._ask_of_contract = contracts[:, 1]
        n_contracts = len(contracts)
        self._weight = SegmentSum(
            np.arange(topology.n_lanes), row_of_contract, n_contracts, topology.n_lanes
        )(contract_share)
        self._contract_buffer = np.zeros((n_contracts, n_replications))
        self._by_node = SegmentSum(np.arange(n_contracts), contracts[:, 0], topology.n_nodes, n_contracts)
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
        if len(self._costly):
            least = self._asked[self._source_of_costly]
            ask_log_price[self._costly] = np.maximum(ask_log_price[self._costly], least)
        if self._surcharge_changes[t]:
            self._surcharge.fill(0.0)
            for row, asks in enumerate(self._surcharged):
                self._surcharge[asks] += self._drawn.surcharge[t, row]
        ask_log_price += self._surcharge
        spread(ask_log_price, self._ask_of_licensed, licensed)
        on_contract = spread(ask_log_price, self._ask_of_contract, self._contract_buffer)
        on_contract *= self._weight
        self.contract_log_price = self._by_node(on_contract)
        if terms.active and len(licensed):
            self._license(log_prices, terms, licensed)
        if self.price_weight is not None:
            np.multiply(self._log_price, self._minus_supplier_elasticity, out=self.price_weight)
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
