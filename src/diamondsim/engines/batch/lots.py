"""Orders in whole lots (model.md, eq. 32a, and the sourcing limit of eq. 34)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.constants import EPS
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.state import EngineState


class Lots:
    """The lots of those nodes that have one in some replication; the others are left alone."""

    def __init__(self, draws: Draws, pool: ArrayPool) -> None:
        self._nodes = np.flatnonzero(draws.lot_ticks.any(axis=1))
        self._lot_ticks = pool.copy(draws.lot_ticks[self._nodes])
        self._limit_factor = np.maximum(self._lot_ticks, 1.0)
        self._row = np.full(len(draws.lot_ticks), -1)
        self._row[self._nodes] = np.arange(len(self._nodes))

    def round_up(self, order: FloatArray, expected_demand: FloatArray) -> None:
        """Raise the orders (N, R) of these nodes to whole lots, in place."""
        need, lot = order[self._nodes], self._lot_ticks * expected_demand[self._nodes]
        has_lot = lot > 0.0
        lots = np.ceil(need / np.where(has_lot, lot, 1.0) - EPS) + 0.0  # no -0.0
        order[self._nodes] = np.where(has_lot, lots * lot, need)

    def widen(self, state: EngineState, node_of_lane: IntArray) -> None:
        """Let each lane of these nodes take a lot in one tick: widen `lane_max`, and the request with it."""
        lanes = np.flatnonzero(self._row[node_of_lane] >= 0)
        state.lane_max[lanes] *= self._limit_factor[self._row[node_of_lane[lanes]]]
        state.allocated[lanes] = np.minimum(state.desired_order[lanes], state.lane_max[lanes])
