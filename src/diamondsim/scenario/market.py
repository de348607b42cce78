"""Who uses what where: regions, grades, uses, demand, drivers, trade."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from diamondsim.scenario.fields import (
    ONE,
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
    Multiple,
    Names,
    PlainFraction,
    Price,
    read_date,
)
from diamondsim.scenario.patterns import DATE
from diamondsim.scenario.readers import Reader

IN_FORCE: Literal["in_force"] = "in_force"


def _opening(value: object) -> object:
    return value if value == IN_FORCE else read_date(value)


def _flow_alone(value: object) -> object:
    return value if isinstance(value, dict) else {"flow": value}


class Region(Entity):
    """Where somebody makes or uses diamond."""

    name: str | None = None
    """What results call it"""


class Grade(Entity):
    """Diamond that other diamond cannot stand in for, counted in carats or in cm2."""

    name: str | None = None
    """What results call it"""
    unit: Literal["ct", "cm2"]
    """What it is counted in"""


Opening = Annotated[
    dt.date | Literal["in_force"], Reader(_opening, str, "in_force or a date", f"{IN_FORCE}|{DATE}")
]


class Substitution(Entity):
    """What can do without the grade: the most, how long until then, and from when, after how long a test."""

    share: Fraction
    """The most of its demand that is substituted"""
    qualification: Duration = ZERO
    time: Duration = ZERO
    """How long until then; default 0 days"""
    opens: Opening = IN_FORCE
    """A date, or in_force: with the first control that covers one of the lanes; the default"""


class Use(Entity):
    """What diamond is for. Money is per ct or cm2 of its grades."""

    name: str | None = None
    """What results call it"""
    use_class: Id = Field(default="civil", alias="class")
    """Class of use, any id; selectors may name it. Default civil"""
    grades: Map[str, PlainFraction]
    """Shares of its demand by grade, adding up to 100%"""
    growth: Growth = ZERO
    """Growth of its demand; default 0"""
    priority: int = 1
    """Tier where goods are rationed by priority, lower first; default 1"""
    allocation_weight: Annotated[Factor, Drawn(stream="willingness")] = ONE
    """Weight where goods are rationed by weight; default 1"""
    volumes: Literal["estimated", "assumed"] = "estimated"
    """`assumed` marks volumes that are nobody's estimate"""
    value: Price = ZERO
    """Loss for each unit of demand that is lost; default 0"""
    delay_cost: HoldingCost = ZERO
    """Cost of a unit that waits; default 0"""
    holding_cost: HoldingCost = ZERO
    """Cost of a unit on stock; default 0"""
    substitution: Substitution | None = None
    """How far it can do without the grade"""


class Demand(Entity):
    """What a use takes in a region; `grades` replaces those of the use."""

    flow: Flow
    """What is taken"""
    grades: Map[str, PlainFraction] | None = None
    """Shares by grade in the place of those of the use"""


DemandOrFlow = Annotated[Demand, BeforeValidator(_flow_alone, json_schema_input_type=Demand | Flow)]


class Driver(Entity):
    """A factor on the demand of some buyers, linear between its dates; who expects it, and how surely."""

    name: str | None = None
    """What reports call it"""
    confidence: Literal["high", "medium", "low"] | None = None
    """How surely it is expected"""
    uses: Names
    """Selectors of the buyers concerned"""
    points: Map[Date, Factor]
    """Factors by date: linear between dates, 1 before the first, the last one after it"""


class Lane(Entity):
    """What differs from the lane that would be derived."""

    share: Fraction | None = None
    """Contract share of the buyers' demand; 0% opens a lane without contract"""
    sourcing_limit: Annotated[Multiple | None, Drawn(stream="qualified")] = None
    """The most that the buyers take, as a share of their demand"""
    lead: Duration | None = None
    """From dispatch to arrival"""
