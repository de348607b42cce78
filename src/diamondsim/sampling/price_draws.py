"""The draws of prices: elasticities, floors, surcharges and costs by date (model.md, eq. 97)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.draws import ALWAYS_PAYS, NO_PRICE, PriceDraws
from diamondsim.plan import AskCost, Input, Plan, Prices, SurchargeStart
from diamondsim.sampling.block import Block
from diamondsim.sampling.facility_cost import draw_costs, power_cost_change
from diamondsim.sampling.facility_path import FacilityPath
from diamondsim.sampling.timing import rounded_ticks, smoothing_gain, step_table


def draw_prices(
    plan: Plan, paths: Sequence[FacilityPath], capacity: FloatArray, block: Block
) -> PriceDraws | None:
    """Return the draws of prices; None where the plan has no prices.

    Parameters
    ----------
    plan : Plan
        The plan.
    paths : sequence of FacilityPath
        The paths of its facilities, in order.
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
    cash, unit = draw_costs(plan, paths, capacity, block)
    asked, cost = {AskCost.CASH: cash, AskCost.UNIT: unit}, _costs(plan, prices, cash, block)
    worth, fee = _conversions(plan, prices, start, block)
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
        ask=_asks(plan, prices, start, asked),
        ask_change=_ask_changes(prices, asked, cash, cost, block),
        surcharge=_surcharges(plan, prices, block),
        cost=cost,
        conversion_worth=worth,
        conversion_cost=fee,
        unit_cost=unit,
        cash_cost=cash,
    )


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


def _ask_changes(
    prices: Prices, asked: Mapping[AskCost, FloatArray], cash: FloatArray, cost: FloatArray, block: Block
) -> FloatArray:
    """Return how far what is asked lies from `ask`, as the cash cost in it runs (eq. 97c): (T, A, R)."""
    logs = block.scratch.array("ask_change", (len(cost), len(prices.asking), block.size))
    for a, asking in enumerate(prices.asking):
        whole = asked[asking.cost][asking.facility]
        share = np.divide(cash[asking.facility], whole, out=np.zeros(block.size), where=whole > 0)
        logs[:, a] = np.log1p(share * np.expm1(cost[:, asking.cost_row]))
    return logs


def _surcharges(plan: Plan, prices: Prices, block: Block) -> FloatArray:
    n_ticks = plan.n_ticks
    logs = block.scratch.array("surcharge", (n_ticks, len(prices.surcharges), block.size))
    for u, surcharge in enumerate(prices.surcharges):
        rate = np.log1p(step_table(surcharge.rate, 0.0, n_ticks, block))
        if surcharge.start is not None:
            rate[~_applies(surcharge.start, n_ticks, plan.tick_days, block)] = 0.0
        logs[:, u] = rate - rate[0] if surcharge.is_change else rate
    return logs


def _applies(start: SurchargeStart, n_ticks: int, tick_days: float, block: Block) -> BoolArray:
    """Return in which ticks a surcharge applies that follows a call for funds (eq. 97a): (T, R).

    Stream: `<missed>/outcome`.
    """
    missed = block.uniform(f"{start.missed.name}/outcome") < block.value(start.missed)
    day = start.call_day + block.value(start.answer_days)
    begin, end = rounded_ticks(day, tick_days), np.full(block.size, n_ticks)
    if start.length_days is not None:
        end = rounded_ticks(day + block.value(start.length_days), tick_days)
    ticks = np.arange(n_ticks)[:, np.newaxis]
    applies: BoolArray = missed & (ticks >= begin) & (ticks < end)
    return applies


def _costs(plan: Plan, prices: Prices, cash: FloatArray, block: Block) -> FloatArray:
    n_ticks = plan.n_ticks
    logs = block.scratch.array("cost", (n_ticks, len(prices.costs), block.size))
    for j, cost in enumerate(prices.costs):
        multiple = np.log(step_table(cost, 1.0, n_ticks, block))
        logs[:, j] = multiple - multiple[0]
        f = prices.cost_facility[j] if prices.cost_facility else -1
        if f >= 0:
            logs[:, j] += power_cost_change(plan.facilities[f], cash[f], n_ticks, block)
    return logs


def _conversions(
    plan: Plan, prices: Prices, start: FloatArray, block: Block
) -> tuple[FloatArray, FloatArray]:
    """Return what a converted unit gives, and what that costs, over the price of the unit (eq. 85a)."""
    worth = np.full((len(plan.conversions), block.size), ALWAYS_PAYS)
    fee = np.zeros(worth.shape)
    for q, conversion in enumerate(plan.conversions):
        of, into = (int(prices.source_market[s]) for s in (conversion.from_source, conversion.to_source))
        if of >= 0 and into >= 0:
            worth[q] = block.value(conversion.conversion_yield) * start[into] / start[of]
            fee[q] = block.value(conversion.cost_usd) / start[of]
    return worth, fee
