"""The event log: what happened in one replication, told in rows at changes.

Owns the kinds of events and the unit of each kind's quantity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum


class Kind(StrEnum):
    """What can happen; the value is the phrase of the log."""

    CONTROL_ANNOUNCED = "control announced"
    CONTROL_IN_FORCE = "control in force"
    CONTROL_DORMANT = "control dormant"
    CONTROL_SUSPENDED = "control suspended"
    CONTROL_ENDED = "control ended"
    FRONT_LOADING = "front-loading begins"
    DESK_SHUT = "desk shut"
    DESK_ADMITS = "desk admits again"
    QUEUE_RELEASED = "queue released"
    LEAK_BEGINS = "leak begins"
    LEAK_ENDS = "leak ends"
    CRACKDOWN = "crackdown"
    SEIZURE = "seizure"
    OUTAGE_BEGINS = "outage begins"
    OUTAGE_ENDS = "outage ends"
    MILESTONE = "facility milestone"
    NO_OUTPUT = "facility without output"
    QUALIFIED = "buyers qualify"
    OUT_OF_FEED = "out of feed"
    FEED_AGAIN = "feed again"
    THROTTLED = "throttled"
    FULL_AGAIN = "throttle ends"
    RESERVE_OPENS = "reserve opens"
    RESERVE_EMPTY = "reserve empty"
    RESERVE_CLOSES = "reserve closes"
    PRICE_HIGH = "price high"
    PRICE_LOW = "price low"
    PRICE_BACK = "price back"
    PRICED_OUT = "stopped by its price"
    RUNS_AGAIN = "runs again"
    SHORTAGE_BEGINS = "shortage begins"
    SHORTAGE_ENDS = "shortage ends"
    SHORTAGE_LASTS = "shortage lasts"


QUANTITIES: Mapping[Kind, str] = {
    Kind.CONTROL_ANNOUNCED: "number of lanes it covers",
    Kind.CONTROL_IN_FORCE: "lowest level among its desks, fraction",
    Kind.CONTROL_DORMANT: "ticks it was in force",
    Kind.CONTROL_SUSPENDED: "ticks it was in force",
    Kind.CONTROL_ENDED: "ticks it was in force",
    Kind.FRONT_LOADING: "factor on expected flow",
    Kind.DESK_SHUT: "level, fraction",
    Kind.DESK_ADMITS: "ticks in which it admitted (nearly) nothing",
    Kind.QUEUE_RELEASED: "quantity that waited, unit of the grade",
    Kind.LEAK_BEGINS: "quantity re-routed in the tick, unit of the grade",
    Kind.LEAK_ENDS: "quantity re-routed in all, unit of the grade",
    Kind.CRACKDOWN: "share of the blocked flow that is still re-routed, fraction",
    Kind.SEIZURE: "quantity seized in the tick, unit of the grade",
    Kind.OUTAGE_BEGINS: "share of the capacity lost, fraction",
    Kind.OUTAGE_ENDS: "ticks it lasted",
    Kind.MILESTONE: "days since the decision",
    Kind.NO_OUTPUT: "nameplate of its sources per tick, unit of the grade",
    Kind.QUALIFIED: "number of buyers",
    Kind.OUT_OF_FEED: "share of its capacity for which there is feed, fraction",
    Kind.FEED_AGAIN: "ticks it lasted",
    Kind.THROTTLED: "output as a share of contract flow, mean of about eight ticks, fraction",
    Kind.FULL_AGAIN: "ticks it lasted",
    Kind.RESERVE_OPENS: "quantity released in the tick, unit of the grade",
    Kind.RESERVE_EMPTY: "quantity released since it opened, unit of the grade",
    Kind.RESERVE_CLOSES: "quantity released since it opened, unit of the grade",
    Kind.PRICE_HIGH: "price, multiple of that of the start",
    Kind.PRICE_LOW: "price, multiple of that of the start",
    Kind.PRICE_BACK: "ticks it was high or low",
    Kind.PRICED_OUT: "price over cost that it takes for its own, multiple of that of the start",
    Kind.RUNS_AGAIN: "ticks it stood still",
    Kind.SHORTAGE_BEGINS: "shortage as a share of the tick's demand, fraction",
    Kind.SHORTAGE_ENDS: "shortage in all, unit of the grade",
    Kind.SHORTAGE_LASTS: "shortage until the end of the horizon, unit of the grade",
}
"""What `Event.quantity` is for each kind, with its unit. Goods of several units have a row each."""

UNIT_OF_GRADE = "unit of the grade"
"""Stands in `QUANTITIES` for the unit that the row itself names."""


@dataclass(frozen=True)
class Event:
    """One row of the event log.

    Attributes
    ----------
    tick : int
        When, in ticks from the start of the horizon.
    kind : Kind
        What; a string, see `Kind`.
    entity : str
        Who: the name of a control, desk, producer, facility, source, reserve or node of the Plan; a market
        is ``zone.grade``.
    quantity : float
        How much; `QUANTITIES[kind]` says of what.
    why : str
        A short sentence.
    unit : str
        ``ct`` or ``cm2`` where the quantity is one of goods, else empty: `QUANTITIES[kind]` names it then.

    Examples
    --------
    >>> row = Event(3, Kind.OUTAGE_ENDS, "press hall", 2.0, "capacity is back")
    >>> f"{row.tick}: {row.entity}, {row.kind} after {row.quantity:g} ticks ({row.why})"
    '3: press hall, outage ends after 2 ticks (capacity is back)'
    """

    tick: int
    kind: Kind
    entity: str
    quantity: float
    why: str
    unit: str = ""


class Story:
    """Collects events; persons tell them as they happen."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def tell(self, tick: int, kind: Kind, entity: str, quantity: float, why: str, unit: str = "") -> None:
        """Add a row; a kind whose quantity is one of goods wants its unit."""
        assert (UNIT_OF_GRADE in QUANTITIES[kind]) == bool(unit), f"{kind} with the unit {unit!r}"
        self._events.append(Event(tick, kind, entity, float(quantity), why, unit))

    def events(self) -> tuple[Event, ...]:
        """Return the rows by tick; within a tick in the order in which they were told."""
        # The end of an episode is known only some quiet ticks later, and is dated back.
        return tuple(sorted(self._events, key=lambda event: event.tick))


class Change(Enum):
    """What a tick does to an episode."""

    NONE = 0
    BEGINS = 1
    ENDS = 2


class Episode:
    """A stretch of ticks in which something goes on; gaps of less than `quiet` ticks belong to it.

    Attributes
    ----------
    begin, end : int
        The episode is the half-open [begin, end).
    total : float
        Sum of the quantities seen in it, gaps included.
    """

    def __init__(self, quiet: int = 4) -> None:
        self._quiet = quiet
        self.on = False
        self.begin = 0
        self.end = 0
        self.total = 0.0
        self._in_gap = 0.0

    @property
    def length(self) -> int:
        """Number of ticks from begin to end."""
        return self.end - self.begin

    def see(self, tick: int, going_on: bool, quantity: float = 0.0) -> Change:
        """Take note of a tick; an end is noticed `quiet` ticks after it."""
        if going_on:
            change = Change.NONE if self.on else Change.BEGINS
            if not self.on:
                self.on, self.begin, self.total, self._in_gap = True, tick, 0.0, 0.0
            self.end = tick + 1
            self.total += self._in_gap + quantity
            self._in_gap = 0.0
            return change
        self._in_gap += quantity
        if self.on and tick + 1 - self.end >= self._quiet:
            self.on = False
            return Change.ENDS
        return Change.NONE
