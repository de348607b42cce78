"""A scenario file as a whole."""

from typing import Annotated

from pydantic import Field, StrictBool, WithJsonSchema, model_validator

from diamondsim.distributions import Constant
from diamondsim.errors import NotationError
from diamondsim.scenario.buyers import Buyer
from diamondsim.scenario.controls import Control, Standing
from diamondsim.scenario.correlation import RankCorrelation
from diamondsim.scenario.fields import (
    Date,
    Drawn,
    Entity,
    Id,
    Map,
    PlainDuration,
    PlainFlow,
    PlainFraction,
)
from diamondsim.scenario.frozen import FrozenMap
from diamondsim.scenario.habits import InventoryPolicy
from diamondsim.scenario.market import DemandOrFlow, Driver, Grade, Lane, Region, Use
from diamondsim.scenario.prices import Prices
from diamondsim.scenario.readers import Reader, parse_in_either_unit
from diamondsim.scenario.registry import Registry
from diamondsim.scenario.reserves import Reserve
from diamondsim.scenario.sampling import Sampling
from diamondsim.scenario.sellers import Facility, Producer
from diamondsim.units import Kind, number_text

_EXPECTED_KINDS = (Kind.NUMBER, Kind.QUANTITY, Kind.DURATION, Kind.MONEY)


def _expected(value: object) -> float:
    for kind in _EXPECTED_KINDS:
        try:
            distribution = parse_in_either_unit(str(value), kind)
        except NotationError:
            continue
        if isinstance(distribution, Constant):
            return distribution.value
    raise NotationError(
        "a plain number is wanted", found=str(value), allowed="a text like '0.6065' or '120 ct'"
    )


LaneKey = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[^>]*->[^>]*$"})]


class Horizon(Entity):
    """The time simulated, from `start` for `days`, in steps of `tick` days; half-open."""

    start: Date
    """First day"""
    length: PlainDuration | None = None
    """How long; this or `end`"""
    end: Date | None = None
    """First day after it; this or `length`"""
    tick: PlainDuration = 7.0
    """The time step; default 7 days"""

    @model_validator(mode="after")
    def _one_end(self) -> "Horizon":
        if self.length is None and self.end is None:
            raise NotationError("it does not say how long; 'length' or 'end' is wanted")
        if self.length is not None and self.end is not None:
            raise NotationError("'length' and 'end' are both given; with 'length: null' only the end holds")
        if self.days <= 0:
            raise NotationError("the horizon ends before it starts")
        if self.tick <= 0:
            raise NotationError("a tick must last longer than nothing")
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


class Content(Entity):
    """All keys of a scenario file; what they mean is said in ``docs/scenario-format.md``.

    Numbers are in canonical units: ct or cm2, days, US dollars, growth and outage rates per year. What may be
    uncertain is a `diamondsim.distributions.Distribution`, a certain number a `Constant`.
    """

    title: str | None = None
    """One line; required in a scenario that can be run"""
    description: str | None = None
    """Free text"""
    component: StrictBool = False
    """Whether this is a building block, which is only extended; default false"""
    as_of: Date | None = None
    """The day up to which facts were looked for"""
    legal_state: str | None = None
    """The legal state assumed, shown on every result; say it anew with changed controls"""
    horizon: Horizon | None = None
    """The time that is simulated"""
    tracked_origin: str | None = None
    """Region whose crystal is followed through processors"""
    metrics: Metrics = Field(default_factory=Metrics)
    """When a use counts as short"""
    regions: Map[Id, Region] = Field(default_factory=FrozenMap)
    """Where diamond is made or used, by id"""
    grades: Map[Id, Grade] = Field(default_factory=FrozenMap)
    """Diamond that other diamond cannot stand in for, by id"""
    uses: Map[Id, Use] = Field(default_factory=FrozenMap)
    """What diamond is for, by id"""
    demand: Map[str, Map[str, DemandOrFlow]] = Field(default_factory=FrozenMap)
    """What each use takes in each region: region, use, flow"""
    drivers: Map[Id, Driver] = Field(default_factory=FrozenMap)
    """Dated factors on the demand of some buyers, by id"""
    inventory_policy: Annotated[Map[str, InventoryPolicy], Drawn(stream="habits")] = Field(
        default_factory=FrozenMap
    )
    """How buyers behave, by selector (REGION.USE, or `any`); the most specific counts"""
    producers: Map[Id, Producer] = Field(default_factory=FrozenMap)
    """Who makes diamond, by id; a processor is a producer with a feed"""
    facilities: Map[Id, Facility] = Field(default_factory=FrozenMap)
    """Plants that are still to be built, by id"""
    trade: Map[str, Map[str, PlainFlow]] = Field(default_factory=FrozenMap)
    """Who sells how much where: seller, region, flow, all grades of one unit together"""
    lanes: Map[LaneKey, Lane] = Field(default_factory=FrozenMap)
    """Exceptions to the lanes that are derived, by SELLER -> BUYERS"""
    controls: Map[Id, Control] = Field(default_factory=FrozenMap)
    """Export controls, by id"""
    legal_states: Map[Id, Map[str, Standing]] = Field(default_factory=FrozenMap)
    """Names for what may hold together: by id, which controls are in effect, which not"""
    reserves: Map[Id, Reserve] = Field(default_factory=FrozenMap)
    """Strategic stockpiles, by id"""
    buyers: Map[Id, Buyer] = Field(default_factory=FrozenMap)
    """Firms carved out of an aggregate, by id"""
    registry: Registry | None = None
    """A registry in which buyers of some regions share what they hold and order"""
    prices: Prices | None = None
    """What diamond costs and who responds to it; default: nothing responds to a price"""
    sampling: Sampling = Field(default_factory=Sampling)
    """How what is drawn once in a replication is spread over the replications"""
    correlation: Map[str, RankCorrelation] = Field(default_factory=FrozenMap)
    """Rank correlations by pairs of names of uncertain inputs, as in 'a.b ~ c.d'"""
    reference_values: Map[str, Annotated[float, Reader(_expected, number_text, "a number")]] = Field(
        default_factory=FrozenMap
    )
    """What a check expects, by name of a metric or a use"""
