"""Prices as persons meet them: what a lane asks, what a buyer likes, what a source earns.

Owns eq. 85, 86, 90 and 97. Buyers compare what lanes ask in `node` (eq. 87-89); who moves the prices is in
`traders`. All prices here are natural logarithms of the price over that of the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.draws import NO_PRICE


def exponential(z: float) -> float:
    """Return the exponential that both engines share, so that no library's last bit matters (eq. 85).

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


class Quote:
    """The price of a market, a grade in a zone. Ledger names are attributes."""

    def __init__(self, grade: str, zone: str) -> None:
        self.grade = grade
        self.name = f"{zone}.{grade}"
        self.log_price = 0.0
        self.wanted = self.available = 0.0

    @property
    def price(self) -> float:
        """The price as a multiple of that of the start (eq. 98)."""
        return exponential(self.log_price)


@dataclass(frozen=True)
class Fare:
    """What goods on a lane cost: the quotes of buyer and seller (None: no market), and what comes on top.

    `surcharges` has a list over ticks for each row that is on the lane.
    """

    buyer: Quote | None
    seller: Quote | None
    surcharges: Sequence[Sequence[float]]

    def log_price(self, t: int, *, licensed: bool) -> float:
        """Return what is asked: a licensed seller takes what the buyer's market pays (eq. 86)."""
        quote = self.buyer if licensed else self.seller
        total = quote.log_price if quote is not None else 0.0
        for row in self.surcharges:
            total += row[t]
        return total


@dataclass(frozen=True)
class Tastes:
    """What a buyer does about prices: elasticities of its demand and of its choice between sellers."""

    demand: float
    sourcing: float


@dataclass(frozen=True)
class Terms:
    """What Plan and Draws say of a source; `floor` and `stop` are logs, `cost` is one by tick (or empty)."""

    elasticity: float
    gain: float
    floor: float
    stop: float
    cost: Sequence[float]


class Earnings:
    """What a source takes for its margin, price over cost, and how much it makes for that.

    `home` is the market it sells in.
    """

    def __init__(self, home: Quote, terms: Terms) -> None:
        self._home = home
        self._terms = terms
        self.log_margin = max(0.0, terms.floor)
        self.margin = exponential(self.log_margin)
        self.needed = exponential(terms.stop) if terms.stop > NO_PRICE else 0.0
        self.stopped = False

    def rise(self) -> float:
        """Return the factor on today's capacity; 0 below the margin that it needs (eq. 90)."""
        self.margin = exponential(self.log_margin)
        self.stopped = self.log_margin < self._terms.stop
        return 0.0 if self.stopped else exponential(self._terms.elasticity * self.log_margin)

    def hear(self, t: int) -> None:
        """Take note of what today's price, or the floor, leaves beside the cost of making (eq. 97)."""
        cost = self._terms.cost[t] if self._terms.cost else 0.0
        price = max(self._home.log_price, self._terms.floor)
        self.log_margin += self._terms.gain * (price - cost - self.log_margin)


@dataclass(frozen=True)
class PriceScript:
    """What Plan and Draws say of prices, one replication; lists are in the order of the Plan."""

    quotes: Sequence[tuple[str, str]]
    buys_in: Sequence[int]
    sells_in: Sequence[int]
    tastes: Sequence[Tastes]
    terms: Sequence[Terms]
    surcharges: Sequence[Sequence[Sequence[float]]]
    price_gain: float
    link_gain: float
    lowest: float
    highest: float
