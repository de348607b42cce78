"""What a facility waits for before its first output: financing, ownership, presses."""

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
    """One part of the financing: when it closes, counted from the decision, and its amount."""

    closes: Duration
    """Time from the decision until it closes"""
    amount: PlainMoney | None = None
    """Amount; reported only"""


class Financing(Entity):
    """The tranches that must all close before the first stage begins."""

    tranches: Map[Id, Tranche]
    """Equity, loans and guarantees, by id; all must close"""
    funding_clock: Duration = ZERO
    """Earliest time after the decision at which a tranche may close; default 0 days"""
    window_closes: Date | None = None
    """Last day on which the lender closes; default none"""
    if_missed: Literal["cancelled", "waits"] = "cancelled"
    """What follows if a tranche misses the window; default cancelled"""
    wait: Duration | None = None
    """Time from the end of the window until a tranche that missed it closes"""


class OwnershipChange(Entity):
    """A change of ownership: its probability, and the delay of a stage."""

    probability: Fraction
    """Probability of the change"""
    delay: Duration
    """Delay of the stage"""
    before: str | None = None
    """Delayed stage; default the first"""


class PressSource(Entity):
    """The origin of the presses, and the delay of their stage if no licence is granted."""

    region: str = Field(alias="from")
    """Region of the press maker"""
    probability: Fraction = ONE
    """Probability that the facility depends on these presses; default 100%"""
    delay: Duration
    """Delay of the stage if presses are refused"""
    stage: str
    """Stage that needs the presses"""
