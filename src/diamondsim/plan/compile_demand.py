"""Demand in time: growth with its drivers, and substitution.

Owns which nodes share a row. Buyers of one use grow together where the same drivers act on them; the feed of
a processor follows its customers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.distributions import Constant
from diamondsim.plan.contracts import Contracts
from diamondsim.plan.control_states import rounded_tick
from diamondsim.plan.entities import Entities, NodeRow, certain, number
from diamondsim.plan.inventory_policy import finite
from diamondsim.plan.lane_overrides import LaneOverrides
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.structure import GrowthGroup, Input, LaneQualification, NodeKind, PreBuy, SubstitutionRow
from diamondsim.scenario import Path

_STEADY = "constant"
# Chains of processors are short, and goods that go round in a cycle lose weight with every round.
_MOST_LINKS = 200


def growth_groups(
    entities: Entities, contracts: Contracts, start: dt.date
) -> tuple[tuple[GrowthGroup, ...], list[int]]:
    """Return the growth groups, and the group of each node."""
    groups: dict[str, GrowthGroup] = {}
    of_node = {
        n: _use_group(entities, node, start, groups) for n, node in enumerate(entities.nodes) if _is_use(node)
    }
    weights = _customers(entities, contracts)
    for n, node in enumerate(entities.nodes):
        if n in of_node:
            continue
        mix = _mix(weights[n], of_node, list(groups)) if node.feeds is not None else ()
        group = GrowthGroup(node.node.name, None, (), mix)
        if not mix:
            group = GrowthGroup(_STEADY, certain((_STEADY,), 0.0), (), ())
        groups.setdefault(group.name, group)
        of_node[n] = group.name
    names = list(groups)
    return tuple(groups.values()), [names.index(of_node[n]) for n in range(len(entities.nodes))]


def opening_growth(entities: Entities, contracts: Contracts, start: dt.date) -> FloatArray:
    """Return the central index of the flow of each node at the start, (N,): 1 but for dated drivers."""
    index = np.ones(len(entities.nodes))
    for n, node in enumerate(entities.nodes):
        for driver in _drivers(entities, node, start) if _is_use(node) else ():
            days = [day for day, _ in driver]
            factors = [factor.distribution.central() for _, factor in driver]
            if days[0] <= 0:
                index[n] *= np.interp(0.0, days, factors)
    weights = _customers(entities, contracts)
    for n, node in enumerate(entities.nodes):
        if node.feeds is not None and weights[n].any():
            index[n] = (weights[n] * index).sum() / weights[n].sum()
    return index


def substitution_rows(
    entities: Entities, lanes: Sequence[LaneRow], rule_of: IntArray, start: dt.date, tick_days: float
) -> tuple[tuple[SubstitutionRow, ...], list[int]]:
    """Return the rows of substitution, and each node's row or -1.

    Buyers of one use share a row where it opens at a date, or where the same controls cover their lanes;
    `rule_of` is that of the plan. A use that waits for a control which never covers it has none.
    """
    covering = _covering(entities, lanes, rule_of)
    rows: dict[str, SubstitutionRow] = {}
    of_node: list[str | None] = []
    for node, controls in zip(entities.nodes, covering, strict=True):
        row = _substitution(entities, node, controls, start, tick_days)
        of_node.append(None if row is None else row.name)
        if row is not None:
            rows.setdefault(row.name, row)
    names = list(rows)
    return tuple(rows.values()), [-1 if name is None else names.index(name) for name in of_node]


def _covering(entities: Entities, lanes: Sequence[LaneRow], rule_of: IntArray) -> list[tuple[int, ...]]:
    """Return the controls that cover a lane of each node."""
    covering: list[set[int]] = [set() for _ in entities.nodes]
    # Spillovers come after the controls of the file. They end soon, and nobody substitutes because of one.
    of_file = rule_of[: len(entities.content.controls)]
    for control, column in zip(*np.nonzero(of_file >= 0), strict=True):
        covering[lanes[column].node].add(int(control))
    return [tuple(sorted(controls)) for controls in covering]


def _substitution(
    entities: Entities, node: NodeRow, controls: tuple[int, ...], start: dt.date, tick_days: float
) -> SubstitutionRow | None:
    use = node.buyer.use
    written = None if use is None else entities.content.uses[use].substitution
    if use is None or written is None:
        return None
    path = ("uses", use, "substitution")
    share, time = number((*path, "share"), written.share), number((*path, "time"), written.time)
    test = number((*path, "qualification"), written.qualification)
    if isinstance(written.opens, dt.date):
        return SubstitutionRow(use, share, time, rounded_tick(written.opens, start, tick_days), (), test)
    if not controls:
        return None
    names = [name for i, name in enumerate(entities.content.controls) if i in controls]
    return SubstitutionRow(f"{use} under {', '.join(names)}", share, time, None, controls, test)


def _is_use(node: NodeRow) -> bool:
    return node.node.kind is NodeKind.USE


def _use_group(entities: Entities, node: NodeRow, start: dt.date, groups: dict[str, GrowthGroup]) -> str:
    """Return the name of a use's group, made where it is new."""
    use, drivers = str(node.buyer.use), _drivers(entities, node, start)
    # Drivers may act on a use in one region alone.
    name = " x ".join([use, *_driver_names(entities, node)])
    if name not in groups:
        growth = number(("uses", use, "growth"), entities.content.uses[use].growth)
        groups[name] = GrowthGroup(name, growth, drivers, ())
    return name


