"""Sellers: producers, including processors, and facilities that do not exist yet.

A facility waits for financing, ownership and presses before its first output.
"""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import Field

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
    FrozenMap,
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
from diamondsim.scenario.policies import Feed
from diamondsim.scenario.prices import UnitCost
from diamondsim.scenario.readers import Number, Reader
from diamondsim.units import Kind

PlainMoney = Annotated[float, Number(Kind.MONEY, plain=True)]


class Tranche(Entity):
    """One part of the financing: when it closes, counted from the decision, and its amount."""

    closes: Duration
    """Time from the decision until it closes"""
    amount: PlainMoney | None = None
    """Amount; reported only"""


class Financing(Entity):
    """The tranches that must all close before the first stage begins."""

    tranches: Map[Id, Tranche]
    """Equity, loans and guarantees, by id; all must close"""
    funding_clock: Duration = ZERO
    """Earliest time after the decision at which a tranche may close; default 0 days"""
    window_closes: Date | None = None
    """Last day on which the lender closes; default none"""
    if_missed: Literal["cancelled", "waits"] = "cancelled"
    """What follows if a tranche misses the window; default cancelled"""
    wait: Duration | None = None
    """Time from the end of the window until a tranche that missed it closes"""


class OwnershipChange(Entity):
    """A change of ownership: its probability, and the delay of a stage."""

    probability: Fraction
    """Probability of the change"""
    delay: Duration
    """Delay of the stage"""
    before: str | None = None
    """Delayed stage; default the first"""


class PressSource(Entity):
    """The origin of the presses, and the delay of their stage if no licence is granted."""

    region: str = Field(alias="from")
    """Region of the press maker"""
    probability: Fraction = ONE
    """Probability that the facility depends on these presses; default 100%"""
    delay: Duration
    """Delay of the stage if presses are refused"""
    stage: str
    """Stage that needs the presses"""


def _date_or_control(value: object) -> object:
    looks_like_a_date = isinstance(value, str) and re.match("[0-9]{4}-", value)
    if isinstance(value, str) and re.fullmatch(ID_PATTERN, value) and not looks_like_a_date:
        return value
    return read_date(value)


ASKS_MARKET_PRICE: Literal["market"] = "market"
Asks = Literal["market", "cash_cost", "unit_cost"]
"""The least price that a facility asks."""

Rationing = Literal["proportional", "weighted", "max_min", "priority"]


class Outage(Entity):
    """Random outages of one kind: frequency, duration, and share of capacity lost."""

    rate: YearlyRate
    """Frequency"""
    length: Annotated[Duration, Drawn("outage")]
    """Duration of each outage"""
    loss: Annotated[Fraction, Drawn("outage")] = ONE
    """Share of capacity lost; default 100%"""


class ScheduledOutage(Entity):
    """A scheduled outage in [begin, end)."""

    begin: Date
    """First day"""
    end: Date
    """First day after the outage"""
    loss: Fraction = ONE
    """Share of capacity lost; default 100%"""


class Swing(Entity):
    """Swing capacity beyond the normal: how much, when it opens, and how long until it is available."""

    share: Multiple
    """Added capacity, as a share of capacity"""
    delay: Duration = ZERO
    """Time from opening until the capacity begins to rise; default 0 days"""
    time: Duration = ZERO
    """Time over which the capacity then rises; default 0 days, at once"""
    opens: Annotated[dt.date | str, Reader(_date_or_control, str, "a control, or a date")]
    """A date, or a control: opens when it first comes into force"""


