"""Prices in the story: when one is high or low, when it is back, and when a source stops for its price.

Owns the steps at which a price is worth a word, and no number of the model.
"""

from __future__ import annotations

from diamondsim.engines.event.prices import Quote
from diamondsim.engines.event.source import Source
from diamondsim.engines.event.story import Change, Episode, Kind, Story

HIGH = (1.5, 2.0, 3.0, 5.0, 10.0)
"""A price is told of when it first exceeds each of these multiples of that of the start."""

LOW = (0.8, 0.5, 0.3)
"""And when it first falls below each of these."""

BACK = (0.9, 1.25)
"""A high price is back when it has fallen below the second, a low one when it has risen above the first."""


class PriceWatch:
    """Tells when the price of a market is high or low, and when it is back."""

    def __init__(self, story: Story, quote: Quote) -> None:
        self._story = story
        self._quote = quote
        self._passed: list[float] = []
        self._since = 0
        self._extreme = 1.0

    def look(self, t: int) -> None:
        """Compare the price with that of the start."""
        price = self._quote.price
        low, high = BACK
        if self._passed and low < price < high:
            worst = "highest" if self._extreme > 1.0 else "lowest"
            why = f"at its {worst} it was {self._extreme:.3g} times that of the start"
            self._story.tell(t, Kind.PRICE_BACK, self._quote.name, t - self._since, why)
            self._passed = []
        self._look_at_steps(t, price)
        if self._passed:
            self._extreme = max(self._extreme, price) if price > 1.0 else min(self._extreme, price)

    def _look_at_steps(self, t: int, price: float) -> None:
        """Tell of the last step that was passed today, if it is the first time since the price was normal."""
        steps = [x for x in HIGH if x < price] if price > 1.0 else [x for x in LOW if x > price]
        if not steps or steps[-1] in self._passed:
            return
        rises = price > 1.0
        if not self._passed or rises != (self._passed[-1] > 1.0):
            self._passed, self._since, self._extreme = [], t, price
        self._passed += steps
        why = f"{'above' if rises else 'below'} {steps[-1]:g} times that of the start: {self._reason(rises)}"
        self._story.tell(t, Kind.PRICE_HIGH if rises else Kind.PRICE_LOW, self._quote.name, price, why)

    def _reason(self, rises: bool) -> str:
        wanted, available = self._quote.wanted, self._quote.available
        if (wanted > available) != rises:
            return "other zones draw it along"
        if min(wanted, available) <= 0.0:
            return "nothing is offered" if rises else "nothing is wanted"
        more = wanted / available if rises else available / wanted
        return f"{more:.3g} times as much is {'wanted as offered' if rises else 'offered as wanted'}"


class StopWatch:
    """Tells when a source does not run for its price, and when it runs again.

    One that stops and runs by turns, at the price that it needs, has stopped until it runs for some ticks.
    """

    def __init__(self, story: Story, source: Source) -> None:
        self._story = story
        self._source = source
        self._stop = Episode()

    def look(self, t: int) -> None:
        """Look whether it could make something today and does not; an outage does not end a stop."""
        source = self._source
        if source.earnings is None:
            return
        idle = bool(source.stop_ticks) and source.stop_ticks[-1] == t
        going_on = idle or (self._stop.on and source.earnings.stopped)
        change = self._stop.see(t, going_on, float(going_on))
        if change is Change.BEGINS:
            why = f"it needs {source.earnings.needed:.3g} times the price over its cost of the start"
            self._story.tell(t, Kind.PRICED_OUT, source.name, source.earnings.margin, why)
        elif change is Change.ENDS:
            stop = self._stop
            why = f"{stop.length} ticks after it stopped its price pays for running"
            self._story.tell(stop.end, Kind.RUNS_AGAIN, source.name, stop.total, why)