def _driver_names(entities: Entities, node: NodeRow) -> list[str]:
    drivers = entities.content.drivers.items()
    return [
        name
        for name, driver in drivers
        if any(entities.selector_rules.fits(s, node.buyer) for s in driver.uses)
    ]


def _drivers(
    entities: Entities, node: NodeRow, start: dt.date
) -> tuple[tuple[tuple[float, Input], ...], ...]:
    drivers = []
    for name in _driver_names(entities, node):
        path: Path = ("drivers", name, "points")
        points = entities.content.drivers[name].points
        dated = [(d, number((*path, d.isoformat()), points[d])) for d in sorted(points)]
        drivers.append(tuple((float((d - start).days), factor) for d, factor in dated))
    return tuple(drivers)


def _customers(entities: Entities, contracts: Contracts) -> FloatArray:
    """Return, for each node, the contract flow that its demand follows from in the end, by use node: (N, N).

    A feed stock follows the customers of its source; where they are feed stocks, those that these follow.
    """
    nodes = range(len(entities.nodes))
    direct = np.zeros((len(entities.nodes), len(entities.nodes)))
    for n in nodes:
        feeds = entities.nodes[n].feeds
        if feeds is not None and contracts.flow[feeds].any():
            direct[n] = contracts.flow[feeds] / contracts.flow[feeds].sum()
    uses = np.array([_is_use(node) for node in entities.nodes], dtype=bool)
    onward = direct * ~uses
    ends: FloatArray = direct * uses
    weights = ends
    for _ in range(_MOST_LINKS):
        further = ends + _product(onward, weights)
        if np.array_equal(further, weights):
            break
        weights = further
    return weights


def _product(matrix: FloatArray, other: FloatArray) -> FloatArray:
    """Return the matrix product, added in a fixed order."""
    product = np.zeros(other.shape)
    for row, column in zip(*np.nonzero(matrix), strict=True):
        product[row] += matrix[row, column] * other[column]
    return product


def _mix(weights: FloatArray, of_node: Mapping[int, str], names: list[str]) -> tuple[tuple[int, float], ...]:
    total: dict[int, float] = {}
    for n, weight in enumerate(weights):
        if weight > 0:
            row = names.index(of_node[n])
            total[row] = total.get(row, 0.0) + float(weight)
    return tuple(sorted(total.items()))


def lane_qualifications(
    entities: Entities, overrides: LaneOverrides, lanes: Sequence[LaneRow], start: dt.date, tick_days: float
) -> tuple[LaneQualification, ...]:
    """Return when the lanes of second sources open, in the order of the lanes."""
    rows = []
    for row, lane in enumerate(lanes):
        entry = overrides.entry(entities.sources[lane.source].source.producer, lane.node)
        if entry is not None:
            path, second = entry
            begin = rounded_tick(second.begin, start, tick_days)
            rows.append(LaneQualification(row, begin, number((*path, "time"), second.time)))
    return tuple(rows)


def pre_buys(entities: Entities, start: dt.date, tick_days: float) -> tuple[PreBuy, ...]:
    """Return the pre-buys of buyers, a row for each of their nodes."""
    rows = []
    for n, node in enumerate(entities.nodes):
        pre_buy = None if node.firm is None else entities.content.buyers[node.firm].pre_buy
        if pre_buy is None or (pre_buy.extra == Constant(0.0) and pre_buy.max_order == Constant(0.0)):
            continue
        path: Path = ("buyers", str(node.firm), "pre_buy")
        rows.append(
            PreBuy(
                node=n,
                begin=rounded_tick(pre_buy.date, start, tick_days),
                end=rounded_tick(pre_buy.until, start, tick_days),
                extra_days=number((*path, "extra"), pre_buy.extra),
                max_order=number((*path, "max_order"), finite(pre_buy.max_order)),
            )
        )
    return tuple(rows)