class Seller(Entity):
    """The keys that producers and facilities share."""

    region: str
    """Region in which it is"""
    finished_stock_ceiling: Annotated[Duration, Drawn(stream="stock")] = ZERO
    """Ceiling of finished stock, in days of contract sales; default 0 days"""
    lead: Map[str, Duration] = Field(default_factory=FrozenMap)
    """Time from dispatch to arrival, by region of destination or `any`"""
    rationing: Rationing = "weighted"
    """Rule for allocating short supply; default weighted"""
    serves: Names = ()
    """Tiers: selectors in order of service; buyers that fit none come last"""
    rated_orders: Names = ()
    """Selectors of buyers whom the law puts before all others, without a sourcing limit; default none"""
    sourcing_limit: Annotated[Map[str, Multiple], Drawn(stream="qualified")] = Field(
        default_factory=FrozenMap
    )
    """Most that buyers take from it, as a share of their demand, by selector"""
    outages: Map[Id, Outage] = Field(default_factory=FrozenMap)
    """Random outages, by id"""


class Producer(Seller):
    """A plant, or all plants of a kind, in one region."""

    capacity: Annotated[Map[str, Flow], Drawn(stream="makes")]
    """Capacity by grade"""
    feed: Map[str, Feed] = Field(default_factory=FrozenMap)
    """Feed bought elsewhere, by grade of output"""
    opening: Duration | None = None
    """Finished stock at the start, in days of contract sales; default the ceiling"""
    growth: Growth = ZERO
    """Growth of capacity; default 0"""
    tracked_share: Annotated[Fraction | None, Drawn(stream="origin")] = None
    """Share of its own crystal that is of the tracked origin; default 100% in that region, else 0"""
    scheduled_outages: Annotated[Map[Id, ScheduledOutage], Drawn(stream="scripted")] = Field(
        default_factory=FrozenMap
    )
    """Scheduled outages, by id"""
    swing: Map[Id, Swing] = Field(default_factory=FrozenMap)
    """Swing capacity that opens on a date or with a control, by id"""


class YieldCurve(Entity):
    """Yield: good output as a share of all output, at first and at maturity."""

    start: Fraction = ONE
    """At first output; default 100%"""
    end: Fraction = ONE
    """At maturity; default 100%"""


class Facility(Seller):
    """A producer that does not exist yet."""

    nameplate: Flow
    """Good output at mature yield, all grades together"""
    product_mix: Annotated[Map[str, PlainFraction], Drawn(stream="makes")]
    """Shares of the output by grade, adding up to 100%"""
    feed: Map[str, Feed] = Field(default_factory=FrozenMap)
    """Feed bought elsewhere, by grade of output, without an opening"""
    decision: Date
    """Day of the investment decision"""
    financing: Financing | None = None
    """Financing that must close before the first stage begins; default none"""
    stages: Map[Id, Duration]
    """Stages in order, by id; the end of the last one is first output"""
    ownership_change: Annotated[OwnershipChange | None, Drawn(stream="sale_of_owner")] = None
    """A change of ownership that delays a stage; default none"""
    presses: PressSource | None = None
    """Presses from a region whose equipment controls may refuse them; default none"""
    cancelled: Fraction = ZERO
    """Probability that it is never built; default 0"""
    ramp: Duration
    """From first output to 90% of the nameplate"""
    yields: YieldCurve = Field(default_factory=YieldCurve, alias="yield")
    """Good output as a share of all output; default 100% throughout"""
    availability: Fraction = ONE
    """Share of time in operation; default 100%"""
    qualification: Map[str, Duration] = Field(default_factory=FrozenMap)
    """Duration of the buyers' qualification, by use, class or `any`"""
    qualification_starts: Date | None = None
    """Day on which qualification begins; default first output"""
    contract_shares: Annotated[Map[str, Fraction], Drawn(stream="sells")]
    """Share of the buyers' contracts that moves to it after qualification, by selector"""
    offtake: Map[str, PlainFraction] = Field(default_factory=FrozenMap)
    """Share of its output reserved for these buyers, by selector; default none"""
    cost: UnitCost | None = None
    """Unit cost of its output; default unknown"""
    floor_price: Price | None = None
    """Guaranteed minimum price; default none"""
    asks: Asks = ASKS_MARKET_PRICE
    """Least price that it asks: the market's, or its `cash_cost` or `unit_cost` if higher; default market"""
    adoption: Duration | None = None
    """Time over which contracts move to it after qualification; default at once"""
