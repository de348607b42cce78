"""Traders: they keep the price of a market and move it with what is wanted and what is there.

Owns eq. 93-96. What a source offers on its lanes (eq. 91, 92) is in `source` and `lane`.
"""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.lane import EPS, Lane
from diamondsim.engines.event.node import Node
from diamondsim.engines.event.prices import PriceScript, Quote
from diamondsim.engines.event.source import Source


class Trader:
    """Sees who bids and who offers in one market."""

    def __init__(
        self,
        quote: Quote,
        nodes: Sequence[Node],
        home: Sequence[Source],
        inward: Sequence[Lane],
        across: Sequence[Lane],
    ) -> None:
        """Look after a quote.

        `nodes` buy and `home` sells here; lanes come in from anywhere (`inward`), or join this market and
        another (`across`, in or out). Each in ascending order.
        """
        self.quote = quote
        self._nodes = nodes
        self._home = home
        self._inward = inward
        self._across = across
        self.volume = 0.0
        for node in nodes:
            self.volume += node.normal

    def bid(self, gain: float) -> None:
        """Move the price with the imbalance (eq. 95)."""
        quote = self.quote
        quote.wanted, quote.available = self._wanted(), self._available()
        if quote.wanted + quote.available > EPS * self.volume:
            imbalance = (quote.wanted - quote.available) / (quote.wanted + quote.available)
            quote.log_price += gain * 2.0 * imbalance

    def _wanted(self) -> float:
        """Return what is bid for by those who have a lane open (eq. 94)."""
        total = 0.0
        for node in self._nodes:
            if node.has_seller:
                total += node.order
        return total

    def _available(self) -> float:
        """Return what comes in, and what is held back at home (eq. 93)."""
        coming = 0.0
        for lane in self._inward:
            coming += lane.passing
        held_back = 0.0
        for source in self._home:
            for lane in source.lanes:
                held_back += lane.offered - lane.passing
        return coming + held_back

    def freedom(self) -> float:
        """Return how much of what is offered across the border passes it (`pass` of eq. 96)."""
        passing = 0.0
        offered = 0.0
        for lane in self._across:
            passing += lane.passing
            offered += lane.offered
        return passing / offered if offered > EPS * self.volume else 0.0


class Exchange:
    """Opens at the end of the day: sources offer, traders move their prices, sources hear them.

    Parameters
    ----------
    clock : Clock
        Where the exchange has its phase.
    script : PriceScript
        Who trades where, and how fast prices move.
    quotes, nodes, lanes, sources : sequences
        In the order of the Plan.
    """

    def __init__(
        self,
        clock: Clock,
        script: PriceScript,
        quotes: Sequence[Quote],
        nodes: Sequence[Node],
        lanes: Sequence[Lane],
        sources: Sequence[Source],
    ) -> None:
        self._script = script
        self._sources = sources
        ends = [(script.sells_in[x.source], script.buys_in[x.node]) for x in lanes]
        self._traders = [
            Trader(
                quote,
                [node for node, at in zip(nodes, script.buys_in, strict=True) if at == m],
                [source for source, at in zip(sources, script.sells_in, strict=True) if at == m],
                [lane for lane, (_, to) in zip(lanes, ends, strict=True) if to == m],
                [x for x, (at, to) in zip(lanes, ends, strict=True) if at != to and m in (at, to)],
            )
            for m, quote in enumerate(quotes)
        ]
        grades = dict.fromkeys(quote.grade for quote in quotes)
        self._by_grade = [[x for x in self._traders if x.quote.grade == grade] for grade in grades]
        clock.employ(0, [(Phase.PRICE, self.trade)])

    def trade(self, t: int) -> None:
        """Find the prices at the end of the tick (eq. 91-97)."""
        for source in self._sources:
            source.offer()
        for trader in self._traders:
            trader.bid(self._script.price_gain)
        for traders in self._by_grade:
            self._draw_near(traders)
        for source in self._sources:
            if source.earnings is not None:
                source.earnings.hear(t)

    def _draw_near(self, traders: Sequence[Trader]) -> None:
        """Let what passes freely even out the prices of a grade, within the limits (eq. 96)."""
        script = self._script
        volume = 0.0
        weighted = 0.0
        for trader in traders:
            volume += trader.volume
            weighted += trader.volume * trader.quote.log_price
        mean = weighted / volume if volume > 0.0 else 0.0
        for trader in traders:
            price = trader.quote.log_price
            price += script.link_gain * trader.freedom() * (mean - price)
            trader.quote.log_price = min(max(price, script.lowest), script.highest)
