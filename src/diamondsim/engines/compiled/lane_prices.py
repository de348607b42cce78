"""Prices of lanes and contracts, and what demand and capacity make of them (48)-(53)."""

from __future__ import annotations

from typing import Any

from diamondsim.constants import EPS
from diamondsim.engines.compiled.compilation import inlined, phase
from diamondsim.engines.compiled.vector import broadcast, maximum, minimum, where
from diamondsim.engines.compiled.vector_access import get, put

HALF_POWER = 2048.0
SQUARINGS = 10


@inlined
def exponential(log: Any) -> Any:
    """Return the exponential that all engines share (48)."""
    power = (HALF_POWER + log) / (HALF_POWER - log)
    for _ in range(SQUARINGS):
        power = power * power
    return power


@phase
def set_opening_prices(plan: Any, tables: Any, draws: Any, state: Any, first: int) -> None:
    """Set margins before tick 0, and the volumes of markets (48a), (58)."""
    ask_prices(plan, tables, draws, state, 0, first)
    for k in range(plan.n_sources):
        least = maximum(get(draws.floor, k), get(state.asked_price, k))
        put(state.log_margin, k, maximum(least, 0.0) - log_cost(plan, tables, k, 0, first))
    for n in range(plan.n_nodes):
        m = plan.node_market[n]
        demand = get(draws.base_flow, n) * get(tables.growth, (0, plan.growth[n], first))
        put(state.volume, m, get(state.volume, m) + demand)


@inlined
def ask_prices(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> None:
    """Set what sources ask in tick t (48a)."""
    for k in range(plan.n_sources):
        asked = get(draws.ask, k)
        if plan.source_ask[k] >= 0:
            asked += get(tables.ask_change, (t, plan.source_ask[k], first))
        put(state.asked_price, k, asked)


@inlined
def log_cost(plan: Any, tables: Any, k: int, t: int, first: int) -> Any:
    """Return the log of the cost of a source, 0 at the start."""
    if plan.source_cost[k] < 0:
        return broadcast(0.0)
    return get(tables.cost, (t, plan.source_cost[k], first))


@phase
def expect_normal_demand(plan: Any, state: Any) -> None:
    """Set expected and planned demand without prices (1)."""
    for n in range(plan.n_nodes):
        put(state.expected_demand, n, get(state.normal_demand, n))
        put(state.planned_demand, n, get(state.normal_demand, n))


@phase
def quote(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> None:
    """Set prices of lanes, expected demand and capacities in tick t, at the prices of the tick before."""
    ask_prices(plan, tables, draws, state, t, first)
    sensitivity = 0.0 - get(draws.supplier_elasticity, 0)
    for n in range(plan.n_nodes):
        at_contract = broadcast(0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            log_price = price_of_lane(plan, tables, state, n, lane, t, first)
            if not plan.entrant[lane]:
                at_contract += get(draws.contract_share, lane) * log_price
            put(state.price_weight, lane, exponential(sensitivity * log_price))
        put(state.contract_log_price, n, at_contract)
        factor = exponential((0.0 - get(draws.demand_elasticity, n)) * at_contract)
        planned = get(state.planned_factor, n)
        planned += get(draws.planning_gain, 0) * (factor - planned)
        put(state.planned_factor, n, planned)
        put(state.expected_demand, n, get(state.normal_demand, n) * factor)
        put(state.planned_demand, n, get(state.normal_demand, n) * planned)
    for k in range(plan.n_sources):
        if plan.source_market[k] < plan.n_markets:
            put(state.capacity, k, get(state.capacity, k) * supply_factor(draws, state, k))


@inlined
def price_of_lane(plan: Any, tables: Any, state: Any, n: int, lane: int, t: int, first: int) -> Any:
    """Return the log price of a lane (49)."""
    k, q = plan.lane_source[lane], plan.lane_queue[lane]
    log_price = maximum(get(state.log_price, plan.source_market[k]), get(state.asked_price, k))
    if q >= 0:
        is_controlled = get(state.controlled, plan.profile[q]) > 0.0
        log_price = where(is_controlled, get(state.log_price, plan.node_market[n]), log_price)
    for position in range(plan.surcharge_first[lane], plan.surcharge_first[lane + 1]):
        log_price += get(tables.surcharge, (t, plan.surcharge_row[position], first))
    return log_price


@inlined
def supply_factor(draws: Any, state: Any, k: int) -> Any:
    """Return the factor of its margin on the capacity of a source (53)."""
    margin = get(state.log_margin, k)
    response = exponential(get(draws.supply_elasticity, k) * margin)
    factor = minimum(response, maximum(1.0, response / get(state.grown, k)))
    return where(margin < get(draws.stop, k) - EPS, 0.0, factor)
