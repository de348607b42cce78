"""Phases 1 and 2: what has changed, what arrives, what the desks grant."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import part
from diamondsim.plan import ControlState

IN_FORCE = (float(ControlState.LICENSING), float(ControlState.BANNED))


@part
def set_shares(w: Any, d: Any, s: Any, t: int) -> int:
    """Find contract shares (2) and open lanes; return the tick of the next opening, or the horizon."""
    next_opening = w.n_ticks
    for n in range(w.n_nodes):
        taken = 0.0
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            is_live = t >= d.open_tick[lane]
            s.reach[lane] = d.qualified[lane] if is_live else 0.0
            if not is_live and d.open_tick[lane] < next_opening:
                next_opening = d.open_tick[lane]
            if w.entrant[lane]:
                s.share[lane] = d.share[lane] if is_live else 0.0
                s.contract[lane] = s.share[lane]
                taken += s.share[lane]
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            if not w.entrant[lane]:
                s.share[lane] = d.share[lane] * max(1.0 - taken, 0.0)
                s.contract[lane] = d.share[lane]
    return next_opening


@part
def change(w: Any, at: Any, row: Any, d: Any, s: Any) -> None:
    """Phase 1: flows, controls, capacity and origin of this tick, (1) and (8)-(12)."""
    for n in range(w.n_nodes):
        s.normal[n] = d.base_flow[n] * row[at.growth + w.growth[n]]
        s.hindered[n] = False
    for lane in range(w.n_lanes):
        s.flow[lane] = s.normal[w.lane_node[lane]]
    for i in range(w.n_controls):
        on = row[at.control_state + i] in IN_FORCE
        if on and w.requires[i] >= 0:
            on = row[at.control_state + w.requires[i]] in IN_FORCE
        s.in_force[i] = on
    for g in range(len(w.cover_first) - 1):
        bind(w, at, row, d, s, g)
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        controlled = s.controlled[w.regime[q]]
        s.is_controlled[lane] = controlled
        s.hindered[w.lane_node[lane]] |= controlled
        s.reference[q] = s.contract[lane] * s.flow[lane]  # (16)
    for k in range(w.n_sources):
        s.capacity[k] = d.capacity[k]
        if w.capacity_row[k] >= 0:
            s.capacity[k] *= row[at.capacity_index + w.capacity_row[k]]
        if w.feed[k] >= 0:
            s.origin[k] = s.tracked_share[w.feed[k]]


@part
def bind(w: Any, at: Any, row: Any, d: Any, s: Any, g: int) -> None:
    """Find what the controls in force say of the lanes of a regime: (9), (10)."""
    controlled = False
    limit, leak = 1e300, 1e300
    withdrawal, seized = 0.0, 0.0
    review, detour = 0, 0
    for c in range(w.cover_first[g], w.cover_first[g + 1]):
        i, desk = w.cover_control[c], w.cover_desk[c]
        if s.in_force[i]:
            controlled = True
            limit = min(limit, row[at.level + desk])
            leak = min(leak, row[at.leak_share + i])
            withdrawal = max(withdrawal, d.withdrawal[desk])
            seized = max(seized, row[at.seized_share + i])
            review = max(review, d.review_ticks[desk])
            detour = max(detour, d.detour_ticks[i])
    s.controlled[g] = controlled
    s.limit[g] = limit
    s.leak[g] = leak
    s.withdrawal[g] = withdrawal
    s.seized_share[g] = seized
    s.review[g] = review
    s.detour[g] = detour


@part
def arrive(w: Any, s: Any, slot: int) -> None:
    """What is due enters the stocks: (13), (14)."""
    due = s.due[slot]
    for n in range(w.n_nodes):
        total, tracked = 0.0, 0.0
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            total += due[lane]
            tracked += due[lane] * s.origin[w.lane_source[lane]]
        held = s.stock[n] + total
        if total > 0.0 and held > 1e-6 * s.normal[n]:
            s.tracked_share[n] = (s.tracked_share[n] * s.stock[n] + tracked) / held
        s.stock[n] = held
        s.arrived[n] = total
    for lane in range(w.n_lanes):
        s.way[lane] -= due[lane]
        due[lane] = 0.0


@part
def grant(w: Any, d: Any, s: Any, slot: int, review_slot: int) -> None:
    """Reviews end (15), desks admit, buyers withdraw: (16)-(19)."""
    ring = len(s.due)
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        ended = s.review_due[review_slot, q]
        s.review_due[review_slot, q] = 0.0
        s.reviewed[q] = max(s.reviewed[q] - ended, 0.0)
        waiting = s.queue[q] + ended
        g = w.regime[q]
        if s.controlled[g]:
            admitted = min(s.limit[g] * s.reference[q], waiting)
            withdrawn = s.withdrawal[g] * (waiting - admitted)
        else:
            admitted = min(3.0 * s.reference[q], waiting)
            withdrawn = 0.0
        s.queue[q] = waiting - admitted - withdrawn
        s.admitted[q] = admitted
        s.withdrawn[q] = withdrawn
        s.finished[w.lane_source[lane]] += withdrawn
        s.way[lane] += admitted
        place = slot + d.lead_ticks[lane]
        s.due[place - ring if place >= ring else place, lane] += admitted
