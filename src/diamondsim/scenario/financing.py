"""The financing of a facility: equity, loans and guarantees, and a call for funds with a deadline.

A tranche without a kind is a date only. The kind decides what its rate is paid on, and what follows if the
tranche fails.
"""

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
    Names,
    YearlyRate,
)
from diamondsim.scenario.prices import SurchargeRate
from diamondsim.scenario.readers import Number
from diamondsim.units import Kind

PlainMoney = Annotated[float, Number(Kind.MONEY, plain=True)]
TrancheKind = Literal["equity", "loan", "guarantee"]
Failure = Literal["cancelled", "waits", "dearer", "loan_fails"]

FAILURES: dict[TrancheKind, tuple[Failure, ...]] = {
    "equity": ("cancelled",),
    "loan": ("cancelled", "waits"),
    "guarantee": ("dearer", "loan_fails"),
}
"""What may follow if a tranche of a kind fails; the first is the default."""


class Tranche(Entity):
    """One part of the financing: what it is, when it closes, what it costs, and what follows if it fails."""

    closes: Duration
    """Time from the decision until it closes"""
    kind: TrancheKind | None = None
    """equity, loan or guarantee; default none, a date only"""
    amount: PlainMoney | None = None
    """Amount; the weight of its rate where `cost` has `interest_from: financing`"""
    rate: YearlyRate | None = None
    """Interest of a loan, return required on equity, or fee for what a guarantee covers"""
    tenor: Duration | None = None
    """Time over which a loan is repaid; default the life of the plant"""
    loan: str | None = None
    """Loan that a guarantee covers"""
    covers: Fraction = ONE
    """Share of the loan that a guarantee covers; default 100%"""
    fails: Fraction = ZERO
    """Probability that it does not close, of a loan as far as it is not covered; default 0"""
    if_fails: Failure | None = None
    """What follows: equity: cancelled; loan: cancelled or waits; guarantee: dearer or loan_fails"""
    replacement: Duration | None = None
    """Time after which another loan closes in place of one that failed"""
    premium: YearlyRate = ZERO
    """Added to the rate of a loan that is replaced or whose guarantee fails; default 0%/yr"""


class CallSurcharge(Entity):
    """The surcharge that follows if a call for funds is not answered in time."""

    sellers: Names = Field(alias="from")
    """Regions, producers or facilities that sell, one or a list"""
    to: Names
    """Regions that buy, one or a list"""
    grades: Names | None = None
    """Grades, one or a list; default all"""
    rate: SurchargeRate
    """Share of the price"""
    length: Duration | None = None
    """How long it applies; default to the end of the horizon"""


class FundingCall(Entity):
    """A call for funds: by when it must be answered, and the surcharge that follows if it is not."""

    date: Date | None = None
    """Day of the call; default the decision"""
    answer_within: Duration
    """Time in which it must be answered"""
    missed: Fraction
    """Probability that it is not answered in time"""
    surcharge: CallSurcharge
    """Surcharge from the end of that time on"""


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
    delay_borne_by: Literal["owner", "lender"] = "owner"
    """Who bears the loans' interest while the owner is sold or presses are refused; default owner"""
    call: FundingCall | None = None
    """A call for funds that must be answered in time; default none"""
