"""The event log of one replication: a row for each change worth reporting.

Owns the kinds of events and the unit of each kind's quantity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from diamondsim.constants import DAYS_PER_WEEK


class EventKind(StrEnum):
    """What can happen; the value is the phrase printed in the log."""

    CONTROL_ANNOUNCED = "control announced"
    CONTROL_IN_FORCE = "control in force"
    CONTROL_DORMANT = "control dormant"
    CONTROL_SUSPENDED = "control suspended"
    CONTROL_ENDED = "control ended"
    TRADE_SLOWED = "lawful trade slowed"
    TRADE_NO_LONGER_SLOWED = "lawful trade free"
    FRONT_LOADING = "front-loading begins"
    LICENSING_STOPS = "licensing stops"
    LICENSING_RESUMES = "licensing resumes"
    HALF_PASSES = "half of the flow passes"
    RELAPSE_BEGINS = "licences scarce again"
    RELAPSE_ENDS = "licences back"
    QUEUE_RELEASED = "queue released"
    ORDERS_CANCELLED = "orders cancelled"
    DIVERSION_BEGINS = "diversion begins"
    DIVERSION_ENDS = "diversion ends"
    CRACKDOWN = "crackdown"
    SEIZURE = "seizure"
    OUTAGE_BEGINS = "outage begins"
    OUTAGE_ENDS = "outage ends"
    EXPANSION_DECIDED = "expansion decided"
    EXPANSION_ARRIVES = "expansion arrives"
    CONVERSION_BEGINS = "conversion begins"
    CONVERSION_ENDS = "conversion ends"
    MILESTONE = "facility milestone"
    NO_OUTPUT = "facility without output"
    QUALIFIED = "buyers qualify"
    CONTRACTS_MOVED = "contracts have moved"
    FURTHER_SOURCES = "further sources qualified"
    OUT_OF_FEED = "out of feed"
    FEED_RESTORED = "feed restored"
    OUTPUT_REDUCED = "output reduced"
    OUTPUT_RESTORED = "output restored"
    RESERVE_OPENS = "reserve opens"
    RESERVE_EMPTY = "reserve empty"
    RESERVE_CLOSES = "reserve closes"
    RESERVE_REFILLED = "reserve refilled"
    PRICE_HIGH = "price high"
    PRICE_LOW = "price low"
    PRICE_NORMAL = "price back to normal"
    STOPPED_BY_PRICE = "stopped by price"
    RUNS_AGAIN = "runs again"
    STOCK_LOW = "stock low"
    STOCK_REPLENISHED = "stock replenished"
    SHORTAGE_BEGINS = "shortage begins"
    SHORTAGE_ENDS = "shortage ends"
    SHORTAGE_CONTINUES = "shortage continues"


QUANTITIES: Mapping[EventKind, str] = {
    EventKind.CONTROL_ANNOUNCED: "number of lanes it covers",
    EventKind.CONTROL_IN_FORCE: "lowest approval rate of its licensing rules, fraction",
    EventKind.CONTROL_DORMANT: "ticks it was in force",
    EventKind.CONTROL_SUSPENDED: "ticks it was in force",
    EventKind.CONTROL_ENDED: "ticks it was in force",
    EventKind.TRADE_SLOWED: "share of the reference flow that passes, fraction",
    EventKind.TRADE_NO_LONGER_SLOWED: "ticks it was slowed",
    EventKind.FRONT_LOADING: "factor on expected demand",
    EventKind.LICENSING_STOPS: "approval rate, fraction",
    EventKind.LICENSING_RESUMES: "ticks with almost nothing admitted",
    EventKind.HALF_PASSES: "ticks since its control came into force",
    EventKind.RELAPSE_BEGINS: "approval rate, fraction",
    EventKind.RELAPSE_ENDS: "ticks it lasted",
    EventKind.QUEUE_RELEASED: "quantity in the queue, unit of the grade",
    EventKind.ORDERS_CANCELLED: "quantity cancelled, unit of the grade",
    EventKind.DIVERSION_BEGINS: "quantity diverted in the tick, unit of the grade",
    EventKind.DIVERSION_ENDS: "total quantity diverted, unit of the grade",
    EventKind.CRACKDOWN: "share of the blocked flow that is still diverted, fraction",
    EventKind.SEIZURE: "quantity seized in the tick, unit of the grade",
    EventKind.OUTAGE_BEGINS: "share of capacity lost, fraction",
    EventKind.OUTAGE_ENDS: "ticks it lasted",
    EventKind.EXPANSION_DECIDED: "requests, multiple of capacity",
    EventKind.EXPANSION_ARRIVES: "share of its capacity that is added, fraction",
    EventKind.CONVERSION_BEGINS: "share of the other grade's capacity that is converted, fraction",
    EventKind.CONVERSION_ENDS: "largest share that was converted, fraction",
    EventKind.MILESTONE: "days since the decision",
    EventKind.NO_OUTPUT: "nameplate of its sources per tick, unit of the grade",
    EventKind.QUALIFIED: "number of buyers",
    EventKind.CONTRACTS_MOVED: "contract flow that has moved per tick, unit of the grade",
    EventKind.FURTHER_SOURCES: "number of buyers",
    EventKind.OUT_OF_FEED: "share of its capacity for which there is feed, fraction",
    EventKind.FEED_RESTORED: "ticks it lasted",
    EventKind.OUTPUT_REDUCED: "output as a share of contract flow (mean of about eight ticks), fraction",
    EventKind.OUTPUT_RESTORED: "ticks it lasted",
    EventKind.RESERVE_OPENS: "quantity released in the tick, unit of the grade",
    EventKind.RESERVE_EMPTY: "quantity released since it opened, unit of the grade",
    EventKind.RESERVE_CLOSES: "quantity released since it opened, unit of the grade",
    EventKind.RESERVE_REFILLED: "quantity in stock, unit of the grade",
    EventKind.PRICE_HIGH: "price, multiple of the starting price",
    EventKind.PRICE_LOW: "price, multiple of the starting price",
    EventKind.PRICE_NORMAL: "ticks it was high or low",
    EventKind.STOPPED_BY_PRICE: "price over cost on which it decides, multiple of that at the start",
    EventKind.RUNS_AGAIN: "ticks without output",
    EventKind.STOCK_LOW: "stock as a share of its target, fraction",
    EventKind.STOCK_REPLENISHED: "ticks it was low",
    EventKind.SHORTAGE_BEGINS: "shortage as a share of the tick's demand, fraction",
    EventKind.SHORTAGE_ENDS: "total shortage, unit of the grade",
    EventKind.SHORTAGE_CONTINUES: "shortage until the end of the horizon, unit of the grade",
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
        When it happened, in ticks from the start of the horizon.
    kind : EventKind
        What happened; a string, see `EventKind`.
    entity : str
        The name of a control, licensing rule, producer, facility, source, region, reserve or node of the
        Plan; a market is ``zone.grade``, a project ``source.project``, a conversion
        ``seller.conversion.name``.
    quantity : float
        How much; `QUANTITIES[kind]` says of what.
    why : str
        The reason or circumstance, in a few words; durations are in weeks where a tick is a week,
        otherwise in days.
    unit : str
        ``ct`` or ``cm2`` where the quantity is one of goods, else empty: `QUANTITIES[kind]` names it then.

    Examples
    --------
    >>> row = Event(3, EventKind.OUTAGE_ENDS, "press hall", 2.0, "capacity has recovered")
    >>> f"{row.tick}: {row.entity}, {row.kind} after {row.quantity:g} ticks ({row.why})"
    '3: press hall, outage ends after 2 ticks (capacity has recovered)'
    """

    tick: int
    kind: EventKind
    entity: str
    quantity: float
    why: str
    unit: str = ""


