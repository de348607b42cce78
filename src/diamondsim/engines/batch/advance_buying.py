"""Buying in advance: front-loading and hoarding because of controls, and pre-buys (model.md, eq. 27-30)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.state import narrow
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan


class AdvanceBuying:
    """Limits and covers of the current tick, as controls and pre-buys change them.

    Attributes
    ----------
    max_order : (N, R), (N, 1) or (1, 1) array
        `C[n]`.
    extra_cover : (N, R) array or None
        `H[n]`; None where it is 0 for all.
    lanes : (n,) int array
        Lanes whose largest quantity may ever be raised: covered lanes, and all lanes of nodes with a pre-buy.
    lane_max_factor : (n, R) array or None
        `Rl` of `lanes`; None where it is 1 for all.
    """

    def __init__(
        self, plan: Plan, topology: Topology, draws: Draws, exposure: FloatArray, pool: ArrayPool
    ) -> None:
        self._draws, self._exposure = draws, list(exposure)
        self._front_loading_controls = _controls_by_tick(draws.front_loading)
        self._hoarding_controls = _controls_by_tick(draws.hoarding_cover_ticks)
        pre_buyers = np.array(sorted({pre_buy.node for pre_buy in plan.pre_buys}), dtype=np.int64)
        self.lanes = np.union1d(topology.covered, np.flatnonzero(np.isin(topology.node, pre_buyers)))
        by_control = [topology.covered[rules[topology.profile] >= 0] for rules in topology.profile_rules.T]
        self._rows = [np.searchsorted(self.lanes, lanes) for lanes in by_control]
        self._nodes = [topology.node[lanes] for lanes in by_control]
        self._pre_buys = [
            (pre_buy, rows, np.flatnonzero(topology.node[self.lanes] == pre_buy.node))
            for pre_buy, rows in zip(plan.pre_buys, draws.pre_buys, strict=True)
        ]
        self._factor = pool.zeros(len(self.lanes))
        self._changed_max_order, self._extra_buffer = (pool.zeros(topology.n_nodes) for _ in range(2))
        self._usual_max_order = narrow(draws.max_order)
        self.max_order = self._usual_max_order
        self.extra_cover: FloatArray | None = None
        self.lane_max_factor: FloatArray | None = None

    def update(self, t: int) -> None:
        """Move to tick `t`."""
        self.max_order, self.lane_max_factor, self.extra_cover = self._usual_max_order, None, None
        if self._front_loading_controls[t]:
            self._front_load(t)
        if self._hoarding_controls[t]:
            first, *others = self._hoarding_controls[t]
            ticks = self._draws.hoarding_cover_ticks[t]
            np.multiply(self._exposure[first], ticks[first], out=self._extra_buffer)
            for control in others:
                np.maximum(
                    self._extra_buffer, self._exposure[control] * ticks[control], out=self._extra_buffer
                )
            self.extra_cover = self._extra_buffer
        for pre_buy, (extra, max_order), rows in self._pre_buys:
            if pre_buy.begin <= t < pre_buy.end:
                self._pre_buy(pre_buy.node, rows, extra, max_order)

    def _front_load(self, t: int) -> None:
        """Write the largest orders and the lane factors of front-loading (eq. 27, 29)."""
        self._changed_max_order.fill(-np.inf)
        self._factor.fill(1.0)
        for control in self._front_loading_controls[t]:
            front_loading, exposure = self._draws.front_loading[t, control], self._exposure[control]
            # A control that is not announced, or does not concern the node, must not enter the maximum.
            factor = 1.0 + (front_loading - 1.0) * exposure
            factor[(front_loading <= 0.0) | (exposure <= 0.0)] = -np.inf
            np.maximum(self._changed_max_order, factor, out=self._changed_max_order)
            rows = self._rows[control]
            self._factor[rows] = np.maximum(self._factor[rows], factor[self._nodes[control]])
        unaffected = np.isneginf(self._changed_max_order)
        np.copyto(self._changed_max_order, self._usual_max_order, where=unaffected)
        self.max_order, self.lane_max_factor = self._changed_max_order, self._factor

    def _pre_buy(self, node: int, rows: IntArray, extra: FloatArray, max_order: FloatArray) -> None:
        """Raise what one node may order and take (eq. 30); `rows` are its lanes in `lanes`."""
        if self.extra_cover is None:
            self._extra_buffer.fill(0.0)
            self.extra_cover = self._extra_buffer
        if self.lane_max_factor is None:
            self._factor.fill(1.0)
            self.lane_max_factor = self._factor
        # The usual largest orders belong to the Draws: they are copied before a row is raised.
        if self.max_order is not self._changed_max_order:
            np.copyto(self._changed_max_order, self.max_order)
            self.max_order = self._changed_max_order
        self.extra_cover[node] += extra
        self.max_order[node] = np.maximum(self.max_order[node], max_order)
        self.lane_max_factor[rows] = np.maximum(self.lane_max_factor[rows], max_order)


def _controls_by_tick(values: FloatArray) -> list[list[int]]:
    """Return for each tick the controls with a positive value (T, C, R) in some replication."""
    is_positive = values.max(axis=2, initial=0.0) > 0.0
    return [[control for control, is_any in enumerate(row) if is_any] for row in is_positive.tolist()]
