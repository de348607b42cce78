"""The allocation of a tick: tiers with two rounds each, then the diversion of what controls block.

Owns eq. 36, 37 and 40-40d; how a source rations among its buyers is in `source_process`.
"""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.diversion_relay import DiversionRelay
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.node_process import NodeProcess
from diamondsim.engines.event.source_process import SourceProcess


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
        self._round_one_lanes = [
            [[x for x in source.lanes if x.inputs.tier == k] for source in sources] for k in tiers
        ]
        self._round_two_lanes = [
            [[x for x in source.lanes if x.inputs.tier <= k] for source in sources] for k in tiers
        ]
        self._node_lanes = [[[x for x in node.lanes if x.inputs.tier <= k] for node in nodes] for k in tiers]
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

    def _round_one(self, lanes_of_sources: Sequence[Sequence[LaneState]]) -> None:
        """Request the desired order on each lane, within the most the node takes on it (eq. 36)."""
        for source, lanes in zip(self._sources, lanes_of_sources, strict=True):
            for lane in lanes:
                lane.request = min(lane.desired_order, lane.lane_max)
                source.asked += lane.request
            source.allocate(lanes)

    def _round_two(
        self,
        lanes_of_sources: Sequence[Sequence[LaneState]],
        lanes_of_nodes: Sequence[Sequence[LaneState]],
    ) -> None:
        """Request what is still unmet from the sources that have something left (eq. 37)."""
        # All requests are made before any is served: each sees what was left when the round began.
        for lanes in lanes_of_nodes:
            self._request_unmet(lanes)
        for source, lanes in zip(self._sources, lanes_of_sources, strict=True):
            source.allocate(lanes)

    def _request_unmet(self, lanes: Sequence[LaneState]) -> None:
        """Divide the unmet order of a node among its eligible lanes, by fill rate and headroom."""
        desired = 0.0
        served = 0.0
        for lane in lanes:
            desired += lane.expected_of(lane.desired_order)
            served += lane.expected_of(lane.allocated)
        unmet = max(0.0, desired - served)
        weights = []
        total = 0.0
        for lane in lanes:
            left = self._sources[lane.source].left
            eligible = lane.is_significant(unmet) and lane.is_significant(left)
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
            free = 0.0
            for lane in node.lanes:
                potential += lane.potential_diversion
                if not lane.is_controlled:
                    free += lane.allocated
            if potential > 0.0:
                scale = min(1.0, max(0.0, node.order - free) / potential)
                for lane in node.lanes:
                    lane.potential_diversion *= scale
        for relay in self._relays:
            relay.limit()
        for source in self._sources:
            potential = 0.0
            for lane in source.lanes:
                lane.potential_diversion *= lane.relay_scale
                lane.relay_scale = 1.0
            for lane in source.lanes:
                if not lane.is_inside:
                    potential += lane.potential_diversion
            scale = min(1.0, source.left / potential) if potential > 0.0 else 0.0
            for lane in source.lanes:
                lane.divert(t, lane.potential_diversion * (1.0 if lane.is_inside else scale))
            source.left = max(0.0, source.left - potential * scale)
        for relay in self._relays:
            relay.take()
