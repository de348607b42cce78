"""Compile a scenario: names become indices, the trade table becomes lanes.

Owns the order of the steps; each part is explained in the module that makes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from diamondsim.arrays import BoolArray, IntArray
from diamondsim.errors import Problem, ScenarioError
from diamondsim.plan.compile_adaptation import capacity_projects, grade_conversions
from diamondsim.plan.compile_controls import make_controls
from diamondsim.plan.compile_demand import (
    growth_groups,
    lane_qualifications,
    opening_growth,
    pre_buys,
    substitution_rows,
)
from diamondsim.plan.compile_prices import make_prices
from diamondsim.plan.compile_sellers import capacity_rows, facilities, source_numbers, source_rationing
from diamondsim.plan.contracts import Contracts, make_contracts
from diamondsim.plan.correlated_groups import correlated_groups
from diamondsim.plan.drawn_once import make_sampling
from diamondsim.plan.entities import Entities, certain, make_entities, number
from diamondsim.plan.feasibility import infeasibilities
from diamondsim.plan.inventory_policy import InventoryPolicies, node_numbers, noise_rows
from diamondsim.plan.lane_overrides import LaneOverrides
from diamondsim.plan.lanes import LaneRow, lane_tiers, make_lanes
from diamondsim.plan.stream_names import stream_names
from diamondsim.plan.structure import Control, Input, NodeKind, Plan, Relay, Reserve, inputs
from diamondsim.scenario import Scenario, use_of


@dataclass(frozen=True)
class Derivation:
    """A plan with what it was derived from."""

    plan: Plan
    entities: Entities
    contracts: Contracts
    lanes: tuple[LaneRow, ...]


def compile_plan(scenario: Scenario) -> Plan:
    """Turn a scenario into the plan that sampling and the engines read.

    Parameters
    ----------
    scenario : Scenario
        A scenario that can be run.

    Returns
    -------
    Plan
        Read-only; the order of everything is that of the scenario.

    Raises
    ------
    ScenarioError
        Where a demand cannot be bought, the contracts exceed a capacity, or a lane lacks what it needs.

    Examples
    --------
    >>> from diamondsim.scenario import load_scenario
    >>> plan = compile_plan(load_scenario("calm"))
    >>> plan.sources[0].name, plan.nodes[-1].name
    ('cn_makers.micron', 'RW.all_rest.coarse')
    """
    return derive(scenario).plan


def derive(scenario: Scenario) -> Derivation:
    """Compile a scenario as `compile_plan` does, and keep what the plan was derived from."""
    try:
        return _derive_once(_ItsIdentity(scenario))
    except ScenarioError as error:
        if scenario.before is None:
            raise
        raise ScenarioError(_attributed(scenario, error.problems, scenario.before)) from error


def _attributed(scenario: Scenario, problems: Iterable[Problem], before: Scenario) -> list[Problem]:
    """Attribute problems to the changes made to a scenario, except for those that it had before."""
    try:
        derive(before)
    except ScenarioError as error:
        earlier = {(problem.path, problem.why): problem for problem in error.problems}
    else:
        earlier = {}
    return [earlier.get((p.path, p.why)) or scenario.blamed([p])[0] for p in problems]


class _ItsIdentity:
    """A scenario as the key of a cache: equal only to itself, because comparing contents takes longer."""

    __slots__ = ("scenario",)

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ItsIdentity) and self.scenario is other.scenario

    def __hash__(self) -> int:
        return id(self.scenario)


@lru_cache(maxsize=8)  # a command checks, runs and reports on the same few scenarios, each with its plan
def _derive_once(key: _ItsIdentity) -> Derivation:
    return _derive(key.scenario)


def _derive(scenario: Scenario) -> Derivation:
    assert scenario.horizon is not None, "a loaded scenario has a horizon"
    entities = make_entities(scenario)
    policies, overrides = InventoryPolicies(entities), LaneOverrides(entities)
    start, tick_days = scenario.horizon.start, scenario.horizon.tick
    contracts = make_contracts(entities, overrides)
    lanes = tuple(make_lanes(entities, policies, overrides, contracts))
    # A lane without a lead, or a contract above a capacity, fits no Plan: check all of it before making one.
    index = opening_growth(entities, contracts, start)
    problems = infeasibilities(scenario, entities, overrides, contracts, lanes, index)
    if problems:
        raise ScenarioError(problems)
    controls = make_controls(entities, lanes, start, tick_days)
    growth, node_growth = growth_groups(entities, contracts, start)
    noise, node_noise = noise_rows(entities, policies)
    substitution, node_substitution = substitution_rows(entities, lanes, controls.rule_of, start, tick_days)
    capacity, source_index = capacity_rows(entities, start, tick_days)
    projects, project_slowings = capacity_projects(entities)
    plan = Plan(
        title=scenario.title or "",
        scenario_hash=scenario.hash,
        start=start,
        as_of=scenario.as_of,
        tick_days=tick_days,
        n_ticks=max(math.floor(scenario.horizon.days / tick_days + 0.5), 1),
        tracked_region=scenario.tracked_origin,
        regions=tuple(scenario.regions),
        grades=tuple(scenario.grades),
        grade_units=tuple(grade.unit for grade in scenario.grades.values()),
        uses=tuple(_uses(scenario)),
        producers=entities.sellers,
        nodes=tuple(row.node for row in entities.nodes),
        node_kind=_ints(row.node.kind for row in entities.nodes),
        node_growth=_ints(node_growth),
        node_noise=_ints(node_noise),
        node_substitution=_ints(node_substitution),
        sources=tuple(row.source for row in entities.sources),
        source_feed=_ints(_feed_of(entities)),
        source_index=_ints(source_index),
        rationing=_ints(source_rationing(entities)),
        lane_source=_ints(lane.source for lane in lanes),
        lane_node=_ints(lane.node for lane in lanes),
        tier=_ints(lane_tiers(entities, lanes)),
        entrant=_bools(lane.entrant for lane in lanes),
        lane_facility=_ints(_facility_of(entities, lanes)),
        lane_class=tuple(lane.qualification for lane in lanes),
        controls=controls.controls,
        requires=_ints(controls.requires),
        licensing_rules=controls.rules,
        rule_of=controls.rule_of,
        third_country=controls.third_country,
        relay=_ints(_relays(controls.controls)),
        reserves=_reserves(entities),
        facilities=facilities(entities, start, tick_days),
        capacity_rows=capacity,
        growth_groups=growth,
        noise_rows=noise,
        substitution_rows=substitution,
        numbers=_numbers(entities, policies, contracts, lanes),
        qualifications=lane_qualifications(entities, overrides, lanes, start, tick_days),
        pre_buys=pre_buys(entities, start, tick_days),
        prices=make_prices(entities, lanes, start, tick_days),
        conversions=grade_conversions(entities),
        projects=projects,
        project_slowings=project_slowings,
    )
    plan = replace(plan, stream_names=stream_names(inputs(plan)))
    plan = replace(plan, correlated=correlated_groups(scenario, plan), sampling=make_sampling(scenario, plan))
    return Derivation(plan, entities, contracts, lanes)


def _numbers(
    entities: Entities, policies: InventoryPolicies, contracts: Contracts, lanes: Sequence[LaneRow]
) -> Mapping[str, tuple[Input, ...]]:
    reserves = entities.content.reserves.items()
    return MappingProxyType(
        {
            "base_flow": tuple(
                certain(row.path, float(contracts.demand[n]))
                if row.feeds is not None and not row.planned
                else row.flow
                for n, row in enumerate(entities.nodes)
            ),
            **node_numbers(entities, policies),
            "contract_share": tuple(lane.share for lane in lanes),
            "sourcing_limit": tuple(lane.sourcing_limit for lane in lanes),
            "lead": tuple(_known(lane.lead) for lane in lanes),
            **source_numbers(entities),
            "reserve_rate": tuple(number(("reserves", v, "release"), r.release) for v, r in reserves),
            "reserve_trigger": tuple(number(("reserves", v, "trigger"), r.trigger) for v, r in reserves),
            "reserve_hold_back": tuple(
                number(("reserves", v, "hold_back"), r.hold_back) for v, r in reserves
            ),
            **_allocation(entities),
        }
    )


def _allocation(entities: Entities) -> dict[str, tuple[Input, ...]]:
    """Return what weighs in rationing, the same for all sellers (model.md, eq. 39)."""
    terms = entities.content.allocation
    written = {
        "contract_weight": ("contract_weight", terms.contract_weight),
        "value_exponent": ("value_exponent", terms.value_exponent),
        "home_preference": ("home_preference", terms.home_preference),
        "purchase_memory_days": ("purchase_memory", terms.purchase_memory),
    }
    return {key: (number(("allocation", word), value),) for key, (word, value) in written.items()}


def _relays(controls: Iterable[Control]) -> list[Relay]:
    return [Relay.UNLIMITED if c.diversion is None else c.diversion.limit for c in controls]


def _known(lead: Input | None) -> Input:
    assert lead is not None, "a lane without a lead is infeasible"
    return lead


def _feed_of(entities: Entities) -> list[int]:
    feed = {row.feeds: n for n, row in enumerate(entities.nodes) if row.feeds is not None}
    return [feed.get(s, -1) for s in range(len(entities.sources))]


def _facility_of(entities: Entities, lanes: Sequence[LaneRow]) -> list[int]:
    names = list(entities.content.facilities)
    sellers = [entities.sources[lane.source].source.facility for lane in lanes]
    return [-1 if facility is None else names.index(facility) for facility in sellers]


def _uses(scenario: Scenario) -> Iterator[str]:
    """Yield the uses, after each the buyers that are carved out of it."""
    for use in scenario.uses:
        yield use
        yield from (use_of(use, name) for name, buyer in scenario.buyers.items() if buyer.use == use)


def _reserves(entities: Entities) -> tuple[Reserve, ...]:
    nodes = [n for n, row in enumerate(entities.nodes) if row.node.kind is NodeKind.RESERVE]
    reserves = []
    for node, (name, reserve) in zip(nodes, entities.content.reserves.items(), strict=True):
        served = [
            n
            for use in reserve.serves
            for n, row in enumerate(entities.nodes)
            if (row.node.region, row.buyer.use, row.node.grade) == (reserve.region, use, reserve.grade)
        ]
        first = len([n for n in served if entities.nodes[n].buyer.use == reserve.serves[0]])
        reserves.append(Reserve(name, node, tuple(served), first))
    return tuple(reserves)


def _ints(values: Iterable[int]) -> IntArray:
    array = np.array(list(values), dtype=np.int64)
    array.flags.writeable = False
    return array


def _bools(values: Iterable[bool]) -> BoolArray:
    array = np.array(list(values), dtype=bool)
    array.flags.writeable = False
    return array
