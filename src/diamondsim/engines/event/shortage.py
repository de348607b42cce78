"""Shortages: when a use runs short, how badly, and why.

Owns the telling of causes. A stock runs down because too little was sent a lead time ago, so the cause is
looked up in the books (the Ledger) at the ticks in which what should arrive now was sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.engines.event.lane import EPS, Lane
from diamondsim.engines.event.source import Source
from diamondsim.engines.event.story import Change, Episode, Kind, Story
from diamondsim.engines.event.use import Use
from diamondsim.ledger import Ledger

SHORT = 0.01
"""A use is short in a tick in which more than this share of its demand is not met."""

WINDOW = 13
"""So many ticks of dispatches, at most, are held against the contracts to find the cause."""


class Detective:
    """Finds out in the books why a use runs short."""

    def __init__(self, books: Ledger, sources: Sequence[Source]) -> None:
        self._books = books
        self._sources = sources

    def cause(self, use: Use, t: int) -> str:
        """Return the main cause of a shortage at tick t, as a sentence."""
        missing: dict[str, float] = {}
        due = 0.0
        for lane in use.lanes:
            end = t - lane.contract.lead_ticks + 1
            begin = max(0, end - WINDOW)
            if end <= begin:
                continue
            flow = lane.reference * use.fall * (end - begin)
            due += flow
            gap = flow - self._sent(lane, begin, end)
            if gap > SHORT * flow:
                reason = self._reason(lane, begin, end)
                missing[reason] = missing.get(reason, 0.0) + gap
        if missing and sum(missing.values()) > SHORT * due:
            reason = max(missing, key=lambda r: missing[r])
            share = missing[reason] / due
            return f"{share:.0%} of its inflow of late is missing: {reason}"
        if use.demand > (1.0 + SHORT) * use.expected:
            return f"demand is {use.demand / use.expected - 1.0:.0%} above what was expected"
        return "what it has ordered does not cover its demand"

    def _sent(self, lane: Lane, begin: int, end: int) -> float:
        """Return what a lane sent in the ticks [begin, end) and was not seized."""
        books, row = self._books, (slice(begin, end), lane.number, 0)
        sent = books["granted"][row] + books["shipped"][row] + books["diverted"][row] - books["seized"][row]
        return float(sum(sent.tolist()))

    def _reason(self, lane: Lane, begin: int, end: int) -> str:
        """Return why a lane sent too little in the ticks [begin, end)."""
        books, source = self._books, self._sources[lane.source]
        queue = books["queue"][begin:end, lane.number, 0]
        if queue.max(initial=0.0) > EPS * lane.reference:
            if not lane.binding:
                return "what waited at the desks is still on its way"
            strictest = min(lane.binding, key=lambda desk: desk.level)
            return f"{strictest.control.name} holds it back at {strictest.name}"
        if source.plant is not None and source.plant.was_out(begin, end):
            return f"outage at {source.plant.producer}"
        if any(begin <= tick < end for tick in source.stop_ticks):
            return f"{source.name} does not run for its price"
        wished = books["order"][begin:end, lane.node, 0] * lane.share
        if (books["allocated"][begin:end, lane.number, 0] < wished * (1.0 - SHORT)).any():
            if source.feed is not None and source.most < source.capacity * (1.0 - SHORT):
                return f"{source.name} lacks feed"
            return f"{source.name} cannot make all that is ordered"
        return f"too little was ordered from {source.name}"


class ShortageWatch:
    """Tells when a shortage begins and ends."""

    def __init__(self, story: Story, use: Use, detective: Detective, *, unit: str, last_tick: int) -> None:
        self._story = story
        self._use = use
        self._unit = unit
        self._detective = detective
        self._last_tick = last_tick
        self._short = Episode()

    def look(self, t: int) -> None:
        """Compare the shortage with demand."""
        use, short = self._use, self._short
        change = short.see(t, use.shortage > SHORT * use.demand, use.shortage)
        if change is Change.BEGINS:
            why = self._detective.cause(use, t)
            self._story.tell(t, Kind.SHORTAGE_BEGINS, use.name, use.shortage / use.demand, why)
        if change is Change.ENDS or (t == self._last_tick and short.on and short.end <= t):
            why = f"after {short.length} ticks"
            self._story.tell(short.end, Kind.SHORTAGE_ENDS, use.name, short.total, why, self._unit)
        elif t == self._last_tick and short.on:
            why = f"for {short.length} ticks so far, when the horizon ends"
            self._story.tell(t, Kind.SHORTAGE_LASTS, use.name, short.total, why, self._unit)
