"""Origin of the crystal: tracked shares of stocks and of consumption (model.md, eq. 12, 13, 26)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.segments import PartialSum, spread
from diamondsim.engines.batch.state import EngineState, divide
from diamondsim.engines.batch.topology import Topology

NEGLIGIBLE_STOCK = 1e-6
"""Relative to expected demand: a smaller stock keeps its tracked share (model.md, eq. 13)."""


class TrackedOrigin:
    """Tracked shares of the stocks of nodes.

    Attributes
    ----------
    share : (N, R) array
        `phi`.
    from_reserves : (N, R) array
        Tracked quantity that nodes got from reserves in the tick.
    """

    def __init__(self, topology: Topology, draws: Draws, pool: ArrayPool) -> None:
        self._topology = topology
        self.share = pool.copy(draws.opening_tracked)
        self.from_reserves = pool.zeros(topology.n_nodes)
        # Only lanes that can carry goods of tracked origin are computed: few. Those of processors carry the
        # share of their feed stock.
        is_tracked = np.asarray((draws.tracked_share > 0.0).any(axis=1))
        is_tracked[topology.processors] = True
        self._lanes = np.flatnonzero(is_tracked[topology.source])
        source = topology.source[self._lanes]
        self._lane_share = pool.copy(draws.tracked_share[source])
        self._processed = np.flatnonzero(np.isin(source, topology.processors))
        feed_of_source = np.zeros(topology.n_sources, dtype=np.int64)
        feed_of_source[topology.processors] = topology.feed_of_processor
        self._feed = feed_of_source[source[self._processed]]
        self._by_node = PartialSum(topology.node[self._lanes])
        self._tracked = pool.zeros(len(source))
        self._tracked_total, self._total, self._threshold = (pool.zeros(topology.n_nodes) for _ in range(3))
        self._has_stock = pool.masks(topology.n_nodes)

    def arrive(self, state: EngineState) -> None:
        """Mix what arrives into the stocks, which do not include it yet (eq. 12, 13)."""
        self._lane_share[self._processed] = self.share[self._feed]
        tracked = spread(state.arriving, self._lanes, self._tracked)
        tracked *= self._lane_share
        tracked_total = np.multiply(self.share, state.stock, out=self._tracked_total)
        tracked_total[self._by_node.segments] += self._by_node(tracked)
        total = np.add(state.stock, state.arrived, out=self._total)
        threshold = np.multiply(state.expected_demand, NEGLIGIBLE_STOCK, out=self._threshold)
        has_stock = np.greater(total, threshold, out=self._has_stock)
        # Dividing everywhere and copying a part is faster than dividing with a mask.
        divide(tracked_total, total, tracked_total)
        np.copyto(self.share, tracked_total, where=has_stock)
        self.from_reserves.fill(0.0)

    def release(self, reserve: int, use: int, quantity: FloatArray) -> None:
        """Count what a node got from a reserve."""
        self.from_reserves[use] += self.share[reserve] * quantity

    def consumed(self, state: EngineState, out: FloatArray) -> None:
        """Write the tracked consumption of uses (eq. 26) into `out` (N, R)."""
        np.multiply(self.share, state.used, out=out)
        out += self.from_reserves
        out[self._topology.not_uses] = 0.0
