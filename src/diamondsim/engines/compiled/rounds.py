"""Phase 5, the rounds of allocation: tier by tier, each source rations what it has left."""

from __future__ import annotations

from typing import Any

from diamondsim.constants import EPS, MIN_WEIGHT
from diamondsim.engines.compiled.compilation import inlined, phase
from diamondsim.engines.compiled.consume_order import expected_of, needs_licence
from diamondsim.engines.compiled.vector import any_of, broadcast, maximum, minimum, where
from diamondsim.engines.compiled.vector_access import get, put
from diamondsim.plan import Rationing

WEIGHTED, MAX_MIN = int(Rationing.WEIGHTED), int(Rationing.MAX_MIN)
NOISE = 1e-14
"""Relative rounding error of the sum of a few numbers."""


@phase
def allocate(plan: Any, draws: Any, state: Any, allocated: Any) -> None:
    """Set what each lane gets (35)-(37); on entry `allocated` and `requested` hold those of tier 0."""
    for k in range(plan.n_sources):
        capacity = get(state.capacity, k)
        if plan.feed[k] >= 0:
            capacity = minimum(capacity, get(state.stock, plan.feed[k]) * get(draws.feed_yield, k))
        put(state.max_output, k, capacity)
        put(state.left, k, get(state.finished_stock, k) + capacity)
        put(state.sent_out, k, 0.0)
        put(state.asked, k, get(state.requested, k))
    for tier in range(plan.n_tiers):
        if tier > 0:
            round_one(plan, state, allocated, tier)
        for k in range(plan.n_sources):
            share_out(plan, draws, state, allocated, tier, tier, k)
        n_requesting = round_two(plan, state, allocated, tier)
        if n_requesting > 0:
            for k in range(plan.n_sources):
                share_out(plan, draws, state, state.request, 0, tier, k)
            for position in range(n_requesting):
                n = state.nodes_with_request[position]
                for lane in range(plan.node_first[n], plan.node_first[n + 1]):
                    put(allocated, lane, get(allocated, lane) + get(state.request, lane))
                    put(state.request, lane, 0.0)


@inlined
def round_one(plan: Any, state: Any, allocated: Any, tier: int) -> None:
    """Find the requests of a tier after the first, by lane and by source (36)."""
    for k in range(plan.n_sources):
        put(state.requested, k, 0.0)
    for position in range(plan.tier_first[tier], plan.tier_first[tier + 1]):
        lane = plan.tier_lanes[position]
        n, k, desired = plan.lane_node[lane], plan.lane_source[lane], get(state.desired_order, lane)
        request = minimum(desired, get(state.lane_max, lane))
        put(allocated, lane, request)
        put(state.requested, k, get(state.requested, k) + request)
        put(state.asked, k, get(state.asked, k) + request)
        put(state.unmet, n, get(state.unmet, n) + (desired - request))


