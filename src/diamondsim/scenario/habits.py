"""How buyers behave: stock, orders, patience."""

from typing import Annotated, Literal

from pydantic import Field

from diamondsim.distributions import Constant
from diamondsim.scenario.fields import ONE, ZERO, Ceiling, Drawn, Duration, Entity, Factor, Fraction


class Noise(Entity):
    """How demand wavers about what is expected."""

    cv: Factor
    memory: Duration = ZERO
    kind: Literal["lognormal", "normal"] = "lognormal"


class Ordering(Entity):
    """How somebody orders; what is None is said elsewhere, or by `DEFAULT_INVENTORY_POLICY`."""

    opening: Duration | None = None
    lead: Duration | None = None
    queue_weight: Annotated[Fraction | None, Drawn(stream="trust")] = None
    fill_rate_memory: Annotated[Duration | None, Drawn(stream="belief_time")] = None
    max_order: Annotated[Ceiling | None, Drawn(stream="order_ceiling")] = None
    max_share_factor: Annotated[Ceiling | None, Drawn(stream="room")] = None


class InventoryPolicy(Ordering):
    """How the buyers of one selector behave; what is None is said by a wider selector."""

    cover: Duration | None = None
    backorder_share: Annotated[Fraction | None, Drawn(stream="backlog")] = None
    noise: Noise | None = None


class Feed(Ordering):
    """What a processor needs to make a grade."""

    grade: str
    feed_yield: Fraction = Field(default=ONE, alias="yield")
    cover: Duration = Constant(30.0)


DEFAULT_INVENTORY_POLICY = InventoryPolicy.model_validate(
    {"queue_weight": "50%", "fill_rate_memory": "8 weeks", "backorder_share": "0%", "max_order": "1.5"}
)
"""What holds where no selector says otherwise. `opening` is then the cover, `room` the order ceiling."""
