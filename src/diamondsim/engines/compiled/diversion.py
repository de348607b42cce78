"""Phase 5 after the rounds: diversion around controls, and what third countries can pass on."""

from __future__ import annotations

from typing import Any

from diamondsim.engines.compiled.compilation import inlined, phase
from diamondsim.engines.compiled.vector import any_of, maximum, minimum, where
from diamondsim.engines.compiled.vector_access import get, put
from diamondsim.plan import NodeKind, Relay

_RESERVE = int(NodeKind.RESERVE)

UNLIMITED, INSIDE = int(Relay.UNLIMITED), int(Relay.INSIDE)


@phase
def divert(plan: Any, draws: Any, state: Any, allocated: Any) -> None:
    """Set `diverted` (40)-(40d): the potential diversion, as far as needed and available.

    It is scaled to what nodes need, to what third countries can pass on and to what sources have left.
    """
    observe_sent(plan, draws, state, allocated)
    any_diverted = False
    for q in range(len(plan.queue_lanes)):
        denied = maximum(get(state.reference, q) - get(state.admitted, q), 0.0)
        diverted = get(state.diversion_share, plan.profile[q]) * denied
        if plan.kind[plan.lane_node[plan.queue_lanes[q]]] == _RESERVE:
            diverted *= 0.0  # a reserve buys nothing that is diverted (33)
        put(state.diverted, q, diverted)
        put(state.relay_scale, q, 1.0)
        any_diverted |= any_of(diverted > 0.0)
    if any_diverted:
        scale_to_need(plan, state, allocated)
        for i in range(plan.n_controls):
            if plan.relay[i] != UNLIMITED and any_of(get(state.in_force, i) > 0.0):
                limit(plan, draws, state, i)
        for q in range(len(plan.queue_lanes)):
            put(state.diverted, q, get(state.diverted, q) * get(state.relay_scale, q))
        take_from_sources(plan, state)
    for i in range(plan.n_controls):
        if plan.relay[i] == INSIDE:
            relay(plan, state, allocated, i)


@inlined
def observe_sent(plan: Any, draws: Any, state: Any, allocated: Any) -> None:
    """Smooth what third countries are sent (40a)."""
    for k in range(plan.n_sources):
        put(state.relay_drawdown, k, 0.0)
    for i in range(plan.n_controls):
        if plan.relay[i] != UNLIMITED:
            find_sent(plan, state, allocated, i)
            for k in range(plan.n_sources):
                mean = get(state.sent_mean, (i, k))
                change = get(draws.relay_gain, i) * (get(state.relay_pool, k) - mean)
                put(state.sent_mean, (i, k), mean + change)


@inlined
def scale_to_need(plan: Any, state: Any, allocated: Any) -> None:
    """Scale the potential diversion to what nodes need (40)."""
    # From here on `from_diversion` is the potential of a node, then its scale.
    for n in range(plan.n_nodes):
        put(state.from_diversion, n, 0.0)
        put(state.from_free_lanes, n, 0.0)
    for q in range(len(plan.queue_lanes)):
        lane = plan.queue_lanes[q]
        n = plan.lane_node[lane]
        put(state.from_diversion, n, get(state.from_diversion, n) + get(state.diverted, q))
        put(
            state.from_free_lanes,
            n,
            get(state.from_free_lanes, n) - get(state.controlled, plan.profile[q]) * get(allocated, lane),
        )
    for n in range(plan.n_nodes):
        potential, from_free_lanes = get(state.from_diversion, n), get(state.from_free_lanes, n)
        if any_of(potential > 0.0):
            for lane in range(plan.node_first[n], plan.node_first[n + 1]):
                from_free_lanes += get(allocated, lane)
            need = maximum(get(state.order, n) - from_free_lanes, 0.0)
            put(state.from_diversion, n, where(potential > 0.0, minimum(need / potential, 1.0), 0.0))
    for q in range(len(plan.queue_lanes)):
        scale = get(state.from_diversion, plan.lane_node[plan.queue_lanes[q]])
        put(state.diverted, q, get(state.diverted, q) * scale)


