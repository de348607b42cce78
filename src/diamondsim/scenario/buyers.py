"""Buyers: firms carved out of an aggregate, with suppliers, stock and plans of their own."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from diamondsim.scenario.fields import (
    ZERO,
    Ceiling,
    Date,
    Drawn,
    Duration,
    Entity,
    Fraction,
    Id,
    Map,
    Multiple,
    PlainFraction,
)
from diamondsim.scenario.frozen import FrozenMap
from diamondsim.scenario.habits import Ordering
from diamondsim.scenario.market import Lane


def _share_alone(value: object) -> object:
    return value if isinstance(value, dict) else {"share": value}


LaneOrShare = Annotated[Lane, BeforeValidator(_share_alone, json_schema_input_type=Lane | Fraction)]


class FirmInventoryPolicy(Ordering):
    """The inventory policy of a buyer; None means the value of its aggregate."""

    cover: Duration | None = None
    """Target stock on hand, as a duration of demand"""
    backorder_share: Annotated[Fraction | None, Drawn(stream="backlog")] = None
    """Share of unmet demand that is backordered; default that of the aggregate"""


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
