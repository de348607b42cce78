"""What moves prices at the end of a tick: offers, bids, arbitrage, and what sources earn (54)-(60)."""

from __future__ import annotations

from typing import Any

from diamondsim.constants import EPS
from diamondsim.engines.compiled.compilation import inlined, phase
from diamondsim.engines.compiled.lane_prices import exponential, log_cost
from diamondsim.engines.compiled.vector import maximum, minimum, where
from diamondsim.engines.compiled.vector_access import get, put


@phase
def settle(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> None:
    """Move the prices of markets and the margins of sources at the end of tick t."""
    offer(plan, draws, state)
    bid(plan, state)
    add_up_supply(plan, state)
    displace(plan, state)
    move_prices(plan, draws, state)
    for k in range(plan.n_sources):
        least = maximum(get(draws.floor, k), get(state.asked_price, k))
        earned = maximum(get(state.log_price, plan.source_market[k]), least)
        put(state.earned, k, earned)
        margin = get(state.log_margin, k)
        over_cost = earned - log_cost(plan, tables, k, t, first)
        put(state.log_margin, k, margin + get(draws.supply_gain, k) * (over_cost - margin))


@inlined
def offer(plan: Any, draws: Any, state: Any) -> None:
    """Set what each lane offers, and what of it passes (54), (55)."""
    for k in range(plan.n_sources):
        put(state.contract_flow, k, 0.0)
        mark_up = maximum(get(state.asked_price, k) - get(state.log_price, plan.source_market[k]), 0.0)
        put(state.placed, k, exponential(0.0 - get(draws.supplier_elasticity, 0) * mark_up))
    for lane in range(plan.n_lanes):
        k = plan.lane_source[lane]
        put(state.contract_flow, k, get(state.contract_flow, k) + flow_of_contract(plan, state, lane))
    for lane in range(plan.n_lanes):
        k, n, q = plan.lane_source[lane], plan.lane_node[lane], plan.lane_queue[lane]
        max_output = get(state.max_output, k)
        if plan.lane_facility[lane] >= 0:
            total = get(state.contract_flow, k)
            output = get(state.placed, k) * max_output
            offered = where(total > 0.0, output * (flow_of_contract(plan, state, lane) / total), 0.0)
            offered = minimum(offered, get(state.lane_max, lane))
        else:
            usual, sales = get(draws.capacity, k), get(state.opening_sales, k)
            ratio = minimum(get(state.capacity, k) / usual, max_output / sales)
            offered = where((usual > 0.0) & (sales > 0.0), get(state.opening_flow, lane) * ratio, 0.0)
        put(state.offered, lane, offered)
        put(state.passed, lane, offered)
        if q >= 0 and plan.source_market[k] != plan.node_market[n]:
            put(state.passed, lane, offered * passing(state, plan.profile[q]))


@inlined
def flow_of_contract(plan: Any, state: Any, lane: int) -> Any:
    """Return what a node takes by its contract on a lane."""
    return get(state.contract_share, lane) * get(state.expected_demand, plan.lane_node[lane])


@inlined
def passing(state: Any, profile: int) -> Any:
    """Return the part of an offer that controls let pass into another market (55)."""
    approval_rate = get(state.approval_rate, profile)
    beside = where(get(state.n_inside, profile) > 0.0, 0.0, get(state.diversion_share, profile))
    diverted = beside * (1.0 - get(state.seized_share, profile)) * maximum(1.0 - approval_rate, 0.0)
    return where(get(state.controlled, profile) > 0.0, minimum(approval_rate + diverted, 1.0), 1.0)


@inlined
def bid(plan: Any, state: Any) -> None:
    """Add up the bids of each market (57)."""
    for m in range(plan.n_markets + 1):
        put(state.bids, m, 0.0)
    # What waits on free lanes and is cancelled is withdrawn too, but then nothing is ordered.
    for n in range(plan.n_nodes):
        m, order = plan.node_market[n], get(state.order, n)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            if plan.lane_queue[lane] >= 0:
                order -= get(state.withdrawn, plan.lane_queue[lane])
        bids = where(get(state.is_bidding, n) > 0.0, maximum(order, 0.0), 0.0)
        put(state.bids, m, get(state.bids, m) + bids)


@inlined
def add_up_supply(plan: Any, state: Any) -> None:
    """Add up what comes into each market, and what is held back at home (56)."""
    for m in range(plan.n_markets + 1):
        put(state.supply, m, 0.0)
        put(state.held_back, m, 0.0)
        put(state.by_facilities, m, 0.0)
        put(state.from_abroad, m, 0.0)
    for lane in range(plan.n_lanes):
        home, m = plan.source_market[plan.lane_source[lane]], plan.node_market[plan.lane_node[lane]]
        passed = get(state.passed, lane)
        put(state.supply, m, get(state.supply, m) + passed)
        put(state.held_back, home, get(state.held_back, home) + (get(state.offered, lane) - passed))
        if plan.lane_facility[lane] >= 0:
            put(state.by_facilities, m, get(state.by_facilities, m) + passed)
        elif home != m:
            put(state.from_abroad, m, get(state.from_abroad, m) + passed)


@inlined
def displace(plan: Any, state: Any) -> None:
    """Offer at home what facilities displace abroad (56a)."""
    for m in range(plan.n_markets):
        surplus = maximum(get(state.supply, m) - get(state.bids, m), 0.0)
        from_abroad = get(state.from_abroad, m)
        displaced = minimum(minimum(surplus, get(state.by_facilities, m)), from_abroad)
        put(state.supply, m, get(state.supply, m) - displaced)
        put(state.displaced, m, where(from_abroad > 0.0, displaced / from_abroad, 0.0))
    for lane in range(plan.n_lanes):
        home, m = plan.source_market[plan.lane_source[lane]], plan.node_market[plan.lane_node[lane]]
        if home != m and m < plan.n_markets and plan.lane_facility[lane] < 0:
            sent_home = get(state.passed, lane) * get(state.displaced, m)
            put(state.held_back, home, get(state.held_back, home) + sent_home)


@inlined
def move_prices(plan: Any, draws: Any, state: Any) -> None:
    """Move prices with the imbalance of bids and supply, and by arbitrage (58), (59)."""
    for m in range(plan.n_markets):
        bids, supply = get(state.bids, m), get(state.supply, m) + get(state.held_back, m)
        total, log_price = bids + supply, get(state.log_price, m)
        is_idle = total <= EPS * get(state.volume, m)
        imbalance = where(is_idle, 0.0, (bids - supply) / total)
        put(state.log_price, m, log_price + get(draws.adjustment_gain, 0) * 2.0 * imbalance)
        put(state.pull, m, 0.0)
        put(state.crossing, m, 0.0)
    for lane in range(plan.n_lanes):
        home, m = plan.source_market[plan.lane_source[lane]], plan.node_market[plan.lane_node[lane]]
        if home != m and home < plan.n_markets and m < plan.n_markets:
            offered = get(state.offered, lane)
            pull = offered * (get(state.log_price, home) - get(state.log_price, m))
            q = plan.lane_queue[lane]
            if q >= 0:
                profile = plan.profile[q]
                is_quota = (get(state.controlled, profile) > 0.0) & (get(state.approval_rate, profile) < 1.0)
                pull = where(is_quota, 0.0, pull)
            put(state.pull, m, get(state.pull, m) + pull)
            put(state.pull, home, get(state.pull, home) - pull)
            put(state.crossing, m, get(state.crossing, m) + offered)
            put(state.crossing, home, get(state.crossing, home) + offered)
    for m in range(plan.n_markets):
        crossing, log_price = get(state.crossing, m), get(state.log_price, m)
        is_joined = crossing > EPS * get(state.volume, m)
        pull = where(is_joined, get(state.pull, m) / where(is_joined, crossing, 1.0), 0.0)
        log_price += get(draws.arbitrage_gain, 0) * pull
        log_price = minimum(maximum(log_price, get(draws.lowest, 0)), get(draws.highest, 0))
        put(state.log_price, m, log_price)
