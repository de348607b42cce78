"""Where the crystal comes from: tracked shares of stocks and of consumption (model.md, eq. 12, 13, 26)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import PartialSum, spread
from diamondsim.engines.batch.state import State

SOME = 1e-6
"""Of the expected flow: less than this in stock has no origin worth telling (eq. 13)."""


class Origin:
    """Tracked shares.

    Attributes
    ----------
    share : (N, R) array
        `phi`.
    from_reserves : (N, R) array
        Tracked carats that nodes got from reserves in the tick.
    """

    def __init__(self, layout: Layout, draws: Draws) -> None:
        width = draws.n_replications
        self._layout = layout
        self.share = draws.opening_tracked.copy()
        self.from_reserves = np.zeros((layout.n_nodes, width))
        # Most lanes never carry any; those of processors carry what their feed is.
        carried = np.asarray((draws.tracked_share > 0.0).any(axis=1))
        carried[layout.processors] = True
        self._lanes = np.flatnonzero(carried[layout.source])
        source = layout.source[self._lanes]
        self._of_lane = draws.tracked_share[source]
        self._processed = np.flatnonzero(np.isin(source, layout.processors))
        feed_of_source = np.zeros(layout.n_sources, dtype=np.int64)
        feed_of_source[layout.processors] = layout.feed_of_processor
        self._feed = feed_of_source[source[self._processed]]
        self._by_node = PartialSum(layout.node[self._lanes])
        self._tracked = np.zeros(self._of_lane.shape)
        self._coming, self._after, self._threshold = np.zeros((3, layout.n_nodes, width))

    def arrive(self, state: State) -> None:
        """Mix what arrives into the stocks as they were before it (eq. 12, 13)."""
        self._of_lane[self._processed] = self.share[self._feed]
        tracked = spread(state.arriving, self._lanes, self._tracked)
        tracked *= self._of_lane
        coming = np.multiply(self.share, state.stock, out=self._coming)
        coming[self._by_node.segments] += self._by_node(tracked)
        after = np.add(state.stock, state.arrived, out=self._after)
        threshold = np.multiply(state.flow, SOME, out=self._threshold)
        empty = np.less_equal(after, threshold)
        if empty.any():
            np.divide(coming, after, out=self.share, where=~empty)
        else:
            np.divide(coming, after, out=self.share)
        self.from_reserves.fill(0.0)

    def release(self, reserve: int, use: int, quantity: FloatArray) -> None:
        """Note what a node took from a reserve."""
        self.from_reserves[use] += self.share[reserve] * quantity

    def consumed(self, state: State, out: FloatArray) -> None:
        """Write the tracked consumption of uses (eq. 26) into `out` (N, R)."""
        np.multiply(self.share, state.used, out=out)
        out += self.from_reserves
        out[self._layout.not_uses] = 0.0
