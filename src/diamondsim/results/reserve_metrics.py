"""The metrics of each reserve: what it releases, and what it costs to hold it (docs/results.md, eq. R41)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.constants import DAYS_PER_YEAR, EPS
from diamondsim.draws import Draws
from diamondsim.plan import Plan
from diamondsim.results.episodes import first_tick
from diamondsim.results.estimators import AMOUNT_DISTRIBUTION, AT_QUANTILES, CHANCE_KNOWN, CHANCE_OF_ANY
from diamondsim.results.grid_layout import RESERVE
from diamondsim.results.metric import Metric, MetricInputs, Undeclared, sum_over_ticks
from diamondsim.results.settings import Settings


def _reserve_released(inputs: MetricInputs) -> FloatArray:
    released = np.zeros((len(inputs.plan.reserves), inputs.draws.n_replications))
    for row, reserve in enumerate(inputs.plan.reserves):
        released[row] = sum_over_ticks(inputs.ledger.of("used", reserve.node))
    return released


def _reserve_spent(inputs: MetricInputs) -> FloatArray:
    """Return the first tick since the first release at whose end nothing is left, (reserve, R); or NaN.

    What is held back for the first of its uses is not left for the others.
    """
    plan, draws = inputs.plan, inputs.draws
    spent = np.full((len(plan.reserves), draws.n_replications), np.nan)
    for row, reserve in enumerate(plan.reserves):
        released, stock = (inputs.ledger.of(field, reserve.node) for field in ("used", "stock"))
        held_back = draws.reserve_hold_back[row] * draws.reserve_goal[reserve.node]
        # What is left of rounding when the uses are served one by one is nothing.
        nothing = stock <= held_back + EPS * np.maximum(stock, released).max(axis=0)
        spent[row] = first_tick(nothing, since=first_tick(released > 0))
    return spent


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


def _without_reserves(plan: Plan, _settings: Settings) -> tuple[str, ...]:
    return () if plan.reserves else ("stock",)


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
        estimators=(*AMOUNT_DISTRIBUTION, CHANCE_OF_ANY),
    ),
    Metric(
        "reserve_spent",
        "first tick at whose end a reserve that has released holds no more than its hold-back, or NaN",
        "tick",
        RESERVE,
        _reserve_spent,
        fields=("used", "stock"),
        unread=_without_reserves,
        estimators=(AT_QUANTILES, CHANCE_KNOWN),
        is_event=True,
    ),
    Metric(
        "reserve_cost",
        "cost of holding the reserve over the horizon",
        "USD",
        RESERVE,
        _reserve_cost,
        fields=("stock",),
        estimators=AMOUNT_DISTRIBUTION,
        applies=_has_cost,
        undeclared=_without_cost,
    ),
)
"""The metrics of each reserve."""
