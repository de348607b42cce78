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
    """A stock of one grade that steps in when its buyers would go short."""

    region: str
    """Whose it is"""
    grade: str
    """What it holds"""
    opening: Quantity
    """Stock at the start"""
    goal: Quantity | None = None
    """Stock wanted; default the opening"""
    release: Flow
    """The most that it gives"""
    trigger: Fraction = ZERO
    """Share of its buyers' demand that would go unmet before it opens; default 0"""
    serves: Names
    """Uses of its region, in order"""
    refill: Flow = ZERO
    """The most that it buys, after everybody else, never under a control; default 0"""
    lead: Duration | None = None
    """Default as for the region's other buyers"""
    holding_cost: HoldingCost | None = None
    """Cost of holding a unit; default 0"""
    interest: YearlyRate | None = None
    """Interest on what the stock is worth; default 0%/yr"""
