"""What is true of one replication: what goes from tick to tick, what a tick computes, and the start."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.fused.compiled import part
from benchmarks.fused.world import IndexArray, IntArray, World

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class State(NamedTuple):
    """Arrays of one replication. Sizes: N nodes, L lanes, S sources, C controls, Q lanes with a queue,
    G regimes."""

    # From tick to tick
    stock: FloatArray  # (N,)
    backlog: FloatArray  # (N,)
    tracked_share: FloatArray  # (N,)
    finished: FloatArray  # (S,)
    belief: FloatArray  # (L,)
    purchases: FloatArray  # (L,)
    way: FloatArray  # (L,) under way, detours included
    due: FloatArray  # (ring, L) arrivals by tick, detours included
    queue: FloatArray  # (Q,)
    reviewed: FloatArray  # (Q,) all that is in extra review
    review_due: FloatArray  # (ring, Q)

    # For the run, or until the next lane opens
    lead: FloatArray  # (N,)
    exposure: FloatArray  # (C, N)
    share: FloatArray  # (L,) of this tick
    contract: FloatArray  # (L,) what the reference flow is a share of
    reach: FloatArray  # (L,) qualified, 0 while the lane is closed
    gain: FloatArray  # (L,) of the node

    # Of this tick: nodes
    normal: FloatArray  # (N,)
    waiting: FloatArray  # (N,)
    hindered: BoolArray  # (N,)
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
    scale: FloatArray
    wanted: FloatArray
    wanting: IndexArray

    # Of this tick: lanes
    flow: FloatArray  # (L,) expected flow of the node
    hope: FloatArray  # (L,) share times belief
    wish: FloatArray
    room: FloatArray
    rush: FloatArray
    asked: FloatArray
    spare: FloatArray
    weight: FloatArray
    asking: IndexArray
    line: IndexArray
    allocated: FloatArray
    ratio: FloatArray

    # Of this tick: regimes
    controlled: BoolArray
    limit: FloatArray
    withdrawal: FloatArray
    review: IntArray
    leak: FloatArray
    seized_share: FloatArray
    detour: IntArray

    # Of this tick: lanes with a queue
    reference: FloatArray
    admitted: FloatArray
    withdrawn: FloatArray
    leaked: FloatArray
    is_controlled: BoolArray  # (L,) the same by lane

    # Of this tick: sources and controls
    capacity: FloatArray
    origin: FloatArray
    most: FloatArray
    left: FloatArray
    sum: FloatArray
    output: FloatArray
    in_force: BoolArray


SHAPES = {
    **dict.fromkeys(("belief", "purchases", "way", "share", "contract", "reach", "wish", "room"), "L"),
    **dict.fromkeys(
        (
            "flow",
            "hope",
            "gain",
            "rush",
            "asked",
            "spare",
            "weight",
            "asking",
            "line",
            "allocated",
            "ratio",
            "is_controlled",
            "is_unheard",
        ),
        "L",
    ),
    **dict.fromkeys(("queue", "reviewed", "reference", "admitted", "withdrawn", "leaked"), "Q"),
    **dict.fromkeys(("controlled", "limit", "withdrawal", "review", "leak", "seized_share", "detour"), "G"),
    **dict.fromkeys(("finished", "capacity", "origin", "most", "left", "sum", "output"), "S"),
    "in_force": "C",
}
KINDS = {
    **dict.fromkeys(("review", "detour"), np.int64),
    **dict.fromkeys(("wanting", "asking", "line"), np.uint64),
    **dict.fromkeys(("hindered", "controlled", "is_controlled", "in_force"), np.bool_),
}


def empty_state(w: World, ring: int, review_ring: int) -> State:
    """Make room for one replication; all others use the same."""
    size = {"N": w.n_nodes, "L": w.n_lanes, "S": w.n_sources, "C": w.n_controls}
    size |= {"Q": len(w.queue_lanes), "G": len(w.cover_first) - 1}
    shapes: dict[str, tuple[int, ...]] = {
        **{name: (size[SHAPES.get(name, "N")],) for name in State._fields},
        "due": (ring, size["L"]),
        "review_due": (review_ring, size["Q"]),
        "exposure": (size["C"], size["N"]),
    }
    return State(
        **{name: np.zeros(shapes[name], dtype=KINDS.get(name, np.float64)) for name in State._fields}
    )


@part
def open_books(w: Any, d: Any, s: Any, growth: Any) -> None:
    """Put the state to what it is before tick 0: (3)-(7). `growth` is the row of tick 0."""
    s.due[:] = 0.0
    s.review_due[:] = 0.0
    s.queue[:] = 0.0
    s.reviewed[:] = 0.0
    s.backlog[:] = 0.0
    s.rush[:] = 1.0
    s.is_controlled[:] = False
    s.belief[:] = 1.0
    s.lead[:] = 0.0
    s.exposure[:] = 0.0
    for n in range(w.n_nodes):
        s.stock[n] = d.opening_stock[n]
        s.tracked_share[n] = d.opening_tracked[n]
    for k in range(w.n_sources):
        s.finished[k] = d.opening_finished[k]
        s.origin[k] = d.tracked_share[k]
    for lane in range(w.n_lanes):
        n = w.lane_node[lane]
        s.gain[lane] = d.belief_gain[n]
        s.purchases[lane] = 0.0
        s.way[lane] = 0.0
        if not w.entrant[lane]:
            flow = d.share[lane] * d.base_flow[n] * growth[w.growth[n]]
            s.purchases[lane] = flow
            s.way[lane] = flow * d.lead_ticks[lane]
            s.lead[n] += d.share[lane] * d.lead_ticks[lane]
            for t in range(d.lead_ticks[lane]):
                s.due[t, lane] = flow
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        if not w.entrant[lane]:
            g = w.regime[q]
            for c in range(w.cover_first[g], w.cover_first[g + 1]):
                s.exposure[w.cover_control[c], w.lane_node[lane]] += d.share[lane]
