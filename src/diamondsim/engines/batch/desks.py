"""The licence queues: reviews, grants, withdrawals (model.md, eq. 15-19, 42).

Owns the queues of the covered lanes, (Lc, R); the others never have one.
"""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.controls import Terms
from diamondsim.engines.batch.delays import DelayRing
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.state import State


class Desks:
    """Queues of the covered lanes.

    Attributes
    ----------
    waiting : bool
        Something waits, in a queue or in extra review.
    reference : (Lc, R) array
        Reference flow `ref`; up to date where a control is active or something waits.
    queue, in_review, pending : (Lc, R) arrays
        `W`, what is in extra review, and the sum of both.
    admitted, withdrawn : (Lc, R) arrays
        `adm` and `wdr` of the tick.
    """

    def __init__(self, layout: Layout, draws: Draws, n_ticks: int) -> None:
        width = draws.n_replications
        shape = (len(layout.covered), width)
        self._layout = layout
        self._nodes_of = layout.node[layout.covered]
        self.waiting = False
        self.granted = False
        self.reference = np.zeros(shape)
        self.queue = np.zeros(shape)
        self.in_review = np.zeros(shape)
        self.pending = np.zeros(shape)
        self.admitted = np.zeros(shape)
        self.withdrawn = np.zeros(shape)
        self._terms_by_lane = np.zeros(shape)
        self._joins = np.zeros(shape)
        self._by_node = layout.by_covered_node()
        self._by_source = layout.by_covered_source()
        # Only lanes with a desk that adds a review need a calendar.
        has_review = draws.review_ticks.max(axis=1, initial=0) > 0
        reviewed = [bool(has_review[desks[desks >= 0]].any()) for desks in layout.profile_desk]
        slow = np.array(reviewed, dtype=bool)[layout.profile]
        self._slow = np.flatnonzero(slow)
        self._slow_profile = layout.profile[self._slow]
        longest = min(int(draws.review_ticks.max(initial=0)), n_ticks)
        self._reviews = DelayRing(layout.profile[self._slow], width, longest)

    def grant(self, t: int, state: State, terms: Terms, reference_share: FloatArray) -> None:
        """End reviews, admit and withdraw (phase 2, steps 2 and 3)."""
        self._end_reviews(t)
        if self.granted and not self.waiting:
            self.admitted.fill(0.0)
            self.withdrawn.fill(0.0)
        self.granted = self.waiting
        if not (self.waiting or terms.active):
            return
        spread(state.normal, self._nodes_of, self.reference)
        self.reference *= reference_share
        if not self.waiting:
            return
        profile, share = self._layout.profile, self._terms_by_lane
        np.multiply(spread(terms.limit, profile, share), self.reference, out=self.admitted)
        np.minimum(self.admitted, self.queue, out=self.admitted)
        self.queue -= self.admitted
        np.multiply(spread(terms.withdrawal, profile, share), self.queue, out=self.withdrawn)
        self.queue -= self.withdrawn
        np.add(self.queue, self.in_review, out=self.pending)
        state.transit[self._by_node.segments] += self._by_node(self.admitted)
        state.finished[self._by_source.segments] += self._by_source(self.withdrawn)

    def _end_reviews(self, t: int) -> None:
        ended = self._reviews.take(t) if len(self._slow) else None
        if ended is None:
            return
        self.queue[self._slow] += ended
        self.in_review[self._slow] = np.maximum(self.in_review[self._slow] - ended, 0.0)

    def join(self, t: int, allocated: FloatArray, terms: Terms) -> None:
        """Let what was allocated on controlled lanes wait (phase 6)."""
        if not (self.waiting or terms.active):
            return
        if terms.active:
            allocated.take(self._layout.covered, axis=0, out=self._joins, mode="clip")
            self._joins *= terms.controlled
            if len(self._slow):
                self._review(t, terms)
            self.queue += self._joins
            np.add(self.queue, self.in_review, out=self.pending)
        self.waiting = bool(self.pending.any())

    def _review(self, t: int, terms: Terms) -> None:
        """Move what needs extra review from those who join the queue to the calendar."""
        delay = terms.review[self._slow_profile]
        joins = self._joins[self._slow]
        joins *= delay > 0
        self._joins[self._slow] -= joins
        if joins.any():
            self._reviews.put(t, joins, terms.review)
            self.in_review[self._slow] += joins
