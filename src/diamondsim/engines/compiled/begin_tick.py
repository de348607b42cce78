"""Phases 1 and 2: demand, controls and capacity of the tick; arrivals; licences granted."""

from __future__ import annotations

from typing import Any

from diamondsim.engines.compiled.compilation import inlined, phase
from diamondsim.engines.compiled.vector import broadcast, maximum, minimum, where
from diamondsim.engines.compiled.vector_access import get, get_delayed, put
from diamondsim.engines.compiled.whole_numbers import rounded_down
from diamondsim.plan import ControlState, Relay

LICENSING, BANNED = int(ControlState.LICENSING), int(ControlState.BANNED)
INSIDE = int(Relay.INSIDE)


@phase
def set_incumbent_shares(plan: Any, draws: Any, state: Any) -> None:
    """Set contract shares (2) and limits as if all lanes were open."""
    for lane in range(plan.n_lanes):
        put(state.contract_share, lane, get(draws.contract_share, lane))
        put(state.reference_share, lane, get(draws.contract_share, lane))
        put(state.live_limit, lane, get(draws.sourcing_limit, lane))


@phase
def set_shares(plan: Any, draws: Any, state: Any, t: int) -> None:
    """Set contract shares (2) of entrants and limits of their nodes."""
    for position in range(len(plan.entrant_nodes)):
        n = plan.entrant_nodes[position]
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            age = t - get(draws.open_tick, lane)
            put(state.live_limit, lane, where(age >= 0.0, get(draws.sourcing_limit, lane), 0.0))
            if plan.entrant[lane]:
                share = taken_over(plan, draws, lane, age)
                put(state.contract_share, lane, share)
                put(state.reference_share, lane, share)
                arriving = age - get(draws.lead_ticks, lane)
                put(state.arriving_share, lane, taken_over(plan, draws, lane, arriving))


@inlined
def taken_over(plan: Any, draws: Any, lane: int, age: Any) -> Any:
    """Return what an entrant has taken over so many ticks after its lane opened (2)."""
    share, facility = get(draws.contract_share, lane), plan.lane_facility[lane]
    if facility >= 0 and len(draws.adoption_ticks) > 0:
        adoption_ticks = get(draws.adoption_ticks, facility)
        begun = (rounded_down(age / plan.adoption_step_ticks) + 1.0) * plan.adoption_step_ticks
        share = where(begun < adoption_ticks, share * (begun / adoption_ticks), share)
    return where(age >= 0.0, share, 0.0)


@phase
def give_up_contracts(plan: Any, draws: Any, state: Any) -> None:
    """Take from incumbents what entrants beside them deliver by now, as far as it is expected (2)."""
    for position in range(len(plan.entrant_nodes)):
        n = plan.entrant_nodes[position]
        taken = broadcast(0.0)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            if plan.entrant[lane]:
                taken += get(state.arriving_share, lane) * get(state.expected_fill_rate, lane)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            if not plan.entrant[lane]:
                share = get(draws.contract_share, lane) * maximum(1.0 - taken, 0.0)
                put(state.contract_share, lane, share)


@phase
def begin_tick(plan: Any, tables: Any, draws: Any, state: Any, t: int, first: int) -> None:
    """Phase 1: demand, controls, capacity and origin of the tick (1), (8)-(12)."""
    for n in range(plan.n_nodes):
        put(state.normal_demand, n, get(draws.base_flow, n) * get(tables.growth, (t, plan.growth[n], first)))
    for i in range(plan.n_controls):
        control_state = get(tables.control_state, (t, i, first))
        on = (control_state == LICENSING) | (control_state == BANNED)
        if plan.requires[i] >= 0:
            other = get(tables.control_state, (t, plan.requires[i], first))
            on = on & ((other == LICENSING) | (other == BANNED))
        put(state.in_force, i, where(on, 1.0, 0.0))
    for profile in range(len(plan.cover_first) - 1):
        set_terms(plan, tables, draws, state, profile, t, first)
    for q in range(len(plan.queue_lanes)):
        lane = plan.queue_lanes[q]
        n = plan.lane_node[lane]
        put(state.reference, q, get(state.reference_share, lane) * get(state.normal_demand, n))  # (16)
    for k in range(plan.n_sources):
        capacity = get(draws.capacity, k)
        if plan.capacity_row[k] >= 0:
            capacity *= get(tables.capacity_index, (t, plan.capacity_row[k], first))
        put(state.capacity, k, capacity)
        if plan.feed[k] >= 0:
            put(state.origin, k, get(state.tracked_share, plan.feed[k]))


