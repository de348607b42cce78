"""What prices did in each replication: their extremes, what use cost, what was given up (eq. R24-R27).

Owns the names and units of every metric that exists only where there are prices. Like all metrics they depend
on their replication alone, bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.draws import Draws, PriceDraws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.plan.structure import Prices
from diamondsim.results.metrics import over_time
from diamondsim.results.pairs import Pair

FloatArray: TypeAlias = npt.NDArray[np.float64]

RECORDED_FOR_PRICES = ("paid", "forgone", "price")
"""The fields of the Ledger that are read only where there are prices."""


@dataclass(frozen=True)
class PriceMetric:
    """What a metric is of, what it is called in words, and its unit; "price" is USD for a unit."""

    dims: tuple[str, ...]
    long_name: str
    unit: str


_MARKET = ("grade", "zone")
_PAIR = ("region", "use")
_PLANT = ("facility",)

PRICE_METRICS: Mapping[str, PriceMetric] = {
    "start_price": PriceMetric(_MARKET, "price at the start", "price"),
    "peak_price": PriceMetric(_MARKET, "highest price, as a multiple of that of the start", "1"),
    "peak_price_tick": PriceMetric(_MARKET, "first tick of the highest price", "tick"),
    "lowest_price": PriceMetric(_MARKET, "lowest price, as a multiple of that of the start", "1"),
    "lowest_price_tick": PriceMetric(_MARKET, "first tick of the lowest price", "tick"),
    "forgone": PriceMetric(_PAIR, "share of demand given up for its price; negative where it is cheap", "1"),
    "purchase_cost": PriceMetric(_PAIR, "what was used, at the price on its contracts", "USD"),
    "extra_cost": PriceMetric(_PAIR, "the same, less what it would cost at the prices of the start", "USD"),
    "unit_cost": PriceMetric(_PLANT, "cost of a unit, capital included", "price"),
    "home_price": PriceMetric(_PLANT, "mean price of its grades at home since first output", "price"),
    "landed_price": PriceMetric(
        (*_PLANT, "zone"), "mean price of its grades from another zone, landed, since first output", "price"
    ),
    "covers_cost": PriceMetric(
        _PLANT, "share of ticks since first output in which price or floor covers the cost of a unit", "1"
    ),
    "covers_cash_cost": PriceMetric(
        _PLANT, "share of ticks since first output in which price or floor covers the cost but capital", "1"
    ),
    "undercut": PriceMetric(
        _PLANT, "share of ticks since first output in which another zone lands below the cost of a unit", "1"
    ),
}
"""Every metric of a replication that only a scenario with prices has."""


def market_metrics(draws: PriceDraws, ledger: Ledger) -> dict[str, FloatArray]:
    """Return the start price and the extremes of each market.

    Parameters
    ----------
    draws : PriceDraws
    ledger : Ledger
        With `price`.

    Returns
    -------
    dict of str to (M, R) float array
    """
    price = ledger["price"]
    return {
        "start_price": draws.start_usd.copy(),
        "peak_price": price.max(axis=0),
        "peak_price_tick": price.argmax(axis=0).astype(float),
        "lowest_price": price.min(axis=0),
        "lowest_price_tick": price.argmin(axis=0).astype(float),
    }


def purchase_metrics(
    plan: Plan, draws: Draws, ledger: Ledger, pairs: Sequence[Pair]
) -> dict[str, FloatArray]:
    """Return what each use pays, how much more than at the start, and what it gives up.

    Parameters
    ----------
    plan, draws : Plan, Draws
        With prices.
    ledger : Ledger
        With `demand`, `used`, `paid` and `forgone`.
    pairs : sequence of Pair

    Returns
    -------
    dict of str to (pair, R) float array
        NaN for the cost of a use none of whose grades has a price.
    """
    start = start_on_contracts(plan, draws)
    shape = (len(pairs), draws.n_replications)
    found = {name: np.full(shape, np.nan) for name in ("forgone", "purchase_cost", "extra_cost")}
    for number, pair in enumerate(pairs):
        costs = [_cost(ledger, node, start[node]) for node in pair.all_nodes if not np.isnan(start[node, 0])]
        if costs:
            found["purchase_cost"][number] = _added([now for now, _ in costs])
            found["extra_cost"][number] = _added([more for _, more in costs])
        met, given_up = (
            _added([over_time(ledger.of(name, node)) for node in pair.all_nodes])
            for name in ("demand", "forgone")
        )
        wanted = met + given_up
        found["forgone"][number] = np.where(wanted > 0, given_up / np.where(wanted > 0, wanted, 1.0), 0.0)
    return found


def start_on_contracts(plan: Plan, draws: Draws) -> FloatArray:
    """Return the mean price at the start on the contracts of each node (eq. R25).

    Parameters
    ----------
    plan, draws : Plan, Draws
        With prices.

    Returns
    -------
    (N, R) float array
        USD for a unit, with what comes on top of it in tick 0; where there is no contract that of the node's
        own market, NaN where there is none either.
    """
    prices, drawn = _priced(plan, draws)
    on_top = _surcharge_at_start(prices, drawn)
    weight = np.zeros((plan.n_nodes, draws.n_replications))
    total = np.zeros_like(weight)
    for lane in np.flatnonzero(~plan.entrant):
        market, node = prices.source_market[plan.lane_source[lane]], plan.lane_node[lane]
        if market >= 0:
            weight[node] += draws.contract_share[lane]
            total[node] += draws.contract_share[lane] * drawn.start_usd[market] * on_top[lane]
    own = np.full_like(weight, np.nan)
    has_market = prices.node_market >= 0
    own[has_market] = drawn.start_usd[prices.node_market[has_market]]
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), own)


def _surcharge_at_start(prices: Prices, drawn: PriceDraws) -> FloatArray:
    """Return what incumbents have long paid on each lane, as a factor, (L, R).

    The rows of incumbents hold changes only; each has a twin, of the same rate, that holds the whole.
    """
    log = np.zeros((prices.surcharge_lanes.shape[1], drawn.start_usd.shape[1]))
    whole = {row.rate.name: u for u, row in enumerate(prices.surcharges) if not row.is_change}
    for u, row in enumerate(prices.surcharges):
        if row.is_change and row.rate.name in whole:
            log[prices.surcharge_lanes[u]] += drawn.surcharge[0, whole[row.rate.name]]
    return np.exp(log)


def _cost(ledger: Ledger, node: int, start: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what a node's use costs, and how much more than at the prices of the start, (R,) each."""
    used, paid = ledger.of("used", node), ledger.of("paid", node)
    return start * over_time(used * paid), start * over_time(used * (paid - 1.0))


def _added(parts: Sequence[FloatArray]) -> FloatArray:
    first, *others = parts
    total = first.copy()
    for part in others:
        total += part
    return total


def _priced(plan: Plan, draws: Draws) -> tuple[Prices, PriceDraws]:
    assert plan.prices is not None, "there are no prices"
    assert draws.prices is not None, "a plan with prices has draws with prices"
    return plan.prices, draws.prices
