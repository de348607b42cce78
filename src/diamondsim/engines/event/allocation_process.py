"""The allocation of a tick: tiers with two rounds each, then the diversion of what controls block.

Owns eq. 36, 37 and 40-40d; how a source rations among its buyers is in `source_process`.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TypeAlias

from diamondsim.constants import EPS
from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.diversion_relay import DiversionRelay
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.node_process import NodeProcess
from diamondsim.engines.event.source_process import SourceProcess

LanesBySource: TypeAlias = Sequence[tuple[SourceProcess, Sequence[LaneState]]]
"""Sources, each with some of its lanes."""

LanesByNode: TypeAlias = Sequence[tuple[NodeProcess, Sequence[tuple[LaneState, SourceProcess]]]]
"""Nodes, each with some of its lanes and their sources."""


class AllocationProcess:
    """Match the orders of all nodes with the supply of all sources, once a tick.

    Parameters
    ----------
    clock : Clock
        Where the allocation is scheduled.
    nodes, sources : sequences of NodeProcess and SourceProcess
        In the order of the Plan.
    relays : sequence of DiversionRelay
        What third countries pass on, by control.
    n_tiers : int
        Number of tiers.
    """

    def __init__(
        self,
        clock: Clock,
        nodes: Sequence[NodeProcess],
        sources: Sequence[SourceProcess],
        relays: Sequence[DiversionRelay],
        n_tiers: int,
    ) -> None:
        self._nodes = nodes
        self._sources = sources
        self._relays = relays
        # Round one is for the lanes of a tier, round two for those of all tiers so far. For each tier: the
        # lanes of each source in round one and in round two, and of each node in round two.
        tiers = range(n_tiers)
        self._round_one_lanes = [_by_source(sources, {k}) for k in tiers]
        self._round_two_lanes = [_by_source(sources, range(k + 1)) for k in tiers]
        self._node_lanes = [_by_node(nodes, sources, range(k + 1)) for k in tiers]
        clock.schedule(0, [(Phase.ALLOCATE, self.allocate)])

    def allocate(self, t: int) -> None:
        """Allocate what the sources can give, then divert (eq. 35-40)."""
        for source in self._sources:
            source.start_allocation()
            source.relay_drawdown = 0.0
            for lane in source.lanes:
                lane.allocated = lane.relayed = 0.0
        tiers = zip(self._round_one_lanes, self._round_two_lanes, self._node_lanes, strict=True)
        for lanes_one, lanes_two, lanes_of_nodes in tiers:
            self._round_one(lanes_one)
            self._round_two(lanes_two, lanes_of_nodes)
        self._divert(t)

    def _round_one(self, lanes_of_sources: LanesBySource) -> None:
        """Request the desired order on each lane, within the most the node takes on it (eq. 36)."""
        for source, lanes in lanes_of_sources:
            for lane in lanes:
                lane.request = min(lane.desired_order, lane.lane_max)
                source.asked += lane.request
            source.allocate(lanes)

    def _round_two(self, lanes_of_sources: LanesBySource, lanes_of_nodes: LanesByNode) -> None:
        """Request what is still unmet from the sources that have something left (eq. 37)."""
        # All requests are made before any is served: each sees what was left when the round began.
        requested = [self._request_unmet(node, lanes) for node, lanes in lanes_of_nodes]
        if any(requested):
            for source, lanes in lanes_of_sources:
                source.allocate(lanes)

    def _request_unmet(self, node: NodeProcess, lanes: Sequence[tuple[LaneState, SourceProcess]]) -> bool:
        """Divide the unmet order of a node among its eligible lanes, by fill rate and headroom.

        Returns whether anything is requested.
        """
        desired = 0.0
        served = 0.0
        for lane, _ in lanes:
            lane.request = 0.0
            if lane.is_controlled:
                desired += lane.expected_of(lane.desired_order)
                served += lane.expected_of(lane.allocated)
            else:
                desired += lane.desired_order
                served += lane.allocated
        unmet = desired - served
        negligible = EPS * node.expected_demand
        if unmet <= negligible:
            return False
        eligible = [(lane, lane.headroom) for lane, source in lanes if source.left > negligible]
        total = 0.0
        for lane, headroom in eligible:
            total += lane.expected_fill_rate * headroom
        if total <= 0.0:
            return False
        for lane, headroom in eligible:
            lane.request = min(headroom, unmet * (lane.expected_fill_rate * headroom) / total)
        return True

    def _divert(self, t: int) -> None:
        """Divert a share of the blocked flow (eq. 40-40d).

        It is limited by need, by what third countries can pass on, and by what is left at the sources.
        """
        for node in self._nodes:
            potential = 0.0
            for lane in node.covered_lanes:
                potential += lane.potential_diversion
            if potential <= 0.0:
                continue
            free = 0.0
            for lane in node.lanes:
                if not lane.is_controlled:
                    free += lane.allocated
            scale = min(1.0, max(0.0, node.order - free) / potential)
            for lane in node.covered_lanes:
                lane.potential_diversion *= scale
        for relay in self._relays:
            relay.limit()
        for source in self._sources:
            potential = 0.0
            for lane in source.covered_lanes:
                lane.potential_diversion *= lane.relay_scale
                lane.relay_scale = 1.0
                if not lane.is_inside:
                    potential += lane.potential_diversion
            scale = min(1.0, source.left / potential) if potential > 0.0 else 0.0
            for lane in source.covered_lanes:
                lane.divert(t, lane.potential_diversion * (1.0 if lane.is_inside else scale))
            source.left = max(0.0, source.left - potential * scale)
        for relay in self._relays:
            relay.take()


def _by_source(sources: Sequence[SourceProcess], tiers: Container[int]) -> LanesBySource:
    """Return the sources that have lanes in some tiers, each with these lanes."""
    pairs = [(source, [x for x in source.lanes if x.inputs.tier in tiers]) for source in sources]
    return [(source, lanes) for source, lanes in pairs if lanes]


def _by_node(
    nodes: Sequence[NodeProcess], sources: Sequence[SourceProcess], tiers: Container[int]
) -> LanesByNode:
    """Return the nodes that have lanes in some tiers, each with these lanes and their sources."""
    pairs = [(node, [(x, sources[x.source]) for x in node.lanes if x.inputs.tier in tiers]) for node in nodes]
    return [(node, lanes) for node, lanes in pairs if lanes]
