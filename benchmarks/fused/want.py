"""Phases 3 and 4: what the uses consume, what the reserves give, what every node orders."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import EPS, part
from benchmarks.fused.rows import of, put
from benchmarks.fused.vector import anywhere, least, most, spread, where
from diamondsim.plan import NodeKind

USE, FEED, RESERVE = int(NodeKind.USE), int(NodeKind.FEED), int(NodeKind.RESERVE)


@part
def consume(w: Any, tables: Any, d: Any, s: Any, t: int, first: int) -> None:
    """Phase 3: (20)-(26)."""
    for n in range(w.n_nodes):
        if w.kind[n] != USE:
            put(s.used, n, 0.0)  # a feed stock and a reserve fill it in later
            continue
        demand = of(s.normal, n)
        if w.noise[n] >= 0:
            demand *= most(1.0 + of(tables.noise, (t, w.noise[n], first)), 0.0)
        stock, backlog = of(s.stock, n), of(s.backlog, n)
        taken = least(stock, demand)
        short = demand - taken
        stock -= taken
        late = least(stock, backlog)
        put(s.backlog, n, backlog - late)
        put(s.stock, n, stock - late)
        if w.substitution[n] >= 0:
            substituted = least(short, of(tables.substitution, (t, w.substitution[n], first)) * demand)
            put(s.substituted, n, substituted)
            short -= substituted
        put(s.demand, n, demand)
        put(s.used, n, taken + late)
        put(s.tracked, n, of(s.tracked_share, n) * (taken + late))
        put(s.shortage, n, short)
        put(s.from_reserve, n, 0.0)
    for v in range(len(w.reserve_node)):
        release(w, d, s, v)
    for n in range(w.n_nodes):
        if w.kind[n] == USE:
            waits = of(d.backlog_share, n) * of(s.shortage, n)
            put(s.backlog, n, of(s.backlog, n) + waits)
            put(s.lost, n, of(s.shortage, n) - waits)


@part
def release(w: Any, d: Any, s: Any, v: int) -> None:
    """A reserve gives to those whom it serves: (24)."""
    own = w.reserve_node[v]
    short, demand = spread(0.0), spread(0.0)
    for place in range(w.serve_first[v], w.serve_first[v + 1]):
        short += of(s.shortage, w.serve_node[place])
        demand += of(s.demand, w.serve_node[place])
    is_open = short > (of(d.reserve_trigger, v) + EPS) * demand
    budget = where(is_open, least(of(d.reserve_rate, v), of(s.stock, own)), 0.0)
    for place in range(w.serve_first[v], w.serve_first[v + 1]):
        n = w.serve_node[place]
        given = least(of(s.shortage, n), budget)
        put(s.shortage, n, of(s.shortage, n) - given)
        put(s.from_reserve, n, of(s.from_reserve, n) + given)
        put(s.tracked, n, of(s.tracked, n) + of(s.tracked_share, own) * given)
        put(s.stock, own, of(s.stock, own) - given)
        put(s.used, own, of(s.used, own) + given)
        budget -= given


@part
def look_ahead(w: Any, tables: Any, d: Any, s: Any, t: int, first: int) -> bool:
    """Front-loading (27)-(29) and pre-buys (82); say whether anybody is in a rush: else `s.rush` is stale."""
    is_rushing, is_hoarding = False, False
    for i in range(w.n_controls):
        is_rushing |= anywhere(of(tables.rush, (t, i, first)) > 0.0)
        is_hoarding |= anywhere(of(tables.hoard_ticks, (t, i, first)) > 0.0)
    for n in range(w.n_nodes):
        put(s.extra, n, 0.0)
        put(s.ceiling, n, of(d.order_ceiling, n))
    if is_rushing or is_hoarding:
        for n in range(w.n_nodes):
            hoard(w, tables, s, n, t, first)
    if is_rushing or len(w.pre_buy_node) > 0:
        s.rush[:] = 1.0
    if is_rushing:
        for q in range(len(w.queue_lanes)):
            lane, g = w.queue_lanes[q], w.regime[q]
            for c in range(w.cover_first[g], w.cover_first[g + 1]):
                i = w.cover_control[c]
                rush, exposure = of(tables.rush, (t, i, first)), of(s.exposure, (i, w.lane_node[lane]))
                factor = where((rush > 0.0) & (exposure > 0.0), 1.0 + (rush - 1.0) * exposure, 1.0)
                put(s.rush, lane, most(of(s.rush, lane), factor))
    for p in range(len(w.pre_buy_node)):
        if w.pre_buy_begin[p] <= t < w.pre_buy_end[p]:
            n, top = w.pre_buy_node[p], of(d.pre_buy_top, p)
            put(s.extra, n, of(s.extra, n) + of(d.pre_buy_extra, p))
            put(s.ceiling, n, most(of(s.ceiling, n), top))
            for lane in range(w.node_first[n], w.node_first[n + 1]):
                put(s.rush, lane, most(of(s.rush, lane), top))
    return is_rushing or len(w.pre_buy_node) > 0


@part
def hoard(w: Any, tables: Any, s: Any, n: int, t: int, first: int) -> None:
    """Find what announced controls and those in force make a node order: (27)-(29)."""
    extra, highest = spread(0.0), spread(-1e300)
    for i in range(w.n_controls):
        exposure, rush = of(s.exposure, (i, n)), of(tables.rush, (t, i, first))
        extra = most(extra, exposure * of(tables.hoard_ticks, (t, i, first)))
        is_announced = (rush > 0.0) & (exposure > 0.0)
        highest = where(is_announced, most(highest, 1.0 + (rush - 1.0) * exposure), highest)
    put(s.extra, n, extra)
    put(s.ceiling, n, where(highest > -1e300, highest, of(s.ceiling, n)))


@part
def order(w: Any, d: Any, s: Any, got: Any, is_rushing: bool) -> None:
    """What every node orders (30)-(32), what of it on each lane (33), and the requests of round one (35)."""
    for n in range(w.n_nodes):
        put(s.waiting, n, 0.0)
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        n, pending = w.lane_node[lane], of(s.queue, q) + of(s.reviewed, q)
        if w.kind[n] != RESERVE:
            pending *= of(s.belief, lane)
        put(s.waiting, n, of(s.waiting, n) + pending)
    for k in range(w.n_sources):
        put(s.sum, k, 0.0)
    for n in range(w.n_nodes):
        total = spread(0.0)
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            total += of(s.share, lane) * of(s.belief, lane)
        flow, ordered = of(s.normal, n), wanted_by(w, d, s, n)
        put(s.order, n, ordered)
        scale, unmet = where(total > 0.0, ordered / total, 0.0), spread(0.0)
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            wish = scale * (of(s.share, lane) * of(s.belief, lane))
            room = of(s.reach, lane) * flow
            if is_rushing:
                room *= of(s.rush, lane)
            put(s.wish, lane, wish)
            put(s.room, lane, room)
            if w.lane_tier[lane] == 0:
                asked, k = least(wish, room), w.lane_source[lane]
                put(got, lane, asked)
                put(s.sum, k, of(s.sum, k) + asked)
                unmet += wish - asked
            else:
                put(got, lane, 0.0)
        put(s.unmet, n, unmet)


@part
def wanted_by(w: Any, d: Any, s: Any, n: int) -> Any:
    """Return the order of a node: (30)-(32)."""
    flow, there = of(s.normal, n), of(s.stock, n) + of(s.way, n)
    if w.kind[n] == RESERVE:
        wanted = of(d.reserve_goal, n) - there - of(s.waiting, n)
        return where(of(s.hindered, n) > 0.0, 0.0, least(most(wanted, 0.0), flow))
    position = there + of(d.trust, n) * of(s.waiting, n) - of(s.backlog, n)
    if w.kind[n] == FEED:
        position -= flow
    wanted = (of(s.lead, n) + of(d.cover_ticks, n) + of(s.extra, n)) * flow - position
    return least(most(wanted, 0.0), of(s.ceiling, n) * flow)
