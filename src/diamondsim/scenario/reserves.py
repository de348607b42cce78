"""Strategic stockpiles."""

from diamondsim.scenario.fields import (
    ZERO,
    Duration,
    Entity,
    Flow,
    Fraction,
    HoldingCost,
    Names,
    Quantity,
    YearlyRate,
)


class Reserve(Entity):
    """A stockpile of one grade that is released when the uses it serves would go short."""

    region: str
    """Region that owns it"""
    grade: str
    """Grade that it holds"""
    opening: Quantity
    """Opening stock"""
    goal: Quantity | None = None
    """Target stock; default the opening stock"""
    release: Flow
    """Largest release"""
    trigger: Fraction = ZERO
    """Unmet share of the served demand above which it is released; default 0"""
    serves: Names
    """Uses of its region that it serves, in order"""
    refill: Flow = ZERO
    """Largest purchase, after all other buyers and never under a control; default 0"""
    lead: Duration | None = None
    """Lead time; default that of the other buyers of the region"""
    holding_cost: HoldingCost | None = None
    """Cost of holding a unit per time; default 0"""
    interest: YearlyRate | None = None
    """Interest on the value of the stock; default 0%/yr"""
