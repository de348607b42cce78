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
    """How a buyer behaves; what is None is said by the habits of its aggregate."""

    cover: Duration | None = None
    """Stock wanted on hand, as a duration of demand"""
    backorder_share: Annotated[Fraction | None, Drawn(stream="backlog")] = None
    """Share of unmet demand that waits; default that of its aggregate"""


class PreBuy(Entity):
    """A purchase ahead of need, from `date` up to `until`: extra cover, and a ceiling on orders meanwhile."""

    date: Date
    """First day"""
    until: Date
    """First day after it"""
    extra: Duration = ZERO
    """Added to the cover; default 0 days"""
    max_order: Annotated[Ceiling, Drawn(stream="ceiling")] = ZERO
    """The most that it orders meanwhile, times expected demand; default the order ceiling"""


class Qualify(Entity):
    """A second source that is tested from a date on, and then takes over a share of the contracts."""

    begin: Date = Field(alias="from")
    """The day on which testing begins"""
    time: Duration = ZERO
    """How long it takes; default 0 days"""
    share: Fraction
    """Share of the contracts that the source takes over then"""
    sourcing_limit: Annotated[Multiple | None, Drawn(stream="qualified")] = None
    """The most that is taken from it, as a share of demand"""
    lead: Duration | None = None
    """From dispatch to arrival"""


class Buyer(Entity):
    """One firm among those of a use in a region."""

    name: str | None = None
    """What results call it"""
    aggregate: Annotated[str, Drawn(stream="of")]
    """The REGION.USE that it is carved out of"""
    share: PlainFraction
    """Its share of that demand"""
    suppliers: Map[Id, LaneOrShare] = Field(default_factory=FrozenMap)
    """Contract shares, or lanes, by producer; default those of the aggregate"""
    inventory_policy: Annotated[FirmInventoryPolicy, Drawn(stream="habits")] = Field(
        default_factory=FirmInventoryPolicy
    )
    """How it behaves; default as the aggregate"""
    pre_buy: PreBuy | None = None
    """What it buys ahead between two dates; default nothing"""
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
    """Return what results call the use of a buyer.

    Examples
    --------
    >>> use_of("machining", "toolmaker_a")
    'machining/toolmaker_a'
    """
    return f"{use}/{buyer}"
