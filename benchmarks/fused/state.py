"""What is true of a vector of replications: from tick to tick, within a tick, and at the start."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.fused.compiled import part
from benchmarks.fused.rows import of, put
from benchmarks.fused.vector import WIDTH
from benchmarks.fused.world import IndexArray, World

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class State(NamedTuple):
    """Arrays (rows, WIDTH). Rows: N nodes, L lanes, S sources, C controls, Q lanes with a queue, G regimes.

    What holds or does not is 1 or 0.
    """

    # From tick to tick
    stock: FloatArray  # N
    backlog: FloatArray  # N
    tracked_share: FloatArray  # N
    way: FloatArray  # N: under way, detours included
    finished: FloatArray  # S
    belief: FloatArray  # L
    purchases: FloatArray  # L
    transit: FloatArray  # L: under way, by lane; only where it is recorded
    sent: FloatArray  # (ring, L, WIDTH) what set out, by tick
    level: FloatArray  # (tiers, S) at which a source last rationed
    queue: FloatArray  # Q
    reviewed: FloatArray  # Q: all that is in extra review
    review_due: FloatArray  # (ring, Q, WIDTH)
    detour_due: FloatArray  # (ring, Q, WIDTH)

    # For the run, or until the next lane opens
    lead: FloatArray  # N
    exposure: FloatArray  # (C, N, WIDTH)
    share: FloatArray  # L: of this tick
    contract: FloatArray  # L: what the reference flow is a share of
    reach: FloatArray  # L: qualified, 0 while the lane is closed

    # Of this tick: nodes
    normal: FloatArray
    waiting: FloatArray
    hindered: FloatArray
    late: FloatArray  # arrivals from detours
    late_tracked: FloatArray
    arrived: FloatArray
    demand: FloatArray
    used: FloatArray
    substituted: FloatArray
    from_reserve: FloatArray
    shortage: FloatArray
    lost: FloatArray
    tracked: FloatArray
    extra: FloatArray
    ceiling: FloatArray
    order: FloatArray
    unmet: FloatArray
    free: FloatArray
    wanting: IndexArray  # (N,)
    in_vain: BoolArray  # (N,) whether no lane was left to ask

    # Of this tick: lanes
    wish: FloatArray
    room: FloatArray
    rush: FloatArray
    asked: FloatArray  # 0 but in a second round
    weight: FloatArray

    # Of this tick: regimes and controls
    in_force: FloatArray  # C
    controlled: FloatArray
    limit: FloatArray
    withdrawal: FloatArray
    review: FloatArray
    leak: FloatArray
    seized_share: FloatArray
    detour: FloatArray

    # Of this tick: lanes with a queue
    reference: FloatArray
    admitted: FloatArray
    withdrawn: FloatArray
    leaked: FloatArray
    sailing: FloatArray
    passed: FloatArray  # of what was re-routed, what was not seized

    # Of this tick: sources
    capacity: FloatArray
    origin: FloatArray
    most: FloatArray
    left: FloatArray
    sum: FloatArray
    out: FloatArray
    output: FloatArray


ROWS = {
    "L": "belief purchases transit share contract reach wish room rush asked weight",
    "Q": "queue reviewed reference admitted withdrawn leaked sailing passed",
    "G": "controlled limit withdrawal review leak seized_share detour",
    "S": "finished capacity origin most left sum out output",
    "C": "in_force",
}


def empty_state(w: World, ring: int, review_ring: int, detour_ring: int) -> State:
    """Make room for a vector of replications; all others use the same."""
    size = {"N": w.n_nodes, "L": w.n_lanes, "S": w.n_sources, "C": w.n_controls}
    size |= {"Q": len(w.queue_lanes), "G": len(w.cover_first) - 1}
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(State._fields, (size["N"],))
    shapes |= {name: (size[rows],) for rows, names in ROWS.items() for name in names.split()}
    shapes |= {
        "sent": (ring, size["L"]),
        "approval_rate": (w.n_tiers, size["S"]),
        "review_due": (review_ring, size["Q"]),
        "detour_due": (detour_ring, size["Q"]),
        "exposure": (size["C"], size["N"]),
    }
    arrays: dict[str, Any] = {name: np.zeros((*shapes[name], WIDTH)) for name in State._fields}
    arrays["wanting"] = np.zeros(size["N"], dtype=np.uint64)
    arrays["in_vain"] = np.zeros(size["N"], dtype=np.bool_)
    return State(**arrays)


@part
def open_books(w: Any, d: Any, s: Any, growth: Any, first: int) -> None:
    """Put the state to what it is before tick 0: (3)-(7)."""
    s.review_due[:] = 0.0
    s.detour_due[:] = 0.0
    s.queue[:] = 0.0
    s.reviewed[:] = 0.0
    s.backlog[:] = 0.0
    s.way[:] = 0.0
    s.belief[:] = 1.0
    s.lead[:] = 0.0
    s.asked[:] = 0.0
    s.level[:] = 0.0
    s.exposure[:] = 0.0
    for n in range(w.n_nodes):
        put(s.stock, n, of(d.opening_stock, n))
        put(s.tracked_share, n, of(d.opening_tracked, n))
    for k in range(w.n_sources):
        put(s.finished, k, of(d.opening_finished, k))
        put(s.origin, k, of(d.tracked_share, k))
    for lane in range(w.n_lanes):
        n = w.lane_node[lane]
        flow = of(d.share, lane) * 0.0
        if not w.entrant[lane]:
            share, lead = of(d.share, lane), of(d.lead_ticks, lane)
            flow = share * of(d.base_flow, n) * of(growth, (0, w.growth[n], first))
            put(s.way, n, of(s.way, n) + flow * lead)
            put(s.lead, n, of(s.lead, n) + share * lead)
        put(s.purchases, lane, flow)
        put(s.transit, lane, flow * of(d.lead_ticks, lane))
        for tick in range(len(s.sent)):
            put(s.sent, (tick, lane), flow)
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        if not w.entrant[lane]:
            n, g = w.lane_node[lane], w.regime[q]
            for c in range(w.cover_first[g], w.cover_first[g + 1]):
                exposed = (w.cover_control[c], n)
                put(s.exposure, exposed, of(s.exposure, exposed) + of(d.share, lane))
