"""The licence queues of lanes: extra reviews, grants, withdrawals (model.md, eq. 15-19, 31a, 43).

Owns the queues of the covered lanes (Lc, R); other lanes never have one.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.control_terms import ControlTerms
from diamondsim.engines.batch.delays import DelayRing
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.state import EngineState, at_most, divide, positive
from diamondsim.engines.batch.topology import Topology


class LicenceQueues:
    """Licence queues of the covered lanes.

    Attributes
    ----------
    waiting : bool
        Whether anything waits, in a queue or in extra review.
    has_grants : bool
        Whether `granted` and `withdrawn` of this tick may differ from 0.
    reference_flow : (Lc, R) array
        Reference flow `ref`; current only while a control binds or something waits.
    queue, in_review, pending : (Lc, R) arrays
        `W`, goods in extra review, and the sum of the two.
    granted, withdrawn : (Lc, R) arrays
        `adm` and `wdr` of the tick.
    """

    def __init__(self, topology: Topology, draws: Draws, n_ticks: int, pool: ArrayPool) -> None:
        n_replications = draws.n_replications
        n_covered = len(topology.covered)
        self._topology = topology
        self._nodes_of = topology.node[topology.covered]
        self.waiting = False
        self.has_grants = False
        self.reference_flow = pool.zeros(n_covered)
        self.queue = pool.zeros(n_covered)
        self.in_review = pool.zeros(n_covered)
        self.pending = pool.zeros(n_covered)
        self.granted = pool.zeros(n_covered)
        self.withdrawn = pool.zeros(n_covered)
        self._by_lane = pool.zeros(n_covered)
        self._entering = pool.zeros(n_covered)
        self._on_free_lanes = pool.zeros(n_covered)
        self._is_releasing = False
        self._by_node = topology.by_covered_node()
        self._by_source = topology.by_covered_source()
        # Only lanes under a rule with an extra review need a calendar.
        rule_reviews = draws.review_ticks.max(axis=1, initial=0) > 0
        profile_reviews = [bool(rule_reviews[rules[rules >= 0]].any()) for rules in topology.profile_rules]
        self._reviewed = np.flatnonzero(np.array(profile_reviews, dtype=bool)[topology.profile])
        self._reviewed_profile = topology.profile[self._reviewed]
        longest = min(int(draws.review_ticks.max(initial=0)), n_ticks)
        self._reviews = DelayRing(topology.profile[self._reviewed], n_replications, longest)

    def grant(self, t: int, state: EngineState, terms: ControlTerms, reference_share: FloatArray) -> None:
        """End reviews, admit and withdraw (phase 2, steps 2 and 3; eq. 15-19).

        `reference_share` (Lc, R) is the contract share on which the reference flow rests.
        """
        self._end_reviews(t)
        if self.has_grants and not self.waiting:
            self.granted.fill(0.0)
            self.withdrawn.fill(0.0)
        self.has_grants = self.waiting
        if not (self.waiting or terms.active):
            return
        spread(state.normal_demand, self._nodes_of, self.reference_flow)
        self.reference_flow *= reference_share
        if not self.waiting:
            return
        profile, by_lane = self._topology.profile, self._by_lane
        np.multiply(spread(terms.approval_rate, profile, by_lane), self.reference_flow, out=self.granted)
        np.minimum(self.granted, self.queue, out=self.granted)
        self.queue -= self.granted
        np.multiply(spread(terms.withdrawal_rate, profile, by_lane), self.queue, out=self.withdrawn)
        self.queue -= self.withdrawn
        np.add(self.queue, self.in_review, out=self.pending)
        state.pipeline[self._by_node.segments] += self._by_node(self.granted)
        state.finished_stock[self._by_source.segments] += self._by_source(self.withdrawn)

    def _end_reviews(self, t: int) -> None:
        ended = self._reviews.take(t) if len(self._reviewed) else None
        if ended is None:
            return
        self.queue[self._reviewed] += ended
        self.in_review[self._reviewed] = np.maximum(self.in_review[self._reviewed] - ended, 0.0)

    def on_free_lanes(self, terms: ControlTerms) -> FloatArray | None:
        """Return what waits on free lanes, extra review included (Lc, R); None if nothing does.

        Goods wait there only after a control has ended: they joined the queue while it bound the lane.
        """
        if terms.has_changed:
            self._is_releasing = True
        if not (self.waiting and self._is_releasing):
            return None
        np.multiply(self.pending, terms.free, out=self._on_free_lanes)
        self._is_releasing = bool(self._on_free_lanes.any())
        return self._on_free_lanes if self._is_releasing else None

    def cancel(self, excess: FloatArray, state: EngineState, terms: ControlTerms) -> None:
        """Cancel what waits on free lanes, up to the excess of each node (eq. 31a); overwrites `excess`.

        Parameters
        ----------
        excess : (k, R) array
            Of the nodes with covered lanes: by how much the inventory position exceeds the target.
        """
        cancelled, by_node = self._by_lane, self._by_node
        np.multiply(self.queue, terms.free, out=cancelled)
        waiting = by_node(cancelled)
        divide(positive(excess), waiting, excess)
        at_most(excess, 1.0)
        cancelled *= spread(excess, by_node.place, self._entering)
        self.queue -= cancelled
        positive(self.queue)
        self.withdrawn += cancelled
        self.has_grants = True
        np.add(self.queue, self.in_review, out=self.pending)
        state.finished_stock[self._by_source.segments] += self._by_source(cancelled)

    def enqueue(self, t: int, allocated: FloatArray, terms: ControlTerms) -> None:
        """Add what was allocated on controlled lanes to their queues (phase 6, eq. 43)."""
        if not (self.waiting or terms.active):
            return
        if terms.active:
            allocated.take(self._topology.covered, axis=0, out=self._entering, mode="clip")
            self._entering *= terms.controlled
            if len(self._reviewed):
                self._review(t, terms)
            self.queue += self._entering
            np.add(self.queue, self.in_review, out=self.pending)
        self.waiting = bool(self.pending.any())

    def _review(self, t: int, terms: ControlTerms) -> None:
        """Move goods that need an extra review from the queue's input to the calendar."""
        delay = terms.review_ticks[self._reviewed_profile]
        entering = self._entering[self._reviewed]
        entering *= delay > 0
        self._entering[self._reviewed] -= entering
        if entering.any():
            self._reviews.put(t, entering, terms.review_ticks)
            self.in_review[self._reviewed] += entering