@inlined
def round_two(plan: Any, state: Any, allocated: Any, tier: int) -> int:
    """Find the requests of the second round (37) and list the nodes that request; return their number."""
    for k in range(plan.n_sources):
        put(state.requested, k, 0.0)
    n_requesting = 0
    for n in range(plan.n_nodes):
        negligible = EPS * get(state.expected_demand, n)
        unmet = get(state.unmet, n) - not_expected(plan, state, allocated, n, tier)
        has_unmet = unmet > negligible
        if not any_of(has_unmet) or (tier > 0 and state.has_no_supply[n] and not plan.node_tiers[n, tier]):
            state.has_no_supply[n] = True  # sources have no more left in later tiers
            continue
        total = broadcast(0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            if plan.lane_tier[lane] <= tier:
                spare = most_of(plan, state, lane) - get(allocated, lane)
                is_eligible = (
                    has_unmet & (get(state.left, plan.lane_source[lane]) > negligible) & (spare > 0.0)
                )
                spare = where(is_eligible, spare, 0.0)
                put(state.request, lane, spare)
                total += get(state.expected_fill_rate, lane) * spare
        state.has_no_supply[n] = not any_of(total > 0.0)
        if state.has_no_supply[n]:
            continue
        each = where(total > 0.0, unmet / total, 0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            spare, k = get(state.request, lane), plan.lane_source[lane]
            request = minimum(spare, each * (get(state.expected_fill_rate, lane) * spare))
            put(state.request, lane, request)
            put(state.requested, k, get(state.requested, k) + request)
            put(state.unmet, n, get(state.unmet, n) - request)
        state.nodes_with_request[n_requesting] = n
        n_requesting += 1
    return n_requesting


@inlined
def not_expected(plan: Any, state: Any, allocated: Any, n: int, tier: int) -> Any:
    """Return what is desired and not allocated, but not expected to be admitted either (37)."""
    total = broadcast(0.0)
    for lane in range(plan.node_first[n], plan.node_first[n + 1]):
        if plan.lane_queue[lane] >= 0 and plan.lane_tier[lane] <= tier:
            desired, got = get(state.desired_order, lane), get(allocated, lane)
            total += desired - expected_of(plan, state, lane, desired)
            total -= got - expected_of(plan, state, lane, got)
    return total


@inlined
def most_of(plan: Any, state: Any, lane: int) -> Any:
    """Return the most that round two asks for on a lane: where controls bind, the reference flow (37)."""
    lane_max, q = get(state.lane_max, lane), plan.lane_queue[lane]
    if q < 0:
        return lane_max
    return where(needs_licence(plan, state, lane), minimum(lane_max, get(state.reference, q)), lane_max)


@inlined
def share_out(plan: Any, draws: Any, state: Any, requests: Any, lowest: int, tier: int, k: int) -> None:
    """Give what is requested of a source, or ration it; `requests` becomes what lanes get."""
    left, total = get(state.left, k), get(state.requested, k)
    if not any_of(total > 0.0):
        return
    is_binding = total > left
    if any_of(is_binding):
        total = ration(plan, draws, state, requests, lowest, tier, k)
    put(state.left, k, left - total)
    put(state.sent_out, k, get(state.sent_out, k) + total)


@inlined
def ration(plan: Any, draws: Any, state: Any, requests: Any, lowest: int, tier: int, k: int) -> Any:
    """Ration what a source has left among its lanes of some tiers (38), (39); return what it gives.

    The sum of gains is concave in `theta`: its slope falls wherever a lane gets all it requests. So a step of
    Newton's method ends at or below the right `theta`, and each further step fills at least one more lane
    until it is found.
    """
    begin, end = plan.source_first[k, lowest], plan.source_first[k, tier + 1]
    amount = maximum(get(state.left, k), 0.0)
    is_binding, by_contract = get(state.requested, k) > amount, get(draws.contract_weight, 0)
    for position in range(begin, end):
        lane = plan.source_lanes[position]
        n, weight = plan.lane_node[lane], broadcast(1.0)
        if plan.rationing[k] != MAX_MIN:
            flow, purchases = get(state.expected_demand, n), get(state.purchases, lane)
            weight = by_contract * (get(state.contract_share, lane) * flow) + (1.0 - by_contract) * purchases
            if plan.rationing[k] == WEIGHTED:
                weight *= get(draws.allocation_weight, lane)
            weight = maximum(weight, MIN_WEIGHT * flow)
        put(state.weight, position, weight)
    # The level of a replication that need not ration is left alone, so that its bits do not depend on others.
    last_theta = get(state.theta, (tier, k))
    theta = where(amount > 0.0, last_theta, 0.0)
    given = amount
    for _ in range(end - begin + 2):
        given, weights = broadcast(0.0), broadcast(0.0)
        for position in range(begin, end):
            request, weight = get(requests, plan.source_lanes[position]), get(state.weight, position)
            limit = weight * theta
            given += minimum(request, limit)
            weights += where(request > limit, weight, 0.0)
        missing = amount - given
        is_off = (missing > NOISE * amount) & (weights > 0.0) | (missing < (0.0 - NOISE) * amount)
        is_off = is_off & is_binding
        if not any_of(is_off):
            break
        step = where(weights > 0.0, missing / weights, 0.0 - theta)
        theta = where(is_off, maximum(theta + step, 0.0), theta)
    put(state.theta, (tier, k), where(is_binding, theta, last_theta))
    for position in range(begin, end):
        lane = plan.source_lanes[position]
        n, request = plan.lane_node[lane], get(requests, lane)
        gain = where(is_binding, minimum(request, get(state.weight, position) * theta), request)
        put(requests, lane, gain)
        put(state.unmet, n, get(state.unmet, n) + (request - gain))
    # Where less is given, the lanes that request the rest have no weight; any smaller difference is noise,
    # which would count as supply in the next round.
    is_rest = given < (1.0 - 1e-12) * amount
    return where(is_binding, where(is_rest, given, amount), get(state.requested, k))
