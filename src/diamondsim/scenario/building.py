"""What a facility waits for before it makes anything: money, its owner, presses."""

from typing import Annotated, Literal

from pydantic import Field

from diamondsim.scenario.fields import (
    ONE,
    ZERO,
    Date,
    Duration,
    Entity,
    Fraction,
    Id,
    Map,
)
from diamondsim.scenario.readers import Number
from diamondsim.units import Kind

PlainMoney = Annotated[float, Number(Kind.MONEY, plain=True)]


class Tranche(Entity):
    """One part of the money: when it closes, counted from the decision, and how much it is."""

    closes: Duration
    amount: PlainMoney | None = None


class Financing(Entity):
    """The tranches that must all close before the first stage begins."""

    tranches: Map[Id, Tranche]
    funding_clock: Duration = ZERO
    window_closes: Date | None = None
    if_missed: Literal["cancelled", "waits"] = "cancelled"
    wait: Duration | None = None


class OwnershipChange(Entity):
    """The owner is sold: how likely that is, and how much later a stage begins then."""

    probability: Fraction
    delay: Duration
    before: str | None = None


class PressSource(Entity):
    """Where the presses come from, and how much longer their stage takes where no licence is granted."""

    region: str = Field(alias="from")
    probability: Fraction = ONE
    delay: Duration
    stage: str
