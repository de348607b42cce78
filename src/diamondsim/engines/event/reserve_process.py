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
    """What Plan and Draws give for a reserve; `rank` is its place in the order of the reserves.

    It holds back the part `hold_back` of its goal for the first `n_first` of the nodes it serves.
    """

    rank: int
    goal: float
    rate: float
    trigger: float
    hold_back: float
    n_first: int


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
        held_back = self.reserve.hold_back * self.reserve.goal
        for place, use in enumerate(self.serves):
            quantity = min(use.shortage, budget)
            if place >= self.reserve.n_first:
                quantity = min(quantity, max(0.0, self.stock - held_back))
            budget -= quantity
            self.stock -= quantity
            self.used += quantity
            use.receive_release(quantity, self.share_tracked)

    def place_order(self, t: int) -> None:
        """Order from free lanes only: it neither applies for licences nor buys what is diverted (eq. 33)."""
        super().place_order(t)
        for lane in self.lanes:
            if lane.is_controlled:
                lane.lane_max = 0.0
                lane.potential_diversion = 0.0

    def order_weights(self, expected_shares: Sequence[float]) -> list[float]:
        """Return the weight of each lane in the order: 0 on a controlled lane (eq. 33)."""
        weights = zip(self.lanes, super().order_weights(expected_shares), strict=True)
        return [0.0 if lane.is_controlled else weight for lane, weight in weights]

    def order_quantity(self, _: float, __: Sequence[float]) -> float:
        """Return the refill: up to the goal, and none in a tick in which it releases (eq. 33)."""
        # Less is rounding noise.
        if self.used > EPS * self.expected_demand:
            return 0.0
        return min(max(self.reserve.goal - self.stock - self.pipeline(), 0.0), self.expected_demand)
