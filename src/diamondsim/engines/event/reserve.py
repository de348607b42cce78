"""Reserves: stockpiles that help out (eq. 24) and fill up again in quiet times (eq. 32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.control import Control
from diamondsim.engines.event.lane import EPS, Lane
from diamondsim.engines.event.node import Habits, Node
from diamondsim.engines.event.use import Use


@dataclass(frozen=True)
class Mandate:
    """What Plan and Draws say of a reserve; `order` is its rank among the reserves."""

    order: int
    goal: float
    rate: float
    trigger: float


class Reserve(Node):
    """A stockpile of one grade."""

    def __init__(
        self,
        number: int,
        name: str,
        habits: Habits,
        lanes: Sequence[Lane],
        controls: Sequence[Control],
        mandate: Mandate,
    ) -> None:
        super().__init__(number, name, habits, lanes, controls)
        self.mandate = mandate
        self.serves: list[Use] = []

    def live(self, clock: Clock) -> None:
        """Begin the daily round, releases included."""
        super().live(clock)
        clock.employ(self.mandate.order, [(Phase.RELEASE, self.release)])

    def release(self, _: int) -> None:
        """Serve the nodes in their order while the shortfall is above the trigger (eq. 24)."""
        missing = 0.0
        demand = 0.0
        for use in self.serves:
            missing += use.shortage
            demand += use.demand
        self.used = 0.0
        if not missing > (self.mandate.trigger + EPS) * demand:
            return
        budget = min(self.mandate.rate, self.stock)
        for use in self.serves:
            given = min(use.shortage, budget)
            budget -= given
            self.stock -= given
            self.used += given
            use.receive(given, self.share_tracked)

    def wanted(self, _: float) -> float:
        """Return the refill: up to the goal, never while a control binds a lane (eq. 32)."""
        if any(desk.binds for lane in self.lanes for desk in lane.desks):
            return 0.0
        pending = 0.0
        for lane in self.lanes:
            pending += lane.queue
        return min(max(self.mandate.goal - self.stock - self.pipeline() - pending, 0.0), self.expected)
