"""Phases 3 and 4: consumption, releases of reserves, and orders."""

from __future__ import annotations

from typing import Any

from diamondsim.constants import EPS, MIN_WEIGHT
from diamondsim.engines.compiled.compilation import inlined, phase
from diamondsim.engines.compiled.vector import any_of, broadcast, maximum, minimum, where
from diamondsim.engines.compiled.vector_access import get, put
from diamondsim.engines.compiled.whole_numbers import rounded_up
from diamondsim.plan import NO_CEILING, NodeKind

_USE, _FEED, _RESERVE = int(NodeKind.USE), int(NodeKind.FEED), int(NodeKind.RESERVE)


@phase
def consume(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> None:
    """Consume (19a)-(26)."""
    for n in range(plan.n_nodes):
        if plan.kind[n] != _USE:
            put(state.used, n, 0.0)  # written later for feed stocks and reserves
            continue
        noise_factor = broadcast(1.0)
        if plan.noise[n] >= 0:
            noise_factor = maximum(1.0 + get(tables.noise, (t, plan.noise[n], first)), 0.0)
        demand = get(state.expected_demand, n) * noise_factor
        put(state.forgone, n, (get(state.normal_demand, n) - get(state.expected_demand, n)) * noise_factor)
        stock, backlog = get(state.stock, n), get(state.backlog, n)
        lapsed = get(draws.backorder_lapse, n) * backlog
        backlog -= lapsed
        used_now = minimum(stock, demand)
        shortage = demand - used_now
        stock -= used_now
        from_backlog = minimum(stock, backlog)
        put(state.backlog, n, backlog - from_backlog)
        put(state.stock, n, stock - from_backlog)
        if plan.substitution[n] >= 0:
            substituted = minimum(
                shortage, get(tables.substitution, (t, plan.substitution[n], first)) * demand
            )
            put(state.substituted, n, substituted)
            shortage -= substituted
        put(state.demand, n, demand)
        put(state.used, n, used_now + from_backlog)
        put(state.tracked, n, get(state.tracked_share, n) * (used_now + from_backlog))
        put(state.shortage, n, shortage)
        put(state.from_reserve, n, 0.0)
        put(state.lost_sales, n, lapsed)
    for v in range(len(plan.reserve_node)):
        release(plan, draws, state, v)
    for n in range(plan.n_nodes):
        if plan.kind[n] == _USE:
            backordered = get(draws.backorder_share, n) * get(state.shortage, n)
            put(state.backlog, n, get(state.backlog, n) + backordered)
            lost = get(state.shortage, n) - backordered
            put(state.lost_sales, n, get(state.lost_sales, n) + lost)


@inlined
def release(plan: Any, draws: Any, state: Any, v: int) -> None:
    """Release a reserve to the nodes it serves (24)."""
    reserve = plan.reserve_node[v]
    shortage, demand = broadcast(0.0), broadcast(0.0)
    for position in range(plan.serve_first[v], plan.serve_first[v + 1]):
        shortage += get(state.shortage, plan.serve_node[position])
        demand += get(state.demand, plan.serve_node[position])
    is_triggered = shortage > (get(draws.reserve_trigger, v) + EPS) * demand
    budget = where(is_triggered, minimum(get(draws.reserve_rate, v), get(state.stock, reserve)), 0.0)
    for position in range(plan.serve_first[v], plan.serve_first[v + 1]):
        n = plan.serve_node[position]
        released = minimum(get(state.shortage, n), budget)
        if position >= plan.serve_first[v] + plan.serve_n_first[v]:
            held_back = get(draws.reserve_hold_back, v) * get(draws.reserve_goal, reserve)
            released = minimum(released, maximum(get(state.stock, reserve) - held_back, 0.0))
        put(state.shortage, n, get(state.shortage, n) - released)
        put(state.from_reserve, n, get(state.from_reserve, n) + released)
        put(state.tracked, n, get(state.tracked, n) + get(state.tracked_share, reserve) * released)
        put(state.stock, reserve, get(state.stock, reserve) - released)
        put(state.used, reserve, get(state.used, reserve) + released)
        budget -= released


@phase
def buy_in_advance(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> bool:
    """Set covers and limits of front-loading, hoarding (27)-(29) and pre-buys (30).

    Return whether some limit of a lane may be raised; otherwise `lane_max_factor` is not current.
    """
    is_raised, is_hoarding = False, False
    for i in range(plan.n_controls):
        is_raised |= any_of(get(tables.front_loading, (t, i, first)) > 0.0)
        is_hoarding |= any_of(get(tables.hoarding_cover_ticks, (t, i, first)) > 0.0)
    for n in range(plan.n_nodes):
        put(state.extra_cover, n, 0.0)
        put(state.max_order, n, get(draws.max_order, n))
    if is_raised or is_hoarding:
        for n in range(plan.n_nodes):
            raise_covers(plan, tables, state, n, t, first)
    if is_raised or len(plan.pre_buy_node) > 0:
        for lane in range(plan.n_lanes):
            put(state.lane_max_factor, lane, 1.0)
    if is_raised:
        for q in range(len(plan.queue_lanes)):
            lane, profile = plan.queue_lanes[q], plan.profile[q]
            for c in range(plan.cover_first[profile], plan.cover_first[profile + 1]):
                i = plan.cover_control[c]
                front_loading = get(tables.front_loading, (t, i, first))
                exposure = get(state.exposure, (i, plan.lane_node[lane]))
                factor = where(
                    (front_loading > 0.0) & (exposure > 0.0), 1.0 + (front_loading - 1.0) * exposure, 1.0
                )
                put(state.lane_max_factor, lane, maximum(get(state.lane_max_factor, lane), factor))
    for p in range(len(plan.pre_buy_node)):
        if plan.pre_buy_begin[p] <= t < plan.pre_buy_end[p]:
            n, max_order = plan.pre_buy_node[p], get(draws.pre_buy_max_order, p)
            put(state.extra_cover, n, get(state.extra_cover, n) + get(draws.pre_buy_extra, p))
            put(state.max_order, n, maximum(get(state.max_order, n), max_order))
            for lane in range(plan.node_first[n], plan.node_first[n + 1]):
                put(state.lane_max_factor, lane, maximum(get(state.lane_max_factor, lane), max_order))
    return is_raised or len(plan.pre_buy_node) > 0


@inlined
def raise_covers(plan: Any, tables: Any, state: Any, n: int, t: int, first: int) -> None:
    """Set the extra cover and the largest order of a node, as controls change them (27)-(29)."""
    extra_cover, raised_max_order = broadcast(0.0), broadcast(-1e300)
    for i in range(plan.n_controls):
        exposure, front_loading = get(state.exposure, (i, n)), get(tables.front_loading, (t, i, first))
        extra_cover = maximum(extra_cover, exposure * get(tables.hoarding_cover_ticks, (t, i, first)))
        is_announced = (front_loading > 0.0) & (exposure > 0.0)
        raised_max_order = where(
            is_announced, maximum(raised_max_order, 1.0 + (front_loading - 1.0) * exposure), raised_max_order
        )
    put(state.extra_cover, n, extra_cover)
    put(state.max_order, n, where(raised_max_order > -1e300, raised_max_order, get(state.max_order, n)))


@inlined
def find_mean_lead(plan: Any, draws: Any, state: Any) -> None:
    """Set the mean lead of what each node expects to receive (30b)."""
    for n in range(plan.n_nodes):
        weighted, filling = MIN_WEIGHT * get(state.contract_lead, n), broadcast(0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            weight = get(state.contract_share, lane) * get(state.expected_fill_rate, lane)
            weighted += weight * get(draws.lead_ticks, lane)
            filling += weight
        put(state.mean_lead, n, weighted / (filling + MIN_WEIGHT))


@inlined
def count_queues(plan: Any, draws: Any, state: Any) -> None:
    """Set what each node counts of its queues (31), less what should wait there (30a).

    Also sets what waits for it on free lanes.
    """
    for n in range(plan.n_nodes):
        put(state.counted_queue, n, 0.0)
        put(state.released_queue, n, 0.0)
    for q in range(len(plan.queue_lanes)):
        lane = plan.queue_lanes[q]
        n, pending = plan.lane_node[lane], get(state.queue, q) + get(state.in_review, q)
        is_controlled = get(state.controlled, plan.profile[q]) > 0.0
        licence_lead = maximum(get(state.review_ticks, plan.profile[q]), 1.0)
        within = licence_lead + get(draws.cover_ticks, n) + get(state.extra_cover, n)
        counted = get(draws.queue_weight, n) * minimum(pending, get(state.reference, q) * within)
        counted -= get(state.reference, q) * licence_lead
        counted *= get(state.expected_fill_rate, lane)
        counted = where(is_controlled, counted, pending)
        put(state.counted_queue, n, get(state.counted_queue, n) + counted)
        released = where(is_controlled, 0.0, get(state.queue, q))
        put(state.released_queue, n, get(state.released_queue, n) + released)


@inlined
def cancel(plan: Any, draws: Any, state: Any) -> None:
    """Cancel what waits on free lanes beyond need (31a)."""
    any_released = False
    for n in range(plan.n_nodes):
        released = get(state.released_queue, n)
        if plan.kind[n] != _RESERVE and any_of(released > 0.0):
            any_released = True
            excess = maximum(0.0 - missing_of(plan, draws, state, n), 0.0)
            share = where(released > 0.0, minimum(excess / released, 1.0), 0.0)
            put(state.released_queue, n, share)
    if not any_released:
        return
    for q in range(len(plan.queue_lanes)):
        lane = plan.queue_lanes[q]
        n, k = plan.lane_node[lane], plan.lane_source[lane]
        share = where(get(state.controlled, plan.profile[q]) > 0.0, 0.0, get(state.released_queue, n))
        cancelled = share * get(state.queue, q)
        put(state.queue, q, maximum(get(state.queue, q) - cancelled, 0.0))
        put(state.withdrawn, q, get(state.withdrawn, q) + cancelled)
        put(state.finished_stock, k, get(state.finished_stock, k) + cancelled)


@phase
def order(plan: Any, draws: Any, state: Any, allocated: Any, is_raised: bool) -> None:
    """Set orders (31)-(33), desired orders by lane (34)-(34b) and the requests of round one (36)."""
    find_mean_lead(plan, draws, state)
    count_queues(plan, draws, state)
    cancel(plan, draws, state)
    for k in range(plan.n_sources):
        put(state.requested, k, 0.0)
    for n in range(plan.n_nodes):
        total, expected_filling = broadcast(0.0), broadcast(0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            expected_filling += get(state.contract_share, lane) * get(state.expected_fill_rate, lane)
            total += order_weight(plan, state, n, lane)
        flow, ordered = get(state.expected_demand, n), order_of(plan, draws, state, n)
        limit_flow = flow / qualify(draws, state, n, expected_filling)
        limit_flow *= maximum(1.0, get(draws.lot_ticks, n))
        put(state.order, n, ordered)
        put(state.is_bidding, n, where(total > 0.0, 1.0, 0.0))
        scale, unmet = where(total > 0.0, ordered / total, 0.0), broadcast(0.0)
        missing, free = broadcast(0.0), broadcast(0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            desired = scale * order_weight(plan, state, n, lane)
            put(state.desired_order, lane, desired)
            missing += desired - expected_of(plan, state, lane, desired)
            free += where(needs_licence(plan, state, lane), 0.0, desired)
        raised = where(free > EPS * flow, missing / where(free > 0.0, free, 1.0), 0.0)  # (34b)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            desired = get(state.desired_order, lane)
            desired *= where(needs_licence(plan, state, lane), 1.0, 1.0 + raised)
            lane_max = get(state.live_limit, lane) * limit_flow
            if is_raised:
                lane_max *= get(state.lane_max_factor, lane)
            if plan.kind[n] == _RESERVE:
                lane_max = where(needs_licence(plan, state, lane), 0.0, lane_max)
            put(state.desired_order, lane, desired)
            put(state.lane_max, lane, lane_max)
            if plan.lane_tier[lane] == 0:
                request, k = minimum(desired, lane_max), plan.lane_source[lane]
                put(allocated, lane, request)
                put(state.requested, k, get(state.requested, k) + request)
                unmet += desired - request
            else:
                put(allocated, lane, 0.0)
        put(state.unmet, n, unmet)


@inlined
def qualify(draws: Any, state: Any, n: int, expected_filling: Any) -> Any:
    """Return what is still ahead of a node that qualifies further sources (34a)."""
    disappoints = expected_filling < get(draws.qualification_trigger, n) - EPS
    done = where(disappoints, get(draws.qualification_rate, n), 0.0)
    ahead = maximum(get(state.ahead, n) - done, 1.0 / NO_CEILING)
    put(state.ahead, n, ahead)
    return ahead


@inlined
def needs_licence(plan: Any, state: Any, lane: int) -> Any:
    """Return whether a lane is controlled."""
    q = plan.lane_queue[lane]
    return get(state.controlled, plan.profile[q]) > 0.0 if q >= 0 else broadcast(0.0) > 0.0


@inlined
def expected_of(plan: Any, state: Any, lane: int, quantity: Any) -> Any:
    """Return a quantity; on a controlled lane, what is expected to be admitted of it (34b), (37)."""
    q = plan.lane_queue[lane]
    if q < 0:
        return quantity
    expected = get(state.expected_fill_rate, lane) * minimum(quantity, get(state.reference, q))
    return where(needs_licence(plan, state, lane), expected, quantity)


@inlined
def order_weight(plan: Any, state: Any, n: int, lane: int) -> Any:
    """Return the weight of a lane in the order of a node (34): 0 where a reserve needs a licence (33)."""
    weight = get(state.contract_share, lane) * get(state.expected_fill_rate, lane)
    if plan.has_prices:
        weight *= get(state.price_weight, lane)
    if plan.kind[n] == _RESERVE:
        weight = where(needs_licence(plan, state, lane), 0.0, weight)
    return weight


@inlined
def missing_of(plan: Any, draws: Any, state: Any, n: int) -> Any:
    """Return what the inventory position of a node lacks to its order-up-to level (31), (32)."""
    flow, planned = get(state.expected_demand, n), get(state.planned_demand, n)
    inventory_position = get(state.stock, n) + get(state.pipeline, n)
    inventory_position += get(state.counted_queue, n) - get(state.backlog, n)
    if plan.kind[n] == _FEED:
        inventory_position -= flow
    order_up_to = (get(state.mean_lead, n) + get(draws.cover_ticks, n) + get(state.extra_cover, n)) * planned
    return order_up_to - inventory_position


@inlined
def order_of(plan: Any, draws: Any, state: Any, n: int) -> Any:
    """Return the order of a node (31)-(33)."""
    flow = get(state.expected_demand, n)
    if plan.kind[n] == _RESERVE:
        order = get(draws.reserve_goal, n) - (get(state.stock, n) + get(state.pipeline, n))
        return where(get(state.used, n) > EPS * flow, 0.0, minimum(maximum(order, 0.0), flow))
    need = minimum(maximum(missing_of(plan, draws, state, n), 0.0), get(state.max_order, n) * flow)
    lot = get(draws.lot_ticks, n) * flow
    lots = where(lot > 0.0, need / where(lot > 0.0, lot, 1.0), 0.0) - EPS
    return where(lot > 0.0, lot * rounded_up(lots), need)  # (32a)
