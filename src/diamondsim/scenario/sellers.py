"""Who makes diamond: producers, processors among them, and facilities that do not exist yet."""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import Field

from diamondsim.scenario.building import Financing, OwnershipChange, PressSource
from diamondsim.scenario.fields import (
    ID_PATTERN,
    ONE,
    ZERO,
    Date,
    Drawn,
    Duration,
    Entity,
    Flow,
    Fraction,
    Growth,
    Id,
    Map,
    Multiple,
    Names,
    PlainFraction,
    Price,
    YearlyRate,
    read_date,
)
from diamondsim.scenario.frozen import FrozenMap
from diamondsim.scenario.habits import Feed
from diamondsim.scenario.prices import UnitCost
from diamondsim.scenario.readers import Reader


def _date_or_control(value: object) -> object:
    looks_like_a_date = isinstance(value, str) and re.match("[0-9]{4}-", value)
    if isinstance(value, str) and re.fullmatch(ID_PATTERN, value) and not looks_like_a_date:
        return value
    return read_date(value)


Rationing = Literal["proportional", "weighted", "max_min", "priority"]


class Outage(Entity):
    """Outages of one kind that come at random: how often, how long, and the share of capacity lost."""

    rate: YearlyRate
    """How often"""
    length: Annotated[Duration, Drawn("outage")]
    """How long each lasts"""
    loss: Annotated[Fraction, Drawn("outage")] = ONE
    """Share of capacity lost; default 100%"""


class ScheduledOutage(Entity):
    """An outage with dates; on `end` it is over."""

    begin: Date
    """First day"""
    end: Date
    """Day on which it is over"""
    loss: Fraction = ONE
    """Share of capacity lost; default 100%"""


class Swing(Entity):
    """Capacity beyond the normal: how much, from when, and how long until it is there."""

    share: Multiple
    """What is added, as a share of capacity"""
    delay: Duration = ZERO
    """Time in which nothing happens; default 0 days"""
    time: Duration = ZERO
    """Time over which the share then arrives; default 0 days, at once"""
    opens: Annotated[dt.date | str, Reader(_date_or_control, str, "a control, or a date")]
    """A date, or a control that comes into force for the first time"""


class Seller(Entity):
    """What producers and facilities have in common."""

    region: str
    """Where it stands"""
    finished_stock_ceiling: Annotated[Duration, Drawn(stream="stock")] = ZERO
    """Ceiling of finished stock, in days of contract sales; default 0 days"""
    lead: Map[str, Duration] = Field(default_factory=FrozenMap)
    """From dispatch to arrival, by region of destination or `any`"""
    rationing: Rationing = "proportional"
    """How it shares out what does not suffice; default proportional"""
    serves: Names = ()
    """Who is served first: selectors, best first; whoever fits none comes after"""
    sourcing_limit: Annotated[Map[str, Multiple], Drawn(stream="qualified")] = Field(
        default_factory=FrozenMap
    )
    """The most that buyers take from it, as a share of their demand, by selector"""
    outages: Map[Id, Outage] = Field(default_factory=FrozenMap)
    """Outages that come at random, by id"""


class Producer(Seller):
    """A plant, or all plants of a kind, in one region."""

    capacity: Annotated[Map[str, Flow], Drawn(stream="makes")]
    """Capacity by grade"""
    feed: Map[str, Feed] = Field(default_factory=FrozenMap)
    """What it needs from elsewhere, by the grade that it makes of it"""
    opening: Duration | None = None
    growth: Growth = ZERO
    """Growth of its capacity; default 0"""
    tracked_share: Annotated[Fraction | None, Drawn(stream="origin")] = None
    """Share of its own crystal with the tracked origin; default 100% in that region, else 0"""
    scheduled_outages: Annotated[Map[Id, ScheduledOutage], Drawn(stream="scripted")] = Field(
        default_factory=FrozenMap
    )
    """Outages with dates, by id"""
    swing: Map[Id, Swing] = Field(default_factory=FrozenMap)
    """Capacity beyond the normal that arrives once something happens, by id"""


class YieldCurve(Entity):
    """Good output as a share of all: at first, and in the end."""

    start: Fraction = ONE
    """At first output; default 100%"""
    end: Fraction = ONE
    """In the end; default 100%"""


class Facility(Seller):
    """A producer that is still to be built."""

    nameplate: Flow
    """Good output at mature yield, all grades together"""
    product_mix: Annotated[Map[str, PlainFraction], Drawn(stream="makes")]
    """Shares of the output by grade, adding up to 100%"""
    feed: Map[str, Feed] = Field(default_factory=FrozenMap)
    decision: Date
    """The day on which it was decided"""
    financing: Financing | None = None
    """The money that must close before the first stage begins; default none"""
    stages: Map[Id, Duration]
    """One after the other, by id; the end of the last is first output"""
    ownership_change: Annotated[OwnershipChange | None, Drawn(stream="sale_of_owner")] = None
    """The owner is sold, and a stage begins later; default never"""
    presses: PressSource | None = None
    """Presses from a region whose controls on equipment may refuse them; default none"""
    cancelled: Fraction = ZERO
    """Probability that it is never built; default 0"""
    ramp: Duration
    """From first output to 90% of the nameplate"""
    yields: YieldCurve = Field(default_factory=YieldCurve, alias="yield")
    """Good output as a share of all; default 100% throughout"""
    availability: Fraction = ONE
    """Share of the time in which it runs; default 100%"""
    qualification: Map[str, Duration] = Field(default_factory=FrozenMap)
    """How long buyers test its goods, by use, class or `any`"""
    qualification_starts: Date | None = None
    """The dated decision to begin with it; default first output"""
    contract_shares: Annotated[Map[str, Fraction], Drawn(stream="sells")]
    """Share of the contracts of buyers that moves to it once qualified, by selector"""
    offtake: Map[str, PlainFraction] = Field(default_factory=FrozenMap)
    """Share of its output that belongs to these buyers alone, by selector; default none"""
    cost: UnitCost | None = None
    """What a unit of its output costs; default not known"""
    floor_price: Price | None = None
    """Price that it is promised at least; default none"""
