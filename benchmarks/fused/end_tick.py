"""Phase 5 after the rounds, and phases 6 and 7: production, dispatch, ratings."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import EPS, inlined
from benchmarks.fused.vector import WIDTH, any_of, maximum, minimum, where
from benchmarks.fused.vector_access import load, store
from diamondsim.plan import Relay

INSIDE = int(Relay.INSIDE)


@inlined
def make(plan: Any, draws: Any, state: Any) -> None:
    """Produce and refill the finished stock (41), (42)."""
    for k in range(plan.n_sources):
        finished_stock, sent_out = load(state.finished_stock, k), load(state.sent_out, k)
        target = load(draws.finished_stock_ceiling, k) + sent_out - finished_stock
        output = minimum(maximum(target, 0.0), load(state.max_output, k))
        store(state.output, k, output)
        store(state.finished_stock, k, maximum(finished_stock + output - sent_out, 0.0))
        if plan.feed[k] >= 0:
            n, feed_yield = plan.feed[k], load(draws.feed_yield, k)
            feed_used = where(feed_yield > 0.0, output / feed_yield, 0.0)
            store(state.stock, n, maximum(load(state.stock, n) - feed_used, 0.0))
            store(state.used, n, load(state.used, n) + feed_used)


@inlined
def update_ratings(plan: Any, draws: Any, state: Any, fields: Any, allocated: Any, t: int) -> None:
    """Update purchases and expected fill rates (44)-(46), and the pipeline as if all lanes were free."""
    is_recorded, purchase_gain = fields.pipeline.size > 0, load(draws.purchase_gain, 0)
    for n in range(plan.n_nodes):
        flow, pipeline = load(state.normal_demand, n), load(state.pipeline, n)
        gain, least = load(draws.fill_rate_gain, n), load(draws.min_fill_rate, n)
        for lane in range(plan.node_first[n], plan.node_first[n + 1]):
            got, purchases = load(allocated, lane), load(state.purchases, lane)
            fill_rate = load(state.expected_fill_rate, lane)
            measure = minimum(load(state.desired_order, lane), load(state.contract_share, lane) * flow)
            ratio = where(measure > EPS * flow, minimum(got / measure, 1.0), 1.0)
            q = plan.lane_queue[lane]
            if q >= 0:
                is_controlled, reference = (
                    load(state.controlled, plan.profile[q]) > 0.0,
                    load(state.reference, q),
                )
                admitted_ratio = where(reference > 0.0, load(state.admitted, q) / reference, 1.0)
                ratio = where(is_controlled, admitted_ratio, ratio)
                fill_rate = where(is_controlled, load(state.mean_admission, q), fill_rate)
            fill_rate = maximum(fill_rate + gain * (ratio - fill_rate), least)
            if plan.untried[lane]:
                is_held = load(draws.open_tick, lane) > t
                if q >= 0:
                    is_held = is_held & (load(state.controlled, plan.profile[q]) == 0.0)
                fill_rate = where(is_held, least, fill_rate)
            if q >= 0:
                store(state.mean_admission, q, fill_rate)
            store(state.expected_fill_rate, lane, minimum(fill_rate, 1.0))
            store(state.purchases, lane, purchases + purchase_gain * (got - purchases))
            pipeline += got
            if is_recorded:
                store(state.lane_pipeline, lane, load(state.lane_pipeline, lane) + got)
        store(state.pipeline, n, pipeline)


@inlined
def enqueue(plan: Any, state: Any, allocated: Any, review_slot: int, diverted_slot: int) -> None:
    """Queue what was allocated on controlled lanes (43), and dispatch diverted lots (40)."""
    for q in range(len(plan.queue_lanes)):
        profile, lane = plan.profile[q], plan.queue_lanes[q]
        n, got = plan.lane_node[lane], load(allocated, lane)
        is_controlled = load(state.controlled, profile) > 0.0
        waiting = where(is_controlled, got, 0.0)
        store(state.dispatched, q, got - waiting + load(state.admitted, q) - load(state.relayed, lane))
        at_once = where(load(state.review_ticks, profile) > 0.0, 0.0, waiting)
        store(state.queue, q, load(state.queue, q) + at_once)
        not_seized = (1.0 - load(state.seized_share, profile)) * load(state.diverted, q)
        store(state.not_seized, q, not_seized)
        store(state.pipeline, n, load(state.pipeline, n) - waiting + not_seized)
        store(state.lane_pipeline, lane, load(state.lane_pipeline, lane) - waiting + not_seized)
        in_review = waiting - at_once
        if any_of(in_review > 0.0):
            store(state.in_review, q, load(state.in_review, q) + in_review)
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
    for j in range(WIDTH):
        ticks = int(delay[profile, j])
        if ticks > 0:
            position = slot + ticks
            ring[position - len(ring) if position >= len(ring) else position, q, j] += amount[row, j]


@inlined
def dispatch(plan: Any, state: Any, allocated: Any) -> None:
    """Turn what was allocated into what is dispatched: without what waits or is relayed, with admissions."""
    for i in range(plan.n_controls):
        if plan.relay[i] == INSIDE:
            for position in range(plan.passed_first[i], plan.passed_first[i + 1]):
                lane = plan.passed_lanes[position]
                store(allocated, lane, load(allocated, lane) - load(state.relayed, lane))
                store(state.relayed, lane, 0.0)  # once, where several controls name the lane
    for q in range(len(plan.queue_lanes)):
        store(allocated, plan.queue_lanes[q], load(state.dispatched, q))
