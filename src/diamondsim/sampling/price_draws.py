"""The draws of prices, and the cost of a unit from a facility (model.md, eq. 97-98)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.draws import NO_PRICE, PriceDraws
from diamondsim.plan import AskCost, Input, Plan, Prices, Steps
from diamondsim.sampling.block import Block
from diamondsim.sampling.timing import smoothing_gain


def draw_prices(plan: Plan, capacity: FloatArray, block: Block) -> PriceDraws | None:
    """Return the draws of prices; None where the plan has no prices.

    Parameters
    ----------
    plan : Plan
        The plan.
    capacity : (S, R) array
        Of each source at the start, of a facility at nameplate, per tick.
    block : Block
        Where the numbers come from.

    Returns
    -------
    PriceDraws or None
    """
    prices = plan.prices
    if prices is None:
        return None
    start = _values(prices.start_usd, block)
    cash, unit = draw_costs(plan, capacity, block)
    no_gain = np.zeros(block.size)
    adjustment = block.value(prices.adjustment_days)
    return PriceDraws(
        start_usd=start,
        adjustment_gain=plan.tick_days / np.maximum(adjustment, plan.tick_days),
        arbitrage_gain=no_gain
        if prices.arbitrage_days is None
        else _gain(prices.arbitrage_days, plan, block),
        planning_gain=_gain(prices.planning_days, plan, block),
        lowest=np.log(block.value(prices.lowest)),
        highest=np.log(block.value(prices.highest)),
        supplier_elasticity=block.value(prices.supplier_elasticity),
        demand_elasticity=_values(prices.demand_elasticity, block),
        supply_elasticity=_values(prices.supply_elasticity, block),
        supply_gain=smoothing_gain(_values(prices.supply_days, block), plan.tick_days),
        floor=_floors(prices, start, block),
        stop=_stops(plan, prices, start, cash),
        ask=_asks(plan, prices, start, {AskCost.CASH: cash, AskCost.UNIT: unit}),
        surcharge=_surcharges(prices, plan.n_ticks, block),
        cost=_costs(prices, plan.n_ticks, block),
        unit_cost=unit,
        cash_cost=cash,
    )


def draw_costs(plan: Plan, capacity: FloatArray, block: Block) -> tuple[FloatArray, FloatArray]:
    """Return the cost of a unit from each facility in USD, without capital and with it: (F, R) each.

    Parameters are those of `draw_prices`. A cost that is not given is nan.
    """
    cash = np.full((len(plan.facilities), block.size), np.nan)
    unit = cash.copy()
    for f, facility in enumerate(plan.facilities):
        cost = facility.cost
        if cost is None:
            continue
        power = block.value(cost.power_kwh) * block.value(cost.power_usd)
        cash[f] = power / block.value(facility.yield_end) + block.value(cost.other_usd)
        nameplate = np.zeros(block.size)
        for source, row in zip(plan.sources, capacity, strict=True):
            if source.facility == facility.name:
                nameplate += row * (DAYS_PER_YEAR / plan.tick_days)
        yearly = block.value(cost.capital) * _annuity(
            block.value(cost.interest_per_year), block.value(cost.life_years)
        )
        made = nameplate * block.value(facility.availability)
        unit[f] = cash[f] + np.divide(yearly, made, out=np.zeros(block.size), where=yearly > 0)
    return cash, unit


def _annuity(interest: FloatArray, years: FloatArray) -> FloatArray:
    """Return the yearly cost of a dollar of capital over its life."""
    discount = -np.expm1(-years * np.log1p(interest))
    return np.where(interest > 0, interest / np.where(interest > 0, discount, 1.0), 1 / years)


def _values(numbers: Sequence[Input], block: Block) -> FloatArray:
    values = np.empty((len(numbers), block.size))
    for row, number in zip(values, numbers, strict=True):
        row[:] = block.value(number)
    return values


def _gain(days: Input, plan: Plan, block: Block) -> FloatArray:
    return smoothing_gain(block.value(days), plan.tick_days)


def _floors(prices: Prices, start: FloatArray, block: Block) -> FloatArray:
    floors = np.full((len(prices.source_market), block.size), NO_PRICE)
    for s, (market, floor) in enumerate(zip(prices.source_market, prices.floor_usd, strict=True)):
        if floor is not None:
            floors[s] = np.log(block.value(floor) / start[market])
    return floors


def _stops(plan: Plan, prices: Prices, start: FloatArray, cash: FloatArray) -> FloatArray:
    """Return the log price below which a source stops: that of its cash cost, if it has one."""
    stops = np.full((plan.n_sources, start.shape[-1]), NO_PRICE)
    rows = {facility.name: f for f, facility in enumerate(plan.facilities) if facility.cost is not None}
    for s, (source, market) in enumerate(zip(plan.sources, prices.source_market, strict=True)):
        if source.facility in rows and market >= 0:
            cost = cash[rows[source.facility]]
            # A source without a cash cost never stops.
            np.log(cost / start[market], out=stops[s], where=cost > 0)
    return stops


def _asks(plan: Plan, prices: Prices, start: FloatArray, costs: Mapping[AskCost, FloatArray]) -> FloatArray:
    """Return the least log price that each source asks: that of its cost, if it asks no less."""
    asks = np.full((plan.n_sources, start.shape[-1]), NO_PRICE)
    rows = {facility.name: f for f, facility in enumerate(plan.facilities)}
    for s, (source, market) in enumerate(zip(plan.sources, prices.source_market, strict=True)):
        kind = prices.ask_costs[s]
        if kind is not None and source.facility is not None:
            cost = costs[kind][rows[source.facility]]
            np.log(cost / start[market], out=asks[s], where=cost > 0)
    return asks


def _surcharges(prices: Prices, n_ticks: int, block: Block) -> FloatArray:
    logs = block.scratch.array("surcharge", (n_ticks, len(prices.surcharges), block.size))
    for u, surcharge in enumerate(prices.surcharges):
        rate = np.log1p(_steps(surcharge.rate, 0.0, n_ticks, block))
        logs[:, u] = rate - rate[0] if surcharge.is_change else rate
    return logs


def _costs(prices: Prices, n_ticks: int, block: Block) -> FloatArray:
    logs = block.scratch.array("cost", (n_ticks, len(prices.costs), block.size))
    for j, cost in enumerate(prices.costs):
        multiple = np.log(_steps(cost, 1.0, n_ticks, block))
        logs[:, j] = multiple - multiple[0]
    return logs


def _steps(steps: Steps, before: float, n_ticks: int, block: Block) -> FloatArray:
    """Return a number that changes on dates in each tick: (T, R)."""
    table = np.full((n_ticks, block.size), before)
    for tick, number in steps.values:
        table[max(tick, 0) :] = block.value(number)
    return table
