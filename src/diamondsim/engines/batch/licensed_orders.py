"""Orders on lanes that need a licence, and what free sellers are asked instead (model.md, eq. 34b, 37).

A seller under licence accepts an order, but delivers only what is admitted. So its buyer counts as served
only what it expects to be admitted, asks free sellers for the rest, and asks in round two for no more
licences than there can be.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.constants import EPS
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.licence_queues import LicenceQueues
from diamondsim.engines.batch.segments import spread
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
        self, topology: Topology, terms: ControlTerms, queues: LicenceQueues, tier: IntArray
    ) -> None:
        self._tier = tier[topology.covered][:, None]
        self._covered, self._node = topology.covered, topology.node[topology.covered]
        self._by_node = topology.by_covered_node()
        self._terms, self._queues = terms, queues
        shape = queues.reference_flow.shape
        self._desired, self._expected, self._lane_max = np.zeros((3, *shape))
        # What each node desires from free sellers beside its order.
        self._turned = np.zeros((len(self._by_node.segments), shape[1]))

    @property
    def is_active(self) -> bool:
        """Whether some control binds."""
        return self._terms.active

    def turn_to_free_sellers(self, state: EngineState, order_per_weight: FloatArray) -> None:
        """Raise the order per weight (N, R) on free lanes by what licences will not let pass (eq. 34b).

        `desired_order` holds the weights of the lanes. What is desired on controlled lanes is kept for
        `write_desired`.
        """
        desired, nodes = self._desired, self._by_node.segments
        state.desired_order.take(self._covered, axis=0, out=desired, mode="clip")
        desired *= spread(order_per_weight, self._node, self._expected)
        desired *= self._terms.controlled
        licensed = self._by_node(desired)
        missing = licensed - self._by_node(self._expect(desired, state))
        free = state.desired_total[nodes]
        free -= licensed
        has_free = free > EPS * state.expected_demand[nodes]
        factor = np.ones(free.shape)
        np.divide(missing, free, out=factor, where=has_free)
        factor += has_free
        order_per_weight[nodes] *= factor
        missing *= has_free
        self._turned = missing

    def write_desired(self, state: EngineState) -> None:
        """Write what is desired on controlled lanes, and requested there in round one (eq. 36)."""
        covered, free = self._covered, self._terms.free
        desired = state.desired_order[covered]
        desired *= free
        desired += self._desired
        state.desired_order[covered] = desired
        state.allocated[covered] = np.minimum(desired, state.lane_max[covered])

    def begin_round_two(
        self, tier: int, unmet: FloatArray, state: EngineState, has_room: BoolArray
    ) -> FloatArray:
        """Return the unmet orders (N, R), and lower `lane_max` and `has_room` of controlled lanes (eq. 37).

        Parameters
        ----------
        tier : int
            The last tier that has been served.
        unmet : (N, R) array
            The order less what is allocated, and less what is desired on lanes of later tiers.
        """
        if not self.is_active:
            return unmet
        covered, controlled = self._covered, self._terms.controlled
        allocated = state.allocated[covered]
        state.lane_max.take(covered, axis=0, out=self._lane_max, mode="clip")
        most = np.where(controlled > 0.0, self._queues.reference_flow, np.inf)
        np.minimum(most, self._lane_max, out=most)
        state.lane_max[covered] = most
        has_room[covered] &= most > allocated
        # Both what is desired and what is allocated count only as far as it is expected to be admitted.
        uncounted = allocated - self._expect(allocated, state)
        uncounted -= self._desired
        uncounted += self._expect(self._desired, state)
        uncounted *= controlled
        uncounted *= self._tier <= tier
        total = unmet.copy()
        uncounted_by_node = self._by_node(uncounted)
        uncounted_by_node += self._turned
        total[self._by_node.segments] += uncounted_by_node
        return total

    def end_round_two(self, state: EngineState) -> None:
        """Put `lane_max` back."""
        if self.is_active:
            state.lane_max[self._covered] = self._lane_max

    def _expect(self, quantity: FloatArray, state: EngineState) -> FloatArray:
        """Return what is expected to be admitted of some quantity."""
        expected = np.minimum(quantity, self._queues.reference_flow, out=self._expected)
        expected *= state.expected_fill_rate[self._covered]
        return expected
