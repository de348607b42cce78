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


class Grade(Entity):
    """Diamond that other diamond cannot stand in for, counted in carats or in cm2."""

    name: str | None = None
    unit: Literal["ct", "cm2"]


Opening = Annotated[
    dt.date | Literal["in_force"], Reader(_opening, str, "in_force or a date", f"{IN_FORCE}|{DATE}")
]


class Substitution(Entity):
    """What can do without the grade: the most, how long until then, and from when, after how long a test."""

    share: Fraction
    qualification: Duration = ZERO
    time: Duration = ZERO
    opens: Opening = IN_FORCE


class Use(Entity):
    """What diamond is for. Money is per ct or cm2 of its grades."""

    name: str | None = None
    use_class: Id = Field(default="civil", alias="class")
    grades: Map[str, PlainFraction]
    growth: Growth = ZERO
    priority: int = 1
    allocation_weight: Annotated[Factor, Drawn(stream="willingness")] = ONE
    volumes: Literal["estimated", "assumed"] = "estimated"
    value: Price = ZERO
    delay_cost: HoldingCost = ZERO
    holding_cost: HoldingCost = ZERO
    substitution: Substitution | None = None


class Demand(Entity):
    """What a use takes in a region; `grades` replaces those of the use."""

    flow: Flow
    grades: Map[str, PlainFraction] | None = None


DemandOrFlow = Annotated[Demand, BeforeValidator(_flow_alone, json_schema_input_type=Demand | Flow)]


class Driver(Entity):
    """A factor on the demand of some buyers, linear between its dates; who expects it, and how surely."""

    name: str | None = None
    confidence: Literal["high", "medium", "low"] | None = None
    uses: Names
    points: Map[Date, Factor]


class Lane(Entity):
    """What differs from the lane that would be derived."""

    share: Fraction | None = None
    sourcing_limit: Annotated[Multiple | None, Drawn(stream="qualified")] = None
    lead: Duration | None = None
