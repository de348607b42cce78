"""Orders on lanes that need a licence, and what free sellers are asked instead (model.md, eq. 34b, 37).

A seller under licence accepts an order, but delivers only what is admitted. So its buyer counts as served
only what it expects to be admitted, asks free sellers for the rest, and asks in round two for no more
licences than there can be.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.constants import EPS
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.licence_queues import LicenceQueues
from diamondsim.engines.batch.segments import SegmentSum, spread
from diamondsim.engines.batch.state import EngineState
from diamondsim.engines.batch.topology import Topology


class LicensedOrders:
    """The covered lanes (Lc, R) as buyers see them while some control binds.

    Parameters
    ----------
    topology : Topology
    terms : ControlTerms
        Of the current tick.
    queues : LicenceQueues
        Their reference flow is read.
    tier : (L,) int array
        Tier of each lane.
    """

    def __init__(
        self,
        topology: Topology,
        terms: ControlTerms,
        queues: LicenceQueues,
        tier: IntArray,
        pool: ArrayPool,
    ) -> None:
        self._covered, self._node = topology.covered, topology.node[topology.covered]
        self._by_node = topology.by_covered_node()
        # For each round two: the covered lanes of the tiers so far, among the covered and among all lanes,
        # and the sum over them by node, for all nodes with covered lanes.
        so_far = [np.flatnonzero(tier[topology.covered] <= k) for k in range(tier.max(initial=0) + 1)]
        # All of them as a slice, which copies nothing.
        rows_of = [slice(None) if len(rows) == len(self._covered) else rows for rows in so_far]
        place, n_nodes = self._by_node.place, len(self._by_node.segments)
        self._so_far = [
            (rows, self._covered[rows], SegmentSum(np.arange(len(place[rows])), place[rows], n_nodes, n_rows))
            for rows, n_rows in zip(rows_of, map(len, so_far), strict=True)
        ]
        self._terms, self._queues = terms, queues
        n_covered = len(self._covered)
        self._desired, self._uncounted, self._lane_max, self._most, self._buffer = (
            pool.zeros(n_covered) for _ in range(5)
        )
        self._fill_rate = pool.zeros(n_covered)  # of this tick
        self._unmet = pool.zeros(topology.n_nodes)
        self._is_free = pool.masks(n_covered)
        # What each node desires from free sellers beside its order.
        self._turned = pool.zeros(len(self._by_node.segments))

    @property
    def is_active(self) -> bool:
        """Whether some control binds."""
        return self._terms.active

    def turn_to_free_sellers(self, state: EngineState, order_per_weight: FloatArray) -> None:
        """Raise the order per weight (N, R) on free lanes by what licences will not let pass (eq. 34b).

        `desired_order` holds the weights of the lanes. What is desired on controlled lanes is kept for
        `write_desired`.
        """
        desired, uncounted, nodes = self._desired, self._uncounted, self._by_node.segments
        state.desired_order.take(self._covered, axis=0, out=desired, mode="clip")
        desired *= spread(order_per_weight, self._node, uncounted)
        desired *= self._terms.controlled
        np.minimum(desired, self._queues.reference_flow, out=uncounted)
        uncounted *= state.expected_fill_rate.take(self._covered, axis=0, out=self._fill_rate, mode="clip")
        np.subtract(desired, uncounted, out=uncounted)
        missing = self._by_node(uncounted)
        free = state.desired_total[nodes]
        free -= self._by_node(desired)
        has_free = free > EPS * state.expected_demand[nodes]
        factor = np.ones(free.shape)
        np.divide(missing, free, out=factor, where=has_free)
        factor += has_free
        order_per_weight[nodes] *= factor
        missing *= has_free
        self._turned = missing

    def write_desired(self, state: EngineState) -> None:
        """Write what is desired on controlled lanes and requested there in round one (eq. 36).

        `lane_max` becomes what round two asks for at most: what licences can let pass (eq. 37).
        """
        covered, desired, most, lane_max = self._covered, self._buffer, self._most, self._lane_max
        state.desired_order.take(covered, axis=0, out=desired, mode="clip")
        desired *= self._terms.free
        desired += self._desired
        state.desired_order[covered] = desired
        state.lane_max.take(covered, axis=0, out=lane_max, mode="clip")
        state.allocated[covered] = np.minimum(desired, lane_max, out=most)
        np.minimum(lane_max, self._queues.reference_flow, out=most)
        np.copyto(most, lane_max, where=np.greater(self._terms.free, 0.0, out=self._is_free))
        state.lane_max[covered] = most

    def restore_lanes(self, state: EngineState) -> None:
        """Put `lane_max` back, which prices compare with offers in the next tick."""
        if self.is_active:
            state.lane_max[self._covered] = self._lane_max

    def unmet_of(self, tier: int, unmet: FloatArray, state: EngineState) -> FloatArray:
        """Return the unmet orders (N, R) of round two (eq. 37).

        Both what is desired and what is allocated on a controlled lane count only as far as it is expected to
        be admitted.

        Parameters
        ----------
        tier : int
            The last tier that has been served.
        unmet : (N, R) array
            The order less what is allocated, and less what is desired on lanes of later tiers.
        """
        if not self.is_active:
            return unmet
        rows, lanes, by_node = self._so_far[tier]
        # Both buffers are free from here on: `write_desired` has been called.
        n_lanes = len(lanes)
        allocated, counted = self._most[:n_lanes], self._buffer[:n_lanes]
        state.allocated.take(lanes, axis=0, out=allocated, mode="clip")
        np.minimum(allocated, self._queues.reference_flow[rows], out=counted)
        counted *= self._fill_rate[rows]
        uncounted = np.subtract(allocated, counted, out=allocated)
        uncounted *= self._terms.controlled[rows]
        uncounted -= self._uncounted[rows]
        total, nodes = self._unmet, self._by_node.segments
        np.copyto(total, unmet)
        of_covered = unmet[nodes]
        of_covered += self._turned
        of_covered += by_node(uncounted)
        total[nodes] = of_covered
        return total
