"""Prices: price formation by grade and zone, responses of supply and demand, surcharges, unit cost."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Constant, Distribution
from diamondsim.scenario.dates import read_date
from diamondsim.scenario.fields import (
    ZERO,
    Date,
    Drawn,
    Duration,
    Entity,
    Factor,
    FrozenMap,
    Id,
    Map,
    Money,
    Multiple,
    Names,
    PowerPrice,
    PowerUse,
    Price,
    YearlyRate,
)
from diamondsim.scenario.keys import ShortFor
from diamondsim.scenario.patterns import DATE
from diamondsim.scenario.readers import Number, Reader
from diamondsim.units import Kind

OUTSIDE = "outside"
"""The zone of all regions that are in no other zone."""

HALF_A_YEAR = DAYS_PER_YEAR / 2

ALWAYS: Literal["always"] = "always"


def _since(value: object) -> object:
    return value if value == ALWAYS else read_date(value)


Since = Annotated[dt.date | Literal["always"], Reader(_since, str, "a date, or always", f"{ALWAYS}|{DATE}")]
# Nobody means more than tenfold, but many a number has lost its percent sign.
SurchargeRate = Annotated[Distribution, Number(Kind.FRACTION, low=-1.0, high=10.0)]
CostMultiple = Annotated[Distribution, Number(Kind.FRACTION, high=10.0)]
Rates = Annotated[Map[Since, SurchargeRate], ShortFor(ALWAYS, Map[Since, SurchargeRate] | SurchargeRate)]
"""A rate by date, from then on; a single number has always applied."""


class Limits(Entity):
    """The bounds of a price, as multiples of its start."""

    lowest: Multiple = Constant(0.1)
    """Lowest price, as a multiple of the start price; default 0.1"""
    highest: Multiple = Constant(20.0)
    """Highest price, as a multiple of the start price; default 20"""


class Supply(Entity):
    """How sellers respond to prices; a key left out takes the value under `any`."""

    elasticity: Factor | None = None
    """Price elasticity of supply; default 0"""
    time: Duration | None = None
    """Time over which sellers adjust to a price; default 0 days"""
    cost: Map[Date, CostMultiple] | None = None
    """Production cost by date, from then on, as a multiple of that at the start; default constant"""


class Surcharge(Entity):
    """A surcharge on the price of some sellers in some regions: tariff, premium or freight."""

    sellers: Names = Field(alias="from")
    """Regions, producers or facilities that sell, one or a list"""
    to: Names
    """Regions that buy, one or a list"""
    grades: Names | None = None
    """Grades, one or a list; default all"""
    rate: Rates
    """Share of the price: by date, from then on, or a single number that has always applied"""


class Prices(Entity):
    """Price formation, and the responses of buyers and sellers."""

    zones: Map[Id, Names] = Field(default_factory=FrozenMap)
    """Regions with prices of their own, by id; the other regions are the zone `outside`"""
    start: Map[str, Map[str, Price]]
    """Start price by grade and zone; a grade without one has no market"""
    adjustment_time: Annotated[Duration, Drawn(stream="response")]
    """Time in which a price would adjust by the whole imbalance"""
    arbitrage_time: Annotated[Duration | None, Drawn(stream="link")] = None
    """Time over which arbitrage evens out prices between zones; default never"""
    planning_time: Duration = Constant(HALF_A_YEAR)
    """Time over which buyers adapt their target stocks to a price; default 182.625 days"""
    limits: Limits = Field(default_factory=Limits)
    """Bounds of a price, as multiples of its start"""
    supplier_elasticity: Annotated[Factor, Drawn(stream="sourcing")] = ZERO
    """Elasticity of the choice between sellers; default 0"""
    demand: Map[str, Factor] = Field(default_factory=FrozenMap)
    """Price elasticity of demand, by use or `any`; default 0"""
    supply: Map[str, Supply] = Field(default_factory=FrozenMap)
    """Response of supply, by producer, facility or `any`"""
    surcharges: Map[Id, Surcharge] = Field(default_factory=FrozenMap)
    """Surcharges on some lanes, by id: tariffs, premiums, freight"""

    def zones_of(self, regions: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the zones in order, each with its regions; the zone of all other regions comes last.

        Examples
        --------
        >>> prices = Prices.model_validate({"zones": {"china": "CN"}, "start": {}, "adjustment_time": "1 yr"})
        >>> prices.zones_of(["US", "CN", "JP"])
        {'china': ('CN',), 'outside': ('US', 'JP')}
        """
        named = {region for zone in self.zones.values() for region in zone}
        rest = tuple(region for region in regions if region not in named)
        return {**self.zones, OUTSIDE: rest} if rest else {**self.zones}


class UnitCost(Entity):
    """Unit cost of a facility: capital and operation."""

    capital: Money = ZERO
    """Capital cost of the plant; default 0 USD"""
    life: Duration | None = None
    """Life of the plant"""
    interest: YearlyRate = ZERO
    """Interest on the outstanding capital; default 0%/yr"""
    interest_from: Literal["financing"] | None = None
    """Source of the cost of capital instead of `interest`: the rates of the tranches"""
    power: PowerUse = ZERO
    """Energy per unit made, good or not; default none"""
    power_price: PowerPrice | None = None
    """Price of power"""
    other: Price = ZERO
    """Materials, wages and other costs per unit; default 0 USD"""
