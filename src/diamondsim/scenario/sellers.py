"""Sellers: producers, including processors, and facilities that do not exist yet.

A facility waits for financing, ownership and presses before its first output.
"""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from diamondsim.distributions import has_negative_term
from diamondsim.errors import NotationError
from diamondsim.scenario.dates import read_date
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
    PositiveFraction,
    PowerPrice,
    Price,
    YearlyRate,
)
from diamondsim.scenario.financing import Financing
from diamondsim.scenario.keys import ShortFor
from diamondsim.scenario.policies import Feed
from diamondsim.scenario.prices import ALWAYS, Since, UnitCost
from diamondsim.scenario.readers import Reader


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

    @model_validator(mode="after")
    def _has_lengths(self) -> "Outage":
        # The outage at the start is drawn by its length, and so is the term that makes it long.
        if has_negative_term(self.length):
            why = "a term of the sum in 'length' can be negative"
            raise NotationError(why, allowed="terms of 0 days or more, such as 'tri(1 2 5) days + 3 days'")
        return self


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


class GradeConversion(Entity):
    """Conversion of one grade into another: whose capacity, into what, how far, and how fast."""

    from_grade: str = Field(alias="from")
    """Grade whose capacity is converted"""
    to_grade: str = Field(alias="to")
    """Grade into which it is converted"""
    limit: Fraction
    """Largest share of the capacity that is converted"""
    conversion_yield: PositiveFraction = Field(default=ONE, alias="yield")
    """Output per unit converted; default 100%"""
    time: Duration
    """Time from no conversion to the limit"""
    qualification: Duration = ZERO
    """Time of tests during a shortage before anything is converted; default 0 days"""
    cost: Price = ZERO
    """Cost of converting a unit, which counts where there are prices; default 0 USD"""


class CapacityProject(Entity):
    """Capacity that a producer adds when a shortage lasts: the rule of decision, the delay and the size."""

    trigger: Multiple
    """A grade is short while requests exceed the capacity for it by more than this share"""
    lasting: Duration
    """Decided when the shortage has lasted for this time without a break (or longer, with breaks)"""
    delay: Duration
    """Time from the decision until capacity begins to rise"""
    ramp: Duration = ZERO
    """Time over which it then rises; default 0 days, at once"""
    size: Multiple
    """Added capacity of each grade, as a share of its capacity"""
    times: int = 1
    """Number of times that it can be decided, one after the other; default 1"""


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
    conversion: Map[Id, GradeConversion] = Field(default_factory=FrozenMap)
    """Conversions between its grades when one is short, by id"""


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
    expansion: Map[Id, CapacityProject] = Field(default_factory=FrozenMap)
    """Capacity that it adds when a shortage of a grade lasts, by id"""


PowerShares = Annotated[Map[Since, Fraction], ShortFor(ALWAYS, Map[Since, Fraction] | Fraction)]
PowerPrices = Annotated[Map[Since, PowerPrice], ShortFor(ALWAYS, Map[Since, PowerPrice] | PowerPrice)]


class PowerProject(Entity):
    """The project that ends a limit on the power of a facility."""

    delivers: Date
    """Day on which it is to deliver"""
    delay: Duration = ZERO
    """Delay; default 0 days"""
    cancelled: Fraction = ZERO
    """Probability that it never delivers; default 0"""


class PowerSupply(Entity):
    """Power for a facility: a limit by date until a project delivers, and a price by date."""

    available: PowerShares = Field(default_factory=FrozenMap)
    """Share of the plant that has power, by date, until the project delivers; default 100%"""
    project: PowerProject | None = None
    """Project after which there is power for all of it; default none: the limit stays"""
    price: PowerPrices = Field(default_factory=FrozenMap)
    """Price of power by date, from then on, instead of `power_price`; the first holds before too"""


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
    power: PowerSupply | None = None
    """Supply of power until a project delivers, and its price by date; default without a limit"""
    cost: UnitCost | None = None
    """Unit cost of its output; default unknown"""
    floor_price: Price | None = None
    """Guaranteed minimum price; default none"""
    asks: Asks = ASKS_MARKET_PRICE
    """Least price that it asks: the market's, or its `cash_cost` or `unit_cost` if higher; default market"""
    adoption: Duration | None = None
    """Time over which contracts move to it after qualification; default at once"""
