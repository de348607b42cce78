"""Uses: the nodes that consume. Owns eq. 19a, 20-23, 25, 26 and, of eq. 61, the demand forgone."""

from __future__ import annotations

from diamondsim.engines.event.clock import Phase, Step
from diamondsim.engines.event.node_process import NodeProcess


class UseProcess(NodeProcess):
    """One use of one grade in one region."""

    _lapsed = 0.0

    def steps(self) -> list[Step]:
        """Return what the use does in every tick, consumption included."""
        return [
            (Phase.EXPECT, self.expect),
            (Phase.RECEIVE, self.receive),
            (Phase.CONSUME, self.consume),
            (Phase.BACKORDER, self.backorder),
            (Phase.ORDER, self.place_order),
            (Phase.FILL_RATE, self.update_fill_rates),
        ]

    def consume(self, t: int) -> None:
        """Serve new demand from stock, then the backlog; substitute part of what is missing (eq. 19a-23)."""
        self._lapsed = self.inputs.backorder_lapse * self.backlog
        self.backlog -= self._lapsed
        deviation = self.inputs.noise[t] if self.inputs.noise else 0.0
        self.demand = self.expected_demand * max(0.0, 1.0 + deviation)
        self.forgone = (self.normal_demand - self.expected_demand) * max(0.0, 1.0 + deviation)
        served = self.take(self.demand)
        served_late = self.take(self.backlog)
        self.backlog -= served_late
        self.used = served + served_late
        missing = self.demand - served
        can_substitute = self.inputs.substitution[t] * self.demand if self.inputs.substitution else 0.0
        self.substituted = min(missing, can_substitute)
        # What reserves release next still reduces the shortage.
        self.shortage = missing - self.substituted
        self.from_reserve = 0.0
        self.tracked = self.share_tracked * self.used

    def receive_release(self, quantity: float, share_tracked: float) -> None:
        """Use what a reserve releases (eq. 24, 26)."""
        self.shortage -= quantity
        self.from_reserve += quantity
        self.tracked += share_tracked * quantity

    def backorder(self, _: int) -> None:
        """Split the shortage into backlog and lost sales, which include the lapsed backlog (eq. 25)."""
        self.backlog += self.inputs.backorder_share * self.shortage
        self.lost_sales = (1.0 - self.inputs.backorder_share) * self.shortage + self._lapsed
