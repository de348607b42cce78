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
    backorder_share: Annotated[Fraction | None, Drawn(stream="backlog")] = None


class PreBuy(Entity):
    """A purchase ahead of need, from `date` up to `until`: extra cover, and a ceiling on orders meanwhile."""

    date: Date
    until: Date
    extra: Duration = ZERO
    max_order: Annotated[Ceiling, Drawn(stream="ceiling")] = ZERO


class Qualify(Entity):
    """A second source that is tested from a date on, and then takes over a share of the contracts."""

    begin: Date = Field(alias="from")
    time: Duration = ZERO
    share: Fraction
    sourcing_limit: Annotated[Multiple | None, Drawn(stream="qualified")] = None
    lead: Duration | None = None


class Buyer(Entity):
    """One firm among those of a use in a region."""

    name: str | None = None
    aggregate: Annotated[str, Drawn(stream="of")]
    share: PlainFraction
    suppliers: Map[Id, LaneOrShare] = Field(default_factory=FrozenMap)
    inventory_policy: Annotated[FirmInventoryPolicy, Drawn(stream="habits")] = Field(
        default_factory=FirmInventoryPolicy
    )
    pre_buy: PreBuy | None = None
    qualify: Map[Id, Qualify] = Field(default_factory=FrozenMap)

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
