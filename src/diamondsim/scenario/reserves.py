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
    grade: str
    opening: Quantity
    goal: Quantity | None = None
    release: Flow
    trigger: Fraction = ZERO
    serves: Names
    refill: Flow = ZERO
    lead: Duration | None = None
    holding_cost: HoldingCost | None = None
    interest: YearlyRate | None = None
