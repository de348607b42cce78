"""How buyers behave: stock, orders, patience."""

from typing import Annotated, Literal

from pydantic import Field

from diamondsim.distributions import Constant
from diamondsim.scenario.fields import ONE, ZERO, Ceiling, Drawn, Duration, Entity, Factor, Fraction


class Noise(Entity):
    """How demand wavers about what is expected."""

    cv: Factor
    """Coefficient of variation"""
    memory: Duration = ZERO
    """Time after which a deviation is forgotten; default 0 days"""
    kind: Literal["lognormal", "normal"] = "lognormal"
    """Distribution of the deviations; default lognormal"""


class Ordering(Entity):
    """How somebody orders; what is None is said elsewhere, or by `DEFAULT_INVENTORY_POLICY`."""

    opening: Duration | None = None
    """Stock at the start, as a duration of demand; default the cover"""
    lead: Duration | None = None
    """Used where the producer gives none"""
    queue_weight: Annotated[Fraction | None, Drawn(stream="trust")] = None
    """Weight of goods that wait at a desk; default 50%"""
    fill_rate_memory: Annotated[Duration | None, Drawn(stream="belief_time")] = None
    """How fast belief in a lane follows what is seen; default 8 weeks, 0 days is at once"""
    max_order: Annotated[Ceiling | None, Drawn(stream="order_ceiling")] = None
    """The most that is ordered, times expected demand, or none; default 1.5"""
    max_share_factor: Annotated[Ceiling | None, Drawn(stream="room")] = None
    """Default `qualified` of a lane, times its contract share, or none; default the order ceiling"""


class InventoryPolicy(Ordering):
    """How the buyers of one selector behave; what is None is said by a wider selector."""

    cover: Duration | None = None
    """Stock wanted on hand, as a duration of demand"""
    backorder_share: Annotated[Fraction | None, Drawn(stream="backlog")] = None
    """Share of unmet demand that waits; default 0%"""
    noise: Noise | None = None
    """How demand wavers about what is expected; default not at all"""


class Feed(Ordering):
    """What a processor needs to make a grade."""

    grade: str
    """The grade that is needed"""
    feed_yield: Fraction = Field(default=ONE, alias="yield")
    """Output from a unit of feed; default 100%"""
    cover: Duration = Constant(30.0)
    """Feed wanted on hand; default 30 days"""


DEFAULT_INVENTORY_POLICY = InventoryPolicy.model_validate(
    {"queue_weight": "50%", "fill_rate_memory": "8 weeks", "backorder_share": "0%", "max_order": "1.5"}
)
"""What holds where no selector says otherwise. `opening` is then the cover, `room` the order ceiling."""
