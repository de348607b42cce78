"""Price formation: what moves the price of each market at the end of a tick.

Owns eq. 56-59. What a source offers on its lanes (eq. 54, 55) is in `source_process` and `lane_state`.
"""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.constants import EPS
from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.market_price import MarketPrice, PriceInputs
from diamondsim.engines.event.node_process import NodeProcess
from diamondsim.engines.event.source_process import SourceProcess


class MarketState:
    """The buyers, sellers and lanes of one market. Sequences are in ascending order.

    Parameters
    ----------
    price : MarketPrice
    nodes : sequence of NodeProcess
        Those that buy here.
    home_sources : sequence of SourceProcess
        Those whose home market this is.
    lanes_in : sequence of LaneState
        Lanes into this market, from any market.

    Attributes
    ----------
    volume : float
        `V[m]` of the page, the normal demand at the start.
    inlets, outlets : list of (MarketState, LaneState)
        Lanes from other markets into this one, and from this one into others, with the other market.
    displaced_share : float
        `displaced[m]`: the share of what comes in from other markets that a facility displaces (eq. 56a).
    """

    def __init__(
        self,
        price: MarketPrice,
        nodes: Sequence[NodeProcess],
        home_sources: Sequence[SourceProcess],
        lanes_in: Sequence[LaneState],
    ) -> None:
        self.price = price
        self._nodes = nodes
        self._home_sources = home_sources
        self._lanes_in = lanes_in
        self.inlets: list[tuple[MarketState, LaneState]] = []
        self.outlets: list[tuple[MarketState, LaneState]] = []
        self.displaced_share = 0.0
        self._displaced = 0.0
        self.volume = 0.0
        for node in nodes:
            self.volume += node.normal_demand

    def meet(self) -> None:
        """Add up the bids (eq. 57), what comes in, and what a facility displaces of it (eq. 56a)."""
        self.price.bids = 0.0
        for node in self._nodes:
            if node.has_seller:
                withdrawn = 0.0
                for lane in node.lanes:
                    withdrawn += lane.withdrawn
                self.price.bids += max(0.0, node.order - withdrawn)
        self.price.supply = 0.0
        by_facilities = 0.0
        for lane in self._lanes_in:
            self.price.supply += lane.passed
            if lane.inputs.is_facility:
                by_facilities += lane.passed
        from_abroad = 0.0
        for _, lane in self.inlets:
            if not lane.inputs.is_facility:
                from_abroad += lane.passed
        surplus = max(0.0, self.price.supply - self.price.bids)
        self._displaced = min(surplus, by_facilities, from_abroad)
        self.displaced_share = self._displaced / from_abroad if from_abroad > 0.0 else 0.0

    def adjust(self, gain: float) -> None:
        """Move the price with the imbalance of bids and supply (eq. 56, 58)."""
        price = self.price
        price.supply += self._kept_at_home() - self._displaced
        if price.bids + price.supply > EPS * self.volume:
            imbalance = (price.bids - price.supply) / (price.bids + price.supply)
            price.log_price += gain * 2.0 * imbalance

    def _kept_at_home(self) -> float:
        """Return what controls hold back at home, and what facilities elsewhere displace (eq. 56, 56a)."""
        held_back = 0.0
        for source in self._home_sources:
            for lane in source.lanes:
                held_back += lane.offered - lane.passed
        for other, lane in self.outlets:
            if not lane.inputs.is_facility:
                held_back += other.displaced_share * lane.passed
        return held_back

    def arbitrage(self) -> float:
        """Return how far the prices of other markets pull this one (`pull`, eq. 59)."""
        offered = 0.0
        pull = 0.0
        for other, lane in (*self.inlets, *self.outlets):
            offered += lane.offered
            pull += lane.open_offer * (other.price.log_price - self.price.log_price)
        return pull / offered if offered > EPS * self.volume else 0.0


class PriceFormation:
    """Move the prices of all markets at the end of each tick.

    Parameters
    ----------
    clock : Clock
        Where price formation is scheduled.
    inputs : PriceInputs
        Who trades where, and how fast prices move.
    prices, nodes, lanes, sources : sequences
        In the order of the Plan.
    """

    def __init__(
        self,
        clock: Clock,
        inputs: PriceInputs,
        prices: Sequence[MarketPrice],
        nodes: Sequence[NodeProcess],
        lanes: Sequence[LaneState],
        sources: Sequence[SourceProcess],
    ) -> None:
        self._inputs = inputs
        self._sources = sources
        self._markets = [
            MarketState(
                price,
                [node for node, market in zip(nodes, inputs.node_market, strict=True) if market == m],
                [source for source, market in zip(sources, inputs.source_market, strict=True) if market == m],
                [lane for lane in lanes if inputs.node_market[lane.node] == m],
            )
            for m, price in enumerate(prices)
        ]
        for lane in lanes:
            seller, buyer = inputs.source_market[lane.source], inputs.node_market[lane.node]
            if seller != buyer and seller >= 0 and buyer >= 0:
                self._markets[seller].outlets.append((self._markets[buyer], lane))
                self._markets[buyer].inlets.append((self._markets[seller], lane))
        clock.schedule(0, [(Phase.PRICE, self.update)])

    def update(self, t: int) -> None:
        """Find the prices at the end of tick t, and the margins of the sources (eq. 54-60)."""
        inputs = self._inputs
        for source in self._sources:
            source.offer(t)
        for market in self._markets:
            market.meet()
        for market in self._markets:
            market.adjust(inputs.adjustment_gain)
        pulls = [market.arbitrage() for market in self._markets]
        for market, pull in zip(self._markets, pulls, strict=True):
            log_price = market.price.log_price + inputs.arbitrage_gain * pull
            market.price.log_price = min(max(log_price, inputs.lowest), inputs.highest)
        for source in self._sources:
            if source.margin is not None:
                source.margin.update(t)
