"""What third countries pass on, as far as it limits diversion (model.md, eq. 40a, 40c).

Owns the lanes into third countries from which goods are taken, (Lv, R), where they are passed on out of what
is sent there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.segments import PartialSum, SegmentSum, spread
from diamondsim.engines.batch.state import at_most, divide
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan, Relay


@dataclass(frozen=True)
class _Relay:
    """What is diverted around one control, and the lanes into its third countries.

    Attributes
    ----------
    rows : (n,) int array
        Covered lanes around the control.
    by_source : PartialSum
        Sum of these by source, (n, R) -> (k, R).
    lanes, source : (m,) int arrays
        Lanes of these sources into third countries, and the position of their source among the k.
    part : (m, 1) array
        Part of what is sent on them that this control has, where several share it.
    sent_by_source : SegmentSum
        Sum of these by source, (m, R) -> (k, R).
    taken_from : (m,) int array or None
        Their position among the lanes from which goods are taken; None where goods are beside.
    """

    control: int
    share: FloatArray
    rows: IntArray
    by_source: PartialSum
    lanes: IntArray
    source: IntArray
    part: FloatArray
    sent_by_source: SegmentSum
    taken_from: IntArray | None


class DiversionRelays:
    """What third countries can pass on, by control.

    Attributes
    ----------
    lanes : (Lv,) int array
        Lanes from which goods may be taken.
    relayed : (Lv, R) array
        What is taken from them in this tick.
    has_relayed : bool
        Whether that may differ from 0.
    inside : (Lc, R) array or None
        The part of what is diverted that is taken from third countries; None where all is beside.
    """

    def __init__(self, plan: Plan, topology: Topology, draws: Draws) -> None:
        n_replications = draws.n_replications
        is_inside = plan.relay == Relay.INSIDE
        self.lanes = np.flatnonzero(plan.third_country[is_inside].any(axis=0))
        self._nodes = PartialSum(topology.node[self.lanes])
        self._relays = [
            self._relay(control, plan, topology, draws) for control in np.flatnonzero(plan.relay).tolist()
        ]
        self.relayed = np.zeros((len(self.lanes), n_replications))
        self.has_relayed = False
        shape = (len(topology.covered), n_replications)
        self.inside = np.zeros(shape) if is_inside.any() else None
        self._before = np.zeros_like(self.relayed)
        self._scale = np.ones(shape)
        self._profile = topology.profile

    def _relay(self, control: int, plan: Plan, topology: Topology, draws: Draws) -> _Relay:
        covered = topology.covered
        rows = np.flatnonzero((plan.rule_of[control, covered] >= 0) & ~plan.third_country[control, covered])
        by_source = PartialSum(topology.source[covered[rows]])
        lanes = np.flatnonzero(plan.third_country[control] & np.isin(topology.source, by_source.segments))
        source = np.searchsorted(by_source.segments, topology.source[lanes])
        return _Relay(
            control=control,
            share=draws.relay_share[control],
            rows=rows,
            by_source=by_source,
            lanes=lanes,
            source=source,
            part=1.0 / plan.n_sharing(control)[lanes, np.newaxis],
            sent_by_source=SegmentSum(np.arange(len(lanes)), source, len(by_source.segments), len(lanes)),
            taken_from=(np.searchsorted(self.lanes, lanes) if plan.relay[control] == Relay.INSIDE else None),
        )

    def limit(self, terms: ControlTerms, potential: FloatArray, dispatched: FloatArray) -> None:
        """Limit the potential diversion (Lc, R) to what third countries can pass on (eq. 40a).

        `dispatched` (L, R) is what is dispatched on all lanes. `inside` is written too.
        """
        self.stop()
        scale = self._scale
        scale.fill(1.0)
        for relay in self._relays:
            in_force = terms.one_if_in_force[relay.control]
            if not in_force.any():
                continue
            total = relay.by_source(potential[relay.rows] * in_force)
            pool = relay.sent_by_source(dispatched[relay.lanes] * relay.part)
            pool *= relay.share
            is_bound = total > 0.0
            limit = np.where(is_bound, at_most(divide(pool, total, pool), 1.0), 1.0)
            scale[relay.rows] = np.minimum(scale[relay.rows], limit[relay.by_source.place])
        potential *= scale
        if self.inside is not None:
            np.multiply(potential, terms.n_inside[self._profile] > 0.0, out=self.inside)

    def take(self, terms: ControlTerms, dispatched: FloatArray, pipeline: FloatArray) -> None:
        """Take what is inside off what is dispatched, and off the pipeline of the nodes (N, R) (eq. 40c)."""
        if self.inside is None or not self.inside.any():
            return
        spread(dispatched, self.lanes, self._before)
        for relay in self._relays:
            in_force = terms.one_if_in_force[relay.control]
            if relay.taken_from is None or not in_force.any():
                continue
            part = self.inside[relay.rows] * in_force
            part /= np.maximum(terms.n_inside[self._profile[relay.rows]], 1.0)
            taken = relay.by_source(part)
            sent = dispatched[relay.lanes] * relay.part
            ratio = at_most(divide(taken, relay.sent_by_source(sent), taken), 1.0)
            sent *= ratio[relay.source]
            self.relayed[relay.taken_from] += sent
        dispatched[self.lanes] -= self.relayed
        pipeline[self._nodes.segments] -= self._nodes(self.relayed)
        self.has_relayed = True

    def stop(self) -> None:
        """Take nothing."""
        if self.has_relayed:
            self.relayed.fill(0.0)
            self.has_relayed = False

    def restore(self, dispatched: FloatArray) -> None:
        """Put back what was taken off what is dispatched."""
        if self.has_relayed:
            dispatched[self.lanes] = self._before
