"""Buyers beside the aggregates: carved-out firms, the registry that some share, and strategic reserves."""

from typing import Annotated

from pydantic import Field

from diamondsim.scenario.fields import (
    ZERO,
    Ceiling,
    Date,
    Drawn,
    Duration,
    Entity,
    Flow,
    Fraction,
    FrozenMap,
    HoldingCost,
    Id,
    Map,
    Multiple,
    Names,
    PlainFraction,
    Quantity,
    Rate,
    YearlyRate,
)
from diamondsim.scenario.keys import ShortFor
from diamondsim.scenario.market import Lane
from diamondsim.scenario.policies import OrderingPolicy

LaneOrShare = Annotated[Lane, ShortFor("share", Lane | Fraction)]


class FirmInventoryPolicy(OrderingPolicy):
    """The inventory policy of a buyer; a key left out takes the value of its aggregate."""

    cover: Duration | None = None
    """Target stock on hand, as a duration of demand"""
    backorder_share: Annotated[Fraction | None, Drawn(stream="backlog")] = None
    """Share of unmet demand that is backordered; default that of the aggregate"""
    backorder_lapse: Rate | None = None
    """Rate at which backordered demand is given up; default that of the aggregate"""


class PreBuy(Entity):
    """A purchase ahead of need in [date, until): extra cover, and the largest order meanwhile."""

    date: Date
    """First day"""
    until: Date
    """First day after it"""
    extra: Duration = ZERO
    """Extra cover; default 0 days"""
    max_order: Annotated[Ceiling, Drawn(stream="ceiling")] = ZERO
    """Largest order meanwhile, as a multiple of expected demand; default that of the inventory policy"""


class Qualify(Entity):
    """A second source: qualification begins on a date, after which it takes over a share of the contracts."""

    begin: Date = Field(alias="from")
    """First day of the qualification"""
    time: Duration = ZERO
    """Duration of the qualification; default 0 days"""
    share: Fraction
    """Share of the contracts that the source then takes over"""
    sourcing_limit: Annotated[Multiple | None, Drawn(stream="qualified")] = None
    """Most that is taken from it, as a share of demand"""
    lead: Duration | None = None
    """Time from dispatch to arrival"""


class Buyer(Entity):
    """One firm among those of a use in a region."""

    name: str | None = None
    """Name in results"""
    aggregate: Annotated[str, Drawn(stream="of")]
    """REGION.USE out of which it is carved"""
    share: PlainFraction
    """Its share of the demand of the aggregate"""
    suppliers: Map[Id, LaneOrShare] = Field(default_factory=FrozenMap)
    """Contract shares, or lanes, by producer; default those of the aggregate"""
    inventory_policy: Annotated[FirmInventoryPolicy, Drawn(stream="habits")] = Field(
        default_factory=FirmInventoryPolicy
    )
    """Its inventory policy; default that of the aggregate"""
    pre_buy: PreBuy | None = None
    """A purchase ahead of need; default none"""
    qualify: Map[Id, Qualify] = Field(default_factory=FrozenMap)
    """Second sources, by producer; default none"""

    @property
    def region(self) -> str:
        """Region of the aggregate."""
        return self.aggregate.partition(".")[0]

    @property
    def use(self) -> str:
        """Use of the aggregate."""
        return self.aggregate.partition(".")[2]


def use_of(use: str, buyer: str) -> str:
    """Return the name of a buyer's use in results.

    Examples
    --------
    >>> use_of("machining", "toolmaker_a")
    'machining/toolmaker_a'
    """
    return f"{use}/{buyer}"


class Registry(Entity):
    """How its members order; a key left out takes the value of their inventory policy."""

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


class Reserve(Entity):
    """A stockpile of one grade that is released when the uses it serves would go short."""

    region: str
    """Region that owns it"""
    grade: str
    """Grade that it holds"""
    opening: Quantity
    """Opening stock"""
    goal: Quantity | None = None
    """Target stock; default the opening stock"""
    release: Flow
    """Largest release"""
    trigger: Fraction = ZERO
    """Unmet share of the served demand above which it is released; default 0"""
    serves: Names
    """Uses of its region that it serves, in order"""
    hold_back: Fraction = ZERO
    """Share of the target stock that is kept for the first of these; default 0%"""
    refill: Flow = ZERO
    """Largest purchase, after all other buyers and from sellers that need no licence; default 0"""
    lead: Duration | None = None
    """Lead time; default that of the other buyers of the region"""
    holding_cost: HoldingCost | None = None
    """Cost of holding a unit per time; default 0"""
    interest: YearlyRate | None = None
    """Interest on the value of the stock; default 0%/yr"""
