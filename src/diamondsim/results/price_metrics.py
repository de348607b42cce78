"""The metrics that need prices: extremes of markets, cost and unmet need of uses (eq. R32-R37).

Like all metrics they depend on their replication alone, bit for bit. Those of facilities are in
`plant_metrics`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws, PriceDraws
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan, Prices
from diamondsim.results.estimators import AMOUNT_DISTRIBUTION, DISTRIBUTION, LOSS, Estimator
from diamondsim.results.grid_layout import MARKET, REGION_USE, Dims
from diamondsim.results.metric import (
    UNIT_OF_PRICE,
    UNIT_OF_USE,
    Metric,
    MetricInputs,
    Undeclared,
    sum_over_ticks,
)
from diamondsim.results.region_uses import RegionUse, region_uses
from diamondsim.results.settings import Settings
from diamondsim.results.shortfall import peak_shortfall


def _start_price(inputs: MetricInputs) -> FloatArray:
    return _prices_of(inputs.plan, inputs.draws)[1].start_usd.copy()


def _price(inputs: MetricInputs) -> FloatArray:
    """Return the price of each market as a multiple of its start, (T, M, R)."""
    return inputs.ledger["price"]


def _forgone(inputs: MetricInputs) -> FloatArray:
    """Return the share of demand that each use gives up for its price, (use, R)."""
    share = np.full((len(inputs.region_uses), inputs.draws.n_replications), np.nan)
    for number, region_use in enumerate(inputs.region_uses):
        demand, given_up = (
            _added([sum_over_ticks(inputs.ledger.of(field, node)) for node in region_use.all_nodes])
            for field in ("demand", "forgone")
        )
        potential = demand + given_up
        share[number] = np.where(potential > 0, given_up / np.where(potential > 0, potential, 1.0), 0.0)
    return share


def _given_up(inputs: MetricInputs) -> FloatArray:
    """Return the demand that each use gives up for its price, where it gives up any, (use, R)."""
    return np.array(
        [
            _added([sum_over_ticks(path) for path in _given_up_by_grade(inputs, region_use)])
            for region_use in inputs.region_uses
        ]
    ).reshape(len(inputs.region_uses), inputs.draws.n_replications)


def _given_up_by_grade(inputs: MetricInputs, region_use: RegionUse) -> list[FloatArray]:
    """Return what a use gives up of each grade, (T, R); what is cheap at another node does not offset it."""
    return [
        _added([np.maximum(inputs.ledger.of("forgone", node), 0.0) for node in nodes])
        for nodes in region_use.nodes
    ]


def _needs(inputs: MetricInputs) -> tuple[FloatArray, FloatArray]:
    """Return unmet need as a share of normal demand, (use, R): over the horizon, and in the worst window."""
    n_replications = inputs.draws.n_replications
    share, peak = np.zeros((2, len(inputs.region_uses), n_replications))
    window = inputs.settings.window_ticks(inputs.plan.tick_days)
    for number, region_use in enumerate(inputs.region_uses):
        normal, unmet = [], []
        for nodes, given_up in zip(region_use.nodes, _given_up_by_grade(inputs, region_use), strict=True):
            demand, forgone, shortage = (
                inputs.ledger.added(field, nodes) for field in ("demand", "forgone", "shortage")
            )
            normal.append(demand + forgone)
            unmet.append(shortage + given_up)
        total = _added([sum_over_ticks(path) for path in normal])
        lost = _added([sum_over_ticks(path) for path in unmet])
        share[number] = lost / np.where(total > 0, total, 1.0)
        peak[number] = peak_shortfall(normal, unmet, window=window)
    return share, peak


def _purchases(inputs: MetricInputs) -> tuple[FloatArray, FloatArray]:
    """Return what each use pays, and how much more than at the prices of the start, (use, R) each.

    NaN for a use none of whose grades has a price.
    """
    start = start_on_contracts(inputs.plan, inputs.draws)
    total = np.full((len(inputs.region_uses), inputs.draws.n_replications), np.nan)
    extra = total.copy()
    for number, region_use in enumerate(inputs.region_uses):
        priced = [node for node in region_use.all_nodes if not np.isnan(start[node, 0])]
        costs = [_cost(inputs.ledger, node, start[node]) for node in priced]
        if costs:
            total[number] = _added([cost for cost, _ in costs])
            extra[number] = _added([more for _, more in costs])
    return total, extra


def _without_price(plan: Plan, _settings: Settings) -> Undeclared | None:
    """Return the uses none of whose grades has a price (eq. R33), each as REGION.USE."""
    if plan.prices is None:
        return None
    has_price = np.asarray(plan.prices.node_market >= 0).copy()
    priced_contract = (plan.prices.source_market[plan.lane_source] >= 0) & ~plan.entrant
    has_price[plan.lane_node[priced_contract]] = True
    unpriced = [use for use in region_uses(plan) if not has_price[list(use.all_nodes)].any()]
    return Undeclared("use", "no price to any of its grades", tuple(f"{u.region}.{u.use}" for u in unpriced))


def start_on_contracts(plan: Plan, draws: Draws) -> FloatArray:
    """Return the mean price at the start on the contracts of each node (eq. R33).

    Parameters
    ----------
    plan, draws : Plan, Draws
        With prices.

    Returns
    -------
    (N, R) float array
        USD per unit, surcharges of tick 0 included. A node without contracts has the price of its own
        market, or NaN if it has no market.
    """
    prices, drawn = _prices_of(plan, draws)
    surcharge = _surcharge_at_start(prices, drawn)
    weight = np.zeros((plan.n_nodes, draws.n_replications))
    total = np.zeros_like(weight)
    for lane in np.flatnonzero(~plan.entrant):
        market, node = prices.source_market[plan.lane_source[lane]], plan.lane_node[lane]
        if market >= 0:
            weight[node] += draws.contract_share[lane]
            total[node] += draws.contract_share[lane] * drawn.start_usd[market] * surcharge[lane]
    own = np.full_like(weight, np.nan)
    has_market = prices.node_market >= 0
    own[has_market] = drawn.start_usd[prices.node_market[has_market]]
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), own)


def _surcharge_at_start(prices: Prices, drawn: PriceDraws) -> FloatArray:
    """Return the surcharge that incumbents pay on each lane at the start, as a factor, (L, R).

    The rows of incumbents hold changes since the start only; for each there is a row of the same rate that
    holds the whole surcharge.
    """
    log = np.zeros((prices.surcharge_lanes.shape[1], drawn.start_usd.shape[1]))
    whole = {row.rate.name: u for u, row in enumerate(prices.surcharges) if not row.is_change}
    for u, row in enumerate(prices.surcharges):
        if row.is_change and row.rate.name in whole:
            log[prices.surcharge_lanes[u]] += drawn.surcharge[0, whole[row.rate.name]]
    return np.exp(log)


def _cost(ledger: Ledger, node: int, start: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the cost of what a node uses, and its excess over the cost at the prices of the start, (R,)."""
    used, paid = ledger.of("used", node), ledger.of("paid", node)
    return start * sum_over_ticks(used * paid), start * sum_over_ticks(used * (paid - 1.0))


