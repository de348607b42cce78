"""Sources: one grade made by one producer, from nothing or from feed.

Owns eq. 11-12, 35, 38, 41, 42 and 54.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from diamondsim.constants import EPS
from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.market_price import Margin
from diamondsim.engines.event.node_process import FeedStockProcess
from diamondsim.engines.event.producer_process import ProducerProcess
from diamondsim.plan import Rationing


@dataclass(frozen=True)
class SourceInputs:
    """What Plan and Draws give for a source."""

    capacity: float
    finished_stock_ceiling: float
    opening_finished: float
    feed_yield: float
    tracked_share: float
    rationing: Rationing


class Addition(Protocol):
    """What adds to the capacity of a source: `added`, as a share of it (eq. 11a)."""

    added: float


class Conversion(Protocol):
    """A conversion between two sources, as it is in this tick (eq. 11b)."""

    of: SourceProcess
    into: SourceProcess

    @property
    def share(self) -> float:
        """The share of the capacity of one source that is converted."""

    @property
    def gain(self) -> float:
        """What that adds to the capacity of the other."""


class SourceProcess:
    """A maker and seller of one grade. Attributes with the name of a Ledger field are what the Ledger takes.

    Attributes
    ----------
    covered_lanes : list of LaneState
        The lanes that some control covers, whether or not it binds; on no other lane goods are diverted.
    producer : ProducerProcess or None
        Its capacity index; None: constant 1.
    feed : FeedStockProcess or None
        The feed stock on which it draws.
    margin : Margin or None
        None where it has no market.
    projects, converted_away, converted_here : lists
        Its projects, the conversions of its grade into others, and of others into its grade.
    asked : float
        Requests of round one, all tiers (eq. 46a).
    own_capacity : float
        Its capacity before any effect of prices (eq. 11b).
    full_capacity : float
        The most that its capacity before conversion has been so far.
    usual_capacity : float
        What `own_capacity` would be without an outage; 0 where the source stands still (eq. 46a).
    stop_ticks : list of int
        Ticks in which it could make something and did not, because of its price.
    capacity, max_output, left : float
        `cap[s]`, `max_output[s]` and `left[s]` of the page in this tick (eq. 11, 35).
    relay_drawdown : float
        What third countries have passed on of its goods and not replaced (eq. 40d).
    """

    def __init__(self, number: int, name: str, inputs: SourceInputs, lanes: Sequence[LaneState]) -> None:
        self.number = number
        self.name = name
        self.inputs = inputs
        self.lanes = lanes
        self.covered_lanes = [lane for lane in lanes if lane.rules]
        self.producer: ProducerProcess | None = None
        self.feed: FeedStockProcess | None = None
        self.margin: Margin | None = None
        self.projects: list[Addition] = []
        self.converted_away: list[Conversion] = []
        self.converted_here: list[Conversion] = []
        self.asked = 0.0
        self.own_capacity = 0.0
        self.full_capacity = 0.0
        self.usual_capacity = 0.0
        self.stop_ticks: list[int] = []
        self.finished_stock = inputs.opening_finished
        self.capacity = 0.0
        self.max_output = 0.0
        self.left = 0.0
        self.output = 0.0
        self.relay_drawdown = 0.0

    def start(self, clock: Clock) -> None:
        """Start the process."""
        clock.schedule(
            self.number,
            [
                (Phase.SOURCE, self.take_capacity),
                (Phase.GRANT, self.grant),
                (Phase.MAKE, self.make),
                (Phase.DISPATCH, self.dispatch),
            ],
        )

    def take_capacity(self, t: int) -> None:
        """Take the capacity (eq. 11) and the tracked share (eq. 12) of tick t."""
        self.own_capacity = expanded = self.expanded_capacity()
        self.full_capacity = max(self.full_capacity, expanded)
        if self.converted_away or self.converted_here:
            self._convert()
        without_outage = self.full_capacity / expanded if expanded > 0.0 else 0.0
        self.usual_capacity = self.own_capacity * without_outage
        if expanded > 0.0:  # rounding may leave something of a source of which all is converted, or nothing
            self.usual_capacity = max(self.usual_capacity, EPS * self.full_capacity)
        self.capacity = self.own_capacity
        if self.margin is not None:
            could_make = self.capacity
            self.capacity *= self.margin.supply_factor(self.grown)
            if self.margin.stopped and could_make > 0.0:
                self.stop_ticks.append(t)
        # The feed stock has not received anything in this tick yet: its share is that of the tick before.
        tracked_share = self.feed.share_tracked if self.feed is not None else self.inputs.tracked_share
        for lane in self.lanes:
            lane.tracked_share = tracked_share

    @property
    def grown(self) -> float:
        """The factor by which projects have increased its capacity so far."""
        added = 0.0
        for project in self.projects:
            added += project.added
        return 1.0 + added

    def expanded_capacity(self) -> float:
        """Return the capacity with what projects have added, before any conversion (eq. 11, 11a)."""
        capacity = self.inputs.capacity * (self.producer.index if self.producer is not None else 1.0)
        return capacity * self.grown

    def _convert(self) -> None:
        """Take what is converted from this grade, and add what is converted into it (eq. 11b)."""
        kept = 1.0
        for conversion in self.converted_away:
            kept -= conversion.share
        self.own_capacity *= max(kept, 0.0)
        for conversion in self.converted_here:
            self.own_capacity += conversion.gain

    def grant(self, t: int) -> None:
        """Have the licence queues admitted; withdrawn goods return to finished stock (eq. 17-19)."""
        for lane in self.covered_lanes:
            lane.grant(t)
            self.finished_stock += lane.withdrawn

    def start_allocation(self) -> None:
        """Find what the source can give in this tick (eq. 35), cancelled goods included (eq. 31a)."""
        for lane in self.covered_lanes:
            self.finished_stock += lane.cancelled
            lane.cancelled = 0.0
        self.max_output = self.capacity
        if self.feed is not None:
            self.max_output = min(self.capacity, self.feed.stock * self.inputs.feed_yield)
        self.left = self.finished_stock + self.max_output
        self.asked = 0.0

    def allocate(self, lanes: Sequence[LaneState]) -> None:
        """Allocate what is left to the requests of some lanes, rationed if need be (eq. 36-39)."""
        requested = 0.0
        for lane in lanes:
            requested += lane.request
        if requested <= 0.0:
            return
        if requested <= self.left:
            for lane in lanes:
                lane.allocated += lane.request
            self.left -= requested
            return
        weights = [lane.weight(self.inputs.rationing) for lane in lanes]
        quantities = water_fill(self.left, [lane.request for lane in lanes], weights)
        allocated = 0.0
        for lane, quantity in zip(lanes, quantities, strict=True):
            lane.allocated += quantity
            allocated += quantity
        self.left = max(0.0, self.left - allocated)

    def make(self, _: int) -> None:
        """Make what goes out and what the finished stock lacks, as far as possible (eq. 41, 42)."""
        sent_out = 0.0
        for lane in self.lanes:
            sent_out += lane.allocated
        for lane in self.covered_lanes:
            if not lane.is_inside:
                sent_out += lane.diverted
        needed = self.inputs.finished_stock_ceiling + sent_out - self.finished_stock
        self.output = min(max(needed, 0.0), self.max_output)
        self.finished_stock = max(0.0, self.finished_stock + self.output - sent_out)
        if self.feed is not None:
            self.feed.use_feed(self.output / self.inputs.feed_yield if self.output > 0.0 else 0.0)

    def offer(self, t: int) -> None:
        """Offer the contracts of the start, as far as they can be made, or all of a facility (eq. 54).

        A facility offers no more than its buyers may take, nor than they take at the price it asks.
        """
        opening_flow = 0.0
        contract_flow = 0.0
        for lane in self.lanes:
            opening_flow += lane.opening_flow
            contract_flow += lane.contract_share * lane.expected_demand
        factor = 0.0
        if self.inputs.capacity > 0.0 and opening_flow > 0.0:
            factor = min(self.capacity / self.inputs.capacity, self.max_output / opening_flow)
        placed = self.margin.placed_share(t) if self.margin is not None else 1.0
        for lane in self.lanes:
            # An entrant that is no facility has an opening flow of 0, and offers nothing.
            if not lane.inputs.is_facility:
                lane.offer(lane.opening_flow * factor)
            else:
                flow = lane.contract_share * lane.expected_demand
                part = flow / contract_flow if contract_flow > 0.0 else 0.0
                lane.offer(min(placed * self.max_output * part, lane.lane_max))

    def dispatch(self, t: int) -> None:
        """Dispatch what was allocated, or let it join the licence queues (eq. 43)."""
        for lane in self.lanes:
            lane.dispatch(t)


def water_fill(available: float, requests: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Ration by weighted uniform gains (eq. 38): give each request `min(request, theta * weight)`, exactly.

    Parameters
    ----------
    available : float
        What there is, less than the sum of the requests.
    requests, weights : sequences of float, one entry per lane
        A lane without a request or without a weight gets nothing.

    Returns
    -------
    list of float
        What each lane gets, with the one theta at which they get all that is available.

    Examples
    --------
    >>> water_fill(10.0, [2.0, 9.0, 9.0], [1.0, 1.0, 3.0])
    [2.0, 2.0, 6.0]
    """
    quantities = [0.0] * len(requests)
    # In this order each request that is met in full comes before all that are cut: at the first lane that
    # cannot be met in full the rest divide what remains by weight.
    order = [i for i in range(len(requests)) if requests[i] > 0.0 and weights[i] > 0.0]
    order.sort(key=lambda i: (requests[i] / weights[i], i))
    weight_left = [0.0] * (len(order) + 1)
    for place in range(len(order) - 1, -1, -1):
        weight_left[place] = weight_left[place + 1] + weights[order[place]]
    for place, i in enumerate(order):
        if requests[i] * weight_left[place] > available * weights[i]:
            theta = max(0.0, available) / weight_left[place]
            for j in order[place:]:
                quantities[j] = theta * weights[j]
            break
        quantities[i] = requests[i]
        available -= requests[i]
    return quantities
