"""The network of a Plan as index arrays, compiled once: which rows each mechanism concerns.

Lanes that some control covers are *covered*. Covered lanes under the same licensing rules, and into third
countries of the same controls, share a *profile*; their terms are computed once for each profile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import BoolArray, IntArray
from diamondsim.engines.batch.segments import PartialSum, SegmentSum, Slots
from diamondsim.plan import NodeKind, Plan, Rationing


@dataclass(frozen=True)
class Topology:
    """Static index arrays of a Plan in the order of its memory layout.

    Attributes
    ----------
    slots : Slots
        Lanes of all nodes, slot by slot.
    node, source : (L,) int arrays
        Ends of each lane.
    covered : (Lc,) int array
        Lanes that some control covers.
    profile : (Lc,) int array
        Profile of each covered lane.
    profile_rules : (P, C) int array
        Licensing rule of each control for the lanes of a profile, -1: none.
    profile_is_passed : (P, C) bool array
        Whether the lanes of a profile lead into a third country through which goods pass around a control.
    entrants : int array
        Lanes of entrants.
    untried : int array
        Lanes of facilities, other than into feed stocks: their buyers wait for the first deliveries.
    processors, feed_of_processor : int arrays
        Sources with a feed stock, and the node that is their feed stock.
    equal_lanes : int array
        Lanes of sources that ration by `max_min`.
    """

    n_nodes: int
    n_sources: int
    n_lanes: int
    slots: Slots
    node: IntArray
    source: IntArray
    entrants: IntArray
    untried: IntArray
    covered: IntArray
    profile: IntArray
    profile_rules: IntArray
    profile_is_passed: BoolArray
    not_uses: IntArray
    feeds: IntArray
    reserve_nodes: IntArray
    processors: IntArray
    feed_of_processor: IntArray
    equal_lanes: IntArray

    def by_covered_node(self) -> PartialSum:
        """Return the sum over covered lanes by node, (Lc, R) -> (k, R), for nodes that have some."""
        return PartialSum(self.node[self.covered])

    def by_covered_source(self) -> PartialSum:
        """Return the sum over covered lanes by source, (Lc, R) -> (k, R), for sources that have some."""
        return PartialSum(self.source[self.covered])

    def node_sum(self, lanes: IntArray) -> SegmentSum:
        """Return the sum over some lanes by node, from an array of all lanes: (L, R) -> (N, R)."""
        return SegmentSum(lanes, self.node[lanes], self.n_nodes, self.n_lanes)

    def source_sum(self, lanes: IntArray) -> SegmentSum:
        """Return the sum over some lanes by source, from an array of all lanes: (L, R) -> (S, R)."""
        return SegmentSum(lanes, self.source[lanes], self.n_sources, self.n_lanes)

    def node_sum_of(self, lanes: IntArray) -> SegmentSum:
        """Return the sum by node from an array of some lanes only: (n, R) -> (N, R)."""
        return SegmentSum(np.arange(len(lanes)), self.node[lanes], self.n_nodes, len(lanes))

    def source_sum_of(self, lanes: IntArray) -> SegmentSum:
        """Return the sum by source from an array of some lanes only: (n, R) -> (S, R)."""
        return SegmentSum(np.arange(len(lanes)), self.source[lanes], self.n_sources, len(lanes))


def compile_topology(plan: Plan) -> Topology:
    """Return the topology of a Plan that is in the order of its memory layout."""
    node, source = plan.lane_node, plan.lane_source
    covered = np.flatnonzero((plan.rule_of >= 0).any(axis=0))
    terms = np.concatenate([plan.rule_of, plan.third_country])[:, covered].T
    profile_terms, profile = np.unique(terms, axis=0, return_inverse=True)
    profile_rules, is_passed = np.split(profile_terms, 2, axis=1)
    processors = np.flatnonzero(plan.source_feed >= 0)
    feed_of_processor = plan.source_feed[processors]
    assert len(set(feed_of_processor.tolist())) == len(processors), "two sources draw on one feed stock"
    return Topology(
        n_nodes=plan.n_nodes,
        n_sources=plan.n_sources,
        n_lanes=plan.n_lanes,
        slots=Slots.of(node),
        node=node,
        source=source,
        entrants=np.flatnonzero(plan.entrant),
        untried=np.flatnonzero(plan.untried),
        covered=covered,
        profile=profile.reshape(-1),
        profile_rules=profile_rules,
        profile_is_passed=is_passed.astype(bool),
        not_uses=np.flatnonzero(plan.node_kind != NodeKind.USE),
        feeds=np.flatnonzero(plan.node_kind == NodeKind.FEED),
        reserve_nodes=np.flatnonzero(plan.node_kind == NodeKind.RESERVE),
        processors=processors,
        feed_of_processor=feed_of_processor,
        equal_lanes=np.flatnonzero(plan.rationing[source] == Rationing.MAX_MIN),
    )
