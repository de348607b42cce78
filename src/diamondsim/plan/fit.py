"""Fit the trade table, the sellers' output by grade and the markets' demand to one another.

Owns iterative proportional fitting over the flows (seller, market). Each cycle scales the flows to the output
by grade, then to the table, then to demand: demand wins. Names and units are the business of the caller; all
flows share one unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.plan.margins import Margins, Market, margins_of

__all__ = ["Fit", "Market", "fit_trade"]

LEAST_SHARE = 1e-6
"""A seller's share of a market below which it sells nothing there. A fit that has not settled drives flows
that contradict the rest to nothing, ever more slowly: what is left of them is no contract."""


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
    margins = margins_of(table, capacity, markets)
    settling = _settle(margins, tolerance=tolerance, most_cycles=most_cycles)
    flow = settling.flow
    sold = flow.any(axis=0)
    share = margins.shares(np.where(flow < LEAST_SHARE * flow.sum(axis=0), 0.0, flow))
    demand, total = margins.consistent(share, settling.demand)
    return Fit(
        flow=total,
        demand=demand,
        unsold=np.where(sold, 0.0, demand * margins.free),
        table_left=margins.by_region(total) - table,
        output_left=margins.by_grade(total) - margins.output,
        cycles=settling.cycles,
        settled=settling.settled,
    )


@dataclass(frozen=True)
class _Settling:
    """Flows of the sellers that are fitted (P, M), demand (M,), cycles taken, whether they were enough."""

    flow: FloatArray
    demand: FloatArray
    cycles: int
    settled: bool


def _settle(margins: Margins, *, tolerance: float, most_cycles: int) -> _Settling:
    """Scale the flows in turn until none moves by more than `tolerance` of its market's demand."""
    demand = margins.first_demand()
    flow = margins.to_demand(margins.seed(), demand)
    total = flow + margins.held * demand
    cycles, settled = 0, not margins.markets
    while not settled and cycles < most_cycles:
        cycles += 1
        before, bought, fixed = total, demand, margins.held * demand
        flow = margins.to_output(flow, fixed)
        flow = margins.to_table(flow, fixed)
        flow = margins.to_demand(flow, demand)
        demand = margins.demand(flow + fixed)
        total = flow + margins.held * demand
        # Feed is asked for anew in each cycle and sold in the next.
        moved = np.maximum(np.abs(total - before), np.abs(demand - bought))
        settled = bool(np.all(moved <= tolerance * demand))
    return _Settling(flow, demand, cycles, settled)
