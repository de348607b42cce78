"""A registry in which buyers of some regions share what they hold, order and are promised."""

from typing import Annotated

from diamondsim.scenario.fields import Ceiling, Drawn, Duration, Entity, Fraction, Names


class Registry(Entity):
    """How its members order; what is None is as habits say."""

    name: str | None = None
    regions: Names
    queue_weight: Annotated[Fraction | None, Drawn(stream="trust")] = None
    fill_rate_memory: Annotated[Duration | None, Drawn(stream="belief_time")] = None
    max_order: Annotated[Ceiling | None, Drawn(stream="order_ceiling")] = None
