"""A lane: the contract between a source and a node, its queue, its route, and what the buyer makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.control import Desk
from diamondsim.engines.event.prices import Fare
from diamondsim.engines.event.shipment import Queue, Route
from diamondsim.plan import Rationing

EPS = 1e-9
"""Separates "nothing" from rounding noise."""

RELEASE = 3.0
"""A queue left behind is worked off at no more than so many times the reference flow (eq. 18)."""

BELIEF_FLOOR = 0.05


@dataclass(frozen=True)
class Contract:
    """What Plan and Draws say of a lane; `share` is what an entrant takes over, a facility's or another."""

    share: float
    qualified: float
    lead_ticks: int
    open_tick: int
    entrant: bool
    facility: bool
    tier: int
    willingness: float
    purchase_gain: float


class Lane:
    """From source `source` to node `node` (their numbers). Ledger names are attributes."""

    def __init__(
        self, clock: Clock, number: int, ends: tuple[int, int], contract: Contract, desks: tuple[Desk, ...]
    ) -> None:
        self.number = number
        self.source, self.node = ends
        self.contract = contract
        self.desks = desks
        self._queue = Queue(clock, number)
        self._route = Route(clock, number)
        # today's contract
        self.flow = 0.0
        self.live = False
        self.share = 0.0
        self.expected = 0.0
        self.reference = 0.0
        self.origin = 0.0
        # today's terms
        self.binding: tuple[Desk, ...] = ()
        self._limit = 1.0
        self._withdrawal = 0.0
        self._leak_share = 0.0
        self._review_ticks = 0
        self._seized_share = 0.0
        self._detour_ticks = 0
        # today's price, where there are prices
        self.fare: Fare | None = None
        self.log_price = 0.0
        self.draw = 1.0
        self.offered = self.passing = 0.0
        # today's trade
        self.wish = 0.0
        self.room = 0.0
        self.request = 0.0
        self.potential = 0.0
        self.allocated = self.granted = self.withdrawn = self.shipped = self.diverted = self.seized = 0.0
        # what the buyer remembers
        self.expected_fill_rate = 1.0
        self.purchases = 0.0

    @property
    def controlled(self) -> bool:
        """Whether some control binds the lane today."""
        return bool(self.binding)

    @property
    def pipeline(self) -> float:
        """Quantity under way, detours included."""
        return self._route.pipeline

    @property
    def queue(self) -> float:
        """Quantity that waits at the desk, extra review included."""
        return self._queue.pending

    def fill_pipeline(self, flow: float) -> None:
        """Start on the contract: the pipeline and the memory of an incumbent (eq. 6-7)."""
        if not self.contract.entrant:
            self.flow = self.purchases = flow
            for tick in range(self.contract.lead_ticks):
                self._route.send(flow, due=tick)

    def read_terms(self, t: int) -> None:
        """Read what the desks ask (eq. 9, 10), and the price (eq. 86)."""
        self.binding = tuple(desk for desk in self.desks if desk.binds)
        if self.binding:
            self._limit = min(desk.level for desk in self.binding)
            self._withdrawal = max(desk.path.withdrawal for desk in self.binding)
            self._review_ticks = max(desk.path.review_ticks for desk in self.binding)
            self._leak_share = min(desk.control.leak_share for desk in self.binding)
            self._seized_share = max(desk.control.seized_share for desk in self.binding)
            self._detour_ticks = max(desk.control.detour_ticks for desk in self.binding)
        if self.fare is not None:
            self.log_price = self.fare.log_price(t, licensed=self.controlled)

    def renew(self, t: int, normal: float, expected: float, taken_over: float) -> None:
        """Take today's contract share and reference flow (eq. 2, 16).

        `normal` and `expected` are the node's flows, `taken_over` the share that open entrants take.
        """
        contract = self.contract
        self.expected = expected
        self.live = t >= contract.open_tick
        if contract.entrant:
            self.share = contract.share if self.live else 0.0
            self.reference = self.share * normal
        else:
            self.share = contract.share * max(0.0, 1.0 - taken_over)
            self.reference = contract.share * normal

    def grant(self, t: int) -> None:
        """Admit from the queue and send it on its way (eq. 17-19)."""
        if self.binding:
            self.granted, self.withdrawn = self._queue.admit(self._limit * self.reference, self._withdrawal)
            self.potential = self._leak_share * max(0.0, self.reference - self.granted)
        else:
            self.granted, self.withdrawn = self._queue.admit(RELEASE * self.reference, 0.0)
            self.potential = 0.0
        self._route.send(self.granted, due=t + self.contract.lead_ticks)

    def unload(self) -> float:
        """Hand over what has landed today."""
        return self._route.unload()

    def front_loading(self, factors: Mapping[int, float]) -> float:
        """Return the largest factor among the controls that cover the lane, at least 1 (`Rl`, eq. 27)."""
        largest = 1.0
        for desk in self.desks:
            largest = max(largest, factors.get(desk.control.number, 1.0))
        return largest

    def is_worth(self, quantity: float) -> bool:
        """Whether a quantity, wanted or left, is worth coming again for: no grain of noise (eq. 36)."""
        return quantity > EPS * self.expected

    def weight(self, rule: Rationing) -> float:
        """Return the weight of the lane where its source rations (eq. 38)."""
        if rule == Rationing.MAX_MIN:
            return 1.0
        known = self.purchases + 0.001 * self.contract.qualified * self.expected
        return self.contract.willingness * known if rule == Rationing.WEIGHTED else known

    def leak(self, t: int, quantity: float) -> None:
        """Re-route a quantity: what is seized is lost, the rest arrives by the detour (eq. 39)."""
        self.diverted = quantity
        self.seized = self._seized_share * quantity
        if quantity > 0.0:
            assert self._detour_ticks >= 1, "a re-routed lot takes at least one tick"
            self._route.send(quantity - self.seized, due=t + self._detour_ticks)

    def dispatch(self, t: int) -> None:
        """Send what was allocated, or hand it to the desk's queue (eq. 42)."""
        if self.binding:
            self.shipped = 0.0
            self._queue.join(self.allocated, t, self._review_ticks)
        else:
            self.shipped = self.allocated
            self._route.send(self.shipped, due=t + self.contract.lead_ticks)

    def offer(self, quantity: float) -> None:
        """Offer a quantity: a desk lets its limit pass, and what leaks passes too (eq. 92)."""
        self.offered = self.passing = quantity
        if self.binding:
            leaks = self._leak_share * (1.0 - self._seized_share) * max(0.0, 1.0 - self._limit)
            self.passing *= min(1.0, self._limit + leaks)

    def learn(self, gain: float) -> None:
        """Remember the purchase, and believe a little more or less in the lane (eq. 43-45)."""
        self.purchases += self.contract.purchase_gain * (self.allocated - self.purchases)
        ratio = 1.0
        if self.binding:
            if self.reference > 0.0:
                ratio = min(1.0, self.granted / self.reference)
        else:
            measure = min(self.wish, self.share * self.expected)
            if measure > EPS * self.expected:
                ratio = min(1.0, self.allocated / measure)
        self.expected_fill_rate = max(
            BELIEF_FLOOR, self.expected_fill_rate + gain * (ratio - self.expected_fill_rate)
        )
