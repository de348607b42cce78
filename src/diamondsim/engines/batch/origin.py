"""Where the crystal comes from: tracked shares of stocks and of consumption (model.md, eq. 12, 13, 26)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import spread
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

    def __init__(self, layout: Layout, draws: Draws, state: State) -> None:
        width = draws.n_replications
        self._layout = layout
        self.share = draws.opening_tracked.copy()
        self.from_reserves = np.zeros((layout.n_nodes, width))
        self._of_source = draws.tracked_share.copy()
        self._coming = np.zeros((layout.n_nodes, width))
        self._after = np.zeros((layout.n_nodes, width))
        self._mixing = layout.slots.views((layout.source, state.arriving), (self._after, self._coming))
        self._threshold = np.zeros((layout.n_nodes, width))

    def arrive(self, state: State) -> None:
        """Mix what arrives into the stocks as they were before it (eq. 12, 13)."""
        layout = self._layout
        self._of_source[layout.processors] = self.share[layout.feed_of_processor]
        coming = np.multiply(self.share, state.stock, out=self._coming)
        for source, arriving, tracked, total in self._mixing:
            spread(self._of_source, source, tracked)
            np.multiply(tracked, arriving, out=tracked)
            np.add(total, tracked, out=total)
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
