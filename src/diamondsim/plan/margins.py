"""The margins of the fit: the trade table, the sellers' output by grade, the markets' demand.

Owns each of the three scalings of the flows (seller, market), and the flows to start from. A market is one
grade in one region, or a part of it that has its own suppliers or follows its own demand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from diamondsim.addition import sum_in_order
from diamondsim.arrays import BoolArray, FloatArray, IntArray

# Least part of a margin that is left once the fixed shares are taken out. It is above 0 because demand takes
# precedence: a seller whose row is used up must still be able to sell what nobody else can.
_LEAST_LEFT = 1e-9
# Fixed shares that sum to 1 but for rounding leave nothing to fit.
_ALL = 1 - 1e-9


@dataclass(frozen=True)
class FitMarket:
    """Buyers that share their suppliers.

    Attributes
    ----------
    region, grade : int
        Region and grade that they buy in.
    flow : float
        What they buy per day. Not read where `feeds` is given.
    held : mapping of int to float
        Shares of sellers that are fixed; no other share of these sellers is fitted here.
    closed : frozenset of int
        Sellers that may not sell here.
    feeds : tuple of (int, int, float), optional
        Seller, grade and yield: the market is the feed of that output, its flow what the seller's sales of
        the grade need.
    """

    region: int
    grade: int
    flow: float = 0.0
    held: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    closed: frozenset[int] = frozenset()
    feeds: tuple[int, int, float] | None = None


@dataclass(frozen=True)
class Margins:
    """P sellers, M markets, R regions, G grades.

    Attributes
    ----------
    markets : tuple of FitMarket
        The markets.
    table, output : (P, R) and (P, G) arrays
        What each seller should sell into each region, and of each grade, per day.
    mix : (P, G) array
        Share of each grade in a seller's sales.
    held : (P, M) array
        Shares that are fixed.
    free : (M,) array
        What they leave to the others.
    """

    markets: tuple[FitMarket, ...]
    table: FloatArray
    output: FloatArray
    mix: FloatArray
    held: FloatArray
    free: FloatArray
    _region: IntArray
    _grade: IntArray

    def seed(self) -> FloatArray:
        """Return the flows to start from: the table, split by the grades that a seller makes."""
        flow: FloatArray = self.table[:, self._region] * self.mix[:, self._grade]
        return flow * _may_fit(self.held, self.markets)

    def first_demand(self) -> FloatArray:
        """Return the demand to start from; that of a feed follows the output aimed at."""
        return np.array(
            [m.flow if m.feeds is None else self.output[m.feeds[:2]] / m.feeds[2] for m in self.markets]
        )

    def to_output(self, flow: FloatArray, fixed: FloatArray) -> FloatArray:
        """Scale flows to what the fixed ones leave of the output."""
        left = _left(self.output, self.by_grade(fixed))
        return flow * _ratio(left, self.by_grade(flow))[:, self._grade]

    def to_table(self, flow: FloatArray, fixed: FloatArray) -> FloatArray:
        """Scale flows to what the fixed ones leave of the table."""
        left = _left(self.table, self.by_region(fixed))
        return flow * _ratio(left, self.by_region(flow))[:, self._region]

    def to_demand(self, flow: FloatArray, demand: FloatArray) -> FloatArray:
        """Scale flows to demand."""
        return flow * _ratio(demand * self.free, flow.sum(axis=0))

    def demand(self, flow: FloatArray) -> FloatArray:
        """Return the demand of each market; that of a feed is what the sales of its output need."""
        demand = np.array([m.flow for m in self.markets])
        for column, market in enumerate(self.markets):
            if market.feeds is not None:
                seller, grade, feed_yield = market.feeds
                sold = sum_in_order(flow[seller, c] for c, m in enumerate(self.markets) if m.grade == grade)
                demand[column] = sold / feed_yield
        return demand

    def shares(self, flow: FloatArray) -> FloatArray:
        """Return each seller's share of each market, the fixed ones included."""
        return _ratio(flow, flow.sum(axis=0)) * self.free + self.held

    def consistent(self, share: FloatArray, demand: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return demand and flows at given shares.

        Feed is what the sales need even where the fit has not converged. A chain of processors takes as many
        rounds as it is long.
        """
        for market in self.markets:
            if market.feeds is not None:
                demand = self.demand(share * demand)
        return demand, share * demand

    def by_region(self, flow: FloatArray) -> FloatArray:
        """Add flows up by region, (P, R)."""
        return _by(flow, self._region, self.table.shape[1])

    def by_grade(self, flow: FloatArray) -> FloatArray:
        """Add flows up by grade, (P, G)."""
        return _by(flow, self._grade, self.mix.shape[1])


def margins_of(table: FloatArray, capacity: FloatArray, markets: Sequence[FitMarket]) -> Margins:
    """Return the margins that `diamondsim.plan.fit.fit_trade` fits to; arguments as there."""
    mix = _ratio(capacity, capacity.sum(axis=1, keepdims=True))
    held = _held_shares(len(table), markets)
    return Margins(
        markets=tuple(markets),
        table=table,
        output=mix * table.sum(axis=1, keepdims=True),
        mix=mix,
        held=held,
        free=np.where(held.sum(axis=0) < _ALL, 1 - held.sum(axis=0), 0.0),
        _region=np.array([m.region for m in markets], dtype=np.int64),
        _grade=np.array([m.grade for m in markets], dtype=np.int64),
    )


def _held_shares(sellers: int, markets: Sequence[FitMarket]) -> FloatArray:
    held = np.zeros((sellers, len(markets)))
    for column, market in enumerate(markets):
        for seller, share in market.held.items():
            held[seller, column] = share
    return held


def _may_fit(held: FloatArray, markets: Sequence[FitMarket]) -> BoolArray:
    may = np.ones(held.shape, dtype=bool)
    for column, market in enumerate(markets):
        may[[*market.held, *market.closed], column] = False
    return may


def _by(flow: FloatArray, index: IntArray, length: int) -> FloatArray:
    """Add the columns up by their index."""
    total = np.zeros((len(flow), length))
    for column, row in enumerate(index):
        total[:, row] += flow[:, column]
    return total


def _left(target: FloatArray, fixed: FloatArray) -> FloatArray:
    return np.maximum(target - fixed, _LEAST_LEFT * target)


def _ratio(target: FloatArray, flow: FloatArray) -> FloatArray:
    """Return target / flow, 0 where there is no flow to scale."""
    out = np.zeros(np.broadcast_shapes(target.shape, flow.shape))
    return np.divide(target, flow, out=out, where=flow > 0)
