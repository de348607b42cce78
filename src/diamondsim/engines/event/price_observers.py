"""Observers of prices: when a price is high, low or back to normal, and when a source stops because of it.

Owns the steps at which a price is logged, and no number of the model.
"""

from __future__ import annotations

from diamondsim.engines.event.event_log import Episode, EpisodeChange, EventKind, EventLog
from diamondsim.engines.event.market_price import MarketPrice
from diamondsim.engines.event.source_process import SourceProcess

HIGH = (1.5, 2.0, 3.0, 5.0, 10.0)
"""A price is logged when it first exceeds each of these multiples of the starting price."""

LOW = (0.8, 0.5, 0.3)
"""And when it first falls below each of these."""

NORMAL = (0.9, 1.25)
"""A high price is back to normal when it has fallen below the second, a low one when it has risen above the
first."""


class PriceObserver:
    """Log when the price of a market is high or low, and when it is back to normal."""

    def __init__(self, log: EventLog, price: MarketPrice) -> None:
        self._log = log
        self._price = price
        self._passed: list[float] = []
        self._since = 0
        self._extreme = 1.0

    def observe(self, t: int) -> None:
        """Compare the price with the starting price."""
        price = self._price.price
        low, high = NORMAL
        if self._passed and low < price < high:
            extreme = "highest" if self._extreme > 1.0 else "lowest"
            why = f"its {extreme} was {self._extreme:.3g} times the starting price"
            self._log.add(t, EventKind.PRICE_NORMAL, self._price.name, t - self._since, why)
            self._passed = []
        self._observe_steps(t, price)
        if self._passed:
            self._extreme = max(self._extreme, price) if price > 1.0 else min(self._extreme, price)

    def _observe_steps(self, t: int, price: float) -> None:
        """Log the last step passed in this tick, if it is the first time since the price was normal."""
        steps = [x for x in HIGH if x < price] if price > 1.0 else [x for x in LOW if x > price]
        if not steps or steps[-1] in self._passed:
            return
        is_high = price > 1.0
        # A price that jumps from high to low starts anew without ever having been normal.
        if not self._passed or is_high != (self._passed[-1] > 1.0):
            self._passed, self._since, self._extreme = [], t, price
        self._passed += steps
        side = "above" if is_high else "below"
        why = f"{side} {steps[-1]:g} times the starting price: {self._reason(is_high)}"
        kind = EventKind.PRICE_HIGH if is_high else EventKind.PRICE_LOW
        self._log.add(t, kind, self._price.name, price, why)

    def _reason(self, is_high: bool) -> str:
        bids, supply = self._price.bids, self._price.supply
        if (bids > supply) != is_high:
            return f"arbitrage with other zones pulls it {'up' if is_high else 'down'}"
        if min(bids, supply) <= 0.0:
            return "nothing is supplied" if is_high else "there are no bids"
        if is_high:
            return f"bids are {bids / supply:.3g} times the supply"
        return f"supply is {supply / bids:.3g} times the bids"


class StopObserver:
    """Log when a source stops because of its price, and when it runs again.

    A source that stops and runs by turns, at the margin that it requires, has stopped until it has run for
    some ticks.
    """

    def __init__(self, log: EventLog, source: SourceProcess) -> None:
        self._log = log
        self._source = source
        self._stop = Episode()

    def observe(self, t: int) -> None:
        """Find out whether it could have made something and did not; an outage does not end a stop."""
        source, stop = self._source, self._stop
        if source.margin is None:
            return
        idle = bool(source.stop_ticks) and source.stop_ticks[-1] == t
        going_on = idle or (stop.on and source.margin.stopped)
        change = stop.observe(t, going_on, float(going_on))
        if change is EpisodeChange.BEGINS:
            why = f"it needs a price over cost of {source.margin.required_ratio:.3g} times that at the start"
            self._log.add(t, EventKind.STOPPED_BY_PRICE, source.name, source.margin.ratio, why)
        elif change is EpisodeChange.ENDS:
            why = f"{self._log.span(stop.length)} after it stopped, its price is high enough again"
            self._log.add(stop.end, EventKind.RUNS_AGAIN, source.name, stop.total, why)
