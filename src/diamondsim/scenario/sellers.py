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
    length: Duration
    loss: Fraction = ONE


class ScheduledOutage(Entity):
    """An outage with dates; on `end` it is over."""

    begin: Date
    end: Date
    loss: Fraction = ONE


class Swing(Entity):
    """Capacity beyond the normal: how much, from when, and how long until it is there."""

    share: Multiple
    delay: Duration = ZERO
    time: Duration = ZERO
    opens: Annotated[dt.date | str, Reader(_date_or_control, str, "a control, or a date")]


class Seller(Entity):
    """What producers and facilities have in common."""

    region: str
    finished_stock_ceiling: Annotated[Duration, Drawn(stream="stock")] = ZERO
    lead: Map[str, Duration] = Field(default_factory=FrozenMap)
    rationing: Rationing = "proportional"
    serves: Names = ()
    sourcing_limit: Annotated[Map[str, Multiple], Drawn(stream="qualified")] = Field(
        default_factory=FrozenMap
    )
    outages: Map[Id, Outage] = Field(default_factory=FrozenMap)


class Producer(Seller):
    """A plant, or all plants of a kind, in one region."""

    capacity: Annotated[Map[str, Flow], Drawn(stream="makes")]
    feed: Map[str, Feed] = Field(default_factory=FrozenMap)
    opening: Duration | None = None
    growth: Growth = ZERO
    tracked_share: Annotated[Fraction | None, Drawn(stream="origin")] = None
    scheduled_outages: Annotated[Map[Id, ScheduledOutage], Drawn(stream="scripted")] = Field(
        default_factory=FrozenMap
    )
    swing: Map[Id, Swing] = Field(default_factory=FrozenMap)


class YieldCurve(Entity):
    """Good output as a share of all: at first, and in the end."""

    start: Fraction = ONE
    end: Fraction = ONE


class Facility(Seller):
    """A producer that is still to be built."""

    nameplate: Flow
    product_mix: Annotated[Map[str, PlainFraction], Drawn(stream="makes")]
    feed: Map[str, Feed] = Field(default_factory=FrozenMap)
    decision: Date
    financing: Financing | None = None
    stages: Map[Id, Duration]
    ownership_change: Annotated[OwnershipChange | None, Drawn(stream="sale_of_owner")] = None
    presses: PressSource | None = None
    cancelled: Fraction = ZERO
    ramp: Duration
    yields: YieldCurve = Field(default_factory=YieldCurve, alias="yield")
    availability: Fraction = ONE
    qualification: Map[str, Duration] = Field(default_factory=FrozenMap)
    qualification_starts: Date | None = None
    contract_shares: Annotated[Map[str, Fraction], Drawn(stream="sells")]
    offtake: Map[str, PlainFraction] = Field(default_factory=FrozenMap)
    cost: UnitCost | None = None
    floor_price: Price | None = None
