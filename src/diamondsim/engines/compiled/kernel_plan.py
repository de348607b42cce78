"""What the kernel reads of a Plan: index arrays, and the lanes of each node, source, tier and control."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import IntArray
from diamondsim.engines.compiled.kernel_arrays import FlagList, FlagTable, IndexList, IndexTable
from diamondsim.plan import Plan


class KernelPlan(NamedTuple):
    """A Plan as flat arrays; what belongs to `i` is at positions `x_first[i]` to `x_first[i + 1]`.

    Only lanes that some control covers ever have a queue: arrays of queues have one row for each of
    `queue_lanes` (Q,). Lanes under the same licensing rules, and into third countries of the same controls,
    share a `profile`.
    """

    n_ticks: int
    n_nodes: int
    n_lanes: int
    n_sources: int
    n_controls: int
    n_tiers: int
    kind: IndexList  # (N,)
    growth: IndexList  # (N,)
    noise: IndexList  # (N,)
    substitution: IndexList  # (N,)
    node_first: IndexList  # (N + 1,) lanes of a node are neighbours
    lane_node: IndexList  # (L,)
    lane_source: IndexList  # (L,)
    lane_tier: IndexList  # (L,)
    entrant: FlagList  # (L,)
    lane_facility: IndexList  # (L,)
    untried: FlagList  # (L,)
    adoption_step_ticks: int
    lane_queue: IndexList  # (L,) position in `queue_lanes`, -1: no queue
    entrant_nodes: IndexList  # nodes that have entrant lanes
    tier_first: IndexList  # (tiers + 1,)
    tier_lanes: IndexList  # (L,)
    node_tiers: FlagTable  # (N, tiers) whether a node has lanes of a tier
    source_first: IndexTable  # (S, tiers + 1) lanes of a source by tier
    source_lanes: IndexList  # (L,)
    feed: IndexList  # (S,)
    capacity_row: IndexList  # (S,)
    rationing: IndexList  # (S,)
    requires: IndexList  # (C,)
    queue_lanes: IndexList  # (Q,)
    profile: IndexList  # (Q,)
    cover_first: IndexList  # (profiles + 1,)
    cover_control: IndexList
    cover_rule: IndexList
    cover_is_passed: FlagList  # whether its lanes lead into a third country of the control
    relay: IndexList  # (C,)
    passed_first: IndexList  # (C + 1,)
    passed_lanes: IndexList  # lanes into third countries of a control
    passed_sharing: IndexList  # number of controls that share what is sent on them
    bound_first: IndexList  # (C + 1,)
    bound_queues: IndexList  # queues of the other lanes that a control covers
    reserve_node: IndexList  # (V,)
    serve_first: IndexList  # (V + 1,)
    serve_node: IndexList
    serve_n_first: IndexList  # (V,) for how many of these it holds back
    pre_buy_node: IndexList  # (P,)
    pre_buy_begin: IndexList  # (P,)
    pre_buy_end: IndexList  # (P,)
    conversion_from: IndexList
    conversion_to: IndexList
    project_source: IndexList
    project_times: IndexList
    project_kept_row: IndexList
    has_prices: bool
    n_markets: int
    node_market: IndexList  # (N,) market in which a node buys; `n_markets`: none
    source_market: IndexList  # (S,) home market of a source; `n_markets`: none
    surcharge_first: IndexList  # (L + 1,)
    surcharge_row: IndexList  # rows of surcharges on the lanes
    source_cost: IndexList  # (S,) -1: its cost does not change
    source_ask: IndexList  # (S,) -1: what it asks does not change


def kernel_plan_of(plan: Plan) -> KernelPlan:
    """Return the flat arrays of a Plan."""
    assert np.all(np.diff(plan.lane_node) >= 0), "lanes are not in the order of nodes"
    queue_lanes = np.flatnonzero((plan.rule_of >= 0).any(axis=0))
    terms = np.concatenate([plan.rule_of, plan.third_country])[:, queue_lanes]
    profile_terms, profile = np.unique(terms, axis=1, return_inverse=True)
    profiles, is_passed = np.split(profile_terms, 2)
    covers = [np.flatnonzero(rules >= 0) for rules in profiles.T]
    rules = [column[rows] for column, rows in zip(profiles.T, covers, strict=True)]
    passed = [column[rows] for column, rows in zip(is_passed.T, covers, strict=True)]
    passed_lanes = [np.flatnonzero(row) for row in plan.third_country]
    sharing = [plan.n_sharing(i)[lanes] for i, lanes in enumerate(passed_lanes)]
    around = (plan.rule_of >= 0) & ~plan.third_country
    bound = [np.flatnonzero(row) for row in around[:, queue_lanes]]
    node_tiers = np.zeros((plan.n_nodes, plan.n_tiers), dtype=np.bool_)
    node_tiers[plan.lane_node, plan.tier] = True
    lane_queue = np.full(plan.n_lanes, -1)
    lane_queue[queue_lanes] = np.arange(len(queue_lanes))
    serves = [as_integers(reserve.serves) for reserve in plan.reserves]
    return KernelPlan(
        n_ticks=plan.n_ticks,
        n_nodes=plan.n_nodes,
        n_lanes=plan.n_lanes,
        n_sources=plan.n_sources,
        n_controls=len(plan.controls),
        n_tiers=plan.n_tiers,
        kind=as_integers(plan.node_kind),
        growth=as_integers(plan.node_growth),
        noise=as_integers(plan.node_noise),
        substitution=as_integers(plan.node_substitution),
        node_first=firsts(np.bincount(plan.lane_node, minlength=plan.n_nodes)),
        lane_node=as_integers(plan.lane_node),
        lane_source=as_integers(plan.lane_source),
        lane_tier=as_integers(plan.tier),
        entrant=np.array(plan.entrant, dtype=np.bool_),
        lane_facility=as_integers(plan.lane_facility),
        untried=np.array(plan.untried, dtype=np.bool_),
        adoption_step_ticks=plan.adoption_step_ticks,
        lane_queue=as_integers(lane_queue),
        entrant_nodes=as_integers(np.unique(plan.lane_node[plan.entrant])),
        tier_first=firsts(np.bincount(plan.tier, minlength=plan.n_tiers)),
        tier_lanes=as_integers(np.argsort(plan.tier, kind="stable")),
        node_tiers=node_tiers,
        source_first=source_firsts(plan),
        source_lanes=as_integers(np.lexsort((plan.tier, plan.lane_source))),
        feed=as_integers(plan.source_feed),
        capacity_row=as_integers(plan.source_index),
        rationing=as_integers(plan.rationing),
        requires=as_integers(plan.requires),
        queue_lanes=as_integers(queue_lanes),
        profile=as_integers(profile.ravel()),
        cover_first=firsts([len(rows) for rows in covers]),
        cover_control=all_indices(covers),
        cover_rule=all_indices(rules),
        cover_is_passed=all_indices(passed) > 0,
        relay=as_integers(plan.relay),
        passed_first=firsts([len(lanes) for lanes in passed_lanes]),
        passed_lanes=all_indices(passed_lanes),
        passed_sharing=as_integers(np.concatenate([[], *sharing])),
        bound_first=firsts([len(queues) for queues in bound]),
        bound_queues=all_indices(bound),
        reserve_node=as_integers([reserve.node for reserve in plan.reserves]),
        serve_first=firsts([len(nodes) for nodes in serves]),
        serve_node=all_indices(serves),
        serve_n_first=as_integers([reserve.n_first for reserve in plan.reserves]),
        pre_buy_node=as_integers([p.node for p in plan.pre_buys]),
        pre_buy_begin=as_integers([p.begin for p in plan.pre_buys]),
        pre_buy_end=as_integers([p.end for p in plan.pre_buys]),
        conversion_from=as_integers([c.from_source for c in plan.conversions]),
        conversion_to=as_integers([c.to_source for c in plan.conversions]),
        project_source=as_integers([p.source for p in plan.projects]),
        project_times=as_integers([p.times for p in plan.projects]),
        project_kept_row=as_integers([p.kept_row for p in plan.projects]),
        **_price_arrays(plan),
    )


def _price_arrays(plan: Plan) -> dict[str, Any]:
    """Return the arrays of prices: without prices nothing has a market, a surcharge, a cost or an ask."""
    prices, n_markets = plan.prices, plan.n_markets
    none_of_nodes, none_of_sources = np.full(plan.n_nodes, -1), np.full(plan.n_sources, -1)
    node_market = none_of_nodes if prices is None else prices.node_market
    source_market = none_of_sources if prices is None else prices.source_market
    is_surcharged = np.zeros((0, plan.n_lanes)) if prices is None else prices.surcharge_lanes
    rows = [np.flatnonzero(rows) for rows in is_surcharged.T]
    return {
        "has_prices": prices is not None,
        "n_markets": n_markets,
        "node_market": as_integers(np.where(node_market < 0, n_markets, node_market)),
        "source_market": as_integers(np.where(source_market < 0, n_markets, source_market)),
        "surcharge_first": firsts([len(of_lane) for of_lane in rows]),
        "surcharge_row": all_indices(rows),
        "source_cost": as_integers(none_of_sources if prices is None else prices.source_cost),
        "source_ask": as_integers(none_of_sources if prices is None else prices.source_ask),
    }


def source_firsts(plan: Plan) -> IntArray:
    """Return where the lanes of each source and tier begin and, after the last tier, where they end."""
    counts = np.zeros((plan.n_sources, plan.n_tiers), dtype=np.int64)
    np.add.at(counts, (plan.lane_source, plan.tier), 1)
    ends = np.cumsum(counts).reshape(counts.shape)
    return as_integers(np.column_stack([ends[:, :1] - counts[:, :1], ends]))


def as_integers(numbers: npt.ArrayLike) -> IntArray:
    """Return numbers as an array that the compiled code takes."""
    return np.array(numbers, dtype=np.int64)


def firsts(counts: npt.ArrayLike) -> IntArray:
    """Return where the parts of so many numbers begin and, after the last one, where it ends."""
    return np.concatenate([[0], np.cumsum(as_integers(counts))])


def all_indices(parts: list[IntArray]) -> IntArray:
    """Return the indices of all parts, one part after the other."""
    return as_integers(np.concatenate([*parts, np.empty(0, dtype=np.int64)]))
