"""The allocation of a tick: tiers with two rounds each, then the diversion of what controls block.

Owns eq. 36, 37 and 40-40d; how a source rations among its buyers is in `source_process`.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TypeAlias, TypeVar

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.diversion_relay import DiversionRelay
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.node_process import NodeProcess
from diamondsim.engines.event.source_process import SourceProcess

Trader = TypeVar("Trader", NodeProcess, SourceProcess)

LanesOf: TypeAlias = Sequence[tuple[Trader, Sequence[LaneState]]]
"""Nodes or sources, each with some of its lanes."""


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
        self._round_one_lanes = [_with_lanes(sources, {k}) for k in tiers]
        self._round_two_lanes = [_with_lanes(sources, range(k + 1)) for k in tiers]
        self._node_lanes = [_with_lanes(nodes, range(k + 1)) for k in tiers]
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

    def _round_one(self, lanes_of_sources: LanesOf[SourceProcess]) -> None:
        """Request the desired order on each lane, within the most the node takes on it (eq. 36)."""
        for source, lanes in lanes_of_sources:
            for lane in lanes:
                lane.request = min(lane.desired_order, lane.lane_max)
                source.asked += lane.request
            source.allocate(lanes)

    def _round_two(
        self, lanes_of_sources: LanesOf[SourceProcess], lanes_of_nodes: LanesOf[NodeProcess]
    ) -> None:
        """Request what is still unmet from the sources that have something left (eq. 37)."""
        # All requests are made before any is served: each sees what was left when the round began.
        for node, lanes in lanes_of_nodes:
            self._request_unmet(node, lanes)
        for source, lanes in lanes_of_sources:
            source.allocate(lanes)

    def _request_unmet(self, node: NodeProcess, lanes: Sequence[LaneState]) -> None:
        """Divide the unmet order of a node among its eligible lanes, by fill rate and headroom."""
        desired = 0.0
        served = 0.0
        for lane in lanes:
            if lane.is_controlled:
                desired += lane.expected_of(lane.desired_order)
                served += lane.expected_of(lane.allocated)
            else:
                desired += lane.desired_order
                served += lane.allocated
        unmet = max(0.0, desired - served)
        if not node.is_significant(unmet):
            for lane in lanes:
                lane.request = 0.0
            return
        weights = []
        total = 0.0
        for lane in lanes:
            eligible = node.is_significant(self._sources[lane.source].left)
            weight = lane.expected_fill_rate * lane.headroom if eligible else 0.0
            weights.append(weight)
            total += weight
        for lane, weight in zip(lanes, weights, strict=True):
            lane.request = min(lane.headroom, unmet * weight / total) if total > 0.0 else 0.0

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


def _with_lanes(traders: Sequence[Trader], tiers: Container[int]) -> LanesOf[Trader]:
    """Return those nodes or sources that have lanes in some tiers, each with these lanes."""
    pairs = [(trader, [x for x in trader.lanes if x.inputs.tier in tiers]) for trader in traders]
    return [(trader, lanes) for trader, lanes in pairs if lanes]
