"""Allocation: how far sellers go by contracts, by past purchases, by value and by nearness."""

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Constant
from diamondsim.scenario.fields import ONE, Duration, Entity, Exponent, Factor, Fraction


class AllocationTerms(Entity):
    """What weighs in the rationing of short supply, the same for all sellers."""

    contract_weight: Fraction = Constant(0.5)
    """Weight of contracts; the rest is that of past purchases; default 50%"""
    value_exponent: Exponent = ONE
    """How far sellers who are short serve by `value_added`: 0 pro rata, 20 by priority; default 1"""
    home_preference: Factor = ONE
    """Factor on the weight of buyers in the region of the seller; default 1"""
    purchase_memory: Duration = Constant(DAYS_PER_YEAR)
    """Time constant of the smoothed purchases; default 1 yr"""
