"""Markets, prices and surcharges, and the response to them (model.md, eq. 48-61, 97)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from diamondsim.arrays import BoolArray, IntArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Distribution
from diamondsim.plan.control_states import rounded_tick
from diamondsim.plan.entities import Entities, NodeRow, SourceRow, certain, number, path_name
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.structure import (
    AskCost,
    AskingFacility,
    Input,
    Prices,
    Steps,
    Surcharge,
    SurchargeStart,
    UnitCost,
)
from diamondsim.scenario import (
    ANY,
    ASKS_MARKET_PRICE,
    CallSurcharge,
    Facility,
    FundingCall,
    Path,
    Since,
    Supply,
)
from diamondsim.scenario import Prices as WrittenPrices
from diamondsim.scenario import Surcharge as WrittenSurcharge

_NO_SUPPLY = Supply()


def make_prices(
    entities: Entities, lanes: Sequence[LaneRow], start: dt.date, tick_days: float
) -> Prices | None:
    """Return the prices of a scenario, None where it has none.

    Markets come in the order of the grades, those of a grade in the order of the zones.
    """
    written = entities.content.prices
    if written is None:
        return None
    zones = written.zones_of(entities.content.regions)
    markets = tuple((g, z) for g in entities.content.grades if g in written.start for z in zones)
    costs, source_cost, cost_facility = _costs(entities, written, start, tick_days)
    surcharges, on_lanes = make_surcharges(entities, written.surcharges, lanes, start, tick_days)
    limits = written.limits
    source_market = _rows(markets, zones, ((row.source.grade, row.source.region) for row in entities.sources))
    ask_costs = tuple(map(_ask_cost, entities.sources, source_market))
    asking, source_ask = _asking(entities, ask_costs, source_cost)
    return Prices(
        zones=tuple(zones),
        markets=markets,
        start_usd=tuple(number(("prices", "start", g, z), written.start[g][z]) for g, z in markets),
        node_market=_rows(markets, zones, ((row.node.grade, row.node.region) for row in entities.nodes)),
        source_market=source_market,
        adjustment_days=number(("prices", "adjustment_time"), written.adjustment_time),
        arbitrage_days=None
        if written.arbitrage_time is None
        else number(("prices", "arbitrage_time"), written.arbitrage_time),
        planning_days=number(("prices", "planning_time"), written.planning_time),
        lowest=number(("prices", "limits", "lowest"), limits.lowest),
        highest=number(("prices", "limits", "highest"), limits.highest),
        supplier_elasticity=number(("prices", "supplier_elasticity"), written.supplier_elasticity),
        demand_elasticity=tuple(_demand(written, row) for row in entities.nodes),
        supply_elasticity=tuple(_supply(written, row, "elasticity") for row in entities.sources),
        supply_days=tuple(_supply(written, row, "time") for row in entities.sources),
        floor_usd=tuple(map(_floor, entities.sources, source_market)),
        ask_costs=ask_costs,
        surcharges=surcharges,
        surcharge_lanes=on_lanes,
        costs=costs,
        source_cost=source_cost,
        cost_facility=cost_facility,
        asking=asking,
        source_ask=source_ask,
    )


def unit_cost(path: Path, facility: Facility) -> UnitCost | None:
    """Return what a unit from a facility costs; None where no cost is given."""
    cost, path = facility.cost, (*path, "cost")
    if cost is None:
        return None
    no_life, no_price = certain((*path, "life"), 1.0), certain((*path, "power_price"), 0.0)
    return UnitCost(
        capital=number((*path, "capital"), cost.capital),
        life_years=(
            no_life if cost.life is None else number((*path, "life"), cost.life, 1.0 / DAYS_PER_YEAR)
        ),
        interest_per_year=number((*path, "interest"), cost.interest),
        power_kwh=number((*path, "power"), cost.power),
        power_usd=(
            no_price if cost.power_price is None else number((*path, "power_price"), cost.power_price)
        ),
        other_usd=number((*path, "other"), cost.other),
        is_financed=cost.interest_from is not None,
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


def _demand(written: WrittenPrices, row: NodeRow) -> Input:
    """Return the elasticity of a node: a use has that of its use, feed stocks and reserves have none."""
    given = next(demand_elasticities(written, row.buyer.use), None)
    return certain((*row.path, "elasticity"), 0.0) if given is None else number(*given)


def demand_elasticities(written: WrittenPrices, use: str | None) -> Iterator[tuple[Path, Distribution]]:
    """Yield the elasticities that are given for a use, with their paths; the first applies."""
    for name in () if use is None else (use, ANY):
        if name in written.demand:
            yield ("prices", "demand", name), written.demand[name]


def supply_values(written: WrittenPrices, seller: str, key: str) -> Iterator[tuple[Path, Any]]:
    """Yield the values of a key that are given for a seller, with their paths; the first applies."""
    for name in (seller, ANY):
        value = getattr(written.supply.get(name, _NO_SUPPLY), key)
        if value is not None:
            yield ("prices", "supply", name, key), value


def _supply_value(written: WrittenPrices, seller: str, key: str) -> tuple[Path, Any]:
    """Return the value of a key that applies to a seller, with its path; None where none is given."""
    return next(supply_values(written, seller, key), (("prices", "supply", seller, key), None))


def _supply(written: WrittenPrices, row: SourceRow, key: str) -> Input:
    path, value = _supply_value(written, row.source.producer, key)
    return certain(path, 0.0) if value is None else number(path, value)


def _costs(
    entities: Entities, written: WrittenPrices, start: dt.date, tick_days: float
) -> tuple[tuple[Steps, ...], IntArray, tuple[int, ...]]:
    """Return how costs change, each source's row or -1, and the facility with a price of power by date.

    There is a row for each seller whose cost changes; sellers under one key share it.
    """
    facilities = list(entities.content.facilities.items())
    powered = {
        name: f
        for f, (name, facility) in enumerate(facilities)
        if facility.cost is not None and facility.power is not None and facility.power.price
    }
    rows: dict[tuple[str, int], Steps] = {}
    of_source = []
    for row in entities.sources:
        path, cost = _supply_value(written, row.source.producer, "cost")
        facility = powered.get(row.source.producer, -1)
        if not cost and facility < 0:
            of_source.append(-1)
            continue
        key = (path_name(path), facility)
        rows.setdefault(key, make_steps(path, cost or {}, start, tick_days))
        of_source.append(list(rows).index(key))
    return tuple(rows.values()), _ints(of_source), tuple(facility for _, facility in rows)


def _floor(row: SourceRow, market: int) -> Input | None:
    """Return the floor price of a source; None where it has none, or no market."""
    price = row.seller.floor_price if isinstance(row.seller, Facility) else None
    return None if price is None or market < 0 else number((*row.path, "floor_price"), price)


def _ask_cost(row: SourceRow, market: int) -> AskCost | None:
    """Return the cost below which a source does not sell; None where it takes the price of its market."""
    asks = row.seller.asks if isinstance(row.seller, Facility) else ASKS_MARKET_PRICE
    return None if asks == ASKS_MARKET_PRICE or market < 0 else AskCost(asks)


def _asking(
    entities: Entities, ask_costs: Sequence[AskCost | None], source_cost: IntArray
) -> tuple[tuple[AskingFacility, ...], IntArray]:
    """Return the facilities that ask for a cost that changes, and the row of each source or -1."""
    number_of = {name: f for f, name in enumerate(entities.content.facilities)}
    rows: list[AskingFacility] = []
    of_source = []
    for row, kind, cost_row in zip(entities.sources, ask_costs, source_cost.tolist(), strict=True):
        if kind is None or cost_row < 0:
            of_source.append(-1)
            continue
        asking = AskingFacility(number_of[row.source.producer], kind, cost_row)
        if asking not in rows:
            rows.append(asking)
        of_source.append(rows.index(asking))
    return tuple(rows), _ints(of_source)


def _ints(values: Iterable[int]) -> IntArray:
    array = np.array(list(values), dtype=np.int64)
    array.flags.writeable = False
    return array


def make_surcharges(
    entities: Entities,
    written: Mapping[str, WrittenSurcharge],
    lanes: Sequence[LaneRow],
    start: dt.date,
    tick_days: float,
) -> tuple[tuple[Surcharge, ...], BoolArray]:
    """Return two rows for each surcharge, and the (U, L) lanes that each row is on.

    The first row is for the lanes of incumbents, the second for those of entrants. Surcharges that follow a
    call for funds come last.
    """
    found: list[tuple[WrittenSurcharge | CallSurcharge, Steps, SurchargeStart | None]] = [
        (
            surcharge,
            make_steps(("prices", "surcharges", name, "rate"), surcharge.rate, start, tick_days),
            None,
        )
        for name, surcharge in written.items()
    ]
    for name, facility in entities.content.facilities.items():
        call = None if facility.financing is None else facility.financing.call
        if call is not None:
            path: Path = ("facilities", name, "financing", "call")
            found.append((call.surcharge, *_called(path, call, call.date or facility.decision, start)))
    rows: list[Surcharge] = []
    on_lanes = np.zeros((2 * len(found), len(lanes)), dtype=bool)
    for surcharge, steps, begins in found:
        grades = _grades(entities, surcharge)
        origin = tuple(r for r in entities.content.regions if _all_pay(entities, surcharge, grades, r))
        for is_change in (True, False):
            on_lanes[len(rows)] = [
                lane.entrant != is_change and _pays(entities, surcharge, grades, lane) for lane in lanes
            ]
            rows.append(Surcharge(steps, is_change, origin, surcharge.to, grades, begins))
    on_lanes.flags.writeable = False
    return tuple(rows), on_lanes


def _called(path: Path, call: FundingCall, day: dt.date, start: dt.date) -> tuple[Steps, SurchargeStart]:
    """Return the rate of the surcharge that follows a call for funds, and when it begins."""
    rate, length = (*path, "surcharge", "rate"), call.surcharge.length
    return Steps(path_name(rate), ((0, number(rate, call.surcharge.rate)),)), SurchargeStart(
        call_day=float((day - start).days),
        answer_days=number((*path, "answer_within"), call.answer_within),
        missed=number((*path, "missed"), call.missed),
        length_days=None if length is None else number((*path, "surcharge", "length"), length),
    )


def make_steps(path: Path, written: Mapping[Since, Distribution], start: dt.date, tick_days: float) -> Steps:
    """Return a number that changes on dates; what holds before the first date comes first."""
    dated: list[tuple[int, Input]] = []
    for date in sorted(day for day in written if isinstance(day, dt.date)):
        tick = rounded_tick(date, start, tick_days)
        dated.append((tick, number((*path, date.isoformat()), written[date])))
    always = [
        (min([0, *(tick for tick, _ in dated)]), number((*path, str(key)), value))
        for key, value in written.items()
        if not isinstance(key, dt.date)
    ]
    return Steps(path_name(path), (*always, *dated))


def _grades(entities: Entities, written: WrittenSurcharge | CallSurcharge) -> tuple[str, ...]:
    """Return the grades concerned: those given, or all that the named sellers make."""
    if written.grades is not None:
        return written.grades
    if set(written.sellers) & set(entities.content.regions):
        return tuple(entities.content.grades)
    made = {row.source.grade for row in entities.sources if row.source.producer in written.sellers}
    return tuple(grade for grade in entities.content.grades if grade in made)


def _pays(
    entities: Entities, written: WrittenSurcharge | CallSurcharge, grades: Sequence[str], lane: LaneRow
) -> bool:
    source, node = entities.sources[lane.source].source, entities.nodes[lane.node].node
    named = source.region in written.sellers or source.producer in written.sellers
    return named and node.region in written.to and source.grade in grades


def _all_pay(
    entities: Entities, written: WrittenSurcharge | CallSurcharge, grades: Sequence[str], region: str
) -> bool:
    """Tell whether every seller of these grades in a region pays a surcharge."""
    sellers = {
        row.source.producer
        for row in entities.sources
        if row.source.region == region and row.source.grade in grades
    }
    return region in written.sellers or (bool(sellers) and sellers <= set(written.sellers))
