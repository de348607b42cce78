"""Phase 5, the rounds: tier by tier, each source shares out what it has."""

from __future__ import annotations

from typing import Any

from benchmarks.fused.compiled import EPS, part
from diamondsim.plan import Rationing

WEIGHTED, MAX_MIN = int(Rationing.WEIGHTED), int(Rationing.MAX_MIN)


@part
def allocate(w: Any, d: Any, s: Any) -> None:
    """Find what every lane gets: (34)-(36)."""
    for k in range(w.n_sources):
        s.most[k] = s.capacity[k]
        if w.feed[k] >= 0:
            s.most[k] = min(s.capacity[k], s.stock[w.feed[k]] * d.feed_yield[k])
        s.left[k] = s.finished[k] + s.most[k]
    for tier in range(w.n_tiers):
        round_one(w, s, tier)
        share_out(w, d, s)
        for place in range(w.tier_first[tier], w.tier_first[tier + 1]):
            lane = w.tier_lanes[place]
            s.allocated[lane] = s.asked[lane]
        wanting = who_wants_more(w, s, tier)
        if wanting > 0:
            asking = round_two(w, s, tier, wanting)
            share_out(w, d, s)
            for place in range(asking):
                lane = s.asking[place]
                s.allocated[lane] += s.asked[lane]


@part
def round_one(w: Any, s: Any, tier: int) -> None:
    """Find what is asked of the sources, by lane and in sum: (35)."""
    s.sum[:] = 0.0
    s.asked[:] = 0.0
    for place in range(w.tier_first[tier], w.tier_first[tier + 1]):
        lane = w.tier_lanes[place]
        asked = min(s.wish[lane], s.room[lane])
        s.asked[lane] = asked
        s.sum[w.lane_source[lane]] += asked


@part
def who_wants_more(w: Any, s: Any, tier: int) -> int:
    """Find what the nodes still want, and list those that want anything; return their number."""
    wanting = 0
    for n in range(w.n_nodes):
        if tier > 0 and not (w.node_tiers[n, tier] or s.wanted[n] > 0.0):
            continue  # as satisfied as it was in the last tier
        wish, got = 0.0, 0.0
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            wish += s.wish[lane] if w.lane_tier[lane] <= tier else 0.0
            got += s.allocated[lane]
        s.wanted[n] = wish - got
        s.wanting[wanting] = n
        wanting += wish > got
    return wanting


@part
def round_two(w: Any, s: Any, tier: int, wanting: int) -> int:
    """Find what is asked in the second round (36), and list the lanes; return their number."""
    s.sum[:] = 0.0
    s.asked[:] = 0.0
    asking = 0
    for place in range(wanting):
        n = s.wanting[place]
        begin, total, least = asking, 0.0, EPS * s.normal[n]
        for lane in range(w.node_first[n], w.node_first[n + 1]):
            room = s.room[lane] - s.allocated[lane]
            is_eligible = (s.left[w.lane_source[lane]] > least) & (room > 0.0) & (w.lane_tier[lane] <= tier)
            s.asking[asking] = lane
            s.spare[asking] = room
            asking += is_eligible
            total += s.belief[lane] * room if is_eligible else 0.0
        for x in range(begin, asking):
            lane = s.asking[x]
            s.asked[lane] = min(s.spare[x], s.wanted[n] * (s.belief[lane] * s.spare[x]) / total)
            s.sum[w.lane_source[lane]] += s.asked[lane]
    return asking


@part
def share_out(w: Any, d: Any, s: Any) -> None:
    """Let every source give what is asked of it, or ration it: `s.asked` becomes what is got."""
    for k in range(w.n_sources):
        if s.sum[k] > s.left[k]:
            s.left[k] = ration(w, d, s, k)
        else:
            s.left[k] -= s.sum[k]


@part
def ration(w: Any, d: Any, s: Any, k: int) -> float:
    """Share out what a source has left among its lanes of some tiers; return what remains: (37), (38).

    Whoever asks for no more than his part at some `theta` does not at a higher one, and what he leaves makes
    `theta` rise: so those who are satisfied go out of the line until all who stand in it want more.
    """
    amount, weights, line = s.left[k], 0.0, 0
    for place in range(w.source_first[k], w.source_first[k + 1]):
        lane = w.source_lanes[place]
        weight = 1.0
        if w.rationing[k] != MAX_MIN:
            weight = s.purchases[lane] + 0.001 * d.qualified[lane] * s.flow[lane]
            if w.rationing[k] == WEIGHTED:
                weight *= d.willingness[w.lane_node[lane]]
        s.line[line] = lane
        s.weight[line] = weight
        asks = s.asked[lane] > 0.0 and weight > 0.0
        s.asked[lane] = s.asked[lane] if asks else 0.0
        weights += weight if asks else 0.0
        line += asks
    while line > 0:
        theta = max(amount, 0.0) / weights
        standing, weights = 0, 0.0
        for x in range(line):
            lane, weight = s.line[x], s.weight[x]
            wants_more = s.asked[lane] > theta * weight
            s.line[standing] = lane
            s.weight[standing] = weight
            amount -= 0.0 if wants_more else s.asked[lane]
            weights += weight if wants_more else 0.0
            standing += wants_more
        if standing == line:
            for x in range(line):
                s.asked[s.line[x]] = theta * s.weight[x]
            return 0.0
        line = standing
    return max(amount, 0.0)
