"""Phase 5 after the rounds, and phases 6 and 7: re-route, make, dispatch, learn."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import EPS, part
from benchmarks.fused.rows import of, put
from benchmarks.fused.vector import WIDTH, anywhere, least, most, where


@part
def reroute(w: Any, s: Any, got: Any) -> None:
    """What flows through third countries: (39). `s.leaked` becomes `lk`."""
    found = False
    for q in range(len(w.queue_lanes)):
        blocked = most(of(s.reference, q) - of(s.admitted, q), 0.0)
        leaked = of(s.leak, w.regime[q]) * blocked
        put(s.leaked, q, leaked)
        found |= anywhere(leaked > 0.0)
    if not found:
        return
    for n in range(w.n_nodes):  # from here on `late` is the potential of a node, then what it is scaled by
        put(s.late, n, 0.0)
        put(s.free, n, 0.0)
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        n = w.lane_node[lane]
        put(s.late, n, of(s.late, n) + of(s.leaked, q))
        put(s.free, n, of(s.free, n) - of(s.controlled, w.regime[q]) * of(got, lane))
    for n in range(w.n_nodes):
        potential, free = of(s.late, n), of(s.free, n)
        if anywhere(potential > 0.0):
            for lane in range(w.node_first[n], w.node_first[n + 1]):
                free += of(got, lane)
            need = most(of(s.order, n) - free, 0.0)
            put(s.late, n, where(potential > 0.0, least(need / potential, 1.0), 0.0))
    for k in range(w.n_sources):
        put(s.sum, k, 0.0)
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        k, leaked = w.lane_source[lane], of(s.leaked, q) * of(s.late, w.lane_node[lane])
        put(s.leaked, q, leaked)
        put(s.sum, k, of(s.sum, k) + leaked)
    for k in range(w.n_sources):
        total = of(s.sum, k)
        put(s.sum, k, where(total > 0.0, least(of(s.left, k) / total, 1.0), 0.0))
    for q in range(len(w.queue_lanes)):
        k = w.lane_source[w.queue_lanes[q]]
        leaked = of(s.leaked, q) * of(s.sum, k)
        put(s.leaked, q, leaked)
        put(s.out, k, of(s.out, k) + leaked)


@part
def make(w: Any, d: Any, s: Any) -> None:
    """What the sources make: (40), (41)."""
    for k in range(w.n_sources):
        finished, out = of(s.finished, k), of(s.out, k)
        target = of(d.finished_ceiling, k) + out - finished
        output = least(most(target, 0.0), of(s.most, k))
        put(s.output, k, output)
        put(s.finished, k, most(finished + output - out, 0.0))
        if w.feed[k] >= 0:
            n, made = w.feed[k], of(d.feed_yield, k)
            eaten = where(made > 0.0, output / made, 0.0)
            put(s.stock, n, most(of(s.stock, n) - eaten, 0.0))
            put(s.used, n, of(s.used, n) + eaten)


@part
def learn(w: Any, d: Any, s: Any, p: Any, got: Any) -> None:
    """Phase 7: smoothed purchases and belief, (43)-(45); and what is under way, as if all lanes were free."""
    follow = p.transit.size > 0
    for n in range(w.n_nodes):
        flow, gain, way = of(s.normal, n), of(d.belief_gain, n), of(s.way, n)
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            allocated, purchases, belief = of(got, lane), of(s.purchases, lane), of(s.belief, lane)
            meant = least(of(s.wish, lane), of(s.share, lane) * flow)
            ratio = where(meant > EPS * flow, least(allocated / meant, 1.0), 1.0)
            q = w.lane_queue[lane]
            if q >= 0:
                reference = of(s.reference, q)
                passed = where(reference > 0.0, least(of(s.admitted, q) / reference, 1.0), 1.0)
                ratio = where(of(s.controlled, w.regime[q]) > 0.0, passed, ratio)
            put(s.belief, lane, most(belief + gain * (ratio - belief), 0.05))
            put(s.purchases, lane, purchases + w.purchase_gain * (allocated - purchases))
            way += allocated
            if follow:
                put(s.transit, lane, of(s.transit, lane) + allocated)
        put(s.way, n, way)


@part
def join(w: Any, s: Any, got: Any, review_slot: int, detour_slot: int) -> None:
    """Phase 6 where there are desks: controlled lanes wait (42), and what was re-routed sets out (39)."""
    for q in range(len(w.queue_lanes)):
        g, lane = w.regime[q], w.queue_lanes[q]
        n, allocated = w.lane_node[lane], of(got, lane)
        is_controlled = of(s.controlled, g) > 0.0
        waits = where(is_controlled, allocated, 0.0)
        put(s.sailing, q, allocated - waits + of(s.admitted, q))
        at_once = where(of(s.review, g) > 0.0, 0.0, waits)
        put(s.queue, q, of(s.queue, q) + at_once)
        passed = (1.0 - of(s.seized_share, g)) * of(s.leaked, q)
        put(s.passed, q, passed)
        put(s.way, n, of(s.way, n) - waits + passed)
        put(s.transit, lane, of(s.transit, lane) - waits + passed)
        in_review = waits - at_once
        if anywhere(in_review > 0.0):
            put(s.reviewed, q, of(s.reviewed, q) + in_review)
            put_off(s.review_due, review_slot, s.review, g, q, got, lane)
        if anywhere(passed > 0.0):
            put_off(s.detour_due, detour_slot, s.detour, g, q, s.passed, q)


@part
def put_off(ring: Any, slot: int, delay: Any, g: int, q: int, amount: Any, row: int) -> None:
    """Let amounts come due some ticks from now, in each replication after its own delay."""
    for j in range(WIDTH):
        ticks = int(delay[g, j])
        if ticks > 0:
            place = slot + ticks
            ring[place - len(ring) if place >= len(ring) else place, q, j] += amount[row, j]


@part
def set_sail(w: Any, s: Any, got: Any) -> None:
    """Turn what was allocated into what sets out: not what waits, but what was admitted."""
    for q in range(len(w.queue_lanes)):
        put(got, w.queue_lanes[q], of(s.sailing, q))