class EventLog:
    """Collect the events of one replication as they happen.

    Parameters
    ----------
    tick_days : float
        Length of a tick, in days.

    Examples
    --------
    >>> weekly, other = EventLog(7.0), EventLog(3.5)
    >>> weekly.span(1), weekly.span(2.5, digits=1), weekly.tick, other.span(3), other.tick
    ('1 week', '2.5 weeks', 'week', '10.5 days', '3.5 days')
    """

    def __init__(self, tick_days: float) -> None:
        self._events: list[Event] = []
        self._noun = "week" if tick_days == DAYS_PER_WEEK else "day"
        self._days = 1.0 if tick_days == DAYS_PER_WEEK else tick_days

    @property
    def tick(self) -> str:
        """A tick, as it stands after "per": a week, or its length in days."""
        return self._noun if self._days == 1.0 else f"{self._days:g} days"

    def span(self, ticks: float, *, digits: int = 0) -> str:
        """Return a duration in weeks, if a tick is one, otherwise in days; `digits` of a part of a tick."""
        # What has no part of a tick is exact, whatever its unit.
        number = f"{ticks * self._days:.{digits}f}" if digits else f"{ticks * self._days:.10g}"
        return f"{number} {self._noun}{'' if number == '1' else 's'}"

    def add(self, tick: int, kind: EventKind, entity: str, quantity: float, why: str, unit: str = "") -> None:
        """Add a row; a kind whose quantity is one of goods needs its unit."""
        assert (UNIT_OF_GRADE in QUANTITIES[kind]) == bool(unit), f"{kind} with the unit {unit!r}"
        self._events.append(Event(tick, kind, entity, float(quantity), why, unit))

    def events(self) -> tuple[Event, ...]:
        """Return the rows by tick; within a tick in the order in which they were added."""
        # The end of an episode is known only some quiet ticks later, and is dated back.
        return tuple(sorted(self._events, key=lambda event: event.tick))


def shown_share(share: float, *, decimals: int = 0) -> str:
    """Return a share in percent, as it reads in the reason of an event.

    Examples
    --------
    >>> shown_share(0.49), shown_share(0.123, decimals=1)
    ('49 %', '12.3 %')
    """
    return f"{100 * share:.{decimals}f} %"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "lane"), counted(3, "lane")
    ('1 lane', '3 lanes')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class EpisodeChange(Enum):
    """What a tick does to an episode."""

    NONE = 0
    BEGINS = 1
    ENDS = 2


class Episode:
    """A run of ticks in which something goes on; gaps of less than `quiet` ticks belong to it.

    Attributes
    ----------
    begin, end : int
        The episode is the half-open [begin, end).
    total : float
        Sum of the quantities observed in it, gaps included.
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

    def observe(self, tick: int, going_on: bool, quantity: float = 0.0) -> EpisodeChange:
        """Take in a tick and return what it changes; an end is recognized `quiet` ticks late."""
        if going_on:
            change = EpisodeChange.NONE if self.on else EpisodeChange.BEGINS
            if not self.on:
                self.on, self.begin, self.total, self._in_gap = True, tick, 0.0, 0.0
            self.end = tick + 1
            self.total += self._in_gap + quantity
            self._in_gap = 0.0
            return change
        # What comes in a gap counts only once the episode goes on after it.
        self._in_gap += quantity
        if self.on and tick + 1 - self.end >= self._quiet:
            self.on = False
            return EpisodeChange.ENDS
        return EpisodeChange.NONE
