"""What happens at the end of each tick: the recorder fills the Ledger, and observers add to the event log.

Owns no number of the model. Observers of controls, buyers and prices are in `control_observers`,
`buyer_observers` and `price_observers`; shortages and their causes are in `diagnosis`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Protocol

import numpy as np

from diamondsim.addition import sum_in_order
from diamondsim.constants import EPS
from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.event_log import Episode, EpisodeChange, EventKind, EventLog, shown_share
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.market_price import MarketPrice
from diamondsim.engines.event.node_process import NodeProcess
from diamondsim.engines.event.reserve_process import ReserveProcess
from diamondsim.engines.event.source_process import SourceProcess
from diamondsim.ledger import FIELDS, EntityKind, Ledger

SERVED = 0.99
"""A source serves an order if it allocates at least this share of it."""

FED = 0.99
"""A source is out of feed where its feed allows less than this share of its capacity."""

REDUCED, RESTORED = 0.8, 0.9
"""The output of a source that could make more is reduced from when it is below the first share of its
contract flow (mean of about eight ticks) until it is above the second."""

DEPLETED, REFILLED = 0.9, 0.99
"""A reserve that has held less than the first share of its goal is refilled when it holds the second."""


ONLY_COVERED = ("granted", "withdrawn", "diverted", "seized", "queue")
"""Fields of lanes that stay 0 where no control covers the lane, as they are in an empty Ledger."""


class Recorder:
    """Write the Ledger at the end of each tick (eq. 47).

    Nodes, lanes, sources and prices have attributes with the names of the Ledger's fields.
    """

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        nodes: Sequence[NodeProcess],
        lanes: Sequence[LaneState],
        sources: Sequence[SourceProcess],
        prices: Sequence[MarketPrice],
    ) -> None:
        entities: Mapping[EntityKind, Sequence[object]] = {
            "node": nodes,
            "lane": lanes,
            "source": sources,
            "market": prices,
        }
        covered = [lane for lane in lanes if lane.rules]
        numbers = np.array([lane.number for lane in covered], dtype=np.intp)
        self._rows = [
            (ledger[name][..., 0], numbers, attrgetter(name), covered)
            if name in ONLY_COVERED
            else (ledger[name][..., 0], slice(None), attrgetter(name), entities[field.entity])
            for name, field in FIELDS.items()
        ]
        clock.schedule(0, [(Phase.RECORD, self.record)])

    def record(self, t: int) -> None:
        """Write the row of tick t."""
        for table, rows, value_of, entities in self._rows:
            table[t, rows] = [*map(value_of, entities)]


class Observer(Protocol):
    """Looks at part of the model at the end of each tick, and logs what has changed."""

    def observe(self, t: int) -> None:
        """Observe the end of tick t."""


class Observers:
    """Call every observer at the end of each tick, always in the same order."""

    def __init__(self, clock: Clock, observers: Sequence[Observer]) -> None:
        self._observers = observers
        clock.schedule(0, [(Phase.OBSERVE, self.observe)])

    def observe(self, t: int) -> None:
        """Call every observer for tick t."""
        for observer in self._observers:
            observer.observe(t)


class SourceObserver:
    """Log when a source lacks feed, and when it makes less than its contracts for want of orders."""

    def __init__(self, log: EventLog, source: SourceProcess) -> None:
        self._log = log
        self._source = source
        self._out_of_feed = Episode()
        self._reduced = Episode(quiet=1)
        self._mean_share = 1.0

    def observe(self, t: int) -> None:
        """Compare output with capacity, feed and contract flow."""
        at_limit = self._source.output >= self._source.max_output * (1.0 - EPS)
        self._observe_feed(t, at_limit)
        self._observe_output(t, at_limit)

    def _observe_feed(self, t: int, at_limit: bool) -> None:
        source, log, name = self._source, self._log, self._source.name
        share = source.max_output / source.capacity if source.capacity > 0.0 else 1.0
        # Only a source that would make more with more feed is out of it.
        change = self._out_of_feed.observe(t, share < FED and at_limit and self._would_make_more())
        if change is EpisodeChange.BEGINS:
            log.add(
                t, EventKind.OUT_OF_FEED, name, share, f"it has feed for {shown_share(share)} of its capacity"
            )
        elif change is EpisodeChange.ENDS:
            episode = self._out_of_feed
            why = f"after {self._log.span(episode.length)} it has feed for what is ordered"
            log.add(episode.end, EventKind.FEED_RESTORED, name, episode.length, why)

    def _would_make_more(self) -> bool:
        source = self._source
        if source.finished_stock < source.inputs.finished_stock_ceiling * (1.0 - EPS):
            return True
        return any(lane.allocated < min(lane.desired_order, lane.lane_max) * SERVED for lane in source.lanes)

    def _observe_output(self, t: int, at_limit: bool) -> None:
        source, log, name = self._source, self._log, self._source.name
        share = 1.0
        if not at_limit:
            contract_flow = sum_in_order(lane.reference_flow for lane in source.lanes)
            share = min(1.0, source.output / contract_flow) if contract_flow > 0.0 else 1.0
        self._mean_share += (share - self._mean_share) / 8.0
        threshold = RESTORED if self._reduced.on else REDUCED
        change = self._reduced.observe(t, self._mean_share < threshold)
        if change is EpisodeChange.BEGINS:
            why = "its finished stock is at the ceiling and orders are small"
            log.add(t, EventKind.OUTPUT_REDUCED, name, self._mean_share, why)
        elif change is EpisodeChange.ENDS:
            episode = self._reduced
            why = f"after {self._log.span(episode.length)}"
            log.add(episode.end, EventKind.OUTPUT_RESTORED, name, episode.length, why)


class ReserveObserver:
    """Log when a reserve opens, is empty, closes, and when it is full again."""

    def __init__(self, log: EventLog, reserve: ReserveProcess, unit: str) -> None:
        self._log = log
        self._reserve = reserve
        self._unit = unit
        self._open = Episode()
        self._is_empty = False
        self._is_depleted = False

    def observe(self, t: int) -> None:
        """Compare release and stock."""
        reserve, log, unit, episode = self._reserve, self._log, self._unit, self._open
        goal = reserve.reserve.goal
        # A release of what rounding has left of an empty stock is none.
        change = episode.observe(t, reserve.used > EPS * goal, reserve.used)
        if change is EpisodeChange.BEGINS:
            self._is_empty = False
            served = ", ".join(use.name for use in reserve.serves if use.from_reserve > 0.0)
            why = f"without it {served} would be short"
            log.add(t, EventKind.RESERVE_OPENS, reserve.name, reserve.used, why, unit)
        if reserve.used > 0.0 and episode.on and reserve.stock <= EPS * episode.total and not self._is_empty:
            self._is_empty = True
            why = f"{self._log.span(episode.length)} after it opened"
            log.add(t, EventKind.RESERVE_EMPTY, reserve.name, episode.total, why, unit)
        if change is EpisodeChange.ENDS:
            why = f"after {self._log.span(episode.length)}"
            log.add(episode.end, EventKind.RESERVE_CLOSES, reserve.name, episode.total, why, unit)
        if reserve.stock < DEPLETED * goal:
            self._is_depleted = True
        elif self._is_depleted and reserve.stock >= REFILLED * goal:
            self._is_depleted = False
            why = (
                f"it has bought back what it had released, to {shown_share(reserve.stock / goal)} of its goal"
            )
            log.add(t, EventKind.RESERVE_REFILLED, reserve.name, reserve.stock, why, unit)
