"""What third countries pass on, as far as it limits diversion (model.md, eq. 40a-40d).

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
    sent, total : (m, R) and (k, R) arrays
        What is sent on these lanes in this tick, and by source.
    sent_mean, drawdown : (k, R) arrays
        `sent_mean[i,s]` and `drawdown[i,s]` of the page.
    """

    control: int
    share: FloatArray
    gain: FloatArray
    rows: IntArray
    by_source: PartialSum
    lanes: IntArray
    source: IntArray
    part: FloatArray
    sent_by_source: SegmentSum
    taken_from: IntArray | None
    sent: FloatArray
    total: FloatArray
    sent_mean: FloatArray
    drawdown: FloatArray


class DiversionRelays:
    """What third countries can pass on, by control.

    Parameters
    ----------
    opening_flow : (L, R) array
        What lanes carry before tick 0.

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

    def __init__(self, plan: Plan, topology: Topology, draws: Draws, opening_flow: FloatArray) -> None:
        n_replications = draws.n_replications
        is_inside = plan.relay == Relay.INSIDE
        self.lanes = np.flatnonzero(plan.third_country[is_inside].any(axis=0))
        self._nodes = PartialSum(topology.node[self.lanes])
        self._relays = [
            self._relay(control, plan, topology, draws, opening_flow)
            for control in np.flatnonzero(plan.relay).tolist()
        ]
        self.relayed = np.zeros((len(self.lanes), n_replications))
        self.has_relayed = False
        shape = (len(topology.covered), n_replications)
        self.inside = np.zeros(shape) if is_inside.any() else None
        self._is_limiting = False
        self._before = np.zeros_like(self.relayed)
        self._scale = np.ones(shape)
        self._profile = topology.profile

    def _relay(
        self, control: int, plan: Plan, topology: Topology, draws: Draws, opening_flow: FloatArray
    ) -> _Relay:
        covered = topology.covered
        rows = np.flatnonzero((plan.rule_of[control, covered] >= 0) & ~plan.third_country[control, covered])
        by_source = PartialSum(topology.source[covered[rows]])
        lanes = np.flatnonzero(plan.third_country[control] & np.isin(topology.source, by_source.segments))
        source = np.searchsorted(by_source.segments, topology.source[lanes])
        part = 1.0 / plan.n_sharing(control)[lanes, np.newaxis]
        sent_by_source = SegmentSum(np.arange(len(lanes)), source, len(by_source.segments), len(lanes))
        sent = opening_flow[lanes] * part
        sent_mean = sent_by_source(sent)
        return _Relay(
            control=control,
            share=draws.relay_share[control],
            gain=draws.relay_gain[control],
            rows=rows,
            by_source=by_source,
            lanes=lanes,
            source=source,
            part=part,
            sent_by_source=sent_by_source,
            taken_from=(np.searchsorted(self.lanes, lanes) if plan.relay[control] == Relay.INSIDE else None),
            sent=sent,
            total=sent_mean.copy(),
            sent_mean=sent_mean,
            drawdown=np.zeros_like(sent_mean),
        )

    def observe(self, dispatched: FloatArray) -> None:
        """Smooth what third countries are sent (eq. 40a); `dispatched` (L, R) is that on all lanes.

        Nothing is diverted or taken in this tick unless `limit` and `take` follow.
        """
        if self.has_relayed:
            self.relayed.fill(0.0)
            self.has_relayed = False
        self._is_limiting = False
        for relay in self._relays:
            np.multiply(dispatched[relay.lanes], relay.part, out=relay.sent)
            relay.total[:] = relay.sent_by_source(relay.sent)
            change = relay.total - relay.sent_mean
            change *= relay.gain
            np.add(relay.sent_mean, change, out=relay.sent_mean)

    def limit(self, terms: ControlTerms, potential: FloatArray) -> None:
        """Limit the potential diversion (Lc, R) to what third countries can pass on (eq. 40a).

        `inside` is written too.
        """
        self._is_limiting = True
        scale = self._scale
        scale.fill(1.0)
        for relay in self._relays:
            in_force = terms.one_if_in_force[relay.control]
            if not in_force.any():
                continue
            total = relay.by_source(potential[relay.rows] * in_force)
            pool = relay.sent_mean * relay.share
            is_bound = total > 0.0
            limit = np.where(is_bound, at_most(divide(pool, total, pool), 1.0), 1.0)
            scale[relay.rows] = np.minimum(scale[relay.rows], limit[relay.by_source.place])
        potential *= scale
        if self.inside is not None:
            np.multiply(potential, terms.n_inside[self._profile] > 0.0, out=self.inside)

    def take(self, terms: ControlTerms, dispatched: FloatArray, pipeline: FloatArray) -> None:
        """Take what is inside, now or earlier, off what is dispatched and off the pipeline (eq. 40c, 40d).

        `pipeline` (N, R) is that of the nodes.
        """
        for relay in self._relays:
            if relay.taken_from is None:
                continue
            self._draw_down(relay, terms)
            if relay.drawdown.any():
                replaced = np.minimum(relay.drawdown, relay.total)
                np.subtract(relay.drawdown, replaced, out=relay.drawdown)
                share = divide(replaced, relay.total, replaced)
                self.relayed[relay.taken_from] += relay.sent * share[relay.source]
                self.has_relayed = True
        if self.has_relayed:
            spread(dispatched, self.lanes, self._before)
            dispatched[self.lanes] -= self.relayed
            pipeline[self._nodes.segments] -= self._nodes(self.relayed)

    def _draw_down(self, relay: _Relay, terms: ControlTerms) -> None:
        """Add what is passed on around a control in this tick to what traders have not replaced (eq. 40d)."""
        in_force = terms.one_if_in_force[relay.control]
        if self._is_limiting and self.inside is not None and in_force.any():
            part = self.inside[relay.rows] * in_force
            part /= np.maximum(terms.n_inside[self._profile[relay.rows]], 1.0)
            np.add(relay.drawdown, relay.by_source(part), out=relay.drawdown)

    def write_drawdown(self, out: FloatArray) -> None:
        """Write what third countries have not replaced, by source, into `out` (S, R)."""
        out.fill(0.0)
        for relay in self._relays:
            if relay.taken_from is not None:
                out[relay.by_source.segments] += relay.drawdown

    def restore(self, dispatched: FloatArray) -> None:
        """Put back what was taken off what is dispatched."""
        if self.has_relayed:
            dispatched[self.lanes] = self._before
