"""The whole scenario file."""

import datetime as dt
from typing import Annotated

from pydantic import Field, StrictBool, WithJsonSchema, model_validator

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Constant
from diamondsim.errors import NotationError, shown
from diamondsim.scenario.allocation import AllocationTerms
from diamondsim.scenario.buyers import Buyer, Registry, Reserve
from diamondsim.scenario.controls import Control, Standing
from diamondsim.scenario.fields import (
    Date,
    Drawn,
    Entity,
    FrozenMap,
    Id,
    Map,
    PlainDuration,
    PlainFlow,
    PlainFraction,
)
from diamondsim.scenario.market import DemandOrFlow, Driver, Grade, Lane, Region, Use
from diamondsim.scenario.policies import InventoryPolicy
from diamondsim.scenario.prices import Prices
from diamondsim.scenario.readers import Reader, parse_in_either_unit
from diamondsim.scenario.sampling import RankCorrelation, Sampling
from diamondsim.scenario.sellers import Facility, Producer
from diamondsim.scenario.totals import PublishedTotal
from diamondsim.units import Kind, number_text

_LATEST_END = dt.date(9999, 1, 1)
"""The calendar ends a year later, so that what follows the horizon still has a date."""
_SHORTEST_TICK_DAYS = 0.01
_MOST_TICKS = 36_525
"""A hundred years of days. Time and memory grow with the number of ticks."""
_EXPECTED_KINDS = (Kind.NUMBER, Kind.QUANTITY, Kind.DURATION, Kind.MONEY)


def _expected(value: object) -> float:
    for kind in _EXPECTED_KINDS:
        try:
            distribution = parse_in_either_unit(str(value), kind)
        except NotationError:
            continue
        if isinstance(distribution, Constant):
            return distribution.value
    found, allowed = str(value), "a value such as '0.6065' or '120 ct'"
    raise NotationError(f"expected a plain number, found {shown(found)}", found=found, allowed=allowed)


LaneKey = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[^>]*->[^>]*$"})]


class Horizon(Entity):
    """The simulated time: the half-open interval of `days` days from `start`, in steps of `tick` days."""

    start: Date
    """First day"""
    length: PlainDuration | None = None
    """Length; give this or `end`"""
    end: Date | None = None
    """First day after the horizon; give this or `length`"""
    tick: PlainDuration = 7.0
    """Time step; default 7 days"""

    @model_validator(mode="after")
    def _one_end(self) -> "Horizon":
        if self.length is None and self.end is None:
            raise NotationError("expected 'length' or 'end'")
        if self.length is not None and self.end is not None:
            raise NotationError("expected 'length' or 'end', found both; 'length: null' leaves only the end")
        if self.days <= 0:
            when = "on the day on which" if self.days == 0 else "before"
            raise NotationError(f"the horizon ends {when} it starts")
        if self.start.toordinal() + self.days > _LATEST_END.toordinal():
            raise NotationError(f"expected a horizon that ends before {_LATEST_END}, found a later end")
        if self.tick <= 0:
            raise NotationError("a tick must be longer than 0 days")
        if self.tick < _SHORTEST_TICK_DAYS:
            found = f"{number_text(self.tick)} days"
            why = f"expected a tick of at least {_SHORTEST_TICK_DAYS} days, found {shown(found)}"
            raise NotationError(why, found=found)
        if self.days / self.tick > _MOST_TICKS:
            found = f"{number_text(self.days)} days in ticks of {number_text(self.tick)} days"
            why = f"expected at most {_MOST_TICKS:,} ticks, found {self.days / self.tick:,.0f}; "
            raise NotationError(f"{why}give a shorter horizon or a longer 'tick'", found=found)
        if self.days < self.tick:
            raise NotationError("one tick is longer than the whole horizon")
        return self

    @property
    def days(self) -> float:
        """Length in days."""
        if self.length is not None:
            return self.length
        assert self.end is not None, "one of the two is given"
        return float((self.end - self.start).days)


class Metrics(Entity):
    """A use is short when its shortfall over some `window` of days exceeds `threshold`."""

    threshold: PlainFraction = 0.05
    """Shortfall above which a use is short; default 5%"""
    window: PlainDuration = 28.0
    """Time over which the shortfall is taken; default 28 days"""
    short_tick: PlainFraction = 0.01
    """Share of demand unmet above which a single tick is short; default 1%"""
    survival_period: PlainDuration = DAYS_PER_YEAR
    """Time up to which the restricted mean counts the time to survive; default 1 yr"""


