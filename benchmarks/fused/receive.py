"""Phases 1 and 2: what has changed, what arrives, what the desks grant."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import part
from benchmarks.fused.rows import of, of_delayed, put
from benchmarks.fused.vector import WIDTH, least, most, spread, where
from diamondsim.plan import ControlState

LICENSING, BANNED = int(ControlState.LICENSING), int(ControlState.BANNED)


@part
def open_lanes(w: Any, d: Any, s: Any) -> None:
    """Find contract shares (2) and open lanes where all lanes are incumbents' or open."""
    for lane in range(w.n_lanes):
        put(s.share, lane, of(d.share, lane))
        put(s.contract, lane, of(d.share, lane))
        put(s.reach, lane, of(d.qualified, lane))


@part
def set_shares(w: Any, d: Any, s: Any, t: int) -> int:
    """Find contract shares (2) and open lanes where there are entrants; return the tick of the next."""
    next_opening = w.n_ticks
    for place in range(len(w.entrant_nodes)):
        n = w.entrant_nodes[place]
        taken = spread(0.0)
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            is_live = of(d.open_tick, lane) <= t
            put(s.reach, lane, where(is_live, of(d.qualified, lane), 0.0))
            for j in range(WIDTH):
                if d.open_tick[lane, j] > t and d.open_tick[lane, j] < next_opening:
                    next_opening = d.open_tick[lane, j]
            if w.entrant[lane]:
                share = where(is_live, of(d.share, lane), 0.0)
                put(s.share, lane, share)
                put(s.contract, lane, share)
                taken += share
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            if not w.entrant[lane]:
                put(s.share, lane, of(d.share, lane) * most(1.0 - taken, 0.0))
    return next_opening


@part
def change(w: Any, tables: Any, d: Any, s: Any, t: int, first: int) -> None:
    """Phase 1: flows, controls, capacity and origin of this tick, (1) and (8)-(12)."""
    for n in range(w.n_nodes):
        put(s.normal, n, of(d.base_flow, n) * of(tables.growth, (t, w.growth[n], first)))
        put(s.hindered, n, 0.0)
    for i in range(w.n_controls):
        state = of(tables.control_state, (t, i, first))
        on = (state == LICENSING) | (state == BANNED)
        if w.requires[i] >= 0:
            other = of(tables.control_state, (t, w.requires[i], first))
            on = on & ((other == LICENSING) | (other == BANNED))
        put(s.in_force, i, where(on, 1.0, 0.0))
    for g in range(len(w.cover_first) - 1):
        bind(w, tables, d, s, g, t, first)
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        n = w.lane_node[lane]
        put(s.hindered, n, most(of(s.hindered, n), of(s.controlled, w.regime[q])))
        put(s.reference, q, of(s.contract, lane) * of(s.normal, n))  # (16)
    for k in range(w.n_sources):
        capacity = of(d.capacity, k)
        if w.capacity_row[k] >= 0:
            capacity *= of(tables.capacity_index, (t, w.capacity_row[k], first))
        put(s.capacity, k, capacity)
        if w.feed[k] >= 0:
            put(s.origin, k, of(s.tracked_share, w.feed[k]))


@part
def bind(w: Any, tables: Any, d: Any, s: Any, g: int, t: int, first: int) -> None:
    """Find what the controls in force say of the lanes of a regime: (9), (10)."""
    controlled = spread(0.0)
    limit, leak = spread(1e300), spread(1e300)
    withdrawal, seized = spread(0.0), spread(0.0)
    review, detour = spread(0.0), spread(0.0)
    for c in range(w.cover_first[g], w.cover_first[g + 1]):
        i, desk = w.cover_control[c], w.cover_desk[c]
        on = of(s.in_force, i) > 0.0
        controlled = where(on, 1.0, controlled)
        limit = where(on, least(limit, of(tables.level, (t, desk, first))), limit)
        leak = where(on, least(leak, of(tables.leak_share, (t, i, first))), leak)
        withdrawal = where(on, most(withdrawal, of(d.withdrawal, desk)), withdrawal)
        seized = where(on, most(seized, of(tables.seized_share, (t, i, first))), seized)
        review = where(on, most(review, of(d.review_ticks, desk)), review)
        detour = where(on, most(detour, of(d.detour_ticks, i)), detour)
    put(s.controlled, g, controlled)
    put(s.limit, g, limit)
    put(s.leak, g, where(controlled > 0.0, leak, 0.0))
    put(s.withdrawal, g, withdrawal)
    put(s.seized_share, g, seized)
    put(s.review, g, review)
    put(s.detour, g, detour)


@part
def arrive(w: Any, d: Any, s: Any, p: Any, slot: int, detour_slot: int) -> None:
    """What is due enters the stocks: (13), (14)."""
    for n in range(w.n_nodes):
        put(s.late, n, 0.0)
        put(s.late_tracked, n, 0.0)
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        n, due = w.lane_node[lane], of(s.detour_due, (detour_slot, q))
        put(s.detour_due, (detour_slot, q), 0.0)
        put(s.late, n, of(s.late, n) + due)
        put(s.late_tracked, n, of(s.late_tracked, n) + due * of(s.origin, w.lane_source[lane]))
        put(s.transit, lane, of(s.transit, lane) - due)
    follow = p.transit.size > 0
    for n in range(w.n_nodes):
        total, tracked = of(s.late, n), of(s.late_tracked, n)
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            due = due_on(d, s, slot, lane)
            total += due
            tracked += due * of(s.origin, w.lane_source[lane])
            if follow:
                put(s.transit, lane, of(s.transit, lane) - due)
        stock, share = of(s.stock, n), of(s.tracked_share, n)
        held = stock + total
        is_mixed = (total > 0.0) & (held > 1e-6 * of(s.normal, n))
        put(s.tracked_share, n, where(is_mixed, (share * stock + tracked) / held, share))
        put(s.stock, n, held)
        put(s.arrived, n, total)
        put(s.way, n, of(s.way, n) - total)


@part
def due_on(d: Any, s: Any, slot: int, lane: int) -> Any:
    """Return what set out on a lane its lead ago."""
    lead = d.same_lead[lane]
    if lead < 0:
        return of_delayed(s.sent, slot, d.lead_ticks, lane)
    place = slot - lead
    return of(s.sent, (place + len(s.sent) if place < 0 else place, lane))


@part
def grant(w: Any, s: Any, review_slot: int) -> None:
    """Reviews end (15), desks admit, buyers withdraw: (16)-(19)."""
    for q in range(len(w.queue_lanes)):
        lane, g = w.queue_lanes[q], w.regime[q]
        n, k = w.lane_node[lane], w.lane_source[lane]
        ended = of(s.review_due, (review_slot, q))
        put(s.review_due, (review_slot, q), 0.0)
        put(s.reviewed, q, most(of(s.reviewed, q) - ended, 0.0))
        waiting = of(s.queue, q) + ended
        controlled = of(s.controlled, g) > 0.0
        limit = where(controlled, of(s.limit, g), 3.0)
        admitted = least(limit * of(s.reference, q), waiting)
        withdrawn = of(s.withdrawal, g) * (waiting - admitted)  # no control, no withdrawal
        put(s.queue, q, waiting - admitted - withdrawn)
        put(s.admitted, q, admitted)
        put(s.withdrawn, q, withdrawn)
        put(s.finished, k, of(s.finished, k) + withdrawn)
        put(s.way, n, of(s.way, n) + admitted)
        put(s.transit, lane, of(s.transit, lane) + admitted)
