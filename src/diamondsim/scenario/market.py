"""Demand: regions, grades, uses, flows, drivers, and exceptions to lanes."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from diamondsim.scenario.dates import read_date
from diamondsim.scenario.fields import (
    ZERO,
    Date,
    Drawn,
    Duration,
    Entity,
    Factor,
    Flow,
    Fraction,
    Growth,
    HoldingCost,
    Id,
    Map,
    Money,
    Multiple,
    Names,
    PlainFraction,
    Price,
)
from diamondsim.scenario.keys import ShortFor
from diamondsim.scenario.patterns import DATE
from diamondsim.scenario.readers import Reader

IN_FORCE: Literal["in_force"] = "in_force"


def _opening(value: object) -> object:
    return value if value == IN_FORCE else read_date(value)


class Region(Entity):
    """A place where diamond is made or used."""

    name: str | None = None
    """Name in results"""


class Grade(Entity):
    """A kind of diamond that no other kind replaces, measured in carats or cm2."""

    name: str | None = None
    """Name in results"""
    unit: Literal["ct", "cm2"]
    """Unit of measure"""


Opening = Annotated[
    dt.date | Literal["in_force"], Reader(_opening, str, "in_force or a date", f"{IN_FORCE}|{DATE}")
]


class Substitution(Entity):
    """Substitution of the grade: largest share, when it opens, time of qualification and of the rise."""

    share: Fraction
    """Largest share of demand that is substituted"""
    qualification: Duration = ZERO
    """Qualification of the substitute, before the rise begins; default 0 days"""
    time: Duration = ZERO
    """Time until the largest share is reached; default 0 days"""
    opens: Opening = IN_FORCE
    """A date, or in_force (default): when the first control that covers one of the lanes comes into force"""


class Use(Entity):
    """A use of diamond. Money is per ct or cm2 of its grades."""

    name: str | None = None
    """Name in results"""
    use_class: Id = Field(default="civil", alias="class")
    """Class of use, any id; selectors may name it; default civil"""
    grades: Map[str, PlainFraction]
    """Shares of demand by grade; they add up to 100%"""
    growth: Growth = ZERO
    """Growth of demand; default 0"""
    priority: int = 1
    """Tier under rationing by priority, lower first; default 1"""
    value_added: Price | None = None
    """Value added with a unit of its grades, for rationing by value; all uses of a grade give it, or none"""
    volumes: Literal["estimated", "assumed"] = "estimated"
    """`assumed` marks volumes for which no estimate is published"""
    value: Price | None = None
    """Loss per unit of lost demand; without it and `delay_cost` the economic loss is unknown"""
    delay_cost: HoldingCost | None = None
    """Cost of a backordered unit per time; without it and `value` the economic loss is unknown"""
    holding_cost: HoldingCost | None = None
    """Cost of a unit in stock per time; without it the cost of holding stock is unknown"""
    delivery_cost: Money | None = None
    """Fixed cost of a delivery, whatever its size; without it the cost of deliveries is unknown"""
    substitution: Substitution | None = None
    """Substitution of the grade; default none"""


class Demand(Entity):
    """Demand of a use in a region; `grades` replaces the shares of the use."""

    flow: Flow
    """Demand"""
    grades: Map[str, PlainFraction] | None = None
    """Shares by grade; default those of the use"""


DemandOrFlow = Annotated[Demand, ShortFor("flow", Demand | Flow)]


class Driver(Entity):
    """A dated factor on the demand of some buyers, linear between dates, with the confidence in it."""

    name: str | None = None
    """Name in reports"""
    confidence: Literal["high", "medium", "low"] | None = None
    """Confidence in it"""
    uses: Names
    """Selectors of the affected buyers"""
    points: Map[Date, Factor]
    """Factors by date: linear between dates, 1 before the first date, constant after the last"""


class Lane(Entity):
    """Differences from the lane that would be derived."""

    share: Fraction | None = None
    """Contract share of the buyers' demand; 0% opens a lane without a contract"""
    sourcing_limit: Annotated[Multiple | None, Drawn(stream="qualified")] = None
    """Most that the buyers take, as a share of their demand"""
    lead: Duration | None = None
    """Time from dispatch to arrival"""
