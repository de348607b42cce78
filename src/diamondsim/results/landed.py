"""Prices in USD along one block: at home, guaranteed, and landed from another zone (eq. R38, R40)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws, PriceDraws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan, Prices


class LandedPrices:
    """The prices of a block in USD per unit, (T, R) each.

    Parameters
    ----------
    plan, draws : Plan, Draws
        With prices.
    ledger : Ledger
        With `price`.

    Attributes
    ----------
    prices : Prices
    drawn : PriceDraws
    """

    def __init__(self, plan: Plan, draws: Draws, ledger: Ledger) -> None:
        assert plan.prices is not None, "there are no prices"
        assert draws.prices is not None, "a plan with prices has draws with prices"
        self.prices: Prices = plan.prices
        self.drawn: PriceDraws = draws.prices
        self._plan, self._draws, self._ledger = plan, draws, ledger
        self._zone_of = _zones_of_regions(plan, plan.prices)

    def market_of(self, source: int) -> int:
        """Return the market in which a source sells at home."""
        return int(self.prices.source_market[source])

    def usd(self, market: int) -> FloatArray:
        """Return the price of a market."""
        return np.asarray(self._ledger.of("price", market) * self.drawn.start_usd[market])

    def earned_usd(self, source: int) -> FloatArray:
        """Return the home price of a source, or its floor price if that is higher."""
        market = self.market_of(source)
        # Without a floor the drawn logarithm is so low that this is 0.
        floor = np.exp(self.drawn.floor[source].copy()) * self.drawn.start_usd[market]
        return np.asarray(np.maximum(self.usd(market), floor))

    def other_zones(self, source: int) -> list[int]:
        """Return the zones other than that of a source, ascending."""
        home = self.prices.markets[self.market_of(source)][1]
        return [number for number, zone in enumerate(self.prices.zones) if zone != home]

    def landed_usd(self, source: int, zone: int) -> FloatArray:
        """Return the price of a source's grade from another zone with all surcharges.

        Where these depend on the region of origin, the cheapest region that makes the grade counts.
        """
        home, name = self._plan.sources[source], self.prices.zones[zone]
        market = self.prices.markets.index((home.grade, name))
        makers = self._makers(home.grade, name)
        surcharges = [self._surcharge(region, home.region, home.grade) for region in makers]
        least = surcharges[0]
        for surcharge in surcharges[1:]:
            least = np.minimum(least, surcharge)
        return np.asarray(self.usd(market) * np.exp(least))

    def mixed(self, sources: Sequence[int], paths: Sequence[FloatArray]) -> FloatArray:
        """Return the mean of some paths, one for each source, weighted by capacity at the start."""
        if len(sources) == 1:
            return paths[0]
        weight = np.zeros(self._draws.n_replications)
        total = np.zeros(paths[0].shape)
        for source, path in zip(sources, paths, strict=True):
            weight += self._draws.capacity[source]
            total += self._draws.capacity[source] * path
        return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)

    def _makers(self, grade: str, zone: str) -> list[str]:
        """Return the regions of a zone that make a grade, or all its regions if none does."""
        inside = [region for region in self._plan.regions if self._zone_of.get(region) == zone]
        making = {s.region for s in self._plan.sources if s.grade == grade}
        return [region for region in inside if region in making] or inside or [""]

    def _surcharge(self, origin: str, destination: str, grade: str) -> FloatArray:
        """Return the log of all surcharges between two regions, (T, R)."""
        log = np.zeros(self.drawn.surcharge.shape[::2])
        for u, row in enumerate(self.prices.surcharges):
            joins = origin in row.origin and destination in row.destination and grade in row.grades
            if joins and not row.is_change:
                log += self.drawn.surcharge[:, u]
        return log


def _zones_of_regions(plan: Plan, prices: Prices) -> dict[str, str]:
    """Return the zone of each region that buys or sells something that has a price."""
    regions = [*(n.region for n in plan.nodes), *(s.region for s in plan.sources)]
    markets = [*prices.node_market, *prices.source_market]
    return {r: prices.markets[m][1] for r, m in zip(regions, markets, strict=True) if m >= 0}
