"""Prices: how they move, and what they do to demand and to capacity (model.md, eq. 85-98)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray, PriceDraws
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.offers import Offers
from diamondsim.engines.batch.quotes import Quotes, exponential
from diamondsim.engines.batch.segments import SegmentSum, spread
from diamondsim.engines.batch.shares import ContractShares
from diamondsim.engines.batch.state import EPS, State, divide
from diamondsim.plan import Plan


class Prices:
    """Prices of the markets of a block, as logarithms of multiples of those of the start.

    Attributes
    ----------
    level : (M, R) array
        `x` of the markets.
    quotes : Quotes
        What lanes and contracts cost.
    rise : (S, R) array
        What the price does to capacity.
    """

    def __init__(
        self, plan: Plan, layout: Layout, draws: Draws, state: State, shares: ContractShares
    ) -> None:
        assert plan.prices is not None
        assert draws.prices is not None
        prices, width, n_markets = plan.prices, draws.n_replications, plan.n_markets
        self._drawn = drawn = draws.prices
        # One market more, whose price never moves, is that of whatever has none.
        self._levels = np.zeros((n_markets + 1, width))
        self.level = self._levels[:n_markets]
        self._home = np.where(prices.source_market < 0, n_markets, prices.source_market)
        self._homeless = np.flatnonzero(prices.source_market < 0)
        market_of_node = np.where(prices.node_market < 0, n_markets, prices.node_market)
        self.quotes = Quotes(plan, layout, drawn, shares.opening, self._home, market_of_node)
        self._offers = Offers(plan, layout, draws, state, self._home, market_of_node)

        self._shy = -drawn.demand_elasticity if drawn.demand_elasticity.any() else None
        self._spare_node = np.zeros((layout.n_nodes, width))
        self.rise = np.ones((layout.n_sources, width))
        self._received = np.maximum(drawn.floor, 0.0)
        self._spare_source = np.zeros((layout.n_sources, width))
        self._has_cost = np.flatnonzero(prices.source_cost >= 0)
        self._cost_row = prices.source_cost[self._has_cost]
        self._answers = bool(drawn.supply_elasticity.any())
        self._push, self._spare_market, self._mean = np.zeros((3, n_markets, width))
        self._quiet = np.zeros((n_markets, width), dtype=bool)

        self._linked = bool(drawn.arbitrage_gain.any())
        grades = sorted({grade for grade, _ in prices.markets})
        self._grade = np.array([grades.index(grade) for grade, _ in prices.markets], dtype=np.int64)
        self._by_grade = SegmentSum(np.arange(n_markets), self._grade, len(grades), n_markets)
        self._grade_size = self._by_grade(self._offers.size)
        self._spare_grade = np.zeros((len(grades), width))

    def quote(self, t: int, state: State, terms: Terms) -> None:
        """Phase 1: work out what everybody pays, and turn normal flow into expected flow (eq. 86-90)."""
        self.quotes.update(t, self._levels, terms)
        if self._shy is None:
            np.copyto(state.flow, state.normal)
        else:
            np.multiply(self._shy, self.quotes.contract, out=state.flow)
            exponential(state.flow, state.flow, self._spare_node)
            state.flow *= state.normal
        self._move_capacity(self._drawn)

    def _move_capacity(self, drawn: PriceDraws) -> None:
        """Write `rise` (eq. 90)."""
        rise = self.rise
        stops = self._received < drawn.stop
        if self._answers:
            np.multiply(self._received, drawn.supply_elasticity, out=rise)
            exponential(rise, rise, self._spare_source)
        else:
            rise.fill(1.0)
        np.putmask(rise, stops, 0.0)
        rise[self._homeless] = 1.0

    def settle(self, t: int, state: State, terms: Terms, shares: ContractShares) -> None:
        """Phase 7: move prices, and what sources take for theirs (eq. 91-97)."""
        offers, drawn, level = self._offers, self._drawn, self.level
        offers.update(state, terms, shares)
        push, total, quiet = self._push, self._spare_market, self._quiet
        np.add(offers.wanted, offers.available, out=total)
        np.less_equal(total, np.multiply(offers.size, EPS, out=push), out=quiet)
        np.subtract(offers.wanted, offers.available, out=push)
        divide(push, total, push)
        np.putmask(push, quiet, 0.0)
        push *= 2.0 * drawn.adjustment_gain
        level += push
        if self._linked:
            self._draw_near()
        np.minimum(np.maximum(level, drawn.lowest, out=level), drawn.highest, out=level)
        at_home = spread(self._levels, self._home, self._spare_source)
        np.maximum(at_home, drawn.floor, out=at_home)
        if len(self._has_cost):
            at_home[self._has_cost] -= drawn.cost[t][self._cost_row]
        at_home -= self._received
        at_home *= drawn.supply_gain
        self._received += at_home

    def _draw_near(self) -> None:
        """Let goods that pass between the markets of a grade even out their prices (eq. 96)."""
        offers, mean = self._offers, self._mean
        by_grade = self._by_grade(np.multiply(offers.size, self.level, out=mean))
        np.copyto(self._spare_grade, self._grade_size)
        divide(by_grade, self._spare_grade, by_grade)
        spread(by_grade, self._grade, mean)
        mean -= self.level
        mean *= offers.passing_share()
        mean *= self._drawn.arbitrage_gain
        self.level[:] += mean

    def write_paid(self, out: FloatArray) -> None:
        """Write what the contracts of the nodes cost, 1 at the start, into `out` (N, R) (eq. 98)."""
        exponential(self.quotes.contract, out, self._spare_node)

    def write_prices(self, out: FloatArray) -> None:
        """Write the prices of the markets, 1 at the start, into `out` (M, R) (eq. 98)."""
        exponential(self.level, out, self._spare_market)
