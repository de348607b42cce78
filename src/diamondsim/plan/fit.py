"""Fit the trade table, the sellers' output by grade and the markets' demand to one another.

Owns iterative proportional fitting (RAS) over the flows (seller, market). Each cycle scales the flows to the
output by grade, then to the table, then to demand: demand takes precedence. The caller deals with names and
units; all flows share one unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.plan.margins import FitMarket, Margins, margins_of

__all__ = ["Fit", "FitMarket", "fit_trade"]

LEAST_SHARE = 1e-6
"""A seller's share of a market below which it sells nothing there. Where the data contradict each other the
fit drives some flows to 0 ever more slowly: what is left of them after the last cycle is no contract."""


@dataclass(frozen=True)
class Fit:
    """The fitted flows and their residuals.

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
    converged : bool
        Whether the flows had stopped moving.
    """

    flow: FloatArray
    demand: FloatArray
    unsold: FloatArray
    table_left: FloatArray
    output_left: FloatArray
    cycles: int
    converged: bool


def fit_trade(
    table: FloatArray,
    capacity: FloatArray,
    markets: Sequence[FitMarket],
    *,
    tolerance: float = 1e-12,
    most_cycles: int = 5000,
) -> Fit:
    """Fit flows to a trade table, the sellers' output by grade and the demand of markets.

    Capacities give the proportions of the grades in a seller's row; what a seller does not make it does not
    sell. Where the three do not agree, demand is met exactly and the others are left with a residual.

    Parameters
    ----------
    table : (P, R) array
        What each seller sells into each region, all grades together, per day.
    capacity : (P, G) array
        What each seller can make of each grade, per day.
    markets : sequence of FitMarket
        The M markets.
    tolerance : float
        Largest change of a flow in a cycle, as a share of its market's demand, at which the flows have
        settled.
    most_cycles : int
        Cycles after which the fit stops in any case.

    Returns
    -------
    Fit

    Examples
    --------
    >>> fit = fit_trade(np.array([[30.0], [70.0]]), np.array([[50.0, 0.0], [50.0, 50.0]]),
    ...                 [FitMarket(0, 0, 65.0), FitMarket(0, 1, 35.0)])
    >>> fit.flow.round(6).tolist()
    [[30.0, 0.0], [35.0, 35.0]]
    """
    margins = margins_of(table, capacity, markets)
    solution = _solve(margins, tolerance=tolerance, most_cycles=most_cycles)
    flow = solution.flow
    sold = flow.any(axis=0)
    share = margins.shares(np.where(flow < LEAST_SHARE * flow.sum(axis=0), 0.0, flow))
    demand, total = margins.consistent(share, solution.demand)
    return Fit(
        flow=total,
        demand=demand,
        unsold=np.where(sold, 0.0, demand * margins.free),
        table_left=margins.by_region(total) - table,
        output_left=margins.by_grade(total) - margins.output,
        cycles=solution.cycles,
        converged=solution.converged,
    )


@dataclass(frozen=True)
class _Solution:
    """Flows of the sellers that are fitted (P, M), demand (M,), cycles taken, whether they were enough."""

    flow: FloatArray
    demand: FloatArray
    cycles: int
    converged: bool


def _solve(margins: Margins, *, tolerance: float, most_cycles: int) -> _Solution:
    """Scale the flows in turn until none moves by more than `tolerance` of its market's demand."""
    demand = margins.first_demand()
    flow = margins.to_demand(margins.seed(), demand)
    total = flow + margins.held * demand
    cycles, converged = 0, not margins.markets
    while not converged and cycles < most_cycles:
        cycles += 1
        before, bought, fixed = total, demand, margins.held * demand
        flow = margins.to_output(flow, fixed)
        flow = margins.to_table(flow, fixed)
        flow = margins.to_demand(flow, demand)
        demand = margins.demand(flow + fixed)
        total = flow + margins.held * demand
        # The demand for feed changes in each cycle and is sold in the next.
        moved = np.maximum(np.abs(total - before), np.abs(demand - bought))
        converged = bool(np.all(moved <= tolerance * demand))
    return _Solution(flow, demand, cycles, converged)
