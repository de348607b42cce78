"""Sources: one grade made by one producer, from nothing or from feed.

Owns eq. 11, 12, 34, 40, 41, 91 and the rationing of what is left (eq. 35-38).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.lane import Lane
from diamondsim.engines.event.node import Feed
from diamondsim.engines.event.plant import Plant
from diamondsim.engines.event.prices import Earnings
from diamondsim.engines.event.rationing import water_fill
from diamondsim.plan import Rationing


@dataclass(frozen=True)
class Works:
    """What Plan and Draws say of a source."""

    capacity: float
    finished_ceiling: float
    opening_finished: float
    feed_yield: float
    tracked_share: float
    rationing: Rationing


class Source:
    """A maker and seller of one grade. Ledger names are attributes."""

    def __init__(self, number: int, name: str, works: Works, lanes: Sequence[Lane]) -> None:
        self.number = number
        self.name = name
        self.works = works
        self.lanes = lanes
        self.plant: Plant | None = None
        self.feed: Feed | None = None
        self.earnings: Earnings | None = None
        self.stop_ticks: list[int] = []
        self.finished_stock = works.opening_finished
        self.capacity = 0.0
        self.most = 0.0
        self.left = 0.0
        self.output = 0.0

    def live(self, clock: Clock) -> None:
        """Begin the daily round."""
        clock.employ(
            self.number,
            [
                (Phase.SOURCE, self.change),
                (Phase.GRANT, self.seek_grants),
                (Phase.MAKE, self.make),
                (Phase.DISPATCH, self.dispatch),
            ],
        )

    def change(self, t: int) -> None:
        """Take today's capacity (eq. 11) and origin (eq. 12)."""
        self.capacity = self.works.capacity * (self.plant.index if self.plant is not None else 1.0)
        if self.earnings is not None:
            could_make = self.capacity
            self.capacity *= self.earnings.rise()
            if self.earnings.stopped and could_make > 0.0:
                self.stop_ticks.append(t)
        origin = self.feed.share_tracked if self.feed is not None else self.works.tracked_share
        for lane in self.lanes:
            lane.origin = origin

    def seek_grants(self, t: int) -> None:
        """Have the queues admitted; what is withdrawn comes back to finished stock (eq. 17-19)."""
        for lane in self.lanes:
            lane.grant(t)
            self.finished_stock += lane.withdrawn

    def open_books(self) -> None:
        """Count what can be sold today (eq. 34)."""
        self.most = self.capacity
        if self.feed is not None:
            self.most = min(self.capacity, self.feed.stock * self.works.feed_yield)
        self.left = self.finished_stock + self.most

    def serve(self, lanes: Sequence[Lane]) -> None:
        """Ration what is left among the requests of some lanes (eq. 35-38)."""
        requests = [lane.request for lane in lanes]
        wanted = 0.0
        for request in requests:
            wanted += request
        if wanted > self.left:
            requests = water_fill(self.left, requests, [lane.weight(self.works.rationing) for lane in lanes])
        sold = 0.0
        for lane, got in zip(lanes, requests, strict=True):
            lane.allocated += got
            sold += got
        self.left = max(0.0, self.left - sold)

    def make(self, _: int) -> None:
        """Make what was sold and what the finished stock lacks, as far as possible (eq. 40-41)."""
        sold = 0.0
        for lane in self.lanes:
            sold += lane.allocated
        for lane in self.lanes:
            sold += lane.diverted
        wanted = self.works.finished_ceiling + sold - self.finished_stock
        self.output = min(max(wanted, 0.0), self.most)
        self.finished_stock = max(0.0, self.finished_stock + self.output - sold)
        if self.feed is not None:
            self.feed.draw(self.output / self.works.feed_yield if self.output > 0.0 else 0.0)

    def offer(self) -> None:
        """Offer what contracts took at the start, as far as it can be made, or a facility's all (eq. 91)."""
        contracts = 0.0
        today = 0.0
        for lane in self.lanes:
            contracts += lane.flow
            today += lane.share * lane.expected
        kept = 0.0
        if self.works.capacity > 0.0 and contracts > 0.0:
            kept = min(self.capacity / self.works.capacity, self.most / contracts)
        for lane in self.lanes:
            if not lane.contract.facility:
                lane.offer(lane.flow * kept)
            else:
                part = lane.share * lane.expected / today if today > 0.0 else 0.0
                lane.offer(self.most * part)

    def dispatch(self, t: int) -> None:
        """Send what was sold, or hand it to the desks (eq. 42)."""
        for lane in self.lanes:
            lane.dispatch(t)
