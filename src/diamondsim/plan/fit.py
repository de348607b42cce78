"""Fit the trade table, the sellers' output by grade and the markets' demand to one another.

Owns iterative proportional fitting over the flows (seller, market). A market is one grade in one region, or a
part of it that has its own suppliers or follows its own demand. Each cycle scales the flows to the output by
grade, then to the table, then to demand: demand wins. Names and units are the business of the caller; all
flows share one unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]

# What is left of a margin once the shares held fixed are taken out. Never quite nothing: demand wins, so a
# seller whose row is used up must still be able to sell what nobody else can.
_LEAST_LEFT = 1e-9
# Shares that sum to one up to rounding leave nothing to fit.
_ALL = 1 - 1e-9


@dataclass(frozen=True)
class Market:
    """Buyers that share their suppliers.

    Attributes
    ----------
    region, grade : int
        Where and what they buy.
    flow : float
        What they buy in a day. Not read where `feeds` is given.
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
class Fit:
    """The fitted flows and what they leave over.

    Attributes
    ----------
    flow : (P, M) array
        What a seller sells into a market.
    demand : (M,) array
        What a market buys; the sum of `flow` over sellers wherever anybody may sell.
    unsold : (M,) array
        Demand into which nobody may sell.
    table_left : (P, R) array
        Fitted sales less those of the table.
    output_left : (P, G) array
        Fitted sales less the output aimed at.
    cycles : int
        Cycles taken.
    settled : bool
        Whether the flows had stopped moving.
    """

    flow: FloatArray
    demand: FloatArray
    unsold: FloatArray
    table_left: FloatArray
    output_left: FloatArray
    cycles: int
    settled: bool


def fit_trade(
    table: FloatArray,
    capacity: FloatArray,
    markets: Sequence[Market],
    *,
    tolerance: float = 1e-12,
    most_cycles: int = 5000,
) -> Fit:
    """Fit flows to a table of trade, the sellers' output by grade and the demand of markets.

    Capacities say in which proportions a seller's row is made up of grades; what a seller does not make it
    does not sell. Where the three do not agree, demand is met exactly and the rest is left over.

    Parameters
    ----------
    table : (P, R) array
        What each seller sells into each region, all grades together, per day.
    capacity : (P, G) array
        What each seller can make of each grade, per day.
    markets : sequence of Market
        The M markets.
    tolerance : float
        Largest change of a flow in a cycle, as a share of its market's demand, at which the flows have
        settled.
    most_cycles : int
        Cycles after which the fit gives up.

    Returns
    -------
    Fit

    Examples
    --------
    >>> fit = fit_trade(np.array([[30.0], [70.0]]), np.array([[50.0, 0.0], [50.0, 50.0]]),
    ...                 [Market(0, 0, 65.0), Market(0, 1, 35.0)])
    >>> fit.flow.round(6).tolist()
    [[30.0, 0.0], [35.0, 35.0]]
    """
    region = np.array([m.region for m in markets], dtype=np.int64)
    grade = np.array([m.grade for m in markets], dtype=np.int64)
    regions, grades = table.shape[1], capacity.shape[1]
    mix = _ratio(capacity, capacity.sum(axis=1, keepdims=True))
    wanted_output = mix * table.sum(axis=1, keepdims=True)
    held = _held_shares(len(table), markets)
    flow = table[:, region] * mix[:, grade] * _may_fit(held, markets)
    free = np.where(held.sum(axis=0) < _ALL, 1 - held.sum(axis=0), 0.0)

    demand = np.array(
        [m.flow if m.feeds is None else wanted_output[m.feeds[:2]] / m.feeds[2] for m in markets]
    )
    flow = flow * _ratio(demand * free, flow.sum(axis=0))
    total = flow + held * demand
    cycles, settled = 0, not markets
    while not settled and cycles < most_cycles:
        cycles += 1
        before, bought, fixed = total, demand, held * demand
        left = _left(wanted_output, _by(fixed, grade, grades))
        flow = flow * _ratio(left, _by(flow, grade, grades))[:, grade]
        left = _left(table, _by(fixed, region, regions))
        flow = flow * _ratio(left, _by(flow, region, regions))[:, region]
        flow = flow * _ratio(demand * free, flow.sum(axis=0))
        demand = _demand(markets, flow + fixed)
        total = flow + held * demand
        # Feed is asked for anew in each cycle and sold in the next.
        moved = np.maximum(np.abs(total - before), np.abs(demand - bought))
        settled = bool(np.all(moved <= tolerance * demand))
    share = _ratio(flow, flow.sum(axis=0)) * free + held
    demand, total = _consistent(markets, share, demand)
    return Fit(
        flow=total,
        demand=demand,
        unsold=np.where(flow.any(axis=0), 0.0, demand * free),
        table_left=_by(total, region, regions) - table,
        output_left=_by(total, grade, grades) - wanted_output,
        cycles=cycles,
        settled=settled,
    )


def _held_shares(sellers: int, markets: Sequence[Market]) -> FloatArray:
    held = np.zeros((sellers, len(markets)))
    for column, market in enumerate(markets):
        for seller, share in market.held.items():
            held[seller, column] = share
    return held


def _may_fit(held: FloatArray, markets: Sequence[Market]) -> npt.NDArray[np.bool_]:
    may = np.ones(held.shape, dtype=bool)
    for column, market in enumerate(markets):
        may[[*market.held, *market.closed], column] = False
    return may


def _demand(markets: Sequence[Market], flow: FloatArray) -> FloatArray:
    """Demand of each market; a feed's is what the sales of its output need."""
    demand = np.array([m.flow for m in markets])
    for column, market in enumerate(markets):
        if market.feeds is not None:
            seller, grade, feed_yield = market.feeds
            sold = sum(flow[seller, c] for c, m in enumerate(markets) if m.grade == grade)
            demand[column] = sold / feed_yield
    return demand


def _consistent(
    markets: Sequence[Market], share: FloatArray, demand: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return demand and flows at given shares.

    Feed is what the sales need even where the fit has not settled. Processors in a row take a round each.
    """
    for market in markets:
        if market.feeds is not None:
            demand = _demand(markets, share * demand)
    return demand, share * demand


def _by(flow: FloatArray, index: IntArray, length: int) -> FloatArray:
    """Add the columns up by their index."""
    total = np.zeros((len(flow), length))
    for column, place in enumerate(index):
        total[:, place] += flow[:, column]
    return total


def _left(target: FloatArray, fixed: FloatArray) -> FloatArray:
    return np.maximum(target - fixed, _LEAST_LEFT * target)


def _ratio(wanted: FloatArray, found: FloatArray) -> FloatArray:
    """Return wanted / found, 0 where nothing is found: nothing cannot be scaled."""
    out = np.zeros(np.broadcast_shapes(wanted.shape, found.shape))
    return np.divide(wanted, found, out=out, where=found > 0)
