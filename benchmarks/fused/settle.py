"""Phase 5 after the rounds, and phases 6 and 7: re-route, make, dispatch, learn."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import EPS, part
from diamondsim.plan import NodeKind

RESERVE = int(NodeKind.RESERVE)


@part
def reroute(w: Any, s: Any) -> None:
    """What flows through third countries: (39). `s.leaked` becomes `lk`."""
    found = False
    for q in range(len(w.queue_lanes)):
        s.leaked[q] = 0.0
        if s.is_controlled[w.queue_lanes[q]]:
            s.leaked[q] = s.leak[w.regime[q]] * max(s.reference[q] - s.admitted[q], 0.0)
            found |= s.leaked[q] > 0.0
    if not found:
        return
    s.wanted[:] = 0.0  # from here on the potential of a node, then what it is scaled by
    for q in range(len(w.queue_lanes)):
        s.wanted[w.lane_node[w.queue_lanes[q]]] += s.leaked[q]
    for n in range(w.n_nodes):
        if s.wanted[n] > 0.0:
            free = 0.0
            for lane in range(w.node_first[n], w.node_first[n + 1]):
                if not s.is_controlled[lane]:
                    free += s.allocated[lane]
            s.wanted[n] = min(1.0, max(s.order[n] - free, 0.0) / s.wanted[n])
    s.sum[:] = 0.0
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        s.leaked[q] *= s.wanted[w.lane_node[lane]]
        s.sum[w.lane_source[lane]] += s.leaked[q]
    for k in range(w.n_sources):
        if s.sum[k] > 0.0:
            s.sum[k] = min(1.0, s.left[k] / s.sum[k])
    for q in range(len(w.queue_lanes)):
        s.leaked[q] *= s.sum[w.lane_source[w.queue_lanes[q]]]


@part
def make(w: Any, d: Any, s: Any) -> None:
    """What the sources make: (40), (41)."""
    s.sum[:] = 0.0
    for lane in range(w.n_lanes):
        s.sum[w.lane_source[lane]] += s.allocated[lane]
    for q in range(len(w.queue_lanes)):
        s.sum[w.lane_source[w.queue_lanes[q]]] += s.leaked[q]
    for k in range(w.n_sources):
        target = d.finished_ceiling[k] + s.sum[k] - s.finished[k]
        output = min(max(target, 0.0), s.most[k])
        s.output[k] = output
        s.finished[k] = max(s.finished[k] + output - s.sum[k], 0.0)
        if w.feed[k] >= 0:
            used = output / d.feed_yield[k]
            s.stock[w.feed[k]] = max(s.stock[w.feed[k]] - used, 0.0)
            s.used[w.feed[k]] += used


@part
def dispatch(w: Any, d: Any, s: Any, slot: int, review_slot: int) -> None:
    """Phase 6: free lanes carry, controlled ones wait: (42); and what was re-routed sets out (39)."""
    ring, review_ring = len(s.due), len(s.review_due)
    for lane in range(w.n_lanes):
        if not s.is_controlled[lane]:
            place = slot + d.lead_ticks[lane]
            s.due[place - ring if place >= ring else place, lane] += s.allocated[lane]
            s.way[lane] += s.allocated[lane]
    for q in range(len(w.queue_lanes)):
        g, lane = w.regime[q], w.queue_lanes[q]
        if s.controlled[g]:
            if s.review[g] > 0:
                place = review_slot + s.review[g]
                s.review_due[place - review_ring if place >= review_ring else place, q] += s.allocated[lane]
                s.reviewed[q] += s.allocated[lane]
            else:
                s.queue[q] += s.allocated[lane]
            passed = (1.0 - s.seized_share[g]) * s.leaked[q]
            place = slot + s.detour[g]
            s.due[place - ring if place >= ring else place, lane] += passed
            s.way[lane] += passed


@part
def learn(w: Any, s: Any) -> None:
    """Phase 7: smoothed purchases and belief, (43)-(45)."""
    for lane in range(w.n_lanes):
        meant = min(s.wish[lane], s.share[lane] * s.flow[lane])
        ratio = min(1.0, s.allocated[lane] / meant)
        s.ratio[lane] = ratio if meant > EPS * s.flow[lane] else 1.0
    for q in range(len(w.queue_lanes)):
        if s.is_controlled[w.queue_lanes[q]]:
            reference = s.reference[q]
            ratio = min(1.0, s.admitted[q] / reference) if reference > 0.0 else 1.0
            s.ratio[w.queue_lanes[q]] = ratio
    for lane in range(w.n_lanes):
        belief = s.belief[lane]
        s.belief[lane] = max(0.05, belief + s.gain[lane] * (s.ratio[lane] - belief))
    for lane in range(w.n_lanes):
        s.purchases[lane] += w.purchase_gain * (s.allocated[lane] - s.purchases[lane])
