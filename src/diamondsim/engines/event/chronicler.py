"""The chronicler looks on at the end of each tick and tells what has changed at desks, sources and reserves.

Owns no number of the model. Shortages and their causes are told in `shortage`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.control import Control, Desk
from diamondsim.engines.event.lane import EPS, Lane
from diamondsim.engines.event.reserve import Reserve
from diamondsim.engines.event.source import Source
from diamondsim.engines.event.story import Change, Episode, Kind, Story

NEARLY_NOTHING = 0.01
"""A desk is shut while it admits less than this share of the reference flow, though something waits. Of an
order, as much may be missing without a word."""

THROTTLED, RELEASED = 0.8, 0.9
"""A source that could make more is throttled from when its output is below the first share of its contract
flow (mean of about eight ticks) until it is above the second."""


class Watch(Protocol):
    """Somebody who looks on."""

    def look(self, t: int) -> None:
        """Look at the end of tick t."""


class Chronicler:
    """Sends the watches round, always in the same order."""

    def __init__(self, clock: Clock, watches: Sequence[Watch]) -> None:
        self._watches = watches
        clock.employ(0, [(Phase.TELL, self.look_round)])

    def look_round(self, t: int) -> None:
        """Let every watch look at tick t."""
        for watch in self._watches:
            watch.look(t)


class DeskWatch:
    """Tells when a desk shuts, admits again, and when its control leaves a queue behind."""

    def __init__(self, story: Story, desk: Desk, lanes: Mapping[str, Sequence[Lane]]) -> None:
        """Look at a desk and the lanes before which it stands, by the unit of their goods."""
        self._story = story
        self._desk = desk
        self._by_unit = lanes
        self._lanes = [lane for each in lanes.values() for lane in each]
        self._bound = False
        self._shut = Episode(quiet=1)

    def look(self, t: int) -> None:
        """Compare what was admitted with the reference flow."""
        desk = self._desk
        if desk.binds:
            admitted = sum(lane.granted for lane in self._lanes)
            reference = sum(lane.reference for lane in self._lanes)
            waits = sum(lane.queue for lane in self._lanes) > EPS * reference
            change = self._shut.see(t, waits and admitted < NEARLY_NOTHING * reference)
            if change is Change.BEGINS:
                self._story.tell(t, Kind.DESK_SHUT, desk.name, desk.level, "applications wait")
            elif change is Change.ENDS:
                ticks = self._shut.length
                waited = "1 tick" if ticks == 1 else f"{ticks} ticks"
                why = f"after {waited} of (nearly) nothing it passes {desk.level:.0%} of the flow"
                self._story.tell(t, Kind.DESK_ADMITS, desk.name, ticks, why)
        elif self._bound:
            self._shut = Episode(quiet=1)
            for unit, lanes in self._by_unit.items():
                self._tell_release(t, unit, [lane for lane in lanes if not lane.controlled])
        self._bound = desk.binds

    def _tell_release(self, t: int, unit: str, freed: Sequence[Lane]) -> None:
        queue = sum(lane.queue + lane.granted for lane in freed)
        if queue > EPS * sum(lane.reference for lane in freed):
            why = f"{self._desk.control.name} has ended; up to three times the contract flow may leave a tick"
            self._story.tell(t, Kind.QUEUE_RELEASED, self._desk.name, queue, why, unit)


class CrackdownWatch:
    """Tells when less of what a control blocks is re-routed than before."""

    def __init__(self, story: Story, control: Control) -> None:
        self._story = story
        self._control = control
        self._share = 0.0
        self._bound = False

    def look(self, t: int) -> None:
        """Compare the share with that of the tick before."""
        control = self._control
        if control.in_force and self._bound and control.leak_share < self._share:
            why = f"{control.leak_share:.0%} of what is blocked is still re-routed, {self._share:.0%} before"
            self._story.tell(t, Kind.CRACKDOWN, control.name, control.leak_share, why)
        self._share, self._bound = control.leak_share, control.in_force


class LeakWatch:
    """Tells of what is re-routed around a control and of what is seized, of goods of one unit."""

    def __init__(self, story: Story, control: Control, lanes: Sequence[Lane], unit: str) -> None:
        self._story = story
        self._control = control
        self._lanes = lanes
        self._unit = unit
        self._leak = Episode()
        self._seizure = Episode()

    def look(self, t: int) -> None:
        """Add up what leaked around this control: where several bind, around the first of them."""
        control, story, unit = self._control, self._story, self._unit
        mine = [x for x in self._lanes if x.binding and x.binding[0].control is control]
        # Less than a grain is rounding noise, which nobody re-routes.
        grain = EPS * sum(lane.reference for lane in mine)
        leaked = sum(lane.diverted for lane in mine)
        seized = sum(lane.seized for lane in mine)
        change = self._leak.see(t, leaked > grain, leaked)
        if change is Change.BEGINS:
            story.tell(t, Kind.LEAK_BEGINS, control.name, leaked, "goods go through third countries", unit)
        elif change is Change.ENDS:
            why = f"after {self._leak.length} ticks"
            story.tell(self._leak.end, Kind.LEAK_ENDS, control.name, self._leak.total, why, unit)
        if self._seizure.see(t, seized > grain, seized) is Change.BEGINS:
            why = f"{seized / leaked:.0%} of what is re-routed is seized"
            story.tell(t, Kind.SEIZURE, control.name, seized, why, unit)


class SourceWatch:
    """Tells when a source lacks feed, and when it makes less than its contracts since nobody orders more."""

    def __init__(self, story: Story, source: Source) -> None:
        self._story = story
        self._source = source
        self._hungry = Episode()
        self._throttled = Episode(quiet=1)
        self._sales = 1.0

    def look(self, t: int) -> None:
        """Compare output with capacity, feed and contract flow."""
        at_limit = self._source.output >= self._source.most * (1.0 - EPS)
        self._look_at_feed(t, at_limit)
        self._look_at_sales(t, at_limit)

    def _look_at_feed(self, t: int, at_limit: bool) -> None:
        source, story = self._source, self._story
        unserved = any(x.allocated < min(x.wish, x.room) * (1.0 - NEARLY_NOTHING) for x in source.lanes)
        lacking = unserved or source.finished_stock < source.works.finished_ceiling * (1.0 - EPS)
        fed = source.most / source.capacity if source.capacity > 0.0 else 1.0
        change = self._hungry.see(t, fed < 0.99 and at_limit and lacking)
        if change is Change.BEGINS:
            why = f"feed for {fed:.0%} of its capacity"
            story.tell(t, Kind.OUT_OF_FEED, source.name, fed, why)
        elif change is Change.ENDS:
            why = f"after {self._hungry.length} ticks there is feed for what is wanted"
            story.tell(self._hungry.end, Kind.FEED_AGAIN, source.name, self._hungry.length, why)

    def _look_at_sales(self, t: int, at_limit: bool) -> None:
        source, story = self._source, self._story
        contracts = sum(lane.reference for lane in source.lanes)
        share = min(1.0, source.output / contracts) if contracts > 0.0 and not at_limit else 1.0
        self._sales += (share - self._sales) / 8.0
        change = self._throttled.see(t, self._sales < (RELEASED if self._throttled.on else THROTTLED))
        if change is Change.BEGINS:
            why = "finished stock is at its ceiling and orders are small"
            story.tell(t, Kind.THROTTLED, source.name, self._sales, why)
        elif change is Change.ENDS:
            why = f"after {self._throttled.length} ticks"
            story.tell(self._throttled.end, Kind.FULL_AGAIN, source.name, self._throttled.length, why)


class ReserveWatch:
    """Tells when a reserve opens, is empty, closes."""

    def __init__(self, story: Story, reserve: Reserve, unit: str) -> None:
        self._story = story
        self._reserve = reserve
        self._unit = unit
        self._open = Episode()
        self._empty = False

    def look(self, t: int) -> None:
        """Compare release and stock."""
        reserve, story = self._reserve, self._story
        change = self._open.see(t, reserve.used > 0.0, reserve.used)
        if change is Change.BEGINS:
            self._empty = False
            served = ", ".join(use.name for use in reserve.serves if use.from_reserve > 0.0)
            story.tell(
                t, Kind.RESERVE_OPENS, reserve.name, reserve.used, f"{served} would be short", self._unit
            )
        if reserve.used > 0.0 and reserve.stock <= EPS * self._open.total and not self._empty:
            self._empty = True
            why = f"{self._open.length} ticks after it opened"
            story.tell(t, Kind.RESERVE_EMPTY, reserve.name, self._open.total, why, self._unit)
        if change is Change.ENDS:
            why = f"after {self._open.length} ticks"
            story.tell(self._open.end, Kind.RESERVE_CLOSES, reserve.name, self._open.total, why, self._unit)
