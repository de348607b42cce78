"""Further sources: sourcing limits that open while sellers disappoint (model.md, eq. 34a)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.constants import EPS
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.state import at_least, narrow
from diamondsim.plan import NO_CEILING


class FurtherSources:
    """How far each node still is from having qualified further sources.

    Attributes
    ----------
    is_on : bool
        Whether any node ever qualifies further sources.
    limit_flow : (N, R) array
        Expected demand as sourcing limits count it; current only where `is_on`.
    """

    def __init__(self, draws: Draws, pool: ArrayPool) -> None:
        self._step = pool.copy(narrow(draws.qualification_rate))
        self.is_on = bool((self._step > 0.0).any())
        self._trigger = pool.copy(narrow(draws.qualification_trigger - EPS))
        n_nodes = len(draws.qualification_rate) if self.is_on else 0
        self._ahead, self._done, self.limit_flow = (pool.zeros(n_nodes) for _ in range(3))
        self._ahead.fill(1.0)
        self._disappoint = pool.masks(n_nodes)

    def run(self, expected_filling: FloatArray, expected_demand: FloatArray) -> None:
        """Write `limit_flow`; `expected_filling` (N, R) is the part of its contracts that a node expects."""
        np.less(expected_filling, self._trigger, out=self._disappoint)
        np.multiply(self._step, self._disappoint, out=self._done)
        self._ahead -= self._done
        at_least(self._ahead, 1.0 / NO_CEILING)
        np.divide(expected_demand, self._ahead, out=self.limit_flow)
