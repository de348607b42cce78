"""The metrics of each reserve: what it releases, and what it costs to hold it (docs/results.md, eq. R41)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.draws import Draws
from diamondsim.plan import Plan
from diamondsim.results.estimators import DISTRIBUTION
from diamondsim.results.grid_layout import RESERVE
from diamondsim.results.metric import Metric, MetricInputs, Undeclared, sum_over_ticks
from diamondsim.results.settings import Settings


def _reserve_released(inputs: MetricInputs) -> FloatArray:
    released = np.zeros((len(inputs.plan.reserves), inputs.draws.n_replications))
    for row, reserve in enumerate(inputs.plan.reserves):
        released[row] = sum_over_ticks(inputs.ledger.of("used", reserve.node))
    return released


def _reserve_cost(inputs: MetricInputs) -> FloatArray:
    """Return the cost of holding each reserve over the horizon, (reserve, R), USD.

    NaN for a reserve without a cost in the scenario, and where interest has no price to be computed from.
    """
    plan, draws = inputs.plan, inputs.draws
    cost = np.full((len(plan.reserves), draws.n_replications), np.nan)
    for row, reserve in enumerate(plan.reserves):
        rates = inputs.settings.reserves.get(reserve.name)
        if rates is not None:
            unit_days = sum_over_ticks(inputs.ledger.of("stock", reserve.node)) * plan.tick_days
            interest = rates.interest / DAYS_PER_YEAR * _start_usd(plan, draws, reserve.node)
            # Without interest no price is needed, and there may be none.
            cost[row] = unit_days * (rates.holding_cost + (interest if rates.interest else 0.0))
    return cost


def _has_cost(_plan: Plan, settings: Settings) -> bool:
    return bool(settings.reserves)


def _without_cost(plan: Plan, settings: Settings) -> Undeclared:
    names = tuple(reserve.name for reserve in plan.reserves if reserve.name not in settings.reserves)
    return Undeclared("reserve", "neither `holding_cost` nor `interest`", names)


def _start_usd(plan: Plan, draws: Draws, node: int) -> FloatArray:
    market = -1 if plan.prices is None else int(plan.prices.node_market[node])
    if draws.prices is None or market < 0:
        return np.full(draws.n_replications, np.nan)
    return np.asarray(draws.prices.start_usd[market])


RESERVE_METRICS: tuple[Metric[MetricInputs], ...] = (
    Metric(
        "reserve_released",
        "quantity released over the horizon",
        "unit of the grade",
        RESERVE,
        _reserve_released,
        fields=("used",),
    ),
    Metric(
        "reserve_cost",
        "cost of holding the reserve over the horizon",
        "USD",
        RESERVE,
        _reserve_cost,
        fields=("stock",),
        estimators=DISTRIBUTION,
        applies=_has_cost,
        undeclared=_without_cost,
    ),
)
"""The metrics of each reserve."""
