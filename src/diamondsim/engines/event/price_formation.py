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
    border_lanes : sequence of LaneState
        Lanes that join this market and another, in or out.

    Attributes
    ----------
    volume : float
        `V[m]` of the page, the normal demand at the start.
    """

    def __init__(
        self,
        price: MarketPrice,
        nodes: Sequence[NodeProcess],
        home_sources: Sequence[SourceProcess],
        lanes_in: Sequence[LaneState],
        border_lanes: Sequence[LaneState],
    ) -> None:
        self.price = price
        self._nodes = nodes
        self._home_sources = home_sources
        self._lanes_in = lanes_in
        self._border_lanes = border_lanes
        self.volume = 0.0
        for node in nodes:
            self.volume += node.normal_demand

    def adjust(self, gain: float) -> None:
        """Move the price with the imbalance of bids and supply (eq. 58)."""
        price = self.price
        price.bids, price.supply = self._bids(), self._supply()
        if price.bids + price.supply > EPS * self.volume:
            imbalance = (price.bids - price.supply) / (price.bids + price.supply)
            price.log_price += gain * 2.0 * imbalance

    def _bids(self) -> float:
        """Return the orders of the nodes that have a lane open (eq. 57)."""
        total = 0.0
        for node in self._nodes:
            if node.has_seller:
                total += node.order
        return total

    def _supply(self) -> float:
        """Return what comes in, and what controls hold back at home (eq. 56)."""
        passed = 0.0
        for lane in self._lanes_in:
            passed += lane.passed
        held_back = 0.0
        for source in self._home_sources:
            for lane in source.lanes:
                held_back += lane.offered - lane.passed
        return passed + held_back

    def free_share(self) -> float:
        """Return the share of what is offered across the border that passes it (`free_share`, eq. 59)."""
        passed = 0.0
        offered = 0.0
        for lane in self._border_lanes:
            passed += lane.passed
            offered += lane.offered
        return passed / offered if offered > EPS * self.volume else 0.0


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
        # The home market of the seller and the market of the buyer, by lane.
        ends = [(inputs.source_market[x.source], inputs.node_market[x.node]) for x in lanes]
        self._markets = [
            MarketState(
                price,
                [node for node, market in zip(nodes, inputs.node_market, strict=True) if market == m],
                [source for source, market in zip(sources, inputs.source_market, strict=True) if market == m],
                [lane for lane, (_, buyer) in zip(lanes, ends, strict=True) if buyer == m],
                [
                    lane
                    for lane, (seller, buyer) in zip(lanes, ends, strict=True)
                    if seller != buyer and m in (seller, buyer)
                ],
            )
            for m, price in enumerate(prices)
        ]
        grades = dict.fromkeys(price.grade for price in prices)
        self._by_grade = [[x for x in self._markets if x.price.grade == grade] for grade in grades]
        clock.schedule(0, [(Phase.PRICE, self.update)])

    def update(self, t: int) -> None:
        """Find the prices at the end of tick t, and the margins of the sources (eq. 54-60)."""
        for source in self._sources:
            source.offer()
        for market in self._markets:
            market.adjust(self._inputs.adjustment_gain)
        for markets in self._by_grade:
            self._arbitrage(markets)
        for source in self._sources:
            if source.margin is not None:
                source.margin.update(t)

    def _arbitrage(self, markets: Sequence[MarketState]) -> None:
        """Draw the prices of a grade together where goods pass freely, within the bounds (eq. 59)."""
        inputs = self._inputs
        volume = 0.0
        weighted = 0.0
        for market in markets:
            volume += market.volume
            weighted += market.volume * market.price.log_price
        mean = weighted / volume if volume > 0.0 else 0.0
        for market in markets:
            log_price = market.price.log_price
            log_price += inputs.arbitrage_gain * market.free_share() * (mean - log_price)
            market.price.log_price = min(max(log_price, inputs.lowest), inputs.highest)
