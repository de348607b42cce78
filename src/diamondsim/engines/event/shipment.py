"""What is on its way and what waits for a licence: the pipeline of a lane and its licence queue.

Owns the shipments and the lots in extra review, each kept under the tick in which it is due.
"""

from __future__ import annotations

_SEPARATE_LOTS = 1_000
"""Above this and the horizon, the lots of an opening pipeline are one."""


class LanePipeline:
    """The goods of a lane that are dispatched and not yet arrived, diverted lots included."""

    __slots__ = ("_due", "_quantity")

    def __init__(self) -> None:
        self._due: dict[int, float] = {}
        self._quantity: float | None = 0.0

    @property
    def quantity(self) -> float:
        """Everything in the pipeline, added in the order in which lots were sent."""
        if self._quantity is None:
            total = 0.0
            for lot in self._due.values():
                total += lot
            self._quantity = total
        return self._quantity

    @property
    def n_lots(self) -> int:
        """Number of shipments."""
        return len(self._due)

    def fill(self, flow: float, lead_ticks: int, n_ticks: int) -> None:
        """Send the flow of each tick before the first, as many as the lead (eq. 6).

        Of a lead far beyond the `n_ticks` of the run, what nobody sees arrive is one lot; otherwise lots are
        separate, so that their sum is rounded alike whatever the horizon.
        """
        separate = max(n_ticks, _SEPARATE_LOTS)
        for tick in range(min(lead_ticks, separate)):
            self.send(flow, due=tick)
        self.send(flow * max(0, lead_ticks - separate), due=separate)

    def send(self, quantity: float, due: int) -> None:
        """Send a lot that arrives in tick `due`. Lots of one lane that arrive together are one shipment."""
        if quantity <= 0.0:
            return
        if due in self._due:
            self._due[due] += quantity
            self._quantity = None
        else:
            self._due[due] = quantity
            if self._quantity is not None:
                self._quantity += quantity

    def recall(self, quantity: float, due: int) -> None:
        """Take a quantity out of the lot that arrives in tick `due`, which holds at least that much."""
        self._due[due] = max(0.0, self._due[due] - quantity)
        self._quantity = None

    def take_arrivals(self, t: int) -> float:
        """Remove and return what is due in tick t (`arr` of eq. 13)."""
        arrived = self._due.pop(t, 0.0)
        if arrived > 0.0:
            self._quantity = None
        return arrived


class LicenceQueue:
    """Goods of a lane that are allocated and await a licence; those in extra review are not yet in line."""

    def __init__(self) -> None:
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
        """Apply for a licence: join the queue, or first the review that ends at t + review (eq. 43)."""
        if quantity <= 0.0:
            return
        if review_ticks <= 0:
            self.waiting += quantity
            return
        end = t + review_ticks
        self._in_review[end] = self._in_review.get(end, 0.0) + quantity

    def end_review(self, t: int) -> None:
        """Move the applications whose review ends in tick t into the queue (eq. 15)."""
        self.waiting += self._in_review.pop(t, 0.0)

    def admit(self, limit: float, withdrawal_rate: float) -> tuple[float, float]:
        """Remove and return what is admitted, and the share of the rest that is withdrawn (eq. 17-19)."""
        admitted = min(limit, self.waiting)
        withdrawn = withdrawal_rate * (self.waiting - admitted)
        # Rounding may leave a queue below 0 by the last bit.
        self.waiting = max(0.0, self.waiting - admitted - withdrawn)
        return admitted, withdrawn

    def cancel(self, share: float) -> float:
        """Remove and return a share of what waits (eq. 31a)."""
        cancelled = share * self.waiting
        self.waiting = max(0.0, self.waiting - cancelled)
        return cancelled
