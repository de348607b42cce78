"""A registry in which buyers of some regions share what they hold, order and are promised."""

from typing import Annotated

from diamondsim.scenario.fields import Ceiling, Drawn, Duration, Entity, Fraction, Names


class Registry(Entity):
    """How its members order; what is None is as habits say."""

    name: str | None = None
    """What reports call it"""
    regions: Names
    """Whose buyers are in it, one or a list"""
    queue_weight: Annotated[Fraction | None, Drawn(stream="trust")] = None
    """Their weight of goods that wait at a desk; default that of their habits"""
    fill_rate_memory: Annotated[Duration | None, Drawn(stream="belief_time")] = None
    """How fast their belief follows what is seen; default that of their habits"""
    max_order: Annotated[Ceiling | None, Drawn(stream="order_ceiling")] = None
    """The most that they order, times expected demand; default that of their habits"""
