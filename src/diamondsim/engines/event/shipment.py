"""What is under way and what waits: the route of a lane and its queue at the desk.

Owns the shipments, each an event that delivers when its time has come.
"""

from __future__ import annotations

from diamondsim.engines.event.clock import Clock, Phase


class Route:
    """The way from a seller to a node, detours included."""

    def __init__(self, clock: Clock, lane: int) -> None:
        self._clock = clock
        self._lane = lane
        self._due: dict[int, float] = {}
        self._landed = 0.0

    @property
    def pipeline(self) -> float:
        """Everything that is under way."""
        total = 0.0
        for lot in self._due.values():
            total += lot
        return total

    def send(self, quantity: float, due: int) -> None:
        """Let a lot arrive at tick `due`. Lots of one lane that arrive together are one shipment."""
        if quantity <= 0.0:
            return
        if due in self._due:
            self._due[due] += quantity
        else:
            self._due[due] = quantity
            self._clock.call(due, Phase.ARRIVE, self._lane, self._land)

    def _land(self, t: int) -> None:
        self._landed = self._due.pop(t)

    def unload(self) -> float:
        """Hand over what has landed today (`arr` of eq. 13)."""
        landed, self._landed = self._landed, 0.0
        return landed


class Queue:
    """Goods that wait, reserved, for a desk; those in extra review are not yet at its window."""

    def __init__(self, clock: Clock, lane: int) -> None:
        self._clock = clock
        self._lane = lane
        self._in_review: dict[int, float] = {}
        self.waiting = 0.0

    @property
    def pending(self) -> float:
        """What waits, extra review included."""
        total = self.waiting
        for lot in self._in_review.values():
            total += lot
        return total

    def join(self, quantity: float, t: int, review_ticks: int) -> None:
        """Apply for a licence: join the queue, or first the review that ends at t + review (eq. 42)."""
        if quantity <= 0.0:
            return
        if review_ticks <= 0:
            self.waiting += quantity
            return
        ends = t + review_ticks
        if ends in self._in_review:
            self._in_review[ends] += quantity
        else:
            self._in_review[ends] = quantity
            self._clock.call(ends, Phase.REVIEW, self._lane, self._end_review)

    def _end_review(self, t: int) -> None:
        """Move what was reviewed to the window (eq. 15)."""
        self.waiting += self._in_review.pop(t)

    def admit(self, most: float, withdrawal: float) -> tuple[float, float]:
        """Take out what is admitted and the share of the rest that is withdrawn (eq. 17-18)."""
        admitted = min(most, self.waiting)
        withdrawn = withdrawal * (self.waiting - admitted)
        self.waiting = max(0.0, self.waiting - admitted - withdrawn)
        return admitted, withdrawn
