"""Market prices, margins, and their effect on demand and capacity (model.md, eq. 48-61)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.constants import EPS
from diamondsim.draws import NO_PRICE, Draws, PriceDraws
from diamondsim.engines.batch.contract_shares import ContractShares
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.licence_queues import LicenceQueues
from diamondsim.engines.batch.offers import Offers
from diamondsim.engines.batch.quotes import Quotes, exponential
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.state import EngineState, divide, positive
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan


class MarketPrices:
    """Prices of the markets as natural logarithms of the price over the price at the start.

    Attributes
    ----------
    log_price : (M, R) array
        `x` of the markets.
    quotes : Quotes
        Prices of lanes and contracts.
    supply_factor : (S, R) array
        Factor of prices on the capacity of sources.
    """

    def __init__(
        self, plan: Plan, topology: Topology, draws: Draws, state: EngineState, shares: ContractShares
    ) -> None:
        assert plan.prices is not None
        assert draws.prices is not None
        prices, n_replications, n_markets = plan.prices, draws.n_replications, plan.n_markets
        self._drawn = drawn = draws.prices
        # An extra market, whose log price stays 0, stands for the market of nodes and sources without one.
        self._log_prices = np.zeros((n_markets + 1, n_replications))
        self.log_price = self._log_prices[:n_markets]
        self._home = np.where(prices.source_market < 0, n_markets, prices.source_market)
        self._without_market = np.flatnonzero(prices.source_market < 0)
        market_of_node = np.where(prices.node_market < 0, n_markets, prices.node_market)
        self._ask, self._source_ask = drawn.ask.copy(), prices.source_ask
        self._moving = np.flatnonzero(prices.source_ask >= 0)
        self.quotes = Quotes(
            plan, topology, drawn, self._ask, shares.opening_share, self._home, market_of_node
        )
        self._offers = Offers(plan, topology, draws, state, self._home, market_of_node)

        self._minus_demand_elasticity = -drawn.demand_elasticity if drawn.demand_elasticity.any() else None
        self._spare_node = np.zeros((topology.n_nodes, n_replications))
        self._planned_factor = np.ones((topology.n_nodes, n_replications))
        self.supply_factor = np.ones((topology.n_sources, n_replications))
        self._least_price = np.maximum(drawn.floor, drawn.ask)
        self._move_asks(0)
        self._log_margin = np.maximum(self._least_price, 0.0)
        self._spare_source, self._log_earned = np.zeros((2, topology.n_sources, n_replications))
        self._converted = np.array([c.from_source for c in plan.conversions], dtype=np.int64)
        self._converted_into = np.array([c.to_source for c in plan.conversions], dtype=np.int64)
        self._has_cost = np.flatnonzero(prices.source_cost >= 0)
        self._cost_row = prices.source_cost[self._has_cost]
        self._log_margin[self._has_cost] -= drawn.cost[0][self._cost_row]
        self._is_elastic = bool(drawn.supply_elasticity.any())
        self._change, self._spare_market = np.zeros((2, n_markets, n_replications))
        self._is_idle = np.zeros((n_markets, n_replications), dtype=bool)

        self._asking = np.flatnonzero((drawn.ask > NO_PRICE).any(axis=1))
        self._placed = np.ones((topology.n_sources, n_replications))
        self._has_arbitrage = bool(drawn.arbitrage_gain.any())

    def quote(self, t: int, state: EngineState, terms: ControlTerms) -> None:
        """Phase 1: compute prices of lanes and contracts, expected demand and supply factors (eq. 49-53)."""
        self._move_asks(t)
        self.quotes.update(t, self._log_prices, terms)
        if self._minus_demand_elasticity is None:
            np.copyto(state.expected_demand, state.normal_demand)
            np.copyto(state.planned_demand, state.normal_demand)
        else:
            factor, spare = state.expected_demand, self._spare_node
            np.multiply(self._minus_demand_elasticity, self.quotes.contract_log_price, out=factor)
            exponential(factor, factor, spare)
            np.subtract(factor, self._planned_factor, out=spare)
            spare *= self._drawn.planning_gain
            self._planned_factor += spare
            np.multiply(self._planned_factor, state.normal_demand, out=state.planned_demand)
            factor *= state.normal_demand
        self._write_supply_factor(self._drawn)

    def _move_asks(self, t: int) -> None:
        """Move what sources ask to tick t, and with it the least that they get (eq. 48a)."""
        moving, drawn = self._moving, self._drawn
        if len(moving):
            self._ask[moving] = drawn.ask[moving] + drawn.ask_change[t][self._source_ask[moving]]
            self._least_price[moving] = np.maximum(drawn.floor[moving], self._ask[moving])

    def _write_supply_factor(self, drawn: PriceDraws) -> None:
        """Write `supply_factor` (eq. 53)."""
        supply_factor = self.supply_factor
        is_stopped = self._log_margin < drawn.stop - EPS
        if self._is_elastic:
            np.multiply(self._log_margin, drawn.supply_elasticity, out=supply_factor)
            exponential(supply_factor, supply_factor, self._spare_source)
        else:
            supply_factor.fill(1.0)
        np.putmask(supply_factor, is_stopped, 0.0)
        supply_factor[self._without_market] = 1.0

    def settle(
        self,
        t: int,
        state: EngineState,
        terms: ControlTerms,
        queues: LicenceQueues,
        shares: ContractShares,
    ) -> None:
        """Phase 7: move prices and the margins on which sources act (eq. 54-60)."""
        offers, drawn, log_price = self._offers, self._drawn, self.log_price
        placed = self._placed_share() if len(self._asking) else None
        offers.update(state, terms, queues, shares, placed)
        change, total, is_idle = self._change, self._spare_market, self._is_idle
        np.add(offers.bids, offers.supply, out=total)
        np.less_equal(total, np.multiply(offers.volume, EPS, out=change), out=is_idle)
        np.subtract(offers.bids, offers.supply, out=change)
        divide(change, total, change)
        np.putmask(change, is_idle, 0.0)
        change *= 2.0 * drawn.adjustment_gain
        log_price += change
        if self._has_arbitrage:
            pull = offers.pull(log_price)
            pull *= drawn.arbitrage_gain
            log_price += pull
        np.minimum(np.maximum(log_price, drawn.lowest, out=log_price), drawn.highest, out=log_price)
        np.maximum(
            spread(self._log_prices, self._home, self._log_earned), self._least_price, out=self._log_earned
        )
        margin_change = self._spare_source
        np.copyto(margin_change, self._log_earned)
        if len(self._has_cost):
            margin_change[self._has_cost] -= drawn.cost[t][self._cost_row]
        margin_change -= self._log_margin
        margin_change *= drawn.supply_gain
        self._log_margin += margin_change

    def conversion_profit(self) -> FloatArray:
        """Return what conversions gain on a unit, as a share of what it brings (Q, R), at the end of a tick.

        Owns eq. 60a; without a market of both grades the worth is above every price.
        """
        given_up = self._log_earned[self._converted]
        profit = self._log_earned[self._converted_into] - given_up
        spare = np.empty_like(profit)
        exponential(profit, profit, spare)
        profit *= self._drawn.conversion_worth
        np.negative(given_up, out=given_up)
        exponential(given_up, given_up, spare)
        given_up *= self._drawn.conversion_cost
        profit -= given_up
        profit -= 1.0
        return profit

    def _placed_share(self) -> FloatArray:
        """Return `placed` of each source: the share of its output that it sells at what it asks (eq. 54)."""
        mark_up = self._ask[self._asking] - self._log_prices[self._home[self._asking]]
        positive(mark_up)
        mark_up *= -self._drawn.supplier_elasticity
        exponential(mark_up, mark_up, np.empty_like(mark_up))
        self._placed[self._asking] = mark_up
        return self._placed

    def write_paid(self, out: FloatArray) -> None:
        """Write `paid`, the price of the contracts of each node, into `out` (N, R) (eq. 61)."""
        exponential(self.quotes.contract_log_price, out, self._spare_node)

    def write_prices(self, out: FloatArray) -> None:
        """Write the prices of the markets, 1 at the start, into `out` (M, R) (eq. 61)."""
        exponential(self.log_price, out, self._spare_market)
