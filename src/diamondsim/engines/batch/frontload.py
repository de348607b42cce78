"""Front-loading and hoarding ahead of a control, and what buyers buy ahead (model.md, eq. 27-29, 82)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray, IntArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.state import narrow
from diamondsim.plan import Plan


class FrontLoading:
    """What buyers do because a control is announced or in force, or because they planned to.

    Attributes
    ----------
    ceiling : (N, R) or (N, 1) array
        `C[n]`.
    extra_cover : (N, R) array or None
        `H[n]`; None where it is 0 for all.
    lanes : (n,) int array
        Lanes whose room may ever grow: those covered, and all of a node that buys ahead.
    room_factor : (n, R) array or None
        `Rl` of these; None where it is 1 for all.
    """

    def __init__(self, plan: Plan, layout: Layout, draws: Draws, exposed: FloatArray) -> None:
        self._draws, self._exposed = draws, [narrow(share) for share in exposed]
        self._rushing = [np.flatnonzero((tick > 0.0).any(axis=1)).tolist() for tick in draws.front_loading]
        self._hoarding = [
            np.flatnonzero((tick > 0.0).any(axis=1)).tolist() for tick in draws.hoarding_cover_ticks
        ]
        ahead = np.array(sorted({pre_buy.node for pre_buy in plan.pre_buys}), dtype=np.int64)
        self.lanes = np.union1d(layout.covered, np.flatnonzero(np.isin(layout.node, ahead)))
        by_control = [layout.covered[desks[layout.profile] >= 0] for desks in layout.profile_desk.T]
        self._rows = [np.searchsorted(self.lanes, lanes) for lanes in by_control]
        self._nodes = [layout.node[lanes] for lanes in by_control]
        self._pre_buys = [
            (pre_buy, rows, np.flatnonzero(layout.node[self.lanes] == pre_buy.node))
            for pre_buy, rows in zip(plan.pre_buys, draws.pre_buys, strict=True)
        ]
        width = draws.n_replications
        self._factor = np.ones((len(self.lanes), width))
        self._ceiling = np.zeros((layout.n_nodes, width))
        self._extra = np.zeros((layout.n_nodes, width))
        self._usual_ceiling = narrow(draws.max_order)
        self.ceiling = self._usual_ceiling
        self.extra_cover: FloatArray | None = None
        self.room_factor: FloatArray | None = None

    def update(self, t: int) -> None:
        """Move to tick `t`."""
        self.ceiling, self.room_factor, self.extra_cover = self._usual_ceiling, None, None
        if self._rushing[t]:
            self._rush(t)
        if self._hoarding[t]:
            first, *others = self._hoarding[t]
            ticks = self._draws.hoarding_cover_ticks[t]
            np.multiply(self._exposed[first], ticks[first], out=self._extra)
            for control in others:
                np.maximum(self._extra, self._exposed[control] * ticks[control], out=self._extra)
            self.extra_cover = self._extra
        for pre_buy, (extra, top), rows in self._pre_buys:
            if pre_buy.begin <= t < pre_buy.end:
                self._buy_ahead(pre_buy.node, rows, extra, top)

    def _rush(self, t: int) -> None:
        self._ceiling.fill(-np.inf)
        self._factor.fill(1.0)
        for control in self._rushing[t]:
            rush, exposed = self._draws.front_loading[t, control], self._exposed[control]
            factor = 1.0 + (rush - 1.0) * exposed
            factor[(rush <= 0.0) | (exposed <= 0.0)] = -np.inf
            np.maximum(self._ceiling, factor, out=self._ceiling)
            rows = self._rows[control]
            self._factor[rows] = np.maximum(self._factor[rows], factor[self._nodes[control]])
        calm = np.isneginf(self._ceiling)
        np.copyto(self._ceiling, self._usual_ceiling, where=calm)
        self.ceiling, self.room_factor = self._ceiling, self._factor

    def _buy_ahead(self, node: int, rows: IntArray, extra: FloatArray, top: FloatArray) -> None:
        """Raise what one node may order and take (eq. 82); `rows` are its lanes in `lanes`."""
        if self.extra_cover is None:
            self._extra.fill(0.0)
            self.extra_cover = self._extra
        if self.room_factor is None:
            self._factor.fill(1.0)
            self.room_factor = self._factor
        if self.ceiling is not self._ceiling:
            np.copyto(self._ceiling, self.ceiling)
            self.ceiling = self._ceiling
        self.extra_cover[node] += extra
        self.ceiling[node] = np.maximum(self.ceiling[node], top)
        self.room_factor[rows] = np.maximum(self.room_factor[rows], top)
