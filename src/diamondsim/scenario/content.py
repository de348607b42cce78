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
    length: PlainDuration | None = None
    end: Date | None = None
    tick: PlainDuration = 7.0

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
    window: PlainDuration = 28.0


class Content(Entity):
    """All keys of a scenario file; what they mean is said in ``docs/scenario-format.md``.

    Numbers are in canonical units: ct or cm2, days, US dollars, growth and outage rates per year. What may be
    uncertain is a `diamondsim.distributions.Distribution`, a certain number a `Constant`.
    """

    title: str | None = None
    description: str | None = None
    component: StrictBool = False
    as_of: Date | None = None
    legal_state: str | None = None
    horizon: Horizon | None = None
    tracked_origin: str | None = None
    metrics: Metrics = Field(default_factory=Metrics)
    regions: Map[Id, Region] = Field(default_factory=FrozenMap)
    grades: Map[Id, Grade] = Field(default_factory=FrozenMap)
    uses: Map[Id, Use] = Field(default_factory=FrozenMap)
    demand: Map[str, Map[str, DemandOrFlow]] = Field(default_factory=FrozenMap)
    drivers: Map[Id, Driver] = Field(default_factory=FrozenMap)
    inventory_policy: Annotated[Map[str, InventoryPolicy], Drawn(stream="habits")] = Field(
        default_factory=FrozenMap
    )
    producers: Map[Id, Producer] = Field(default_factory=FrozenMap)
    facilities: Map[Id, Facility] = Field(default_factory=FrozenMap)
    trade: Map[str, Map[str, PlainFlow]] = Field(default_factory=FrozenMap)
    lanes: Map[LaneKey, Lane] = Field(default_factory=FrozenMap)
    controls: Map[Id, Control] = Field(default_factory=FrozenMap)
    legal_states: Map[Id, Map[str, Standing]] = Field(default_factory=FrozenMap)
    reserves: Map[Id, Reserve] = Field(default_factory=FrozenMap)
    buyers: Map[Id, Buyer] = Field(default_factory=FrozenMap)
    registry: Registry | None = None
    prices: Prices | None = None
    sampling: Sampling = Field(default_factory=Sampling)
    correlation: Map[str, RankCorrelation] = Field(default_factory=FrozenMap)
    reference_values: Map[str, Annotated[float, Reader(_expected, number_text, "a number")]] = Field(
        default_factory=FrozenMap
    )
