"""What the Plan says, compiled once: which lanes a mechanism concerns, and in which order they lie in memory.

Lanes lie sorted by tier, so that the lanes of tiers 0..k are a prefix; inside a tier they keep the order of
the Plan. Sums still run in the order of the Plan (`in_plan_order`). Lanes that some control covers are
*covered*; those with the same desks share a *profile*, and what binds them is worked out per profile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diamondsim.draws import IntArray
from diamondsim.engines.batch.segments import SegmentSum
from diamondsim.plan import NodeKind, Plan, Rationing


@dataclass(frozen=True)
class Layout:
    """Static index arrays; "lane" means a row in memory unless it says "of the Plan".

    Attributes
    ----------
    lane_of_plan, plan_of_lane : (L,) int arrays
        Row in memory of a lane of the Plan, and the reverse.
    node, source : (L,) int arrays
        Ends of each lane.
    tier_ends : tuple of int
        Lanes of tiers 0..k are the rows below `tier_ends[k]`.
    covered : (Lc,) int array
        Lanes that some control covers, in the order of the Plan.
    profile : (Lc,) int array
        Profile of each covered lane.
    profile_desk : (P, C) int array
        Desk of each control for the lanes of a profile, -1: none.
    """

    n_nodes: int
    n_sources: int
    n_lanes: int
    lane_of_plan: IntArray
    plan_of_lane: IntArray
    node: IntArray
    source: IntArray
    tier_ends: tuple[int, ...]
    entrants: IntArray
    beside_entrants: IntArray
    covered: IntArray
    profile: IntArray
    profile_desk: IntArray
    not_uses: IntArray
    feeds: IntArray
    reserve_nodes: IntArray
    processors: IntArray
    feed_of_processor: IntArray
    weighted_lanes: IntArray
    equal_lanes: IntArray

    def in_plan_order(self, lanes: IntArray) -> IntArray:
        """Return the lanes in ascending order of the Plan."""
        return lanes[np.argsort(self.plan_of_lane[lanes], kind="stable")]

    def node_sum(self, lanes: IntArray, width: int) -> SegmentSum:
        """Return the sum over some lanes by node, (L, R) -> (N, R)."""
        rows = self.in_plan_order(lanes)
        return SegmentSum(rows, self.node[rows], self.n_nodes, width)

    def source_sum(self, lanes: IntArray, width: int) -> SegmentSum:
        """Return the sum over some lanes by source, (L, R) -> (S, R)."""
        rows = self.in_plan_order(lanes)
        return SegmentSum(rows, self.source[rows], self.n_sources, width)

    def covered_node_sum(self, width: int) -> SegmentSum:
        """Return the sum over the covered lanes by node, (Lc, R) -> (N, R)."""
        return SegmentSum(np.arange(len(self.covered)), self.node[self.covered], self.n_nodes, width)

    def covered_source_sum(self, width: int) -> SegmentSum:
        """Return the sum over the covered lanes by source, (Lc, R) -> (S, R)."""
        return SegmentSum(np.arange(len(self.covered)), self.source[self.covered], self.n_sources, width)


def compile_layout(plan: Plan) -> Layout:
    """Return the layout of a Plan."""
    plan_of_lane = np.argsort(plan.tier, kind="stable")
    lane_of_plan = np.empty_like(plan_of_lane)
    lane_of_plan[plan_of_lane] = np.arange(plan.n_lanes)
    node, source = plan.lane_node[plan_of_lane], plan.lane_source[plan_of_lane]
    entrant = plan.entrant[plan_of_lane]
    has_entrant = np.zeros(plan.n_nodes, dtype=bool)
    has_entrant[node[entrant]] = True
    covered_in_plan = np.flatnonzero((plan.desk_of >= 0).any(axis=0))
    profile_desk, profile = np.unique(plan.desk_of[:, covered_in_plan].T, axis=0, return_inverse=True)
    processors = np.flatnonzero(plan.source_feed >= 0)
    feed_of_processor = plan.source_feed[processors]
    assert len(set(feed_of_processor.tolist())) == len(processors), "two sources draw on one feed stock"
    return Layout(
        n_nodes=plan.n_nodes,
        n_sources=plan.n_sources,
        n_lanes=plan.n_lanes,
        lane_of_plan=lane_of_plan,
        plan_of_lane=plan_of_lane,
        node=node,
        source=source,
        tier_ends=tuple(int(np.sum(plan.tier <= k)) for k in range(plan.n_tiers)),
        entrants=np.flatnonzero(entrant),
        beside_entrants=np.flatnonzero(has_entrant[node] & ~entrant),
        covered=lane_of_plan[covered_in_plan],
        profile=profile.reshape(-1),
        profile_desk=profile_desk,
        not_uses=np.flatnonzero(plan.node_kind != NodeKind.USE),
        feeds=np.flatnonzero(plan.node_kind == NodeKind.FEED),
        reserve_nodes=np.flatnonzero(plan.node_kind == NodeKind.RESERVE),
        processors=processors,
        feed_of_processor=feed_of_processor,
        weighted_lanes=np.flatnonzero(plan.rationing[source] == Rationing.WEIGHTED),
        equal_lanes=np.flatnonzero(plan.rationing[source] == Rationing.MAX_MIN),
    )
