"""The market of a tick: tiers, two rounds each, and the re-routing of what desks hold back.

Owns eq. 35, 36 and 39; how a source rations among its buyers is the source's own affair.
"""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.lane import Lane
from diamondsim.engines.event.node import Node
from diamondsim.engines.event.source import Source


class Market:
    """Brings nodes and sources together once a tick.

    Parameters
    ----------
    clock : Clock
        Where the market has its phase.
    nodes, sources : sequences of Node and Source
        In the order of the Plan.
    n_tiers : int
        Number of tiers.
    """

    def __init__(self, clock: Clock, nodes: Sequence[Node], sources: Sequence[Source], n_tiers: int) -> None:
        self._nodes = nodes
        self._sources = sources
        tiers = range(n_tiers)
        # Round one is for the lanes of a tier, round two for those of all tiers so far.
        self._first = [[[x for x in s.lanes if x.contract.tier == k] for s in sources] for k in tiers]
        self._second = [[[x for x in s.lanes if x.contract.tier <= k] for s in sources] for k in tiers]
        self._again = [[[x for x in n.lanes if x.contract.tier <= k] for n in nodes] for k in tiers]
        clock.employ(0, [(Phase.TRADE, self.trade)])

    def trade(self, t: int) -> None:
        """Allocate what there is (eq. 34-39)."""
        for source in self._sources:
            source.open_books()
            for lane in source.lanes:
                lane.allocated = 0.0
        for first, second, again in zip(self._first, self._second, self._again, strict=True):
            self._first_round(first)
            self._second_round(second, again)
        self._reroute(t)

    def _first_round(self, lanes_of_sources: Sequence[Sequence[Lane]]) -> None:
        """Let each node ask each of its sellers by contract and belief (eq. 35)."""
        for source, lanes in zip(self._sources, lanes_of_sources, strict=True):
            for lane in lanes:
                lane.request = min(lane.wish, lane.room)
            source.serve(lanes)

    def _second_round(
        self, lanes_of_sources: Sequence[Sequence[Lane]], lanes_of_nodes: Sequence[Sequence[Lane]]
    ) -> None:
        """Let each node take what it still wants to the sellers that have something left (eq. 36)."""
        for lanes in lanes_of_nodes:
            self._ask_again(lanes)
        for source, lanes in zip(self._sources, lanes_of_sources, strict=True):
            source.serve(lanes)

    def _ask_again(self, lanes: Sequence[Lane]) -> None:
        wished = 0.0
        served = 0.0
        for lane in lanes:
            wished += lane.wish
            served += lane.allocated
        unmet = max(0.0, wished - served)
        weights = []
        total = 0.0
        for lane in lanes:
            headroom = max(0.0, lane.room - lane.allocated)
            eligible = lane.is_worth(unmet) and lane.is_worth(self._sources[lane.source].left)
            weight = lane.expected_fill_rate * headroom if eligible else 0.0
            weights.append(weight)
            total += weight
        for lane, weight in zip(lanes, weights, strict=True):
            headroom = max(0.0, lane.room - lane.allocated)
            lane.request = min(headroom, unmet * weight / total) if total > 0.0 else 0.0

    def _reroute(self, t: int) -> None:
        """Re-route a share of what desks hold back, within need and finished goods (eq. 39)."""
        for node in self._nodes:
            held_back = 0.0
            free = 0.0
            for lane in node.lanes:
                held_back += lane.potential
                if not lane.controlled:
                    free += lane.allocated
            if held_back > 0.0:
                scale = min(1.0, max(0.0, node.order - free) / held_back)
                for lane in node.lanes:
                    lane.potential *= scale
        for source in self._sources:
            asked = 0.0
            for lane in source.lanes:
                asked += lane.potential
            scale = min(1.0, source.left / asked) if asked > 0.0 else 0.0
            for lane in source.lanes:
                lane.leak(t, lane.potential * scale)
            source.left = max(0.0, source.left - asked * scale)
