"""Prices: what diamond costs where, who responds to it, what comes on top, and what making it costs."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from diamondsim.distributions import Constant, Distribution
from diamondsim.scenario.fields import (
    ZERO,
    Date,
    Drawn,
    Duration,
    Entity,
    Factor,
    Id,
    Map,
    Money,
    Multiple,
    Names,
    PowerPrice,
    PowerUse,
    Price,
    YearlyRate,
    read_date,
)
from diamondsim.scenario.frozen import FrozenMap
from diamondsim.scenario.patterns import DATE
from diamondsim.scenario.readers import Number, Reader
from diamondsim.units import Kind

OUTSIDE = "outside"
"""The zone of all regions that stand in no other."""

ALWAYS: Literal["always"] = "always"


def _since(value: object) -> object:
    return value if value == ALWAYS else read_date(value)


def _rate_alone(value: object) -> object:
    return value if isinstance(value, dict) else {ALWAYS: value}


Since = Annotated[dt.date | Literal["always"], Reader(_since, str, "a date, or always", f"{ALWAYS}|{DATE}")]
# Nobody means more than tenfold, but many a number has lost its percent sign.
SurchargeRate = Annotated[Distribution, Number(Kind.FRACTION, low=-1.0, high=10.0)]
CostMultiple = Annotated[Distribution, Number(Kind.FRACTION, high=10.0)]
Rates = Annotated[
    Map[Since, SurchargeRate],
    BeforeValidator(_rate_alone, json_schema_input_type=Map[Since, SurchargeRate] | SurchargeRate),
]
"""What a rate is from each date on; one alone has always been so."""


class Limits(Entity):
    """Between which multiples of its start a price stays."""

    lowest: Multiple = Constant(0.1)
    """The lowest price, as a multiple of that at the start; default 0.1"""
    highest: Multiple = Constant(20.0)
    """The highest price, as a multiple of that at the start; default 20"""


class Supply(Entity):
    """How sellers respond to a price; what is None is as under `any`."""

    elasticity: Factor | None = None
    """How much more is made where it pays more; default 0"""
    time: Duration | None = None
    """Time over which sellers take a price for their own; default 0 days"""
    cost: Map[Date, CostMultiple] | None = None
    """By date, cost of making from then on, as a multiple of that before; default as at the start"""


class Surcharge(Entity):
    """A tariff, a premium or freight: what comes on top of the price of some sellers in some regions."""

    sellers: Names = Field(alias="from")
    """Regions, producers or facilities that sell, one or a list"""
    to: Names
    """Regions that buy, one or a list"""
    grades: Names | None = None
    """Grades, one or a list; default all"""
    rate: Rates
    """Share of the price: by date, from then on; or one number, which has always been so"""


class Prices(Entity):
    """What makes prices, and who responds to them."""

    zones: Map[Id, Names] = Field(default_factory=FrozenMap)
    """Regions with prices of their own, by id; the other regions are the zone `outside`"""
    start: Map[str, Map[str, Price]]
    """Price at the start by grade and zone; a grade that is not there has no market"""
    adjustment_time: Annotated[Duration, Drawn(stream="response")]
    """Time in which a price would move by the whole of an imbalance"""
    arbitrage_time: Annotated[Duration | None, Drawn(stream="link")] = None
    """Time over which free trade evens out prices between zones; default never"""
    limits: Limits = Field(default_factory=Limits)
    """Between which multiples of its start a price stays"""
    supplier_elasticity: Annotated[Factor, Drawn(stream="sourcing")] = ZERO
    """Elasticity of the choice between sellers; default 0"""
    demand: Map[str, Factor] = Field(default_factory=FrozenMap)
    """How much less is bought where it is dearer: elasticity by use or `any`; default 0"""
    supply: Map[str, Supply] = Field(default_factory=FrozenMap)
    """How much more is made where it pays more, by producer, facility or `any`"""
    surcharges: Map[Id, Surcharge] = Field(default_factory=FrozenMap)
    """What comes on top of a price on some lanes, by id: tariffs, premiums, freight"""

    def zones_of(self, regions: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the zones in order, each with its regions; the one of all others, if there are any, is last.

        Examples
        --------
        >>> prices = Prices.model_validate({"zones": {"china": "CN"}, "start": {}, "response": "1 yr"})
        >>> prices.zones_of(["US", "CN", "JP"])
        {'china': ('CN',), 'outside': ('US', 'JP')}
        """
        named = {region for zone in self.zones.values() for region in zone}
        rest = tuple(region for region in regions if region not in named)
        return {**self.zones, OUTSIDE: rest} if rest else {**self.zones}


class UnitCost(Entity):
    """What a unit from a facility costs: the plant, and what it takes to run it."""

    capital: Money = ZERO
    """What the plant costs; default 0 USD"""
    life: Duration | None = None
    """How long it lasts"""
    interest: YearlyRate = ZERO
    """On what is not paid back yet; default 0%/yr"""
    power: PowerUse = ZERO
    """Power for a unit, good or not; default none"""
    power_price: PowerPrice | None = None
    """What power costs"""
    other: Price = ZERO
    """Material, wages and the rest; default 0 USD for a unit"""
