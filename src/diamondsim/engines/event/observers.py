"""What happens at the end of each tick: the recorder fills the Ledger, and observers add to the event log.

Owns no number of the model. Observers of prices are in `price_observers`; shortages and their causes are in
`diagnosis`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from diamondsim.constants import EPS
from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.control_process import ControlProcess, LicensingProcess
from diamondsim.engines.event.event_log import Episode, EpisodeChange, EventKind, EventLog, counted
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.market_price import MarketPrice
from diamondsim.engines.event.node_process import NodeProcess
from diamondsim.engines.event.reserve_process import ReserveProcess
from diamondsim.engines.event.source_process import SourceProcess
from diamondsim.ledger import FIELDS, EntityKind, Ledger
from diamondsim.plan import NO_CEILING

ALMOST_NOTHING = 0.01
"""Licensing has stopped while less than this share of the reference flow is admitted, though goods wait. A
source serves an order if it leaves no more than this share of it open."""

QUALIFIED = 2.0 / NO_CEILING
"""What is still ahead of a buyer that has qualified further sources is less than this, for rounding."""

FED = 0.99
"""A source is out of feed where its feed allows less than this share of its capacity."""

REDUCED, RESTORED = 0.8, 0.9
"""The output of a source that could make more is reduced from when it is below the first share of its
contract flow (mean of about eight ticks) until it is above the second."""


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
        self._ledger = ledger
        self._entities: Mapping[EntityKind, Sequence[object]] = {
            "node": nodes,
            "lane": lanes,
            "source": sources,
            "market": prices,
        }
        clock.schedule(0, [(Phase.RECORD, self.record)])

    def record(self, t: int) -> None:
        """Write the row of tick t."""
        for name, field in FIELDS.items():
            entities = self._entities[field.entity]
            self._ledger[name][t, :, 0] = [getattr(entity, name) for entity in entities]


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


class LicensingObserver:
    """Log when licensing stops and resumes, and when its control ends and leaves a queue behind.

    Parameters
    ----------
    log : EventLog
    rule : LicensingProcess
    lanes : mapping of str to sequence of LaneState
        The lanes of the rule, by the unit of their goods.
    """

    def __init__(
        self, log: EventLog, rule: LicensingProcess, lanes: Mapping[str, Sequence[LaneState]]
    ) -> None:
        self._log = log
        self._rule = rule
        self._lanes_by_unit = lanes
        self._lanes = [lane for lanes_of_unit in lanes.values() for lane in lanes_of_unit]
        self._bound_before = False
        self._stopped = Episode(quiet=1)

    def observe(self, t: int) -> None:
        """Compare what was admitted with the reference flow."""
        rule = self._rule
        if rule.binds:
            admitted = sum(lane.granted for lane in self._lanes)
            reference = sum(lane.reference_flow for lane in self._lanes)
            waits = sum(lane.queue for lane in self._lanes) > EPS * reference
            change = self._stopped.observe(t, waits and admitted < ALMOST_NOTHING * reference)
            if change is EpisodeChange.BEGINS:
                why = (
                    f"applications wait, and less than {ALMOST_NOTHING:.0%} of the reference flow is admitted"
                )
                self._log.add(t, EventKind.LICENSING_STOPS, rule.name, rule.approval_rate, why)
            elif change is EpisodeChange.ENDS:
                ticks = self._stopped.length
                stopped = f"after {counted(ticks, 'tick')} with almost nothing admitted"
                why = f"{stopped}, {rule.approval_rate:.0%} of the reference flow passes"
                self._log.add(t, EventKind.LICENSING_RESUMES, rule.name, ticks, why)
        elif self._bound_before:
            self._stopped = Episode(quiet=1)
            for unit, lanes in self._lanes_by_unit.items():
                self._log_release(t, unit, [lane for lane in lanes if not lane.is_controlled])
        self._bound_before = rule.binds

    def _log_release(self, t: int, unit: str, free_lanes: Sequence[LaneState]) -> None:
        # What this tick has released already was in the queue too when the control ended.
        queue = sum(lane.queue + lane.granted for lane in free_lanes)
        if queue > EPS * sum(lane.reference_flow for lane in free_lanes):
            name = self._rule.control.name
            why = f"{name} is no longer in force; up to three times the reference flow may leave per tick"
            self._log.add(t, EventKind.QUEUE_RELEASED, self._rule.name, queue, why, unit)


class CrackdownObserver:
    """Log when a smaller share of what a control blocks is diverted than before, once where it fades."""

    def __init__(self, log: EventLog, control: ControlProcess) -> None:
        self._log = log
        self._control = control
        self._share_before = 0.0
        self._in_force_before = False
        self._fell_before = False

    def observe(self, t: int) -> None:
        """Compare the diversion share with that of the previous tick."""
        control = self._control
        still_in_force = control.in_force and self._in_force_before
        falls = still_in_force and control.diversion_share < self._share_before
        if falls and not self._fell_before:
            share = control.diversion_share
            why = f"{share:.0%} of the blocked flow is still diverted, down from {self._share_before:.0%}"
            self._log.add(t, EventKind.CRACKDOWN, control.name, share, why)
        self._share_before, self._in_force_before = control.diversion_share, control.in_force
        self._fell_before = falls


class DiversionObserver:
    """Log what is diverted around a control and what of it is seized, of goods of one unit."""

    def __init__(self, log: EventLog, control: ControlProcess, lanes: Sequence[LaneState], unit: str) -> None:
        self._log = log
        self._control = control
        self._lanes = lanes
        self._unit = unit
        self._diversion = Episode()
        self._seizure = Episode()

    def observe(self, t: int) -> None:
        """Add up what is diverted around this control: where several bind, around the first of them."""
        control, log, unit = self._control, self._log, self._unit
        lanes = [x for x in self._lanes if x.binding and x.binding[0].control is control]
        # Anything smaller is rounding noise.
        negligible = EPS * sum(lane.reference_flow for lane in lanes)
        diverted = sum(lane.diverted for lane in lanes)
        seized = sum(lane.seized for lane in lanes)
        change = self._diversion.observe(t, diverted > negligible, diverted)
        if change is EpisodeChange.BEGINS:
            why = "goods are diverted via third countries"
            log.add(t, EventKind.DIVERSION_BEGINS, control.name, diverted, why, unit)
        elif change is EpisodeChange.ENDS:
            diversion = self._diversion
            why = f"after {counted(diversion.length, 'tick')}"
            log.add(diversion.end, EventKind.DIVERSION_ENDS, control.name, diversion.total, why, unit)
        if self._seizure.observe(t, seized > negligible, seized) is EpisodeChange.BEGINS:
            why = f"{seized / diverted:.0%} of the diverted goods are seized"
            log.add(t, EventKind.SEIZURE, control.name, seized, why, unit)


class FurtherSourcesObserver:
    """Log when a buyer has qualified further sources: from then on no sourcing limit holds (eq. 34a)."""

    def __init__(self, log: EventLog, node: NodeProcess) -> None:
        self._log = log
        self._node = node
        self._begin: int | None = None
        self._is_done = False

    def observe(self, t: int) -> None:
        """Look at how much of the qualification is still ahead."""
        node = self._node
        if self._begin is None and node.qualification_ahead < 1.0:
            self._begin = t
        if self._begin is not None and not self._is_done and node.qualification_ahead <= QUALIFIED:
            self._is_done = True
            why = "its sellers disappointed it for long enough: its sourcing limits no longer hold"
            ticks = t + 1 - self._begin
            self._log.add(t, EventKind.FURTHER_SOURCES, node.name, ticks, why)


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
        unserved = any(
            lane.allocated < min(lane.desired_order, lane.lane_max) * (1.0 - ALMOST_NOTHING)
            for lane in source.lanes
        )
        # Only a source that would make more with more feed is out of it.
        lacking = unserved or source.finished_stock < source.inputs.finished_stock_ceiling * (1.0 - EPS)
        share = source.max_output / source.capacity if source.capacity > 0.0 else 1.0
        change = self._out_of_feed.observe(t, share < FED and at_limit and lacking)
        if change is EpisodeChange.BEGINS:
            log.add(t, EventKind.OUT_OF_FEED, name, share, f"it has feed for {share:.0%} of its capacity")
        elif change is EpisodeChange.ENDS:
            episode = self._out_of_feed
            why = f"after {counted(episode.length, 'tick')} it has feed for what is ordered"
            log.add(episode.end, EventKind.FEED_RESTORED, name, episode.length, why)

    def _observe_output(self, t: int, at_limit: bool) -> None:
        source, log, name = self._source, self._log, self._source.name
        contract_flow = sum(lane.reference_flow for lane in source.lanes)
        share = min(1.0, source.output / contract_flow) if contract_flow > 0.0 and not at_limit else 1.0
        self._mean_share += (share - self._mean_share) / 8.0
        threshold = RESTORED if self._reduced.on else REDUCED
        change = self._reduced.observe(t, self._mean_share < threshold)
        if change is EpisodeChange.BEGINS:
            why = "its finished stock is at the ceiling and orders are small"
            log.add(t, EventKind.OUTPUT_REDUCED, name, self._mean_share, why)
        elif change is EpisodeChange.ENDS:
            episode = self._reduced
            why = f"after {counted(episode.length, 'tick')}"
            log.add(episode.end, EventKind.OUTPUT_RESTORED, name, episode.length, why)


class ReserveObserver:
    """Log when a reserve opens, is empty, closes."""

    def __init__(self, log: EventLog, reserve: ReserveProcess, unit: str) -> None:
        self._log = log
        self._reserve = reserve
        self._unit = unit
        self._open = Episode()
        self._is_empty = False

    def observe(self, t: int) -> None:
        """Compare release and stock."""
        reserve, log, unit, episode = self._reserve, self._log, self._unit, self._open
        change = episode.observe(t, reserve.used > 0.0, reserve.used)
        if change is EpisodeChange.BEGINS:
            self._is_empty = False
            served = ", ".join(use.name for use in reserve.serves if use.from_reserve > 0.0)
            why = f"without it {served} would be short"
            log.add(t, EventKind.RESERVE_OPENS, reserve.name, reserve.used, why, unit)
        if reserve.used > 0.0 and reserve.stock <= EPS * episode.total and not self._is_empty:
            self._is_empty = True
            why = f"{counted(episode.length, 'tick')} after it opened"
            log.add(t, EventKind.RESERVE_EMPTY, reserve.name, episode.total, why, unit)
        if change is EpisodeChange.ENDS:
            why = f"after {counted(episode.length, 'tick')}"
            log.add(episode.end, EventKind.RESERVE_CLOSES, reserve.name, episode.total, why, unit)
