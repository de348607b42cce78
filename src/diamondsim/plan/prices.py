"""Markets and prices: who buys and sells where, who responds, and what is promised (model.md, eq. 85-99)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from diamondsim.arrays import IntArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan.cast import Entities, NodeRow, Path, SourceRow, certain, number, path_name
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.selectors import ANY
from diamondsim.plan.structure import Input, Prices, Steps, UnitCost
from diamondsim.plan.surcharges import make_steps, make_surcharges
from diamondsim.scenario.prices import Prices as Written
from diamondsim.scenario.prices import Supply
from diamondsim.scenario.sellers import Facility

_SILENT = Supply()


def make_prices(cast: Entities, lanes: Sequence[LaneRow], start: dt.date, tick_days: float) -> Prices | None:
    """Return the prices of a scenario, None where it has none.

    Markets come in the order of the grades, those of a grade in the order of the zones.
    """
    written = cast.content.prices
    if written is None:
        return None
    zones = written.zones_of(cast.content.regions)
    markets = tuple((g, z) for g in cast.content.grades if g in written.start for z in zones)
    costs, source_cost = _costs(cast, written, start, tick_days)
    surcharges, on_lanes = make_surcharges(cast, written.surcharges, lanes, start, tick_days)
    limits = written.limits
    source_market = _rows(markets, zones, ((row.source.grade, row.source.region) for row in cast.sources))
    return Prices(
        zones=tuple(zones),
        markets=markets,
        start_usd=tuple(number(("prices", "start", g, z), written.start[g][z]) for g, z in markets),
        node_market=_rows(markets, zones, ((row.node.grade, row.node.region) for row in cast.nodes)),
        source_market=source_market,
        adjustment_days=number(("prices", "adjustment_time"), written.adjustment_time),
        arbitrage_days=None
        if written.arbitrage_time is None
        else number(("prices", "arbitrage_time"), written.arbitrage_time),
        lowest=number(("prices", "limits", "lowest"), limits.lowest),
        highest=number(("prices", "limits", "highest"), limits.highest),
        supplier_elasticity=number(("prices", "supplier_elasticity"), written.supplier_elasticity),
        demand_elasticity=tuple(_demand(written, row) for row in cast.nodes),
        supply_elasticity=tuple(_supply(written, row, "elasticity") for row in cast.sources),
        supply_days=tuple(_supply(written, row, "time") for row in cast.sources),
        floor_usd=tuple(map(_floor, cast.sources, source_market)),
        surcharges=surcharges,
        surcharge_lanes=on_lanes,
        costs=costs,
        source_cost=source_cost,
    )


def unit_cost(path: Path, facility: Facility) -> UnitCost | None:
    """Return what a unit from a facility costs, if that is said."""
    cost, here = facility.cost, (*path, "cost")
    if cost is None:
        return None
    no_life, no_price = certain((*here, "life"), 1.0), certain((*here, "power_price"), 0.0)
    return UnitCost(
        capital=number((*here, "capital"), cost.capital),
        life_years=(
            no_life if cost.life is None else number((*here, "life"), cost.life, 1.0 / DAYS_PER_YEAR)
        ),
        interest_per_year=number((*here, "interest"), cost.interest),
        power_kwh=number((*here, "power"), cost.power),
        power_usd=(
            no_price if cost.power_price is None else number((*here, "power_price"), cost.power_price)
        ),
        other_usd=number((*here, "other"), cost.other),
    )


def _rows(
    markets: Sequence[tuple[str, str]],
    zones: Mapping[str, Sequence[str]],
    places: Iterable[tuple[str, str]],
) -> IntArray:
    """Return the market of each grade in a region, -1 where there is none."""
    zone_of = {region: zone for zone, regions in zones.items() for region in regions}
    row = {market: m for m, market in enumerate(markets)}
    return _ints(row.get((grade, zone_of[region]), -1) for grade, region in places)


def _demand(written: Written, row: NodeRow) -> Input:
    """Return the elasticity of a node: a use has that of its use, feed stocks and reserves have none."""
    use = row.buyer.use
    key = use if use in written.demand else ANY
    if use is None or key not in written.demand:
        return certain((*row.path, "elasticity"), 0.0)
    return number(("prices", "demand", str(key)), written.demand[str(key)])


def _said(written: Written, seller: str, key: str) -> tuple[Path, Any]:
    """Return what is said of a seller, or else of any, with its path; None where nobody says it."""
    for name in (seller, ANY):
        value = getattr(written.supply.get(name, _SILENT), key)
        if value is not None:
            return ("prices", "supply", name, key), value
    return ("prices", "supply", seller, key), None


def _supply(written: Written, row: SourceRow, key: str) -> Input:
    path, value = _said(written, row.source.producer, key)
    return certain(path, 0.0) if value is None else number(path, value)


def _costs(
    cast: Entities, written: Written, start: dt.date, tick_days: float
) -> tuple[tuple[Steps, ...], IntArray]:
    """Return how costs change, a row for each of those who say so, and each source's row or -1."""
    rows: dict[str, Steps] = {}
    of_source = []
    for row in cast.sources:
        path, cost = _said(written, row.source.producer, "cost")
        if not cost:
            of_source.append(-1)
            continue
        steps = rows.setdefault(path_name(path), make_steps(path, cost, start, tick_days))
        of_source.append(list(rows).index(steps.name))
    return tuple(rows.values()), _ints(of_source)


def _floor(row: SourceRow, market: int) -> Input | None:
    """Return the price that a source is promised at least, where it has a market."""
    price = row.seller.floor_price if isinstance(row.seller, Facility) else None
    return None if price is None or market < 0 else number((*row.path, "floor_price"), price)


def _ints(values: Iterable[int]) -> IntArray:
    array = np.array(list(values), dtype=np.int64)
    array.flags.writeable = False
    return array
