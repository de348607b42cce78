"""Worlds that cannot start: what is refused when a scenario is compiled.

Each generator yields one problem for each mistake, with its place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.errors import Problem, shown
from diamondsim.plan.cast import Entities, NodeRow, Path, SourceRow
from diamondsim.plan.contracts import Contracts
from diamondsim.plan.exceptions import Exceptions, split_lane
from diamondsim.plan.flows import per_year
from diamondsim.plan.lanes import LaneRow
from diamondsim.plan.structure import NodeKind
from diamondsim.scenario import Scenario

_ROUNDING = 1e-6


def refuse_shares(scenario: Scenario, cast: Entities, exceptions: Exceptions) -> Iterator[Problem]:
    """Refuse contract shares of exceptions that add up to more than all."""
    for n, row in enumerate(cast.nodes):
        shares = exceptions.shares(n)
        if sum(shares.values()) > 1 + _ROUNDING:
            said = exceptions.share(list(shares)[-1], n)
            assert said is not None, "a share that counts was said"
            total = f"{100 * sum(shares.values()):.6g}%"
            parts = ", ".join(f"{seller} {100 * share:.6g}%" for seller, share in shares.items())
            yield scenario.problem(
                (*said[0], "share"), f"the shares said of {row.node.name} add up to {total} ({parts})"
            )


def refuse_rows(scenario: Scenario) -> Iterator[Problem]:
    """Refuse a row of the trade table that is written twice, with its unit and without."""
    for name, producer in scenario.producers.items():
        made = [about.unit for grade, about in scenario.grades.items() if grade in producer.capacity]
        twice = [f"{name}@{unit}" for unit in made[:1] if f"{name}@{unit}" in scenario.trade]
        if twice and name in scenario.trade:
            yield scenario.problem(("trade", twice[0]), f"this is the same row as {shown(name)}")


def refuse_reserves(scenario: Scenario, cast: Entities) -> Iterator[Problem]:
    """Refuse reserves that serve a use with a grade that it does not take."""
    takes = {(row.node.region, row.node.use, row.node.grade) for row in cast.nodes}
    for name, reserve in scenario.reserves.items():
        for place, use in enumerate(reserve.serves):
            if (reserve.region, use, reserve.grade) not in takes:
                why = f"{use} takes no {reserve.grade} in {reserve.region}"
                yield scenario.problem(("reserves", name, "serves", place), why)


def refuse_unsold(scenario: Scenario, cast: Entities, contracts: Contracts) -> Iterator[Problem]:
    """Refuse demand that nobody may sell into."""
    for fitted in contracts.fits:
        for market, nodes in enumerate(fitted.nodes):
            unsold = float(fitted.fit.unsold[market])
            if unsold > 0:
                row = cast.nodes[nodes[0]]
                region, grade = row.node.region, row.node.grade
                names = ", ".join(cast.nodes[n].node.name for n in nodes)
                missing = per_year(unsold, fitted.unit)
                why = (
                    f"nobody may sell {grade} into {region}: {missing} of {names} find no seller; "
                    f"a seller that makes {grade} needs {shown(region)} in its row of the trade table"
                )
                yield scenario.problem(row.path if row.feeds is not None else row.path[:-1], why)


def refuse_overload(
    scenario: Scenario, cast: Entities, contracts: Contracts, index: FloatArray
) -> Iterator[Problem]:
    """Refuse contracts that exceed what a source can make; `index` is that of flows at the start, (N,)."""
    needed = (contracts.flow * index).sum(axis=1)
    for s, row in enumerate(cast.sources):
        capacity = row.capacity.distribution.central()
        if needed[s] > capacity * (1 + _ROUNDING):
            unit = scenario.grades[row.source.grade].unit
            why = (
                f"contracts need {per_year(float(needed[s]), unit)} of {row.source.grade} from "
                f"{row.source.producer}, but its capacity is {per_year(capacity, unit)}"
            )
            yield scenario.problem((*row.path, "capacity", row.source.grade), why)


def refuse_lanes(scenario: Scenario, cast: Entities, lanes: Sequence[LaneRow]) -> Iterator[Problem]:
    """Refuse lanes without a lead, exceptions that fit no lane, facilities that would take more than all."""
    silent: dict[Path, tuple[SourceRow, NodeRow]] = {}
    for lane in lanes:
        source, node = cast.sources[lane.source], cast.nodes[lane.node]
        if lane.lead is None:
            silent.setdefault((*source.path, node.node.region), (source, node))
    for source, node in silent.values():
        region = node.node.region
        seller = source.source.producer
        why = (
            f"nobody says how long {seller} -> {region} takes; give it a 'lead', or one in 'inventory_policy'"
        )
        yield scenario.problem(source.path, why)
    for key in scenario.lanes:
        seller, buyers = split_lane(key)
        fitting = (
            lane
            for lane in lanes
            if cast.sources[lane.source].source.producer == seller
            and cast.words.fits(buyers, cast.nodes[lane.node].buyer)
        )
        if next(fitting, None) is None:
            why = f"there is no such lane: {seller} has no contract with these buyers; 'share: 0%' opens one"
            yield scenario.problem(("lanes", key), why)
    yield from _refuse_takeovers(scenario, cast, lanes)


def _refuse_takeovers(scenario: Scenario, cast: Entities, lanes: Sequence[LaneRow]) -> Iterator[Problem]:
    most = np.zeros(len(cast.nodes))
    above: dict[Path, list[int]] = {}
    for lane in lanes:
        source, row = cast.sources[lane.source], cast.nodes[lane.node]
        if not lane.entrant or row.node.kind is NodeKind.RESERVE or row.planned:
            continue
        before = most[lane.node]
        most[lane.node] += lane.share.distribution.support()[1]
        if before <= 1 + _ROUNDING < most[lane.node]:
            planned, firm = source.source.facility is not None, cast.nodes[lane.node].firm
            blamed = (*source.path, "contract_shares") if planned else ("buyers", str(firm), "qualify")
            above.setdefault(blamed, []).append(lane.node)
    for path, nodes in above.items():
        worst = max(nodes, key=lambda n: most[n])
        who = "facilities" if path[0] == "facilities" else "newcomers"
        others = f" (and too much of {len(nodes) - 1} more)" if len(nodes) > 1 else ""
        taken, name = f"{100 * most[worst]:.6g}%", cast.nodes[worst].node.name
        yield scenario.problem(
            path, f"{who} would take over up to {taken} of the contracts of {name}{others}"
        )


def refuse_refills(scenario: Scenario, cast: Entities, lanes: Sequence[LaneRow]) -> Iterator[Problem]:
    """Refuse reserves that would refill where nobody sells their grade."""
    reached = {lane.node for lane in lanes}
    for n, row in enumerate(cast.nodes):
        buys = row.node.kind is NodeKind.RESERVE and row.flow.distribution.central() > 0
        if buys and n not in reached:
            why = f"nobody sells {row.node.grade} into {row.node.region}, so there is nothing to refill from"
            yield scenario.problem((*row.path, "refill"), why)
