"""Uses: the nodes that consume. Owns eq. 20-23, 25, 26 and, of 98, what is forgone."""

from __future__ import annotations

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.node import Node


class Use(Node):
    """One use of one grade in one region."""

    def live(self, clock: Clock) -> None:
        """Begin the daily round, consumption included."""
        clock.employ(
            self.number,
            [
                (Phase.OUTLOOK, self.look_ahead),
                (Phase.UNLOAD, self.unload),
                (Phase.CONSUME, self.consume),
                (Phase.SETTLE, self.settle),
                (Phase.ORDER, self.place_order),
                (Phase.LEARN, self.learn),
            ],
        )

    def consume(self, t: int) -> None:
        """Serve new demand, then backlog, from own stock; then do without the grade (eq. 20-23)."""
        deviation = self.habits.noise[t] if self.habits.noise else 0.0
        self.demand = self.expected * max(0.0, 1.0 + deviation)
        self.forgone = (self.normal - self.expected) * max(0.0, 1.0 + deviation)
        now = self.take(self.demand)
        late = self.take(self.backlog)
        self.backlog -= late
        self.used = now + late
        missing = self.demand - now
        can_substitute = self.habits.substitution[t] * self.demand if self.habits.substitution else 0.0
        self.substituted = min(missing, can_substitute)
        self.shortage = missing - self.substituted
        self.from_reserve = 0.0
        self.tracked = self.share_tracked * self.used

    def receive(self, quantity: float, share_tracked: float) -> None:
        """Take a release from a reserve (eq. 24, 26)."""
        self.shortage -= quantity
        self.from_reserve += quantity
        self.tracked += share_tracked * quantity

    def settle(self, _: int) -> None:
        """Let a share of the shortage wait, and lose the rest (eq. 25)."""
        self.backlog += self.habits.backlog_share * self.shortage
        self.lost_sales = (1.0 - self.habits.backlog_share) * self.shortage
