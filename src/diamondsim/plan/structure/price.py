"""Prices: markets, elasticities, surcharges and costs."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from diamondsim.arrays import BoolArray, IntArray
from diamondsim.plan.structure.elements import Input


class AskCost(enum.Enum):
    """The cost below which a facility does not sell: without capital, or with it."""

    CASH = "cash_cost"
    UNIT = "unit_cost"


@dataclass(frozen=True)
class AskingFacility:
    """A facility that asks for a cost that changes: its number, which cost, and the row of `Prices.costs`."""

    facility: int
    cost: AskCost
    cost_row: int


@dataclass(frozen=True)
class Steps:
    """A number that changes on dates: ((tick, value from then on), ...), in order of ticks."""

    name: str
    values: tuple[tuple[int, Input], ...]


@dataclass(frozen=True)
class SurchargeStart:
    """When a surcharge begins that follows a call for funds (model.md, eq. 97a). Days from tick 0.

    With probability `missed` the call is not answered within `answer_days`. `length_days` is None where the
    surcharge stays.
    """

    call_day: float
    answer_days: Input
    missed: Input
    length_days: Input | None


@dataclass(frozen=True)
class Surcharge:
    """A row of `PriceDraws.surcharge`: a fraction on top of a price (model.md, eq. 49).

    It counts in full on the lanes of entrants; on those of incumbents, whose price already contains it, only
    changes from tick 0 on count: `is_change` tells which of the two the row is for. `origin` and
    `destination` name the regions of sellers and buyers. `start` is None where the dates of `rate` count.
    """

    rate: Steps
    is_change: bool
    origin: tuple[str, ...]
    destination: tuple[str, ...]
    grades: tuple[str, ...]
    start: SurchargeStart | None = None


@dataclass(frozen=True)
class Prices:
    """Prices and the response to them (model.md, eq. 48-61). Times in days.

    Attributes
    ----------
    zones : tuple of str
    markets : tuple of (str, str)
        Grade and zone of each market, in the order of the rows of `Ledger["price"]`.
    start_usd : tuple of Input
        Price of each market at the start, for a unit.
    node_market, source_market : (N,), (S,) int arrays
        Market in which a node buys, and that of its own region for a source; -1 where there is none.
    lowest, highest : Input
        Bounds of a price, as multiples of that at the start.
    planning_days : Input
        Time over which buyers adapt their target stocks to a price.
    supplier_elasticity : Input
        Elasticity of the choice between sellers.
    demand_elasticity, supply_elasticity, supply_days : tuples of Input
        By node; by source; time over which a source adapts to a price.
    floor_usd : tuple of (Input or None)
        By source: floor price, if it has one.
    ask_costs : tuple of (AskCost or None)
        By source: the cost below which it does not sell, if there is one.
    surcharges : tuple of Surcharge
    surcharge_lanes : (U, L) bool array
        Which lanes a row of surcharges is on.
    costs : tuple of Steps
        Cost of production, as a multiple of that at the start.
    source_cost : (S,) int array
        Row of `costs`, -1 where the cost does not change.
    cost_facility : tuple of int
        By row of `costs`: the facility whose price of power changes it too, -1 where none does.
    asking : tuple of AskingFacility
        The facilities that ask for a cost that changes.
    source_ask : (S,) int array
        Row of `asking`, -1 where what a source asks does not change.
    """

    zones: tuple[str, ...]
    markets: tuple[tuple[str, str], ...]
    start_usd: tuple[Input, ...]
    node_market: IntArray
    source_market: IntArray
    adjustment_days: Input
    arbitrage_days: Input | None
    planning_days: Input
    lowest: Input
    highest: Input
    supplier_elasticity: Input
    demand_elasticity: tuple[Input, ...]
    supply_elasticity: tuple[Input, ...]
    supply_days: tuple[Input, ...]
    floor_usd: tuple[Input | None, ...]
    ask_costs: tuple[AskCost | None, ...]
    surcharges: tuple[Surcharge, ...]
    surcharge_lanes: BoolArray
    costs: tuple[Steps, ...]
    source_cost: IntArray
    cost_facility: tuple[int, ...]
    asking: tuple[AskingFacility, ...]
    source_ask: IntArray
