"""Prices as buyers and sources meet them: what a lane asks, how a buyer responds, what margin a source has.

Owns eq. 48, 49, 53 and 60. Buyers compare the prices of their lanes in `node_process` (eq. 50-52); what moves
the prices is in `price_formation`. All prices here are natural logarithms of the price over the price at the
start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.constants import EPS
from diamondsim.draws import NO_PRICE


def exponential(z: float) -> float:
    """Return the exponential that both engines share, so that no library's last bit matters (eq. 48).

    Examples
    --------
    >>> exponential(0.0)
    1.0
    >>> f"{exponential(1.0):.5f}"
    '2.71828'
    """
    power = (2048.0 + z) / (2048.0 - z)
    for _ in range(10):
        power *= power
    return power


class MarketPrice:
    """The price of a market, a grade in a zone. `price` has the name of its Ledger field.

    Attributes
    ----------
    log_price : float
        `x[m]` of the page.
    bids, supply : float
        What moved the price in the last tick (eq. 56, 57).
    """

    def __init__(self, grade: str, zone: str) -> None:
        self.grade = grade
        self.name = f"{zone}.{grade}"
        self.log_price = 0.0
        self.bids = self.supply = 0.0

    @property
    def price(self) -> float:
        """The price as a multiple of the price at the start (eq. 61)."""
        return exponential(self.log_price)


@dataclass(frozen=True)
class LanePrice:
    """What sets the price of a lane: the markets of buyer and seller (None: no market), and surcharges.

    `surcharges` has a list over ticks for each row of surcharges that applies to the lane; `ask` is the least
    price at which its source sells.
    """

    buyer: MarketPrice | None
    seller: MarketPrice | None
    surcharges: Sequence[Sequence[float]]
    ask: Sequence[float]

    @property
    def crosses(self) -> bool:
        """Whether buyer and seller are in different markets."""
        return self.buyer is not self.seller

    def log_price(self, t: int, *, licensed: bool) -> float:
        """Return the price asked: a seller under licence takes that of the buyer's market (eq. 49)."""
        market = self.buyer if licensed else self.seller
        total = market.log_price if market is not None else 0.0
        if not licensed:
            total = max(total, self.ask[t])
        for row in self.surcharges:
            total += row[t]
        return total


@dataclass(frozen=True)
class BuyerElasticities:
    """How a buyer responds to prices: in its demand, and in its choice between suppliers.

    `planning_gain` is the share of a change in its demand that its target stock follows in a tick.
    """

    demand: float
    supplier: float
    planning_gain: float


@dataclass(frozen=True)
class SupplyTerms:
    """What Plan and Draws give for a source's response to its margin.

    `floor` and `stop` are logs; `ask` and `cost` are logs by tick (no `cost`: always 0).
    `supplier_elasticity` is that of its buyers.
    """

    supplier_elasticity: float
    elasticity: float
    gain: float
    floor: float
    stop: float
    ask: Sequence[float]
    cost: Sequence[float]

    def least_price(self, t: int) -> float:
        """Return the log price that it gets at least in tick t: its floor, or what it asks."""
        return max(self.floor, self.ask[t])

    def log_cost(self, t: int) -> float:
        """Return the log of its cost of making in tick t."""
        return self.cost[t] if self.cost else 0.0


class Margin:
    """The smoothed margin of a source, price over cost, and how much it makes for it.

    Parameters
    ----------
    home : MarketPrice
        The market in which the source sells at home.
    terms : SupplyTerms

    Attributes
    ----------
    log_margin : float
        `margin[s]` of the page.
    ratio, required_ratio : float
        The margin on which the source last decided, and the least at which it runs, as multiples of that at
        the start.
    stopped : bool
        Whether it decided not to run.
    """

    def __init__(self, home: MarketPrice, terms: SupplyTerms) -> None:
        self._home = home
        self._terms = terms
        self.log_margin = max(0.0, terms.least_price(0)) - terms.log_cost(0)
        self.ratio = exponential(self.log_margin)
        self.required_ratio = exponential(terms.stop) if terms.stop > NO_PRICE else 0.0
        self.stopped = False

    def supply_factor(self, grown: float) -> float:
        """Return the factor on the capacity of this tick; 0 below the required margin (eq. 53).

        What projects have added, by which capacity has `grown`, is part of the response to the margin.
        """
        self.ratio = exponential(self.log_margin)
        # What asks for its cost has a margin of just that, but for rounding.
        self.stopped = self.log_margin < self._terms.stop - EPS
        if self.stopped:
            return 0.0
        response = exponential(self._terms.elasticity * self.log_margin)
        return min(response, max(1.0, response / grown))

    def placed_share(self, t: int) -> float:
        """Return the share of its output for which it finds buyers at what it asks (`placed`, eq. 54)."""
        mark_up = self._terms.ask[t] - self._home.log_price
        return exponential(-self._terms.supplier_elasticity * mark_up) if mark_up > 0.0 else 1.0

    def log_earned(self, t: int) -> float:
        """Return what the source earns on a unit: the price of its market, or its least price (eq. 60)."""
        return max(self._home.log_price, self._terms.least_price(t))

    def update(self, t: int) -> None:
        """Smooth in what the source earns in tick t over its cost of making (eq. 60)."""
        over_cost = self.log_earned(t) - self._terms.log_cost(t)
        self.log_margin += self._terms.gain * (over_cost - self.log_margin)


@dataclass(frozen=True)
class PriceInputs:
    """What Plan and Draws give for prices, of one replication; lists are in the order of the Plan.

    Attributes
    ----------
    markets : sequence of (grade, zone)
    node_market, source_market : sequences of int
        Number of the market in which a node buys, and of a source's home market; -1: none.
    elasticities : sequence of BuyerElasticities
        Of each node.
    supply : sequence of SupplyTerms
        Of each source.
    surcharges : sequence
        Of each lane, the rows that apply to it, each a list over ticks.
    adjustment_gain, arbitrage_gain, lowest, highest : float
        `kp`, `ka`, `lo` and `hi` of the page.
    """

    markets: Sequence[tuple[str, str]]
    node_market: Sequence[int]
    source_market: Sequence[int]
    elasticities: Sequence[BuyerElasticities]
    supply: Sequence[SupplyTerms]
    surcharges: Sequence[Sequence[Sequence[float]]]
    adjustment_gain: float
    arbitrage_gain: float
    lowest: float
    highest: float