@inlined
def set_terms(plan: Any, tables: Any, draws: Any, state: Any, profile: int, t: int, first: int) -> None:
    """Find the terms of the lanes of a profile (9)-(10b)."""
    controlled = broadcast(0.0)
    approval_rate, diversion_share = broadcast(1e300), broadcast(1e300)
    withdrawal_rate, seized_share = broadcast(0.0), broadcast(0.0)
    review_ticks, diversion_delay_ticks = broadcast(0.0), broadcast(0.0)
    n_inside = broadcast(0.0)
    release_factor = get(state.release_factor, profile)
    for c in range(plan.cover_first[profile], plan.cover_first[profile + 1]):
        i, rule = plan.cover_control[c], plan.cover_rule[c]
        on = get(state.in_force, i) > 0.0
        controlled = where(on, 1.0, controlled)
        release_factor = where(on, minimum(release_factor, get(draws.release_factor, i)), release_factor)
        approval_rate = where(
            on, minimum(approval_rate, get(tables.approval_rate, (t, rule, first))), approval_rate
        )
        share = get(tables.diversion_share, (t, i, first))
        if plan.cover_is_passed[c]:
            share = broadcast(0.0)
        diversion_share = where(on, minimum(diversion_share, share), diversion_share)
        if plan.relay[i] == INSIDE:
            n_inside += where(on, 1.0, 0.0)
        withdrawal_rate = where(
            on, maximum(withdrawal_rate, get(draws.withdrawal_rate, rule)), withdrawal_rate
        )
        seized_share = where(on, maximum(seized_share, get(tables.seized_share, (t, i, first))), seized_share)
        review_ticks = where(on, maximum(review_ticks, get(draws.review_ticks, rule)), review_ticks)
        diversion_delay_ticks = where(
            on, maximum(diversion_delay_ticks, get(draws.diversion_delay_ticks, i)), diversion_delay_ticks
        )
    put(state.controlled, profile, controlled)
    put(state.release_factor, profile, release_factor)
    put(state.approval_rate, profile, approval_rate)
    put(state.diversion_share, profile, where(controlled > 0.0, diversion_share, 0.0))
    put(state.withdrawal_rate, profile, withdrawal_rate)
    put(state.seized_share, profile, seized_share)
    put(state.review_ticks, profile, review_ticks)
    put(state.diversion_delay_ticks, profile, diversion_delay_ticks)
    put(state.n_inside, profile, n_inside)


@phase
def arrive(plan: Any, draws: Any, state: Any, fields: Any, slot: int, diverted_slot: int) -> None:
    """Add what arrives to the stocks (13), (14)."""
    for n in range(plan.n_nodes):
        put(state.from_diversion, n, 0.0)
        put(state.tracked_from_diversion, n, 0.0)
    for q in range(len(plan.queue_lanes)):
        lane = plan.queue_lanes[q]
        n, due = plan.lane_node[lane], get(state.diverted_due, (diverted_slot, q))
        put(state.diverted_due, (diverted_slot, q), 0.0)
        put(state.from_diversion, n, get(state.from_diversion, n) + due)
        put(
            state.tracked_from_diversion,
            n,
            get(state.tracked_from_diversion, n) + due * get(state.origin, plan.lane_source[lane]),
        )
        put(state.lane_pipeline, lane, get(state.lane_pipeline, lane) - due)
    is_recorded = len(fields.pipeline) > 0
    for n in range(plan.n_nodes):
        total, tracked = get(state.from_diversion, n), get(state.tracked_from_diversion, n)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            due = due_on(draws, state, slot, lane)
            total += due
            tracked += due * get(state.origin, plan.lane_source[lane])
            if is_recorded:
                put(state.lane_pipeline, lane, get(state.lane_pipeline, lane) - due)
        stock, share = get(state.stock, n), get(state.tracked_share, n)
        total_stock = stock + total
        is_mixed = (total > 0.0) & (total_stock > 1e-6 * get(state.expected_demand, n))
        put(state.tracked_share, n, where(is_mixed, (share * stock + tracked) / total_stock, share))
        put(state.stock, n, total_stock)
        put(state.arrived, n, total)
        put(state.pipeline, n, get(state.pipeline, n) - total)


@inlined
def due_on(draws: Any, state: Any, slot: int, lane: int) -> Any:
    """Return what was dispatched on a lane one lead ago."""
    lead = draws.same_lead[lane]
    if lead < 0:
        return get_delayed(state.sent, slot, draws.lead_ticks, lane)
    position = slot - lead
    return get(state.sent, (position + len(state.sent) if position < 0 else position, lane))


@phase
def grant(plan: Any, state: Any, review_slot: int) -> None:
    """End reviews (15), admit and withdraw (16)-(19)."""
    for q in range(len(plan.queue_lanes)):
        lane, profile = plan.queue_lanes[q], plan.profile[q]
        n, k = plan.lane_node[lane], plan.lane_source[lane]
        ended = get(state.review_due, (review_slot, q))
        put(state.review_due, (review_slot, q), 0.0)
        put(state.in_review, q, maximum(get(state.in_review, q) - ended, 0.0))
        waiting = get(state.queue, q) + ended
        controlled = get(state.controlled, profile) > 0.0
        approval_rate = where(
            controlled, get(state.approval_rate, profile), get(state.release_factor, profile)
        )
        admitted = minimum(approval_rate * get(state.reference, q), waiting)
        withdrawn = get(state.withdrawal_rate, profile) * (waiting - admitted)  # no control, no withdrawal
        put(state.queue, q, waiting - admitted - withdrawn)
        put(state.admitted, q, admitted)
        put(state.withdrawn, q, withdrawn)
        put(state.finished_stock, k, get(state.finished_stock, k) + withdrawn)
        put(state.pipeline, n, get(state.pipeline, n) + admitted)
        put(state.lane_pipeline, lane, get(state.lane_pipeline, lane) + admitted)
