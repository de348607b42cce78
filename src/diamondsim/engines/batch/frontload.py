"""Front-loading and hoarding ahead of a control (model.md, eq. 27-29)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.layout import Layout


class FrontLoading:
    """What buyers do because a control is announced or in force.

    Attributes
    ----------
    ceiling : (N, R) array
        `C[n]`.
    extra_cover : (N, R) array or None
        `H[n]`; None where it is 0 for all.
    room_factor : (Lc, R) array or None
        `Rl` of the covered lanes; None where it is 1 for all.
    """

    def __init__(self, layout: Layout, draws: Draws, exposed: FloatArray) -> None:
        self._draws, self._exposed = draws, exposed
        self._rushing = [np.flatnonzero((tick > 0.0).any(axis=1)).tolist() for tick in draws.rush]
        self._hoarding = [np.flatnonzero((tick > 0.0).any(axis=1)).tolist() for tick in draws.hoard_ticks]
        nodes_of_covered = layout.node[layout.covered]
        self._lanes = [np.flatnonzero(desks[layout.profile] >= 0) for desks in layout.profile_desk.T]
        self._nodes = [nodes_of_covered[lanes] for lanes in self._lanes]
        width = draws.n_replications
        self._factor = np.ones((len(layout.covered), width))
        self._ceiling = np.zeros((layout.n_nodes, width))
        self._extra = np.zeros((layout.n_nodes, width))
        self.ceiling = draws.order_ceiling
        self.extra_cover: FloatArray | None = None
        self.room_factor: FloatArray | None = None

    def update(self, t: int) -> None:
        """Move to tick `t`."""
        self.ceiling, self.room_factor, self.extra_cover = self._draws.order_ceiling, None, None
        if self._rushing[t]:
            self._rush(t)
        if self._hoarding[t]:
            self._extra.fill(0.0)
            for control in self._hoarding[t]:
                extra = self._exposed[control] * self._draws.hoard_ticks[t, control]
                np.maximum(self._extra, extra, out=self._extra)
            self.extra_cover = self._extra

    def _rush(self, t: int) -> None:
        self._ceiling.fill(-np.inf)
        self._factor.fill(1.0)
        for control in self._rushing[t]:
            rush, exposed = self._draws.rush[t, control], self._exposed[control]
            factor = 1.0 + (rush - 1.0) * exposed
            factor[(rush <= 0.0) | (exposed <= 0.0)] = -np.inf
            np.maximum(self._ceiling, factor, out=self._ceiling)
            lanes = self._lanes[control]
            self._factor[lanes] = np.maximum(self._factor[lanes], factor[self._nodes[control]])
        calm = np.isneginf(self._ceiling)
        np.copyto(self._ceiling, self._draws.order_ceiling, where=calm)
        self.ceiling, self.room_factor = self._ceiling, self._factor
