"""Phases 3 and 4: consumption, releases of reserves, and orders."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import EPS, MIN_WEIGHT, inlined
from benchmarks.fused.vector import any_of, broadcast, maximum, minimum, where
from benchmarks.fused.vector_access import load, store
from diamondsim.plan import NO_CEILING, NodeKind

TO_WHOLE = 2.0**52
"""Adding and subtracting it rounds a number that is no larger to a whole one."""

USE, FEED, RESERVE = int(NodeKind.USE), int(NodeKind.FEED), int(NodeKind.RESERVE)


@inlined
def consume(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> None:
    """Consume (19a)-(26)."""
    for n in range(plan.n_nodes):
        if plan.kind[n] != USE:
            store(state.used, n, 0.0)  # written later for feed stocks and reserves
            continue
        demand = load(state.normal_demand, n)
        if plan.noise[n] >= 0:
            demand *= maximum(1.0 + load(tables.noise, (t, plan.noise[n], first)), 0.0)
        stock, backlog = load(state.stock, n), load(state.backlog, n)
        lapsed = load(draws.backorder_lapse, n) * backlog
        backlog -= lapsed
        used_now = minimum(stock, demand)
        shortage = demand - used_now
        stock -= used_now
        from_backlog = minimum(stock, backlog)
        store(state.backlog, n, backlog - from_backlog)
        store(state.stock, n, stock - from_backlog)
        if plan.substitution[n] >= 0:
            substituted = minimum(
                shortage, load(tables.substitution, (t, plan.substitution[n], first)) * demand
            )
            store(state.substituted, n, substituted)
            shortage -= substituted
        store(state.demand, n, demand)
        store(state.used, n, used_now + from_backlog)
        store(state.tracked, n, load(state.tracked_share, n) * (used_now + from_backlog))
        store(state.shortage, n, shortage)
        store(state.from_reserve, n, 0.0)
        store(state.lost_sales, n, lapsed)
    for v in range(len(plan.reserve_node)):
        release(plan, draws, state, v)
    for n in range(plan.n_nodes):
        if plan.kind[n] == USE:
            backordered = load(draws.backorder_share, n) * load(state.shortage, n)
            store(state.backlog, n, load(state.backlog, n) + backordered)
            lost = load(state.shortage, n) - backordered
            store(state.lost_sales, n, load(state.lost_sales, n) + lost)


@inlined
def release(plan: Any, draws: Any, state: Any, v: int) -> None:
    """Release a reserve to the nodes it serves (24)."""
    reserve = plan.reserve_node[v]
    shortage, demand = broadcast(0.0), broadcast(0.0)
    for position in range(plan.serve_first[v], plan.serve_first[v + 1]):
        shortage += load(state.shortage, plan.serve_node[position])
        demand += load(state.demand, plan.serve_node[position])
    is_triggered = shortage > (load(draws.reserve_trigger, v) + EPS) * demand
    budget = where(is_triggered, minimum(load(draws.reserve_rate, v), load(state.stock, reserve)), 0.0)
    for position in range(plan.serve_first[v], plan.serve_first[v + 1]):
        n = plan.serve_node[position]
        released = minimum(load(state.shortage, n), budget)
        if position >= plan.serve_first[v] + plan.serve_n_first[v]:
            held_back = load(draws.reserve_hold_back, v) * load(draws.reserve_goal, reserve)
            released = minimum(released, maximum(load(state.stock, reserve) - held_back, 0.0))
        store(state.shortage, n, load(state.shortage, n) - released)
        store(state.from_reserve, n, load(state.from_reserve, n) + released)
        store(state.tracked, n, load(state.tracked, n) + load(state.tracked_share, reserve) * released)
        store(state.stock, reserve, load(state.stock, reserve) - released)
        store(state.used, reserve, load(state.used, reserve) + released)
        budget -= released


@inlined
def buy_in_advance(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> bool:
    """Set covers and limits of front-loading, hoarding (27)-(29) and pre-buys (30).

    Return whether some limit of a lane may be raised; otherwise `lane_max_factor` is not current.
    """
    is_raised, is_hoarding = False, False
    for i in range(plan.n_controls):
        is_raised |= any_of(load(tables.front_loading, (t, i, first)) > 0.0)
        is_hoarding |= any_of(load(tables.hoarding_cover_ticks, (t, i, first)) > 0.0)
    for n in range(plan.n_nodes):
        store(state.extra_cover, n, 0.0)
        store(state.max_order, n, load(draws.max_order, n))
    if is_raised or is_hoarding:
        for n in range(plan.n_nodes):
            hoard(plan, tables, state, n, t, first)
    if is_raised or len(plan.pre_buy_node) > 0:
        state.lane_max_factor[:] = 1.0
    if is_raised:
        for q in range(len(plan.queue_lanes)):
            lane, profile = plan.queue_lanes[q], plan.profile[q]
            for c in range(plan.cover_first[profile], plan.cover_first[profile + 1]):
                i = plan.cover_control[c]
                front_loading = load(tables.front_loading, (t, i, first))
                exposure = load(state.exposure, (i, plan.lane_node[lane]))
                factor = where(
                    (front_loading > 0.0) & (exposure > 0.0), 1.0 + (front_loading - 1.0) * exposure, 1.0
                )
                store(state.lane_max_factor, lane, maximum(load(state.lane_max_factor, lane), factor))
    for p in range(len(plan.pre_buy_node)):
        if plan.pre_buy_begin[p] <= t < plan.pre_buy_end[p]:
            n, max_order = plan.pre_buy_node[p], load(draws.pre_buy_max_order, p)
            store(state.extra_cover, n, load(state.extra_cover, n) + load(draws.pre_buy_extra, p))
            store(state.max_order, n, maximum(load(state.max_order, n), max_order))
            for lane in range(plan.node_first[n], plan.node_first[n + 1]):
                store(state.lane_max_factor, lane, maximum(load(state.lane_max_factor, lane), max_order))
    return is_raised or len(plan.pre_buy_node) > 0


@inlined
def hoard(plan: Any, tables: Any, state: Any, n: int, t: int, first: int) -> None:
    """Set the extra cover and the largest order of a node, as controls change them (27)-(29)."""
    extra_cover, raised_max_order = broadcast(0.0), broadcast(-1e300)
    for i in range(plan.n_controls):
        exposure, front_loading = load(state.exposure, (i, n)), load(tables.front_loading, (t, i, first))
        extra_cover = maximum(extra_cover, exposure * load(tables.hoarding_cover_ticks, (t, i, first)))
        is_announced = (front_loading > 0.0) & (exposure > 0.0)
        raised_max_order = where(
            is_announced, maximum(raised_max_order, 1.0 + (front_loading - 1.0) * exposure), raised_max_order
        )
    store(state.extra_cover, n, extra_cover)
    store(state.max_order, n, where(raised_max_order > -1e300, raised_max_order, load(state.max_order, n)))


@inlined
def find_mean_lead(plan: Any, draws: Any, state: Any) -> None:
    """Set the mean lead of what each node expects to receive (30b)."""
    for n in range(plan.n_nodes):
        weighted, filling = MIN_WEIGHT * load(state.contract_lead, n), broadcast(0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            weight = load(state.contract_share, lane) * load(state.expected_fill_rate, lane)
            weighted += weight * load(draws.lead_ticks, lane)
            filling += weight
        store(state.mean_lead, n, weighted / (filling + MIN_WEIGHT))


@inlined
def count_queues(plan: Any, draws: Any, state: Any) -> None:
    """Set what each node counts of its queues (31), less what should wait there (30a), and what waits for it
    on free lanes.
    """
    for n in range(plan.n_nodes):
        store(state.counted_queue, n, 0.0)
        store(state.released_queue, n, 0.0)
    for q in range(len(plan.queue_lanes)):
        lane = plan.queue_lanes[q]
        n, pending = plan.lane_node[lane], load(state.queue, q) + load(state.in_review, q)
        is_controlled = load(state.controlled, plan.profile[q]) > 0.0
        licence_lead = maximum(load(state.review_ticks, plan.profile[q]), 1.0)
        within = licence_lead + load(draws.cover_ticks, n) + load(state.extra_cover, n)
        counted = load(draws.queue_weight, n) * minimum(pending, load(state.reference, q) * within)
        counted -= load(state.reference, q) * licence_lead
        counted *= load(state.expected_fill_rate, lane)
        counted = where(is_controlled, counted, pending)
        store(state.counted_queue, n, load(state.counted_queue, n) + counted)
        released = where(is_controlled, 0.0, load(state.queue, q))
        store(state.released_queue, n, load(state.released_queue, n) + released)


@inlined
def cancel(plan: Any, draws: Any, state: Any) -> None:
    """Cancel what waits on free lanes beyond need (31a)."""
    any_released = False
    for n in range(plan.n_nodes):
        released = load(state.released_queue, n)
        if plan.kind[n] != RESERVE and any_of(released > 0.0):
            any_released = True
            excess = maximum(0.0 - missing_of(plan, draws, state, n), 0.0)
            share = where(released > 0.0, minimum(excess / released, 1.0), 0.0)
            store(state.released_queue, n, share)
    if not any_released:
        return
    for q in range(len(plan.queue_lanes)):
        lane = plan.queue_lanes[q]
        n, k = plan.lane_node[lane], plan.lane_source[lane]
        share = where(load(state.controlled, plan.profile[q]) > 0.0, 0.0, load(state.released_queue, n))
        cancelled = share * load(state.queue, q)
        store(state.queue, q, maximum(load(state.queue, q) - cancelled, 0.0))
        store(state.withdrawn, q, load(state.withdrawn, q) + cancelled)
        store(state.finished_stock, k, load(state.finished_stock, k) + cancelled)


@inlined
def order(plan: Any, draws: Any, state: Any, allocated: Any, is_raised: bool) -> None:
    """Set orders (31)-(33), desired orders by lane (34)-(34b) and the requests of round one (36)."""
    find_mean_lead(plan, draws, state)
    count_queues(plan, draws, state)
    cancel(plan, draws, state)
    for k in range(plan.n_sources):
        store(state.requested, k, 0.0)
    for n in range(plan.n_nodes):
        total, expected_filling = broadcast(0.0), broadcast(0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            expected_filling += load(state.contract_share, lane) * load(state.expected_fill_rate, lane)
            total += order_weight(plan, state, n, lane)
        flow, ordered = load(state.normal_demand, n), order_of(plan, draws, state, n)
        limit_flow = flow / qualify(draws, state, n, expected_filling)
        limit_flow *= maximum(1.0, load(draws.lot_ticks, n))
        store(state.order, n, ordered)
        scale, unmet = where(total > 0.0, ordered / total, 0.0), broadcast(0.0)
        missing, free = broadcast(0.0), broadcast(0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            desired = scale * order_weight(plan, state, n, lane)
            store(state.desired_order, lane, desired)
            missing += desired - expected_of(plan, state, lane, desired)
            free += where(needs_licence(plan, state, lane), 0.0, desired)
        raised = where(free > EPS * flow, missing / where(free > 0.0, free, 1.0), 0.0)  # (34b)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            desired = load(state.desired_order, lane)
            desired *= where(needs_licence(plan, state, lane), 1.0, 1.0 + raised)
            lane_max = load(state.live_limit, lane) * limit_flow
            if is_raised:
                lane_max *= load(state.lane_max_factor, lane)
            if plan.kind[n] == RESERVE:
                lane_max = where(needs_licence(plan, state, lane), 0.0, lane_max)
            store(state.desired_order, lane, desired)
            store(state.lane_max, lane, lane_max)
            if plan.lane_tier[lane] == 0:
                request, k = minimum(desired, lane_max), plan.lane_source[lane]
                store(allocated, lane, request)
                store(state.requested, k, load(state.requested, k) + request)
                unmet += desired - request
            else:
                store(allocated, lane, 0.0)
        store(state.unmet, n, unmet)


@inlined
def qualify(draws: Any, state: Any, n: int, expected_filling: Any) -> Any:
    """Return what is still ahead of a node that qualifies further sources (34a)."""
    disappoints = expected_filling < load(draws.qualification_trigger, n) - EPS
    done = where(disappoints, load(draws.qualification_rate, n), 0.0)
    ahead = maximum(load(state.ahead, n) - done, 1.0 / NO_CEILING)
    store(state.ahead, n, ahead)
    return ahead


@inlined
def needs_licence(plan: Any, state: Any, lane: int) -> Any:
    """Return whether a lane is controlled."""
    q = plan.lane_queue[lane]
    return load(state.controlled, plan.profile[q]) > 0.0 if q >= 0 else broadcast(0.0) > 0.0


@inlined
def expected_of(plan: Any, state: Any, lane: int, quantity: Any) -> Any:
    """Return a quantity; on a controlled lane, what is expected to be admitted of it (34b), (37)."""
    q = plan.lane_queue[lane]
    if q < 0:
        return quantity
    expected = load(state.expected_fill_rate, lane) * minimum(quantity, load(state.reference, q))
    return where(needs_licence(plan, state, lane), expected, quantity)


@inlined
def order_weight(plan: Any, state: Any, n: int, lane: int) -> Any:
    """Return the weight of a lane in the order of a node (34): 0 where a reserve needs a licence (33)."""
    weight = load(state.contract_share, lane) * load(state.expected_fill_rate, lane)
    if plan.kind[n] == RESERVE:
        weight = where(needs_licence(plan, state, lane), 0.0, weight)
    return weight


@inlined
def missing_of(plan: Any, draws: Any, state: Any, n: int) -> Any:
    """Return what the inventory position of a node lacks to its order-up-to level (31), (32)."""
    flow = load(state.normal_demand, n)
    inventory_position = load(state.stock, n) + load(state.pipeline, n)
    inventory_position += load(state.counted_queue, n) - load(state.backlog, n)
    if plan.kind[n] == FEED:
        inventory_position -= flow
    order_up_to = (load(state.mean_lead, n) + load(draws.cover_ticks, n) + load(state.extra_cover, n)) * flow
    return order_up_to - inventory_position


@inlined
def order_of(plan: Any, draws: Any, state: Any, n: int) -> Any:
    """Return the order of a node (31)-(33)."""
    flow = load(state.normal_demand, n)
    if plan.kind[n] == RESERVE:
        order = load(draws.reserve_goal, n) - (load(state.stock, n) + load(state.pipeline, n))
        return where(load(state.used, n) > EPS * flow, 0.0, minimum(maximum(order, 0.0), flow))
    need = minimum(maximum(missing_of(plan, draws, state, n), 0.0), load(state.max_order, n) * flow)
    lot = load(draws.lot_ticks, n) * flow
    lots = where(lot > 0.0, need / where(lot > 0.0, lot, 1.0), 0.0) - EPS
    nearest = (lots + TO_WHOLE) - TO_WHOLE
    return where(lot > 0.0, lot * where(nearest < lots, nearest + 1.0, nearest), need)  # (32a)
