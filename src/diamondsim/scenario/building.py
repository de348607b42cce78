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
    """When it closes, counted from the decision"""
    amount: PlainMoney | None = None
    """How much it is; told, and changes nothing"""


class Financing(Entity):
    """The tranches that must all close before the first stage begins."""

    tranches: Map[Id, Tranche]
    """Equity, loans and guarantees, by id; all must close"""
    funding_clock: Duration = ZERO
    """No tranche closes before; default 0 days"""
    window_closes: Date | None = None
    """The lender's last day; default none"""
    if_missed: Literal["cancelled", "waits"] = "cancelled"
    """What happens where the window is missed; default cancelled"""
    wait: Duration | None = None
    """From the window's end until what missed it closes"""


class OwnershipChange(Entity):
    """The owner is sold: how likely that is, and how much later a stage begins then."""

    probability: Fraction
    """How likely the sale is"""
    delay: Duration
    """How much later the stage then begins"""
    before: str | None = None
    """The stage; default the first"""


class PressSource(Entity):
    """Where the presses come from, and how much longer their stage takes where no licence is granted."""

    region: str = Field(alias="from")
    """Region of the maker"""
    probability: Fraction = ONE
    """How likely the facility relies on it; default 100%"""
    delay: Duration
    """How much longer the stage takes where presses are refused"""
    stage: str
    """The stage that waits for them"""
