"""Reserves: stockpiles that release in a shortage (eq. 24) and refill in quiet times (eq. 33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.constants import EPS
from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.control_process import ControlProcess
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.node_process import NodeInputs, NodeProcess
from diamondsim.engines.event.use_process import UseProcess


@dataclass(frozen=True)
class ReserveInputs:
    """What Plan and Draws give for a reserve; `rank` is its place in the order of the reserves."""

    rank: int
    goal: float
    rate: float
    trigger: float


class ReserveProcess(NodeProcess):
    """A stockpile of one grade, with the uses that it serves in their order."""

    def __init__(
        self,
        number: int,
        name: str,
        inputs: NodeInputs,
        lanes: Sequence[LaneState],
        controls: Sequence[ControlProcess],
        reserve: ReserveInputs,
    ) -> None:
        super().__init__(number, name, inputs, lanes, controls)
        self.reserve = reserve
        self.serves: list[UseProcess] = []

    def start(self, clock: Clock) -> None:
        """Start the process, and that of the releases, which have ranks of their own."""
        super().start(clock)
        clock.schedule(self.reserve.rank, [(Phase.RELEASE, self.release)])

    def release(self, _: int) -> None:
        """Serve the uses in their order while their joint shortage is above the trigger (eq. 24)."""
        shortage = 0.0
        demand = 0.0
        for use in self.serves:
            shortage += use.shortage
            demand += use.demand
        self.used = 0.0
        if not shortage > (self.reserve.trigger + EPS) * demand:
            return
        budget = min(self.reserve.rate, self.stock)
        for use in self.serves:
            quantity = min(use.shortage, budget)
            budget -= quantity
            self.stock -= quantity
            self.used += quantity
            use.receive_release(quantity, self.share_tracked)

    def order_quantity(self, _: float) -> float:
        """Return the refill: up to the goal, and none while a control binds a lane (eq. 33)."""
        if any(rule.binds for lane in self.lanes for rule in lane.rules):
            return 0.0
        queue = 0.0
        for lane in self.lanes:
            queue += lane.queue
        return min(max(self.reserve.goal - self.stock - self.pipeline() - queue, 0.0), self.expected_demand)
