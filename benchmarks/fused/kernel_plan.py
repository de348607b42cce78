"""What the kernel reads of a Plan: index arrays, and the lanes of each node, source, tier and control."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from diamondsim.plan import Plan

IntArray = npt.NDArray[np.int64]
IndexArray = npt.NDArray[np.uint64]
"""Unsigned, so that the compiled code need not test an index for counting from the end."""


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
    kind: IntArray  # (N,)
    growth: IntArray  # (N,)
    noise: IntArray  # (N,)
    substitution: IntArray  # (N,)
    node_first: IndexArray  # (N + 1,) lanes of a node are neighbours
    lane_node: IndexArray  # (L,)
    lane_source: IndexArray  # (L,)
    lane_tier: IntArray  # (L,)
    entrant: npt.NDArray[np.bool_]  # (L,)
    lane_facility: IntArray  # (L,)
    untried: npt.NDArray[np.bool_]  # (L,)
    adoption_step_ticks: int
    lane_queue: IntArray  # (L,) position in `queue_lanes`, -1: no queue
    entrant_nodes: IndexArray  # nodes that have entrant lanes
    tier_first: IndexArray  # (tiers + 1,)
    tier_lanes: IndexArray  # (L,)
    node_tiers: npt.NDArray[np.bool_]  # (N, tiers) whether a node has lanes of a tier
    source_first: IndexArray  # (S, tiers + 1) lanes of a source by tier
    source_lanes: IndexArray  # (L,)
    feed: IntArray  # (S,)
    capacity_row: IntArray  # (S,)
    rationing: IntArray  # (S,)
    requires: IntArray  # (C,)
    queue_lanes: IndexArray  # (Q,)
    profile: IndexArray  # (Q,)
    cover_first: IndexArray  # (profiles + 1,)
    cover_control: IndexArray
    cover_rule: IndexArray
    cover_is_passed: npt.NDArray[np.bool_]  # whether its lanes lead into a third country of the control
    relay: IntArray  # (C,)
    passed_first: IndexArray  # (C + 1,)
    passed_lanes: IndexArray  # lanes into third countries of a control
    passed_sharing: IntArray  # number of controls that share what is sent on them
    bound_first: IndexArray  # (C + 1,)
    bound_queues: IndexArray  # queues of the other lanes that a control covers
    reserve_node: IndexArray  # (V,)
    serve_first: IndexArray  # (V + 1,)
    serve_node: IndexArray
    serve_n_first: IntArray  # (V,) for how many of these it holds back
    pre_buy_node: IndexArray  # (P,)
    pre_buy_begin: IntArray  # (P,)
    pre_buy_end: IntArray  # (P,)
    conversion_from: IndexArray
    conversion_to: IndexArray
    project_source: IndexArray
    project_times: IntArray
    project_kept_row: IntArray


def kernel_plan_of(plan: Plan) -> KernelPlan:
    """Return the flat arrays of a Plan without prices.

    Raises
    ------
    ValueError
        If the Plan has prices: the kernel measures the recursion without them.
    """
    if plan.prices is not None:
        raise ValueError("the fused kernel has no prices")
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
        lane_node=index(plan.lane_node),
        lane_source=index(plan.lane_source),
        lane_tier=as_integers(plan.tier),
        entrant=np.array(plan.entrant, dtype=np.bool_),
        lane_facility=as_integers(plan.lane_facility),
        untried=np.array(plan.untried, dtype=np.bool_),
        adoption_step_ticks=plan.adoption_step_ticks,
        lane_queue=as_integers(lane_queue),
        entrant_nodes=index(np.unique(plan.lane_node[plan.entrant])),
        tier_first=firsts(np.bincount(plan.tier, minlength=plan.n_tiers)),
        tier_lanes=index(np.argsort(plan.tier, kind="stable")),
        node_tiers=node_tiers,
        source_first=source_firsts(plan),
        source_lanes=index(np.lexsort((plan.tier, plan.lane_source))),
        feed=as_integers(plan.source_feed),
        capacity_row=as_integers(plan.source_index),
        rationing=as_integers(plan.rationing),
        requires=as_integers(plan.requires),
        queue_lanes=index(queue_lanes),
        profile=index(profile.ravel()),
        cover_first=firsts([len(rows) for rows in covers]),
        cover_control=joined(covers),
        cover_rule=joined(rules),
        cover_is_passed=joined(passed) > 0,
        relay=as_integers(plan.relay),
        passed_first=firsts([len(lanes) for lanes in passed_lanes]),
        passed_lanes=joined(passed_lanes),
        passed_sharing=as_integers(np.concatenate([[], *sharing])),
        bound_first=firsts([len(queues) for queues in bound]),
        bound_queues=joined(bound),
        reserve_node=index([reserve.node for reserve in plan.reserves]),
        serve_first=firsts([len(nodes) for nodes in serves]),
        serve_node=joined(serves),
        serve_n_first=as_integers([reserve.n_first for reserve in plan.reserves]),
        pre_buy_node=index([p.node for p in plan.pre_buys]),
        pre_buy_begin=as_integers([p.begin for p in plan.pre_buys]),
        pre_buy_end=as_integers([p.end for p in plan.pre_buys]),
        conversion_from=index([c.from_source for c in plan.conversions]),
        conversion_to=index([c.to_source for c in plan.conversions]),
        project_source=index([p.source for p in plan.projects]),
        project_times=as_integers([p.times for p in plan.projects]),
        project_kept_row=as_integers([p.kept_row for p in plan.projects]),
    )


def source_firsts(plan: Plan) -> IndexArray:
    """Return where the lanes of each source and tier begin and, after the last tier, where they end."""
    counts = np.zeros((plan.n_sources, plan.n_tiers), dtype=np.int64)
    np.add.at(counts, (plan.lane_source, plan.tier), 1)
    ends = np.cumsum(counts).reshape(counts.shape)
    return index(np.column_stack([ends[:, :1] - counts[:, :1], ends]))


def as_integers(numbers: npt.ArrayLike) -> IntArray:
    # A copy: an array that is read-only is another type to the compiler.
    return np.array(numbers, dtype=np.int64)


def index(numbers: npt.ArrayLike) -> IndexArray:
    return as_integers(numbers).astype(np.uint64)


def firsts(counts: npt.ArrayLike) -> IndexArray:
    return index(np.concatenate([[0], np.cumsum(as_integers(counts))]))


def joined(parts: list[IntArray]) -> IndexArray:
    return index(np.concatenate([*parts, np.empty(0, dtype=np.int64)]))
