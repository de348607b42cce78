"""Phases 3 and 4: what the uses consume, what the reserves give, what every node orders."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import EPS, part
from diamondsim.plan import NodeKind

USE, FEED, RESERVE = int(NodeKind.USE), int(NodeKind.FEED), int(NodeKind.RESERVE)


@part
def consume(w: Any, at: Any, row: Any, d: Any, s: Any) -> None:
    """Phase 3: (20)-(26)."""
    for n in range(w.n_nodes):
        s.used[n] = 0.0
        s.demand[n] = 0.0
        s.substituted[n] = 0.0
        s.from_reserve[n] = 0.0
        s.shortage[n] = 0.0
        s.lost[n] = 0.0
        s.tracked[n] = 0.0
        if w.kind[n] != USE:
            continue
        noise = row[at.noise + w.noise[n]] if w.noise[n] >= 0 else 0.0
        demand = s.normal[n] * max(0.0, 1.0 + noise)
        taken = min(s.stock[n], demand)
        short = demand - taken
        stock = s.stock[n] - taken
        late = min(stock, s.backlog[n])
        s.backlog[n] -= late
        s.stock[n] = stock - late
        if w.substitution[n] >= 0:
            s.substituted[n] = min(short, row[at.substitution + w.substitution[n]] * demand)
            short -= s.substituted[n]
        s.demand[n] = demand
        s.used[n] = taken + late
        s.tracked[n] = s.tracked_share[n] * (taken + late)
        s.shortage[n] = short
    for v in range(len(w.reserve_node)):
        release(w, d, s, v)
    for n in range(w.n_nodes):
        if w.kind[n] == USE:
            s.backlog[n] += d.backlog_share[n] * s.shortage[n]
            s.lost[n] = (1.0 - d.backlog_share[n]) * s.shortage[n]


@part
def release(w: Any, d: Any, s: Any, v: int) -> None:
    """A reserve gives to those whom it serves: (24)."""
    own = w.reserve_node[v]
    short, demand = 0.0, 0.0
    for place in range(w.serve_first[v], w.serve_first[v + 1]):
        short += s.shortage[w.serve_node[place]]
        demand += s.demand[w.serve_node[place]]
    if not short > (d.reserve_trigger[v] + EPS) * demand:
        return
    budget = min(d.reserve_rate[v], s.stock[own])
    for place in range(w.serve_first[v], w.serve_first[v + 1]):
        n = w.serve_node[place]
        given = min(s.shortage[n], budget)
        s.shortage[n] -= given
        s.from_reserve[n] += given
        s.tracked[n] += s.tracked_share[own] * given
        s.stock[own] -= given
        s.used[own] += given
        budget -= given


@part
def look_ahead(w: Any, at: Any, row: Any, d: Any, s: Any, t: int) -> None:
    """Front-loading (27)-(29) and pre-buys (82). `s.rush` is 1 where there is neither."""
    s.rush[:] = 1.0
    for n in range(w.n_nodes):
        s.extra[n] = 0.0
        highest, announced = 0.0, False
        for i in range(w.n_controls):
            if s.exposure[i, n] > 0.0:
                s.extra[n] = max(s.extra[n], s.exposure[i, n] * row[at.hoard_ticks + i])
                rush = row[at.rush + i]
                if rush > 0.0:
                    factor = 1.0 + (rush - 1.0) * s.exposure[i, n]
                    highest = max(highest, factor) if announced else factor
                    announced = True
        s.ceiling[n] = highest if announced else d.order_ceiling[n]
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        g = w.regime[q]
        for c in range(w.cover_first[g], w.cover_first[g + 1]):
            i = w.cover_control[c]
            exposure = s.exposure[i, w.lane_node[lane]]
            if row[at.rush + i] > 0.0 and exposure > 0.0:
                s.rush[lane] = max(s.rush[lane], 1.0 + (row[at.rush + i] - 1.0) * exposure)
    for p in range(len(w.pre_buy_node)):
        if w.pre_buy_begin[p] <= t < w.pre_buy_end[p]:
            n = w.pre_buy_node[p]
            s.extra[n] += d.pre_buy_extra[p]
            s.ceiling[n] = max(s.ceiling[n], d.pre_buy_top[p])
            for lane in range(w.node_first[n], w.node_first[n + 1]):
                s.rush[lane] = max(s.rush[lane], d.pre_buy_top[p])


@part
def order(w: Any, d: Any, s: Any) -> None:
    """What every node orders, and what of it on each lane: (30)-(33)."""
    s.waiting[:] = 0.0
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        n = w.lane_node[lane]
        trusted = 1.0 if w.kind[n] == RESERVE else s.belief[lane]
        s.waiting[n] += trusted * (s.queue[q] + s.reviewed[q])
    for lane in range(w.n_lanes):
        s.hope[lane] = s.share[lane] * s.belief[lane]
    for n in range(w.n_nodes):
        flow = s.normal[n]
        way, total = 0.0, 0.0
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            way += s.way[lane]
            total += s.hope[lane]
        if w.kind[n] == RESERVE:
            wanted = d.reserve_goal[n] - s.stock[n] - way - s.waiting[n]
            ordered = 0.0 if s.hindered[n] else min(max(wanted, 0.0), flow)
        else:
            position = s.stock[n] + way + d.trust[n] * s.waiting[n] - s.backlog[n]
            if w.kind[n] == FEED:
                position -= flow
            wanted = (s.lead[n] + d.cover_ticks[n] + s.extra[n]) * flow - position
            ordered = min(max(wanted, 0.0), s.ceiling[n] * flow)
        s.order[n] = ordered
        s.scale[n] = ordered / total if total > 0.0 else 0.0
    for lane in range(w.n_lanes):
        s.wish[lane] = s.scale[w.lane_node[lane]] * s.hope[lane]
    for lane in range(w.n_lanes):
        s.room[lane] = s.reach[lane] * s.flow[lane] * s.rush[lane]
    s.allocated[:] = 0.0
