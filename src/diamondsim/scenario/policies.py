"""Inventory policies: cover, orders, backorders and noise of demand."""

from typing import Annotated, Literal

from pydantic import Field

from diamondsim.distributions import Constant
from diamondsim.scenario.fields import (
    ONE,
    ZERO,
    Ceiling,
    Drawn,
    Duration,
    Entity,
    Factor,
    Fraction,
    PositiveFraction,
    Rate,
)


class Noise(Entity):
    """Noise of demand around its expectation."""

    cv: Factor
    """Coefficient of variation"""
    memory: Duration = ZERO
    """Memory of the noise: time constant of its autocorrelation; default 0 days"""
    kind: Literal["lognormal", "normal"] = "lognormal"
    """Distribution of the deviations; default lognormal"""


class OrderingPolicy(Entity):
    """How a buyer orders; a key left out takes a value given elsewhere, or its default."""

    opening: Duration | None = None
    """Opening stock, as a duration of demand; default the cover"""
    lead: Duration | None = None
    """Lead time where the seller gives none"""
    queue_weight: Annotated[Fraction | None, Drawn(stream="trust")] = None
    """Weight of goods awaiting a licence in the inventory position; default 50%"""
    fill_rate_memory: Annotated[Duration | None, Drawn(stream="belief_time")] = None
    """Time constant of the expected fill rate of a lane; default 8 weeks, 0 days for the last tick alone"""
    min_fill_rate: PositiveFraction | None = None
    """Least expected fill rate of a lane, at least 0.1%; default 5%"""
    max_order: Annotated[Ceiling | None, Drawn(stream="order_ceiling")] = None
    """Largest order, as a multiple of expected demand, or none; default 1.5"""
    lot: Duration | None = None
    """Orders are whole numbers of lots, each a duration of demand; default 0 days: any quantity"""
    max_share_factor: Annotated[Ceiling | None, Drawn(stream="room")] = None
    """Default sourcing_limit of a lane, as a multiple of its contract share, or none; default max_order"""
    qualification_time: Duration | None = None
    """Time until all sourcing limits are gone, counted while sellers disappoint; default never"""
    qualification_trigger: Fraction | None = None
    """Sellers disappoint while contracts are expected to fill less than this; default 90%"""


class InventoryPolicy(OrderingPolicy):
    """The inventory policy of the buyers of a selector; a key left out takes the value of a wider one."""

    cover: Duration | None = None
    """Target stock on hand, as a duration of demand"""
    backorder_share: Annotated[Fraction | None, Drawn(stream="backlog")] = None
    """Share of unmet demand that is backordered; default 0%"""
    backorder_lapse: Rate | None = None
    """Rate at which backordered demand is given up; default 0"""
    noise: Noise | None = None
    """Noise of demand around its expectation; default none"""


class Feed(OrderingPolicy):
    """The feed from which a processor makes a grade."""

    grade: str
    """Grade of the feed"""
    feed_yield: Fraction = Field(default=ONE, alias="yield")
    """Output per unit of feed; default 100%"""
    cover: Duration = Constant(30.0)
    """Target stock of feed on hand; default 30 days"""


DEFAULT_INVENTORY_POLICY = InventoryPolicy.model_validate(
    {
        "queue_weight": "50%",
        "fill_rate_memory": "8 weeks",
        "min_fill_rate": "5%",
        "backorder_share": "0%",
        "backorder_lapse": "0",
        "max_order": "1.5",
        "lot": "0 days",
        "qualification_trigger": "90%",
    }
)
"""The values where no selector gives one. `opening` is then the cover, `max_share_factor` is `max_order`."""
