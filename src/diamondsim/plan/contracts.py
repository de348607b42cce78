"""The contracts at the start, in central values: the flow from every source to every node.

Owns turning sources, nodes and the trade table into markets, one fit for each unit in which goods are
counted, and the fitted flows back into the flow from every source to every node. A node's flow is its central
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from diamondsim.addition import sum_in_order
from diamondsim.arrays import FloatArray
from diamondsim.plan.entities import Entities, NodeRow
from diamondsim.plan.fit import Fit, FitMarket, fit_trade
from diamondsim.plan.lane_overrides import LaneOverrides
from diamondsim.plan.structure import NodeKind


@dataclass(frozen=True)
class UnitFit:
    """The fit of the flows that are counted in one unit.

    Attributes
    ----------
    unit : str
        ``ct`` or ``cm2``.
    sellers : tuple of str
        The P producers that make a grade counted in it.
    grades : tuple of str
        The G grades counted in it.
    table, capacity : (P, R) and (P, G) arrays
        What was fitted, per day.
    fit : Fit
        The result.
    nodes : tuple of tuple of int
        The nodes of each market.
    """

    unit: str
    sellers: tuple[str, ...]
    grades: tuple[str, ...]
    table: FloatArray
    capacity: FloatArray
    fit: Fit
    nodes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Contracts:
    """Contract flows per day.

    Attributes
    ----------
    demand : (N,) array
        What each node takes; of a feed stock, what the contracts of its source need; 0 of a reserve and of
        the feed of a facility.
    flow : (S, N) array
        What each source sells to each node.
    share : (S, N) array
        The same as a share of what the node takes. Of a node that takes nothing yet, and of a reserve: the
        shares of all buyers of its grade in its region. A column sums to 1, or is 0 where nobody sells.
    fits : tuple of UnitFit
        The fits, one for each unit.
    """

    demand: FloatArray
    flow: FloatArray
    share: FloatArray
    fits: tuple[UnitFit, ...]


def make_contracts(entities: Entities, overrides: LaneOverrides) -> Contracts:
    """Return the contracts of a scenario."""
    demand = np.zeros(len(entities.nodes))
    flow = np.zeros((len(entities.sources), len(entities.nodes)))
    source_of = {(row.source.producer, row.source.grade): s for s, row in enumerate(entities.sources)}
    fits = []
    for unit in dict.fromkeys(grade.unit for grade in entities.content.grades.values()):
        fitted = _fit_unit(entities, overrides, unit)
        fits.append(fitted)
        for market, nodes in enumerate(fitted.nodes):
            total = float(fitted.fit.demand[market])
            for n in nodes:
                demand[n] = total if entities.nodes[n].feeds is not None else _flow(entities.nodes[n])
                part = demand[n] / total if total > 0 else 0.0
                for p, seller in enumerate(fitted.sellers):
                    s = source_of.get((seller, entities.nodes[n].node.grade))
                    if s is not None:
                        flow[s, n] = fitted.fit.flow[p, market] * part
    return Contracts(demand, flow, _shares(entities, flow), tuple(fits))


def unit_rows(entities: Entities, unit: str) -> Mapping[str, str]:
    """Return the key of the trade table's row of each producer that makes a grade counted in a unit.

    `SELLER@UNIT` names its unit. Of a producer that makes goods of two units, the plain name means the one
    that the file's grades count first.
    """
    rows = {}
    for name, producer in entities.content.producers.items():
        units = [about.unit for grade, about in entities.content.grades.items() if grade in producer.capacity]
        if unit in units:
            with_unit = f"{name}@{unit}"
            rows[name] = name if unit == units[0] and with_unit not in entities.content.trade else with_unit
    return rows


def _flow(node: NodeRow) -> float:
    return node.flow.distribution.central()


def _fit_unit(entities: Entities, overrides: LaneOverrides, unit: str) -> UnitFit:
    content = entities.content
    rows = unit_rows(entities, unit)
    sellers = tuple(rows)
    grades = tuple(grade for grade, about in content.grades.items() if about.unit == unit)
    table = np.zeros((len(sellers), len(content.regions)))
    capacity = np.zeros((len(sellers), len(grades)))
    for p, seller in enumerate(sellers):
        sold, made = content.trade.get(rows[seller], {}), content.producers[seller].capacity
        table[p] = [sold.get(region, 0.0) for region in content.regions]
        capacity[p] = [made[grade].central() if grade in made else 0.0 for grade in grades]
    markets = _markets(entities, overrides, sellers, grades)
    fitted = fit_trade(table, capacity, [market for market, _ in markets])
    return UnitFit(
        unit, sellers, grades, table, capacity, fitted, tuple(tuple(nodes) for _, nodes in markets)
    )


def _markets(
    entities: Entities, overrides: LaneOverrides, sellers: Sequence[str], grades: Sequence[str]
) -> list[tuple[FitMarket, list[int]]]:
    """Return the markets with their nodes. Uses with the same suppliers share one; a feed has its own."""
    regions = list(entities.content.regions)
    together: dict[object, list[int]] = {}
    for n, row in enumerate(entities.nodes):
        if row.node.grade not in grades or row.node.kind is NodeKind.RESERVE or row.planned:
            continue
        held = tuple(overrides.shares(n).items())
        alone = n if row.feeds is not None else -1
        together.setdefault((row.node.region, row.node.grade, held, alone), []).append(n)
    markets = []
    for nodes in together.values():
        row = entities.nodes[nodes[0]]
        shares = {sellers.index(p): share for p, share in overrides.shares(nodes[0]).items()}
        market = FitMarket(
            regions.index(row.node.region),
            grades.index(row.node.grade),
            flow=0.0 if row.feeds is not None else sum_in_order(_flow(entities.nodes[n]) for n in nodes),
            held=MappingProxyType(shares),
        )
        if row.feeds is not None:
            market = _feed_market(entities, row, market, sellers, grades)
        markets.append((market, nodes))
    return markets


def _feed_market(
    entities: Entities, row: NodeRow, market: FitMarket, sellers: Sequence[str], grades: Sequence[str]
) -> FitMarket:
    """Make a market one of feed. A processor does not feed itself."""
    assert row.feeds is not None, "a feed stock feeds a source"
    fed = entities.sources[row.feeds]
    assert fed.feed is not None, "and the source says what it needs"
    seller = sellers.index(fed.source.producer)
    made = (seller, grades.index(fed.source.grade), fed.feed.feed_yield.central())
    return FitMarket(market.region, market.grade, held=market.held, closed=frozenset({seller}), feeds=made)


def _shares(entities: Entities, flow: FloatArray) -> FloatArray:
    share = np.zeros(flow.shape)
    for n, row in enumerate(entities.nodes):
        column = flow[:, n] if flow[:, n].any() else _as_others(entities, row, flow)
        if column.any():
            share[:, n] = column / column.sum()
    return share


def _as_others(entities: Entities, row: NodeRow, flow: FloatArray) -> FloatArray:
    """Return what all buyers of a node's grade in its region buy from each source."""
    column = np.zeros(len(flow))
    for n, other in enumerate(entities.nodes):
        if (other.node.region, other.node.grade) == (row.node.region, row.node.grade):
            column += flow[:, n]
    if row.feeds is not None:
        seller = entities.sources[row.feeds].source.producer
        column[[source.source.producer == seller for source in entities.sources]] = 0.0
    return column