def _added(parts: Sequence[FloatArray]) -> FloatArray:
    first, *others = parts
    total = first.copy()
    for part in others:
        total += part
    return total


def _prices_of(plan: Plan, draws: Draws) -> tuple[Prices, PriceDraws]:
    assert plan.prices is not None, "there are no prices"
    assert draws.prices is not None, "a plan with prices has draws with prices"
    return plan.prices, draws.prices


def _metric(
    name: str,
    long_name: str,
    unit: str,
    dims: Dims,
    value: Callable[[MetricInputs], FloatArray],
    fields: tuple[str, ...],
    estimators: tuple[Estimator, ...] = AMOUNT_DISTRIBUTION,
    **more: Any,
) -> Metric[MetricInputs]:
    return Metric(
        name, long_name, unit, dims, value, fields=fields, estimators=estimators, priced=True, **more
    )


PRICE_METRICS: tuple[Metric[MetricInputs], ...] = (
    _metric("start_price", "price at the start", UNIT_OF_PRICE, MARKET, _start_price, ()),
    _metric(
        "peak_price",
        "highest price, as a multiple of the price at the start",
        "1",
        MARKET,
        lambda inputs: _price(inputs).max(axis=0),
        ("price",),
    ),
    _metric(
        "peak_price_tick",
        "first tick of the highest price",
        "tick",
        MARKET,
        lambda inputs: _price(inputs).argmax(axis=0).astype(float),
        ("price",),
        (),
        is_event=True,
    ),
    _metric(
        "lowest_price",
        "lowest price, as a multiple of the price at the start",
        "1",
        MARKET,
        lambda inputs: _price(inputs).min(axis=0),
        ("price",),
    ),
    _metric(
        "lowest_price_tick",
        "first tick of the lowest price",
        "tick",
        MARKET,
        lambda inputs: _price(inputs).argmin(axis=0).astype(float),
        ("price",),
        (),
        is_event=True,
    ),
    _metric(
        "forgone",
        "share of demand given up because of its price; negative where more is bought because it is cheap",
        "1",
        REGION_USE,
        _forgone,
        ("demand", "forgone"),
        DISTRIBUTION,
    ),
    _metric(
        "given_up",
        "demand given up because of its price, over the horizon",
        UNIT_OF_USE,
        REGION_USE,
        _given_up,
        ("forgone",),
    ),
    _metric(
        "unmet_need",
        "shortage and demand given up because of its price, as a share of normal demand",
        "1",
        REGION_USE,
        lambda inputs: inputs.once(_needs)[0],
        ("demand", "forgone", "shortage"),
        LOSS,
    ),
    _metric(
        "peak_unmet_need",
        "largest share of normal demand that is short or given up over a window",
        "1",
        REGION_USE,
        lambda inputs: inputs.once(_needs)[1],
        ("demand", "forgone", "shortage"),
        LOSS,
    ),
    _metric(
        "purchase_cost",
        "cost of what is used, at the price on its contracts",
        "USD",
        REGION_USE,
        lambda inputs: inputs.once(_purchases)[0],
        ("used", "paid"),
        undeclared=_without_price,
    ),
    _metric(
        "extra_cost",
        "cost of what is used, less its cost at the prices of the start",
        "USD",
        REGION_USE,
        lambda inputs: inputs.once(_purchases)[1],
        ("used", "paid"),
        DISTRIBUTION,
        undeclared=_without_price,
    ),
)
"""The metrics of markets and uses that only a scenario with prices has."""
