"""The state of a vector of replications, and its values before tick 0."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from diamondsim.engines.compiled.compilation import phase
from diamondsim.engines.compiled.kernel_arrays import FlagList, IndexList, VectorLayers, VectorRows
from diamondsim.engines.compiled.kernel_plan import KernelPlan
from diamondsim.engines.compiled.vector import VECTOR_SIZE, broadcast
from diamondsim.engines.compiled.vector_access import get, put
from diamondsim.plan import NO_CEILING


class VectorState(NamedTuple):
    """Arrays (rows, VECTOR_SIZE).

    Rows: N nodes, L lanes, S sources, C controls, Q lanes with a queue, P profiles, K conversions, E
    projects.
    Conditions are 1.0 or 0.0.
    """

    # From tick to tick
    stock: VectorRows  # N
    backlog: VectorRows  # N
    tracked_share: VectorRows  # N
    pipeline: VectorRows  # N: diverted lots included
    finished_stock: VectorRows  # S
    expected_fill_rate: VectorRows  # L
    purchases: VectorRows  # L
    ahead: VectorRows  # N: of the qualification of further sources
    lane_pipeline: VectorRows  # L: current only if it is recorded
    sent: VectorLayers  # (ring, L, VECTOR_SIZE) what was dispatched, by tick
    theta: VectorLayers  # (tiers, S) water level at which a source last rationed
    queue: VectorRows  # Q
    in_review: VectorRows  # Q
    mean_admission: VectorRows  # Q
    review_due: VectorLayers  # (ring, Q, VECTOR_SIZE)
    diverted_due: VectorLayers  # (ring, Q, VECTOR_SIZE)
    position: VectorRows  # K: what a conversion converts; below 0 it is still tested
    lasted: VectorRows  # E: how long the source of a project has been short, between 0 and 1
    done: VectorRows  # E: what a project has added, in projects that are over
    underway: VectorRows  # E: size of one that is not
    arrival: VectorRows  # E: tick of its first capacity
    times_left: VectorRows  # E
    sent_mean: VectorLayers  # (C, S, VECTOR_SIZE) what third countries are sent, smoothed
    drawdown: VectorLayers  # (C, S, VECTOR_SIZE) what they have passed on and not replaced

    log_price: VectorRows  # M + 1: of markets, and 0 where there is no market
    log_margin: VectorRows  # S: on which a source acts
    planned_factor: VectorRows  # N: of prices on the demand for which a node plans

    # For the run, or until the next lane opens
    volume: VectorRows  # M: demand at the start
    opening_flow: VectorRows  # L: of contracts, in a tick
    opening_sales: VectorRows  # S
    contract_lead: VectorRows  # N
    exposure: VectorLayers  # (C, N, VECTOR_SIZE)
    contract_share: VectorRows  # L
    arriving_share: VectorRows  # L: what an entrant had taken over one lead ago
    reference_share: VectorRows  # L: share on which the reference flow rests
    live_limit: VectorRows  # L: sourcing limit, 0 while the lane is closed

    # Of this tick: nodes
    normal_demand: VectorRows
    expected_demand: VectorRows
    planned_demand: VectorRows
    contract_log_price: VectorRows
    forgone: VectorRows
    is_bidding: VectorRows
    counted_queue: VectorRows
    released_queue: VectorRows  # what waits on free lanes; later the share of it that is cancelled
    from_diversion: VectorRows  # diverted lots that arrive; later the scale of diversion
    tracked_from_diversion: VectorRows
    arrived: VectorRows
    demand: VectorRows
    used: VectorRows
    substituted: VectorRows
    from_reserve: VectorRows
    shortage: VectorRows
    lost_sales: VectorRows
    tracked: VectorRows
    extra_cover: VectorRows
    mean_lead: VectorRows
    max_order: VectorRows
    order: VectorRows
    unmet: VectorRows
    from_free_lanes: VectorRows
    nodes_with_request: IndexList  # (N,)
    has_no_supply: FlagList  # (N,) no eligible lane was left in an earlier round

    # Of this tick: lanes
    desired_order: VectorRows
    lane_max: VectorRows
    lane_max_factor: VectorRows
    request: VectorRows  # 0 except in a second round
    relayed: VectorRows
    weight: VectorRows
    price_weight: VectorRows
    offered: VectorRows
    passed: VectorRows

    # Of this tick: profiles and controls
    in_force: VectorRows  # C
    controlled: VectorRows
    release_factor: VectorRows  # of the controls that have bound the lanes so far
    approval_rate: VectorRows
    withdrawal_rate: VectorRows
    review_ticks: VectorRows
    diversion_share: VectorRows
    seized_share: VectorRows
    diversion_delay_ticks: VectorRows
    n_inside: VectorRows  # number of controls that bind and whose third countries lose what is diverted

    # Of this tick: lanes with a queue
    reference: VectorRows
    admitted: VectorRows
    withdrawn: VectorRows
    diverted: VectorRows
    dispatched: VectorRows
    relay_scale: VectorRows
    not_seized: VectorRows  # the part of `diverted` that is not seized

    # Of this tick: sources
    capacity: VectorRows
    origin: VectorRows
    max_output: VectorRows
    left: VectorRows
    requested: VectorRows
    asked: VectorRows  # requests of round one
    expanded: VectorRows  # capacity before conversion
    full: VectorRows  # the most that it has been so far
    own: VectorRows  # capacity before any effect of prices
    grown: VectorRows  # factor of what projects have added
    asked_price: VectorRows  # log of the least price at which it sells
    earned: VectorRows  # log of the price that it gets
    placed: VectorRows  # share of its output that it sells at what it asks
    contract_flow: VectorRows
    sent_out: VectorRows
    output: VectorRows
    relay_pool: VectorRows  # what third countries are sent; later the part that is taken off it
    relay_drawdown: VectorRows  # what third countries have not replaced, over all controls

    # Of this tick: markets, and a last row for what has no market
    bids: VectorRows
    supply: VectorRows
    held_back: VectorRows  # what is offered at home instead
    by_facilities: VectorRows
    from_abroad: VectorRows
    displaced: VectorRows
    pull: VectorRows
    crossing: VectorRows  # what is offered between markets


ROWS = {
    "L": "expected_fill_rate purchases lane_pipeline contract_share arriving_share reference_share "
    "live_limit desired_order lane_max lane_max_factor request weight "
    "relayed price_weight offered passed opening_flow",
    "Q": "queue in_review mean_admission reference admitted withdrawn diverted dispatched relay_scale "
    "not_seized",
    "P": "controlled release_factor approval_rate withdrawal_rate review_ticks diversion_share seized_share "
    "diversion_delay_ticks n_inside",
    "S": "finished_stock capacity origin max_output left requested asked expanded full sent_out output "
    "relay_pool relay_drawdown log_margin own grown asked_price earned placed contract_flow opening_sales",
    "M": "log_price volume bids supply held_back by_facilities from_abroad displaced pull crossing",
    "K": "position",
    "E": "lasted done underway arrival times_left",
    "C": "in_force",
}


ONE_AT_START = frozenset(
    ("expected_fill_rate", "ahead", "mean_admission", "planned_factor", "grown", "price_weight")
)


def empty_state(plan: KernelPlan, ring: int, review_ring: int, diverted_ring: int) -> VectorState:
    """Allocate the state of one vector of replications, which all vectors use in turn."""
    size = {"N": plan.n_nodes, "L": plan.n_lanes, "S": plan.n_sources, "C": plan.n_controls}
    size |= {"Q": len(plan.queue_lanes), "P": len(plan.cover_first) - 1}
    size |= {"M": plan.n_markets + 1, "K": len(plan.conversion_from), "E": len(plan.project_source)}
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(VectorState._fields, (size["N"],))
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
    arrays: dict[str, Any] = {name: np.zeros((*shapes[name], VECTOR_SIZE)) for name in VectorState._fields}
    arrays["nodes_with_request"] = np.zeros(size["N"], dtype=np.int64)
    arrays["has_no_supply"] = np.zeros(size["N"], dtype=np.bool_)
    return VectorState(**arrays)


def reset_state(state: VectorState) -> None:
    """Set all of the state to what does not depend on the replications of the next vector."""
    for name, array in state._asdict().items():
        array[...] = 1.0 if name in ONE_AT_START else 0.0


@phase
def set_opening_state(plan: Any, tables: Any, draws: Any, state: Any, first: int) -> None:
    """Set the state before tick 0 (3)-(7)."""
    for n in range(plan.n_nodes):
        put(state.stock, n, get(draws.opening_stock, n))
        put(state.tracked_share, n, get(draws.opening_tracked, n))
    for k in range(plan.n_sources):
        put(state.finished_stock, k, get(draws.opening_finished, k))
        put(state.origin, k, get(draws.tracked_share, k))
    for lane in range(plan.n_lanes):
        n = plan.lane_node[lane]
        flow = get(draws.contract_share, lane) * 0.0
        if not plan.entrant[lane]:
            share, lead = get(draws.contract_share, lane), get(draws.lead_ticks, lane)
            flow = share * get(draws.base_flow, n) * get(tables.growth, (0, plan.growth[n], first))
            put(state.pipeline, n, get(state.pipeline, n) + flow * lead)
            put(state.contract_lead, n, get(state.contract_lead, n) + share * lead)
        if plan.untried[lane]:
            put(state.expected_fill_rate, lane, get(draws.min_fill_rate, n))
            if plan.lane_queue[lane] >= 0:
                put(state.mean_admission, plan.lane_queue[lane], get(draws.min_fill_rate, n))
        put(state.purchases, lane, flow)
        put(state.opening_flow, lane, flow)
        k = plan.lane_source[lane]
        put(state.opening_sales, k, get(state.opening_sales, k) + flow)
        put(state.lane_pipeline, lane, flow * get(draws.lead_ticks, lane))
        for tick in range(len(state.sent)):
            put(state.sent, (tick, lane), flow)
    for i in range(plan.n_controls):
        for position in range(plan.passed_first[i], plan.passed_first[i + 1]):
            lane = plan.passed_lanes[position]
            stock, part = (i, plan.lane_source[lane]), 1.0 / plan.passed_sharing[position]
            flow = get(state.purchases, lane) * part
            put(state.sent_mean, stock, get(state.sent_mean, stock) + flow)
    for profile in range(len(plan.cover_first) - 1):
        put(state.release_factor, profile, broadcast(NO_CEILING))
    for q in range(len(plan.queue_lanes)):
        lane = plan.queue_lanes[q]
        if not plan.entrant[lane]:
            n, profile = plan.lane_node[lane], plan.profile[q]
            for c in range(plan.cover_first[profile], plan.cover_first[profile + 1]):
                exposed = (plan.cover_control[c], n)
                put(state.exposure, exposed, get(state.exposure, exposed) + get(draws.contract_share, lane))
