"""Phase 5, the rounds: tier by tier, each source shares out what it has."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import EPS, part
from benchmarks.fused.rows import of, put
from benchmarks.fused.vector import anywhere, least, most, spread, where
from diamondsim.plan import Rationing

WEIGHTED, MAX_MIN = int(Rationing.WEIGHTED), int(Rationing.MAX_MIN)
NOISE = 1e-14
"""Relative: what the sum of a few numbers may be off by."""


@part
def allocate(w: Any, d: Any, s: Any, got: Any) -> None:
    """Find what every lane gets: (34)-(36). `got` and `s.sum` hold the requests of tier 0."""
    for k in range(w.n_sources):
        capacity = of(s.capacity, k)
        if w.feed[k] >= 0:
            capacity = least(capacity, of(s.stock, w.feed[k]) * of(d.feed_yield, k))
        put(s.most, k, capacity)
        put(s.left, k, of(s.finished, k) + capacity)
        put(s.out, k, 0.0)
    for tier in range(w.n_tiers):
        if tier > 0:
            round_one(w, s, got, tier)
        for k in range(w.n_sources):
            share_out(w, d, s, got, tier, tier, k)
        wanting = round_two(w, s, got, tier)
        if wanting > 0:
            for k in range(w.n_sources):
                share_out(w, d, s, s.asked, 0, tier, k)
            for place in range(wanting):
                n = s.wanting[place]
                for lane in range(w.node_first[n], w.node_first[n + 1]):
                    put(got, lane, of(got, lane) + of(s.asked, lane))
                    put(s.asked, lane, 0.0)


@part
def round_one(w: Any, s: Any, got: Any, tier: int) -> None:
    """Find what is asked of the sources in a later tier, by lane and in sum: (35)."""
    for k in range(w.n_sources):
        put(s.sum, k, 0.0)
    for place in range(w.tier_first[tier], w.tier_first[tier + 1]):
        lane = w.tier_lanes[place]
        n, k, wish = w.lane_node[lane], w.lane_source[lane], of(s.wish, lane)
        asked = least(wish, of(s.room, lane))
        put(got, lane, asked)
        put(s.sum, k, of(s.sum, k) + asked)
        put(s.unmet, n, of(s.unmet, n) + (wish - asked))


@part
def round_two(w: Any, s: Any, got: Any, tier: int) -> int:
    """Find what is asked in the second round (36), and list the nodes that ask; return their number."""
    for k in range(w.n_sources):
        put(s.sum, k, 0.0)
    wanting = 0
    for n in range(w.n_nodes):
        unmet, grain = of(s.unmet, n), EPS * of(s.normal, n)
        wants = unmet > grain
        if not anywhere(wants) or (tier > 0 and s.in_vain[n] and not w.node_tiers[n, tier]):
            s.in_vain[n] = True  # sources have no more in a later tier than in an earlier one
            continue
        total = spread(0.0)
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            if w.lane_tier[lane] <= tier:
                room = of(s.room, lane) - of(got, lane)
                is_eligible = wants & (of(s.left, w.lane_source[lane]) > grain) & (room > 0.0)
                room = where(is_eligible, room, 0.0)
                put(s.asked, lane, room)
                total += of(s.belief, lane) * room
        s.in_vain[n] = not anywhere(total > 0.0)
        if s.in_vain[n]:
            continue
        each = where(total > 0.0, unmet / total, 0.0)
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            room, k = of(s.asked, lane), w.lane_source[lane]
            asked = least(room, each * (of(s.belief, lane) * room))
            put(s.asked, lane, asked)
            put(s.sum, k, of(s.sum, k) + asked)
            unmet -= asked
        put(s.unmet, n, unmet)
        s.wanting[wanting] = n
        wanting += 1
    return wanting


@part
def share_out(w: Any, d: Any, s: Any, asked: Any, lowest: int, tier: int, k: int) -> None:
    """Let a source give what is asked of it, or ration it: `asked` becomes what is got."""
    left, total = of(s.left, k), of(s.sum, k)
    if not anywhere(total > 0.0):
        return
    is_binding = total > left
    if anywhere(is_binding):
        total = ration(w, d, s, asked, lowest, tier, k)
    put(s.left, k, left - total)
    put(s.out, k, of(s.out, k) + total)


@part
def ration(w: Any, d: Any, s: Any, asked: Any, lowest: int, tier: int, k: int) -> Any:
    """Share out what a source has left among its lanes of some tiers; return what it gives: (37), (38).

    What is given bends down as the level `theta` rises, wherever somebody is satisfied. So a step of Newton's
    method ends at or below the level that is looked for, and each of the next satisfies somebody more, until
    it is the right one.
    """
    begin, end = w.source_first[k, lowest], w.source_first[k, tier + 1]
    amount = most(of(s.left, k), 0.0)
    is_binding = of(s.sum, k) > amount
    for place in range(begin, end):
        lane = w.source_lanes[place]
        n, weight = w.lane_node[lane], spread(1.0)
        if w.rationing[k] != MAX_MIN:
            weight = of(s.purchases, lane) + 0.001 * of(d.qualified, lane) * of(s.normal, n)
            if w.rationing[k] == WEIGHTED:
                weight *= of(d.willingness, n)
        put(s.weight, place, weight)
    theta = where(amount > 0.0, of(s.level, (tier, k)), 0.0)
    given = amount
    for _ in range(end - begin + 2):
        given, weights = spread(0.0), spread(0.0)
        for place in range(begin, end):
            request, weight = of(asked, w.source_lanes[place]), of(s.weight, place)
            part_of_it = weight * theta
            given += least(request, part_of_it)
            weights += where(request > part_of_it, weight, 0.0)
        missing = amount - given
        is_off = (missing > NOISE * amount) & (weights > 0.0) | (missing < (0.0 - NOISE) * amount)
        if not anywhere(is_off & is_binding):
            break
        step = where(weights > 0.0, missing / weights, 0.0 - theta)
        theta = where(is_off, most(theta + step, 0.0), theta)
    put(s.level, (tier, k), theta)
    for place in range(begin, end):
        lane = w.source_lanes[place]
        n, request = w.lane_node[lane], of(asked, lane)
        gets = where(is_binding, least(request, of(s.weight, place) * theta), request)
        put(asked, lane, gets)
        put(s.unmet, n, of(s.unmet, n) + (request - gets))
    # Nobody who counts asks for the rest; otherwise what is missing is noise, and would pass for supply.
    is_rest = given < (1.0 - 1e-12) * amount
    return where(is_binding, where(is_rest, given, amount), of(s.sum, k))
