"""Phase 5 after the rounds, and phases 6 and 7: production, dispatch, ratings."""

from __future__ import annotations

from typing import Any

from diamondsim.constants import EPS
from diamondsim.engines.compiled.compilation import inlined, phase
from diamondsim.engines.compiled.vector import VECTOR_SIZE, any_of, maximum, minimum, where
from diamondsim.engines.compiled.vector_access import get, put
from diamondsim.plan import Relay

INSIDE = int(Relay.INSIDE)


@phase
def make(plan: Any, draws: Any, state: Any) -> None:
    """Produce and refill the finished stock (41), (42)."""
    for k in range(plan.n_sources):
        finished_stock, sent_out = get(state.finished_stock, k), get(state.sent_out, k)
        target = get(draws.finished_stock_ceiling, k) + sent_out - finished_stock
        output = minimum(maximum(target, 0.0), get(state.max_output, k))
        put(state.output, k, output)
        put(state.finished_stock, k, maximum(finished_stock + output - sent_out, 0.0))
        if plan.feed[k] >= 0:
            n, feed_yield = plan.feed[k], get(draws.feed_yield, k)
            feed_used = where(feed_yield > 0.0, output / feed_yield, 0.0)
            put(state.stock, n, maximum(get(state.stock, n) - feed_used, 0.0))
            put(state.used, n, get(state.used, n) + feed_used)


@phase
def update_ratings(plan: Any, draws: Any, state: Any, fields: Any, allocated: Any, t: int) -> None:
    """Update purchases and expected fill rates (44)-(46), and the pipeline as if all lanes were free."""
    is_recorded, purchase_gain = len(fields.pipeline) > 0, get(draws.purchase_gain, 0)
    for n in range(plan.n_nodes):
        flow, pipeline = get(state.expected_demand, n), get(state.pipeline, n)
        gain, least = get(draws.fill_rate_gain, n), get(draws.min_fill_rate, n)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            got, purchases = get(allocated, lane), get(state.purchases, lane)
            fill_rate = get(state.expected_fill_rate, lane)
            measure = minimum(get(state.desired_order, lane), get(state.contract_share, lane) * flow)
            ratio = where(measure > EPS * flow, minimum(got / measure, 1.0), 1.0)
            q = plan.lane_queue[lane]
            if q >= 0:
                is_controlled, reference = (
                    get(state.controlled, plan.profile[q]) > 0.0,
                    get(state.reference, q),
                )
                admitted_ratio = where(reference > 0.0, get(state.admitted, q) / reference, 1.0)
                ratio = where(is_controlled, admitted_ratio, ratio)
                fill_rate = where(is_controlled, get(state.mean_admission, q), fill_rate)
            fill_rate = maximum(fill_rate + gain * (ratio - fill_rate), least)
            if plan.untried[lane]:
                is_held = get(draws.open_tick, lane) > t
                if q >= 0:
                    is_held = is_held & (get(state.controlled, plan.profile[q]) == 0.0)
                fill_rate = where(is_held, least, fill_rate)
            if q >= 0:
                put(state.mean_admission, q, fill_rate)
            put(state.expected_fill_rate, lane, minimum(fill_rate, 1.0))
            put(state.purchases, lane, purchases + purchase_gain * (got - purchases))
            pipeline += got
            if is_recorded:
                put(state.lane_pipeline, lane, get(state.lane_pipeline, lane) + got)
        put(state.pipeline, n, pipeline)


@phase
def enqueue(plan: Any, state: Any, allocated: Any, review_slot: int, diverted_slot: int) -> None:
    """Queue what was allocated on controlled lanes (43), and dispatch diverted lots (40)."""
    for q in range(len(plan.queue_lanes)):
        profile, lane = plan.profile[q], plan.queue_lanes[q]
        n, got = plan.lane_node[lane], get(allocated, lane)
        is_controlled = get(state.controlled, profile) > 0.0
        waiting = where(is_controlled, got, 0.0)
        put(state.dispatched, q, got - waiting + get(state.admitted, q) - get(state.relayed, lane))
        at_once = where(get(state.review_ticks, profile) > 0.0, 0.0, waiting)
        put(state.queue, q, get(state.queue, q) + at_once)
        not_seized = (1.0 - get(state.seized_share, profile)) * get(state.diverted, q)
        put(state.not_seized, q, not_seized)
        put(state.pipeline, n, get(state.pipeline, n) - waiting + not_seized)
        put(state.lane_pipeline, lane, get(state.lane_pipeline, lane) - waiting + not_seized)
        in_review = waiting - at_once
        if any_of(in_review > 0.0):
            put(state.in_review, q, get(state.in_review, q) + in_review)
            schedule(state.review_due, review_slot, state.review_ticks, profile, q, allocated, lane)
        if any_of(not_seized > 0.0):
            schedule(
                state.diverted_due,
                diverted_slot,
                state.diversion_delay_ticks,
                profile,
                q,
                state.not_seized,
                q,
            )


@inlined
def schedule(ring: Any, slot: int, delay: Any, profile: int, q: int, amount: Any, row: int) -> None:
    """Add an amount to a ring, due in each replication after its own delay."""
    for j in range(VECTOR_SIZE):
        ticks = int(delay[profile, j])
        if ticks > 0:
            position = slot + ticks
            ring[position - len(ring) if position >= len(ring) else position, q, j] += amount[row, j]


@phase
def dispatch(plan: Any, state: Any, allocated: Any) -> None:
    """Turn what was allocated into what is dispatched: without what waits or is relayed, with admissions."""
    for i in range(plan.n_controls):
        if plan.relay[i] == INSIDE:
            for position in range(plan.passed_first[i], plan.passed_first[i + 1]):
                lane = plan.passed_lanes[position]
                put(allocated, lane, get(allocated, lane) - get(state.relayed, lane))
                put(state.relayed, lane, 0.0)  # once, where several controls name the lane
    for q in range(len(plan.queue_lanes)):
        put(allocated, plan.queue_lanes[q], get(state.dispatched, q))
