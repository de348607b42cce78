"""Feasibility checks made when a scenario is compiled.

Each generator yields one problem for each mistake, with its place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from diamondsim.addition import sum_in_order
from diamondsim.arrays import FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.errors import Problem, shown
from diamondsim.plan.contracts import Contracts, UnitFit
from diamondsim.plan.entities import Entities, NodeRow, SourceRow
from diamondsim.plan.lane_overrides import LaneOverrides, split_lane
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.structure import NodeKind
from diamondsim.scenario import Path, Scenario

_ROUNDING = 1e-6


def infeasibilities(
    scenario: Scenario,
    entities: Entities,
    overrides: LaneOverrides,
    contracts: Contracts,
    lanes: Sequence[LaneRow],
    index: FloatArray,
) -> list[Problem]:
    """Return what keeps a scenario from being run, in the order of its file.

    Parameters
    ----------
    scenario : Scenario
    entities, overrides, contracts, lanes
        What was derived from it.
    index : (N,) array
        Flow of each node at the start, relative to its central flow.

    Returns
    -------
    list of Problem
        Mistakes in the data alone, if there are any, since contracts derived from them would only add
        consequences. Otherwise mistakes that show in the contracts and lanes.
    """
    problems = [
        *_repeated_trade_rows(scenario),
        *_excessive_shares(scenario, entities, overrides),
        *_unused_reserve_grades(scenario, entities),
    ]
    if not problems:
        problems = [
            *_unsold_demand(scenario, entities, contracts),
            *_overloaded_sources(scenario, entities, contracts, index),
            *_lanes_without_lead(scenario, entities, lanes),
            *_unmatched_overrides(scenario, entities, lanes),
            *_excessive_entrants(scenario, entities, lanes),
            *_unsupplied_reserves(scenario, entities, lanes),
        ]
    return scenario.in_order(problems)


def _repeated_trade_rows(scenario: Scenario) -> Iterator[Problem]:
    """Yield rows of the trade table that are given twice, with their unit and without."""
    for name, producer in scenario.producers.items():
        units = [about.unit for grade, about in scenario.grades.items() if grade in producer.capacity]
        repeated = [f"{name}@{unit}" for unit in units[:1] if f"{name}@{unit}" in scenario.trade]
        if repeated and name in scenario.trade:
            yield scenario.problem(("trade", repeated[0]), f"this is the same row as {shown(name)}")


def _excessive_shares(scenario: Scenario, entities: Entities, overrides: LaneOverrides) -> Iterator[Problem]:
    """Yield nodes whose contract shares, as given for single lanes, add up to more than 1."""
    for n, row in enumerate(entities.nodes):
        shares = overrides.shares(n)
        if sum_in_order(shares.values()) > 1 + _ROUNDING:
            last = overrides.share(list(shares)[-1], n)
            assert last is not None, "a share that counts was given"
            total = f"{100 * sum_in_order(shares.values()):.6g}%"
            parts = ", ".join(f"{seller} {100 * share:.6g}%" for seller, share in shares.items())
            why = f"expected contract shares of {row.node.name} of at most 100%, found {total} ({parts})"
            yield scenario.problem(last[0], why)


def _unused_reserve_grades(scenario: Scenario, entities: Entities) -> Iterator[Problem]:
    """Yield reserves that serve a use with a grade that it does not take."""
    taken = {(row.node.region, row.node.use, row.node.grade) for row in entities.nodes}
    for name, reserve in scenario.reserves.items():
        for place, use in enumerate(reserve.serves):
            if (reserve.region, use, reserve.grade) not in taken:
                why = f"{use} takes no {reserve.grade} in {reserve.region}"
                yield scenario.problem(("reserves", name, "serves", place), why)


def _unsold_demand(scenario: Scenario, entities: Entities, contracts: Contracts) -> Iterator[Problem]:
    """Yield demand for which there is no seller."""
    for fitted in contracts.fits:
        for market, nodes in enumerate(fitted.nodes):
            unsold = float(fitted.fit.unsold[market])
            if unsold > 0:
                row = entities.nodes[nodes[0]]
                region, grade = row.node.region, row.node.grade
                names = ", ".join(entities.nodes[n].node.name for n in nodes)
                missing = per_year(unsold, fitted.unit)
                why = (
                    f"nobody may sell {grade} into {region}: {missing} of {names} find no seller; "
                    f"{_why_unsold(scenario, fitted, grade, region)}"
                )
                yield scenario.problem(row.path if row.feeds is not None else row.path[:-1], why)


def _why_unsold(scenario: Scenario, fitted: UnitFit, grade: str, region: str) -> str:
    """Return what keeps the makers of a grade from a region: no capacity, or no flow in the trade table."""
    listed = [seller for seller in fitted.sellers if grade in scenario.producers[seller].capacity]
    makers = [
        seller
        for seller in listed
        if fitted.capacity[fitted.sellers.index(seller), fitted.grades.index(grade)] > 0
    ]
    if not listed:
        return f"no producer has {shown(grade)} in its 'capacity'"
    if not makers:
        return f"the capacity of {', '.join(listed)} is 0 {scenario.grades[grade].unit}/yr of {grade}"
    rows = {seller: (seller, f"{seller}@{fitted.unit}") for seller in makers}
    flows = {
        seller: flow
        for seller in makers
        for row in rows[seller]
        if (flow := scenario.trade.get(row, {}).get(region)) is not None
    }
    if any(flows.values()):
        return f"the shares that 'lanes' gives to {', '.join(flows)} leave this to nobody"
    if flows:
        return f"the trade table gives 0 {fitted.unit}/yr from {', '.join(flows)} to {region}"
    return f"a seller that makes {grade} needs {shown(region)} in its row of the trade table"


def _overloaded_sources(
    scenario: Scenario, entities: Entities, contracts: Contracts, index: FloatArray
) -> Iterator[Problem]:
    """Yield sources whose contracts exceed what they can make."""
    needed = (contracts.flow * index).sum(axis=1)
    for s, row in enumerate(entities.sources):
        capacity = row.capacity.distribution.central()
        if needed[s] > capacity * (1 + _ROUNDING):
            unit = scenario.grades[row.source.grade].unit
            why = (
                f"contracts need {per_year(float(needed[s]), unit)} of {row.source.grade} from "
                f"{row.source.producer}, but its capacity is {per_year(capacity, unit)}"
            )
            yield scenario.problem((*row.path, "capacity", row.source.grade), why)


def _lanes_without_lead(
    scenario: Scenario, entities: Entities, lanes: Sequence[LaneRow]
) -> Iterator[Problem]:
    """Yield sellers without a lead into a region where they sell."""
    missing: dict[Path, tuple[SourceRow, NodeRow]] = {}
    for lane in lanes:
        source, node = entities.sources[lane.source], entities.nodes[lane.node]
        if lane.lead is None:
            missing.setdefault((*source.path, node.node.region), (source, node))
    for source, node in missing.values():
        way = f"{source.source.producer} -> {node.node.region}"
        why = f"expected a lead for {way}, found none; give it a 'lead', or one in 'inventory_policy'"
        yield scenario.problem(source.path, why)


def _unmatched_overrides(
    scenario: Scenario, entities: Entities, lanes: Sequence[LaneRow]
) -> Iterator[Problem]:
    """Yield keys of `lanes` that fit no lane."""
    for key in scenario.lanes:
        seller, buyers = split_lane(key)
        fitting = (
            lane
            for lane in lanes
            if entities.sources[lane.source].source.producer == seller
            and entities.selector_rules.fits(buyers, entities.nodes[lane.node].buyer)
        )
        if next(fitting, None) is None:
            why = f"there is no such lane: {seller} has no contract with these buyers; 'share: 0%' opens one"
            yield scenario.problem(("lanes", key), why)


def _excessive_entrants(
    scenario: Scenario, entities: Entities, lanes: Sequence[LaneRow]
) -> Iterator[Problem]:
    """Yield facilities and second sources that may together take over more than all contracts of a node."""
    taken = np.zeros(len(entities.nodes))
    parts_of: dict[int, list[str]] = {}
    kinds_of: dict[int, set[str]] = {}
    nodes_of: dict[Path, list[int]] = {}
    for lane in lanes:
        source, row = entities.sources[lane.source], entities.nodes[lane.node]
        if not lane.entrant or row.node.kind is NodeKind.RESERVE or row.planned:
            continue
        before, most = taken[lane.node], lane.share.distribution.support()[1]
        taken[lane.node] += most
        if most > 0:
            parts_of.setdefault(lane.node, []).append(f"{source.source.producer} {100 * most:.6g}%")
        planned = source.source.facility is not None
        kinds_of.setdefault(lane.node, set()).add("facilities" if planned else "second sources")
        if before <= 1 + _ROUNDING < taken[lane.node]:
            path = (*source.path, "contract_shares") if planned else ("buyers", str(row.firm), "qualify")
            nodes_of.setdefault(path, []).append(lane.node)
    for path, nodes in nodes_of.items():
        worst = max(nodes, key=lambda n: taken[n])
        who = " and ".join(sorted(kinds_of[worst]))
        others = f" (and too much of {len(nodes) - 1} more)" if len(nodes) > 1 else ""
        share, name = f"{100 * taken[worst]:.6g}%", entities.nodes[worst].node.name
        parts = ", ".join(parts_of[worst])
        why = f"{who} would take over up to {share} ({parts}) of the contracts of {name}{others}"
        yield scenario.problem(path, why)


def _unsupplied_reserves(
    scenario: Scenario, entities: Entities, lanes: Sequence[LaneRow]
) -> Iterator[Problem]:
    """Yield reserves that would refill where nobody sells their grade."""
    reached = {lane.node for lane in lanes}
    for n, row in enumerate(entities.nodes):
        buys = row.node.kind is NodeKind.RESERVE and row.flow.distribution.central() > 0
        if buys and n not in reached:
            why = f"nobody sells {row.node.grade} into {row.node.region}, so there is nothing to refill from"
            yield scenario.problem((*row.path, "refill"), why)


_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))


def per_year(flow: float, unit: str) -> str:
    """Return a flow per day as a text per year.

    Examples
    --------
    >>> per_year(1e6 / 365.25, "ct")
    '1 Mct/yr'
    """
    yearly = flow * DAYS_PER_YEAR
    scale, prefix = next(((s, p) for s, p in _PREFIXES if abs(yearly) >= s), (1.0, ""))
    return f"{yearly / scale:.6g} {prefix}{unit}/yr"