@inlined
def take_from_sources(plan: Any, state: Any) -> None:
    """Scale what comes beside the goods of third countries to what sources have left (40b)."""
    for k in range(plan.n_sources):
        put(state.requested, k, 0.0)
    for q in range(len(plan.queue_lanes)):
        k = plan.lane_source[plan.queue_lanes[q]]
        beside = where(get(state.n_inside, plan.profile[q]) > 0.0, 0.0, get(state.diverted, q))
        put(state.requested, k, get(state.requested, k) + beside)
    for k in range(plan.n_sources):
        total = get(state.requested, k)
        put(state.requested, k, where(total > 0.0, minimum(get(state.left, k) / total, 1.0), 0.0))
    for q in range(len(plan.queue_lanes)):
        k = plan.lane_source[plan.queue_lanes[q]]
        is_inside = get(state.n_inside, plan.profile[q]) > 0.0
        diverted = get(state.diverted, q)
        beside = where(is_inside, 0.0, diverted * get(state.requested, k))
        put(state.diverted, q, where(is_inside, diverted, beside))
        put(state.sent_out, k, get(state.sent_out, k) + beside)


@inlined
def limit(plan: Any, draws: Any, state: Any, i: int) -> None:
    """Limit what is diverted around a control to what third countries can pass on (40a)."""
    in_force = get(state.in_force, i) > 0.0
    for k in range(plan.n_sources):
        put(state.requested, k, 0.0)
    for c in range(plan.bound_first[i], plan.bound_first[i + 1]):
        q = plan.bound_queues[c]
        k = plan.lane_source[plan.queue_lanes[q]]
        put(state.requested, k, get(state.requested, k) + get(state.diverted, q))
    for k in range(plan.n_sources):
        total, pool = get(state.requested, k), get(draws.relay_share, i) * get(state.sent_mean, (i, k))
        is_bound = in_force & (total > 0.0)
        put(state.requested, k, where(is_bound, minimum(pool / total, 1.0), 1.0))
    for c in range(plan.bound_first[i], plan.bound_first[i + 1]):
        q = plan.bound_queues[c]
        scale = get(state.requested, plan.lane_source[plan.queue_lanes[q]])
        put(state.relay_scale, q, minimum(get(state.relay_scale, q), scale))


@inlined
def relay(plan: Any, state: Any, allocated: Any, i: int) -> None:
    """Take what is diverted around a control off what third countries are sent, now or later (40c), (40d)."""
    in_force = get(state.in_force, i) > 0.0
    for c in range(plan.bound_first[i], plan.bound_first[i + 1]):
        q = plan.bound_queues[c]
        k, n_inside = plan.lane_source[plan.queue_lanes[q]], get(state.n_inside, plan.profile[q])
        part = where(in_force, get(state.diverted, q) / maximum(n_inside, 1.0), 0.0)
        put(state.drawdown, (i, k), get(state.drawdown, (i, k)) + part)
    find_sent(plan, state, allocated, i)
    for k in range(plan.n_sources):
        drawdown, sent = get(state.drawdown, (i, k)), get(state.relay_pool, k)
        put(state.relay_pool, k, where(sent > 0.0, minimum(drawdown / sent, 1.0), 0.0))
        drawdown = maximum(drawdown - sent, 0.0)
        put(state.drawdown, (i, k), drawdown)
        put(state.relay_drawdown, k, get(state.relay_drawdown, k) + drawdown)
    for position in range(plan.passed_first[i], plan.passed_first[i + 1]):
        lane = plan.passed_lanes[position]
        n, ratio = plan.lane_node[lane], get(state.relay_pool, plan.lane_source[lane])
        taken = sent_on(plan, state, allocated, position) * ratio
        put(state.relayed, lane, get(state.relayed, lane) + taken)
        put(state.pipeline, n, get(state.pipeline, n) - taken)
        put(state.lane_pipeline, lane, get(state.lane_pipeline, lane) - taken)


@inlined
def find_sent(plan: Any, state: Any, allocated: Any, i: int) -> None:
    """Add up what each source sends to the third countries of a control, in `relay_pool`."""
    for k in range(plan.n_sources):
        put(state.relay_pool, k, 0.0)
    for position in range(plan.passed_first[i], plan.passed_first[i + 1]):
        k = plan.lane_source[plan.passed_lanes[position]]
        sent = sent_on(plan, state, allocated, position)
        put(state.relay_pool, k, get(state.relay_pool, k) + sent)


@inlined
def sent_on(plan: Any, state: Any, allocated: Any, position: int) -> Any:
    """Return what is dispatched on a lane into a third country, as far as a control has a part in it."""
    lane = plan.passed_lanes[position]
    q, part = plan.lane_queue[lane], 1.0 / plan.passed_sharing[position]
    if q < 0:
        return get(allocated, lane) * part
    free = where(get(state.controlled, plan.profile[q]) > 0.0, 0.0, get(allocated, lane))
    return (get(state.admitted, q) + free) * part
