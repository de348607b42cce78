"""What a node counts of its licence queues in its inventory position (model.md, eq. 9a, 30a, 31).

The order-up-to level holds what is expected to wait for a licence. Here it is taken off what is counted of
the queues instead, lane by lane, so that both need one sum over lanes.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.licence_queues import LicenceQueues
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.state import EngineState, narrow
from diamondsim.engines.batch.topology import Topology


class CountedQueues:
    """The queues of the covered lanes (Lc, R) as their buyers count them."""

    def __init__(self, topology: Topology, draws: Draws, pool: ArrayPool) -> None:
        self._topology, self._by_node = topology, topology.by_covered_node()
        self._node = topology.node[topology.covered]
        self._cover_ticks = pool.copy(draws.cover_ticks[self._node])
        self._queue_weight = narrow(draws.queue_weight[self._node])
        n_covered = len(topology.covered)
        self._licence_lead, self._counted, self._buffer = (pool.zeros(n_covered) for _ in range(3))
        # Within this time a lane's queue must be admitted to count, but for the extra cover.
        self._admission_ticks = pool.copy(self._cover_ticks)

    def add_to(
        self,
        inventory_position: FloatArray,
        state: EngineState,
        queues: LicenceQueues,
        terms: ControlTerms,
        extra_cover: FloatArray | None,
        released: FloatArray | None,
    ) -> None:
        """Add what counts of queues to inventory positions (N, R), and take off what should wait there.

        Parameters
        ----------
        extra_cover : (N, R) array or None
            `H`; None where it is 0 for all.
        released : (Lc, R) array or None
            What waits on free lanes; None if nothing does.
        """
        if terms.has_changed:
            spread(terms.licence_lead_ticks(), self._topology.profile, self._licence_lead)
            np.add(self._cover_ticks, self._licence_lead, out=self._admission_ticks)
        if not (terms.active or queues.waiting):
            return
        counted, buffer, by_node = self._counted, self._buffer, self._by_node
        if extra_cover is None:
            np.multiply(self._admission_ticks, queues.reference_flow, out=counted)
        else:
            spread(extra_cover, self._node, counted)
            counted += self._admission_ticks
            counted *= queues.reference_flow
        np.minimum(counted, queues.pending, out=counted)
        counted *= self._queue_weight
        counted -= np.multiply(self._licence_lead, queues.reference_flow, out=buffer)
        counted *= state.expected_fill_rate.take(self._topology.covered, axis=0, out=buffer, mode="clip")
        if released is not None:
            counted *= terms.controlled
            counted += released
        inventory_position[by_node.segments] += by_node(counted)
