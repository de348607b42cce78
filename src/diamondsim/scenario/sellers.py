"""Who makes diamond: producers, processors among them, and facilities that do not exist yet."""

from typing import Literal

from pydantic import Field

from diamondsim.scenario.fields import (
    ONE,
    ZERO,
    Date,
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
    YearlyRate,
)
from diamondsim.scenario.frozen import FrozenMap
from diamondsim.scenario.habits import Feed

Rationing = Literal["proportional", "weighted", "max_min", "priority"]


class Outage(Entity):
    """Outages of one kind that come at random: how often, how long, and the share of capacity lost."""

    rate: YearlyRate
    length: Duration
    loss: Fraction = ONE


class ScriptedOutage(Entity):
    """An outage with dates; on `end` it is over."""

    begin: Date
    end: Date
    loss: Fraction = ONE


class Seller(Entity):
    """What producers and facilities have in common."""

    region: str
    stock: Duration = ZERO
    lead: Map[str, Duration] = Field(default_factory=FrozenMap)
    rationing: Rationing = "proportional"
    serves: Names = ()
    qualified: Map[str, Multiple] = Field(default_factory=FrozenMap)
    outages: Map[Id, Outage] = Field(default_factory=FrozenMap)


class Producer(Seller):
    """A plant, or all plants of a kind, in one region."""

    makes: Map[str, Flow]
    feed: Map[str, Feed] = Field(default_factory=FrozenMap)
    growth: Growth = ZERO
    origin: Fraction | None = None
    scripted: Map[Id, ScriptedOutage] = Field(default_factory=FrozenMap)


class YieldCurve(Entity):
    """Good output as a share of all: at first, and in the end."""

    start: Fraction = ONE
    end: Fraction = ONE


class Facility(Seller):
    """A producer that is still to be built."""

    nameplate: Flow
    makes: Map[str, PlainFraction]
    decision: Date
    stages: Map[Id, Duration]
    cancelled: Fraction = ZERO
    ramp: Duration
    yields: YieldCurve = Field(default_factory=YieldCurve, alias="yield")
    availability: Fraction = ONE
    qualification: Map[str, Duration] = Field(default_factory=FrozenMap)
    qualification_starts: Date | None = None
    sells: Map[str, Fraction]
