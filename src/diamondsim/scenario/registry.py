"""A registry in which buyers of some regions share their stocks, orders and promised deliveries."""

from typing import Annotated

from diamondsim.scenario.fields import Ceiling, Drawn, Duration, Entity, Fraction, Names


class Registry(Entity):
    """How its members order; None means the value of their inventory policy."""

    name: str | None = None
    """Name in reports"""
    regions: Names
    """Regions of its members, one or a list"""
    queue_weight: Annotated[Fraction | None, Drawn(stream="trust")] = None
    """Weight of goods awaiting a licence; default that of their inventory policy"""
    fill_rate_memory: Annotated[Duration | None, Drawn(stream="belief_time")] = None
    """Time constant of the expected fill rate; default that of their inventory policy"""
    max_order: Annotated[Ceiling | None, Drawn(stream="order_ceiling")] = None
    """Largest order, as a multiple of expected demand; default that of their inventory policy"""
