"""Nodes: they hold stock, take deliveries and order.

Owns eq. 1, 3, 4, 13, 14, 27-33, 82 and 87-89. What uses and reserves do besides is in `use` and `reserve`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.control import Control
from diamondsim.engines.event.lane import Lane
from diamondsim.engines.event.prices import Tastes, exponential

SOME = 1e-6
"""Of the expected flow: less than this in stock has no origin worth telling (eq. 13)."""


@dataclass(frozen=True)
class PreBuy:
    """What a node buys ahead over the half-open ticks [begin, end); `ceiling` in ticks of expected flow."""

    begin: int
    end: int
    extra_ticks: float
    ceiling: float


@dataclass(frozen=True)
class Habits:
    """What the Draws say of a node; `growth`, `noise`, `substitution` tick by tick (empty: none)."""

    base_flow: float
    cover_ticks: float
    opening_stock: float
    opening_tracked: float
    order_ceiling: float
    trust: float
    backlog_share: float
    belief_gain: float
    growth: Sequence[float]
    noise: Sequence[float]
    substitution: Sequence[float]
    pre_buys: Sequence[PreBuy] = ()


class Node:
    """A stock that orders. Ledger names are attributes."""

    def __init__(
        self, number: int, name: str, habits: Habits, lanes: Sequence[Lane], controls: Sequence[Control]
    ) -> None:
        self.number = number
        self.name = name
        self.habits = habits
        self.lanes = lanes
        self.stock = habits.opening_stock
        self.share_tracked = habits.opening_tracked
        self.normal = self.expected = habits.base_flow * habits.growth[0]
        self.demand = self.used = self.substituted = self.from_reserve = self.shortage = self.lost_sales = 0.0
        self.backlog = self.order = self.arrived = self.tracked = 0.0
        self.extra_ticks = 0.0
        self.has_seller = False
        # where there are prices
        self.tastes: Tastes | None = None
        self.paid = 1.0
        self.fall = 1.0
        self.forgone = 0.0
        self.lead_ticks = 0.0
        for lane in lanes:
            if not lane.contract.entrant:
                self.lead_ticks += lane.contract.share * lane.contract.lead_ticks  # eq. 3
            lane.fill_pipeline(lane.contract.share * self.expected)
        self._exposure = [(c, share) for c in controls if (share := self._exposed_to(c)) > 0.0]

    def _exposed_to(self, control: Control) -> float:
        """Return the contract share of the incumbent lanes that a control covers (eq. 4)."""
        share = 0.0
        for lane in self.lanes:
            if not lane.contract.entrant and any(desk.control is control for desk in lane.desks):
                share += lane.contract.share
        return share

    def live(self, clock: Clock) -> None:
        """Begin the daily round."""
        clock.employ(
            self.number,
            [
                (Phase.OUTLOOK, self.look_ahead),
                (Phase.UNLOAD, self.unload),
                (Phase.ORDER, self.place_order),
                (Phase.LEARN, self.learn),
            ],
        )

    def look_ahead(self, t: int) -> None:
        """Expect a flow (eq. 1), and renew the contracts on it (eq. 2, 16)."""
        self.normal = self.habits.base_flow * self.habits.growth[t]
        for lane in self.lanes:
            lane.read_terms(t)
        if self.tastes is not None:
            self._compare_prices(self.tastes)
        self.expected = self.normal * self.fall
        taken_over = 0.0
        for lane in self.lanes:
            if lane.contract.entrant and t >= lane.contract.open_tick:
                taken_over += lane.contract.share
        for lane in self.lanes:
            lane.renew(t, self.normal, self.expected, taken_over)

    def _compare_prices(self, tastes: Tastes) -> None:
        """Buy less where the contracts are dear, and rather from those who are cheap (eq. 87-89)."""
        mean = 0.0
        for lane in self.lanes:
            if not lane.contract.entrant:
                mean += lane.contract.share * lane.log_price
        self.paid = exponential(mean)
        self.fall = exponential(-tastes.demand * mean)
        for lane in self.lanes:
            lane.draw = exponential(-tastes.sourcing * (lane.log_price - mean))

    def unload(self, _: int) -> None:
        """Take what has arrived into stock, and mix the origins (eq. 13-14)."""
        self.arrived = 0.0
        tracked = 0.0
        for lane in self.lanes:
            landed = lane.unload()
            self.arrived += landed
            tracked += landed * lane.origin
        held = self.stock + self.arrived
        # A grain of rounding noise in an empty stock must not set the origin of all that comes after it.
        if held > SOME * self.expected:
            self.share_tracked = (self.share_tracked * self.stock + tracked) / held
        self.stock = held

    def take(self, wanted: float) -> float:
        """Take from stock as much as is wanted and there."""
        taken = min(self.stock, wanted)
        self.stock -= taken
        return taken

    def place_order(self, t: int) -> None:
        """Order, and spread the order over the lanes by contract, belief and price (eq. 33)."""
        factors = self._front_loading()
        ceiling = max(factors.values()) if factors else self.habits.order_ceiling
        ahead = 0.0
        self.extra_ticks = 0.0
        for pre_buy in self.habits.pre_buys:
            if pre_buy.begin <= t < pre_buy.end:  # eq. 82
                ahead = max(ahead, pre_buy.ceiling)
                self.extra_ticks += pre_buy.extra_ticks
        self.order = self.wanted(max(ceiling, ahead))
        total = 0.0
        for lane in self.lanes:
            total += lane.share * lane.expected_fill_rate * lane.draw
        self.has_seller = total > 0.0
        for lane in self.lanes:
            part = self.order * lane.share * lane.expected_fill_rate * lane.draw
            lane.wish = part / total if total > 0.0 else 0.0
            room = lane.contract.qualified * self.expected * max(lane.front_loading(factors), ahead)
            lane.room = room if lane.live else 0.0

    def _front_loading(self) -> dict[int, float]:
        """Return the front-loading factor of each announced control to which the node is exposed (eq. 27)."""
        return {
            control.number: 1.0 + (control.rush - 1.0) * share
            for control, share in self._exposure
            if control.rush > 0.0
        }

    def wanted(self, ceiling: float) -> float:
        """Return the order that lifts the position to its target; `ceiling` in ticks (eq. 28-31, 82)."""
        hoarded = 0.0
        for control, share in self._exposure:
            hoarded = max(hoarded, share * control.hoard_ticks)
        extra_cover = hoarded + self.extra_ticks
        target = (self.lead_ticks + self.habits.cover_ticks + extra_cover) * self.expected
        counted = 0.0
        for lane in self.lanes:
            counted += lane.expected_fill_rate * lane.queue
        position = self.stock + self.pipeline() + self.habits.trust * counted
        position -= self.backlog + self.still_to_use()
        return min(max(target - position, 0.0), ceiling * self.expected)

    def pipeline(self) -> float:
        """Return everything that is under way to the node."""
        total = 0.0
        for lane in self.lanes:
            total += lane.pipeline
        return total

    def still_to_use(self) -> float:
        """Return the expected use of this tick that comes after the order (`[feed]` in eq. 30)."""
        return 0.0

    def learn(self, _: int) -> None:
        """Learn from what each lane delivered (eq. 43-45)."""
        for lane in self.lanes:
            lane.learn(self.habits.belief_gain)


class Feed(Node):
    """The feed stock of a processing source, which uses it after the order of the tick."""

    def still_to_use(self) -> float:
        """Return the feed that this tick's output will probably take."""
        return self.expected

    def draw(self, quantity: float) -> None:
        """Feed the processor (eq. 41)."""
        self.used = quantity
        self.stock = max(0.0, self.stock - quantity)