class Content(Entity):
    """All keys of a scenario file; ``docs/scenario-format.md`` explains them.

    Numbers are in canonical units: ct or cm2, days, US dollars, growth and outage rates per year. What may be
    uncertain is a `diamondsim.distributions.Distribution`, a certain number a `Constant`.
    """

    title: str | None = None
    """One line; required in a scenario that can be run"""
    description: str | None = None
    """Free text; with a new title a file inherits none"""
    component: StrictBool = False
    """Whether this is a building block, which other files extend and nobody runs; default false"""
    as_of: Date | None = None
    """Evidence cut-off: facts were collected up to this day"""
    legal_state: str | None = None
    """Assumed legal state, shown on every result; state it again when you change controls"""
    horizon: Horizon | None = None
    """Simulated time"""
    tracked_origin: str | None = None
    """Region whose crystal is tracked through processors"""
    metrics: Metrics = Field(default_factory=Metrics)
    """When a use counts as short"""
    regions: Map[Id, Region] = Field(default_factory=FrozenMap)
    """Where diamond is made or used, by id"""
    grades: Map[Id, Grade] = Field(default_factory=FrozenMap)
    """Kinds of diamond that do not replace each other, by id"""
    uses: Map[Id, Use] = Field(default_factory=FrozenMap)
    """What diamond is used for, by id"""
    demand: Map[str, Map[str, DemandOrFlow]] = Field(default_factory=FrozenMap)
    """Demand of each use in each region: region, use, flow"""
    drivers: Map[Id, Driver] = Field(default_factory=FrozenMap)
    """Dated factors on the demand of some buyers, by id"""
    inventory_policy: Annotated[Map[str, InventoryPolicy], Drawn(stream="habits")] = Field(
        default_factory=FrozenMap
    )
    """How buyers stock and order, by selector (REGION.USE or `any`); the most specific selector wins"""
    producers: Map[Id, Producer] = Field(default_factory=FrozenMap)
    """Who makes diamond, by id; a processor is a producer with a feed"""
    facilities: Map[Id, Facility] = Field(default_factory=FrozenMap)
    """Plants that do not exist yet, by id"""
    trade: Map[str, Map[str, PlainFlow]] = Field(default_factory=FrozenMap)
    """Contract sales: seller, region, flow; all grades of one unit together"""
    published_totals: Map[Id, PublishedTotal] = Field(default_factory=FrozenMap)
    """Totals of statistics, with which `check` compares the balance, by id; they change no result"""
    lanes: Map[LaneKey, Lane] = Field(default_factory=FrozenMap)
    """Exceptions to the derived lanes, by SELLER -> BUYERS"""
    controls: Map[Id, Control] = Field(default_factory=FrozenMap)
    """Export controls, by id"""
    legal_states: Map[Id, Map[str, Standing]] = Field(default_factory=FrozenMap)
    """Named combinations of controls: by id, which are in effect and which are not"""
    reserves: Map[Id, Reserve] = Field(default_factory=FrozenMap)
    """Strategic stockpiles, by id"""
    buyers: Map[Id, Buyer] = Field(default_factory=FrozenMap)
    """Firms carved out of an aggregate, by id"""
    registry: Registry | None = None
    """A registry in which buyers of some regions share their stocks and orders"""
    allocation: AllocationTerms = Field(default_factory=AllocationTerms)
    """What weighs in the rationing of short supply"""
    prices: Prices | None = None
    """Price formation and price responses; default: nothing responds to prices"""
    sampling: Sampling = Field(default_factory=Sampling)
    """How numbers drawn once in a replication are spread over the replications"""
    correlation: Map[str, RankCorrelation] = Field(default_factory=FrozenMap)
    """Rank correlations of uncertain inputs, by pair of names: 'a.b ~ c.d'"""
    reference_values: Map[str, Annotated[float, Reader(_expected, number_text, "a number")]] = Field(
        default_factory=FrozenMap
    )
    """Expected results, for tests, by name of a metric or a use"""
