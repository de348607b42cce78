"""A registry in which buyers of some regions share what they hold, order and are promised."""

from diamondsim.scenario.fields import Ceiling, Duration, Entity, Fraction, Names


class Registry(Entity):
    """How its members order; what is None is as habits say."""

    name: str | None = None
    regions: Names
    trust: Fraction | None = None
    belief_time: Duration | None = None
    order_ceiling: Ceiling | None = None
