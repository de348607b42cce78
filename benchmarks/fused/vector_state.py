"""The state of a vector of replications, and its values before tick 0."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.fused.compiled import inlined
from benchmarks.fused.kernel_plan import IndexArray, KernelPlan
from benchmarks.fused.vector import WIDTH, broadcast
from benchmarks.fused.vector_access import load, store
from diamondsim.plan import NO_CEILING

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class State(NamedTuple):
    """Arrays (rows, WIDTH). Rows: N nodes, L lanes, S sources, C controls, Q lanes with a queue, P profiles,
    K conversions, E projects.

    Conditions are 1.0 or 0.0.
    """

    # From tick to tick
    stock: FloatArray  # N
    backlog: FloatArray  # N
    tracked_share: FloatArray  # N
    pipeline: FloatArray  # N: diverted lots included
    finished_stock: FloatArray  # S
    expected_fill_rate: FloatArray  # L
    purchases: FloatArray  # L
    ahead: FloatArray  # N: of the qualification of further sources
    lane_pipeline: FloatArray  # L: current only if it is recorded
    sent: FloatArray  # (ring, L, WIDTH) what was dispatched, by tick
    theta: FloatArray  # (tiers, S) water level at which a source last rationed
    queue: FloatArray  # Q
    in_review: FloatArray  # Q
    mean_admission: FloatArray  # Q
    review_due: FloatArray  # (ring, Q, WIDTH)
    diverted_due: FloatArray  # (ring, Q, WIDTH)
    position: FloatArray  # K: what a conversion converts; below 0 it is still tested
    lasted: FloatArray  # E: how long the source of a project has been short, between 0 and 1
    done: FloatArray  # E: what a project has added, in projects that are over
    underway: FloatArray  # E: size of one that is not
    arrival: FloatArray  # E: tick of its first capacity
    times_left: FloatArray  # E
    sent_mean: FloatArray  # (C, S, WIDTH) what third countries are sent, smoothed
    drawdown: FloatArray  # (C, S, WIDTH) what they have passed on and not replaced

    # For the run, or until the next lane opens
    contract_lead: FloatArray  # N
    exposure: FloatArray  # (C, N, WIDTH)
    contract_share: FloatArray  # L
    arriving_share: FloatArray  # L: what an entrant had taken over one lead ago
    reference_share: FloatArray  # L: share on which the reference flow rests
    live_limit: FloatArray  # L: sourcing limit, 0 while the lane is closed

    # Of this tick: nodes
    normal_demand: FloatArray
    counted_queue: FloatArray
    released_queue: FloatArray  # what waits on free lanes; later the share of it that is cancelled
    from_diversion: FloatArray  # diverted lots that arrive; later the scale of diversion
    tracked_from_diversion: FloatArray
    arrived: FloatArray
    demand: FloatArray
    used: FloatArray
    substituted: FloatArray
    from_reserve: FloatArray
    shortage: FloatArray
    lost_sales: FloatArray
    tracked: FloatArray
    extra_cover: FloatArray
    mean_lead: FloatArray
    max_order: FloatArray
    order: FloatArray
    unmet: FloatArray
    from_free_lanes: FloatArray
    nodes_with_request: IndexArray  # (N,)
    has_no_supply: BoolArray  # (N,) no eligible lane was left in an earlier round

    # Of this tick: lanes
    desired_order: FloatArray
    lane_max: FloatArray
    lane_max_factor: FloatArray
    request: FloatArray  # 0 except in a second round
    relayed: FloatArray
    weight: FloatArray

    # Of this tick: profiles and controls
    in_force: FloatArray  # C
    controlled: FloatArray
    release_factor: FloatArray  # of the controls that have bound the lanes so far
    approval_rate: FloatArray
    withdrawal_rate: FloatArray
    review_ticks: FloatArray
    diversion_share: FloatArray
    seized_share: FloatArray
    diversion_delay_ticks: FloatArray
    n_inside: FloatArray  # number of controls that bind and whose third countries lose what is diverted

    # Of this tick: lanes with a queue
    reference: FloatArray
    admitted: FloatArray
    withdrawn: FloatArray
    diverted: FloatArray
    dispatched: FloatArray
    relay_scale: FloatArray
    not_seized: FloatArray  # the part of `diverted` that is not seized

    # Of this tick: sources
    capacity: FloatArray
    origin: FloatArray
    max_output: FloatArray
    left: FloatArray
    requested: FloatArray
    asked: FloatArray  # requests of round one
    expanded: FloatArray  # capacity before conversion
    full: FloatArray  # the most that it has been so far
    sent_out: FloatArray
    output: FloatArray
    relay_pool: FloatArray  # what third countries are sent; later the part that is taken off it
    relay_drawdown: FloatArray  # what third countries have not replaced, over all controls


ROWS = {
    "L": "expected_fill_rate purchases lane_pipeline contract_share arriving_share reference_share "
    "live_limit desired_order lane_max lane_max_factor request weight relayed",
    "Q": "queue in_review mean_admission reference admitted withdrawn diverted dispatched relay_scale "
    "not_seized",
    "P": "controlled release_factor approval_rate withdrawal_rate review_ticks diversion_share seized_share "
    "diversion_delay_ticks n_inside",
    "S": "finished_stock capacity origin max_output left requested asked expanded full sent_out output "
    "relay_pool relay_drawdown",
    "K": "position",
    "E": "lasted done underway arrival times_left",
    "C": "in_force",
}


def empty_state(plan: KernelPlan, ring: int, review_ring: int, diverted_ring: int) -> State:
    """Allocate the state of one vector of replications, which all vectors use in turn."""
    size = {"N": plan.n_nodes, "L": plan.n_lanes, "S": plan.n_sources, "C": plan.n_controls}
    size |= {"Q": len(plan.queue_lanes), "P": len(plan.cover_first) - 1}
    size |= {"K": len(plan.conversion_from), "E": len(plan.project_source)}
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(State._fields, (size["N"],))
    shapes |= {name: (size[rows],) for rows, names in ROWS.items() for name in names.split()}
    shapes |= {
        "sent": (ring, size["L"]),
        "theta": (plan.n_tiers, size["S"]),
        "review_due": (review_ring, size["Q"]),
        "diverted_due": (diverted_ring, size["Q"]),
        "exposure": (size["C"], size["N"]),
        "sent_mean": (size["C"], size["S"]),
        "drawdown": (size["C"], size["S"]),
    }
    arrays: dict[str, Any] = {name: np.zeros((*shapes[name], WIDTH)) for name in State._fields}
    arrays["nodes_with_request"] = np.zeros(size["N"], dtype=np.uint64)
    arrays["has_no_supply"] = np.zeros(size["N"], dtype=np.bool_)
    return State(**arrays)


@inlined
def set_opening_state(plan: Any, draws: Any, state: Any, growth: Any, first: int) -> None:
    """Set the state before tick 0 (3)-(7)."""
    state.review_due[:] = 0.0
    state.diverted_due[:] = 0.0
    state.queue[:] = 0.0
    state.in_review[:] = 0.0
    state.backlog[:] = 0.0
    state.pipeline[:] = 0.0
    state.expected_fill_rate[:] = 1.0
    state.ahead[:] = 1.0
    state.contract_lead[:] = 0.0
    state.mean_admission[:] = 1.0
    state.request[:] = 0.0
    state.theta[:] = 0.0
    state.exposure[:] = 0.0
    state.relayed[:] = 0.0
    state.sent_mean[:] = 0.0
    state.drawdown[:] = 0.0
    for n in range(plan.n_nodes):
        store(state.stock, n, load(draws.opening_stock, n))
        store(state.tracked_share, n, load(draws.opening_tracked, n))
    for k in range(plan.n_sources):
        store(state.finished_stock, k, load(draws.opening_finished, k))
        store(state.origin, k, load(draws.tracked_share, k))
    for lane in range(plan.n_lanes):
        n = plan.lane_node[lane]
        flow = load(draws.contract_share, lane) * 0.0
        if not plan.entrant[lane]:
            share, lead = load(draws.contract_share, lane), load(draws.lead_ticks, lane)
            flow = share * load(draws.base_flow, n) * load(growth, (0, plan.growth[n], first))
            store(state.pipeline, n, load(state.pipeline, n) + flow * lead)
            store(state.contract_lead, n, load(state.contract_lead, n) + share * lead)
        if plan.untried[lane]:
            store(state.expected_fill_rate, lane, load(draws.min_fill_rate, n))
            if plan.lane_queue[lane] >= 0:
                store(state.mean_admission, plan.lane_queue[lane], load(draws.min_fill_rate, n))
        store(state.purchases, lane, flow)
        store(state.lane_pipeline, lane, flow * load(draws.lead_ticks, lane))
        for tick in range(len(state.sent)):
            store(state.sent, (tick, lane), flow)
    for i in range(plan.n_controls):
        for position in range(plan.passed_first[i], plan.passed_first[i + 1]):
            lane = plan.passed_lanes[position]
            stock, part = (i, plan.lane_source[lane]), 1.0 / plan.passed_sharing[position]
            flow = load(state.purchases, lane) * part
            store(state.sent_mean, stock, load(state.sent_mean, stock) + flow)
    for profile in range(len(plan.cover_first) - 1):
        store(state.release_factor, profile, broadcast(NO_CEILING))
    for q in range(len(plan.queue_lanes)):
        lane = plan.queue_lanes[q]
        if not plan.entrant[lane]:
            n, profile = plan.lane_node[lane], plan.profile[q]
            for c in range(plan.cover_first[profile], plan.cover_first[profile + 1]):
                exposed = (plan.cover_control[c], n)
                store(
                    state.exposure, exposed, load(state.exposure, exposed) + load(draws.contract_share, lane)
                )
