"""From a scenario file on, the engines give the same results, and these are possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings

import diamondsim as ds
from diamondsim.distributions import Constant
from diamondsim.draws import NO_PRICE
from diamondsim.engines import batch
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import ControlState, Milestone, NodeKind, Rationing, compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import read_scenario, shipped_scenarios
from tests.engines.comparing import largest
from tests.engines.running import ENGINES
from tests.engines.small_case import Case
from tests.invented.outline import MECHANISMS, Outline
from tests.invented.playing import case_of, unlike
from tests.invented.strategies import invent, outlines

quick = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=250
)
long = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=3000)

ROUNDING = 1e-12
"""Relative to the largest quantity of a replication."""


def assert_agreement(case: Case) -> None:
    reference, *others = ledgers = [run(case).ledger for run in ENGINES.values()]
    for ledger in others:
        assert not unlike(reference, ledger)
    for ledger in ledgers:
        assert_possible(case, ledger)


def assert_possible(case: Case, ledger: Ledger) -> None:
    """Every carat is accounted for, nothing is negative, nobody is shorter than all he wants."""
    assert np.all(np.abs(ledger.mass_balance(*case)) < 1e-11)
    for name in FIELDS:
        # What is cheap is used more: then less than nothing is given up.
        assert name == "forgone" or np.all(ledger[name] >= -ROUNDING * largest(ledger)), name
        assert np.all(np.isfinite(ledger[name])), name
    assert np.all(ledger["shortage"] <= ledger["demand"])


@quick
@given(outlines())
def test_the_engines_agree_on_invented_scenarios(outline: Outline) -> None:
    assert_agreement(case_of(invent(outline), seed=outline.seed, first=outline.seed % 1500))


@pytest.mark.deep
@long
@given(outlines(most_ticks=60))
def test_the_engines_agree_on_many_invented_scenarios(outline: Outline) -> None:
    assert_agreement(case_of(invent(outline), seed=outline.seed, first=outline.seed % 1500, count=3))


def passed(case: Case, what: Milestone) -> bool:
    """Tell whether a plant passes a milestone of some kind before the horizon ends."""
    plan, draws = case
    return any(
        (ticks < plan.n_ticks).any()
        for facility, rows in zip(plan.facilities, draws.milestones, strict=True)
        for (kind, _), ticks in zip(facility.milestones, rows, strict=True)
        if kind is what
    )


def price_happenings(case: Case, ledger: Ledger) -> dict[str, Any]:
    """Tell what prices do in a scenario; nothing where there are none."""
    plan, prices, drawn = case.plan, case.plan.prices, case.draws.prices
    if prices is None or drawn is None:
        return {}
    home = prices.source_market
    stops: npt.NDArray[np.bool_] = np.zeros(ledger["output"].shape, dtype=bool)
    sold, has_cost = home >= 0, prices.source_cost >= 0
    earned, earns = np.maximum(drawn.floor, 0.0), np.zeros(drawn.floor.shape)
    for t in range(plan.n_ticks):
        np.logical_and(sold[:, None], earned < drawn.stop, out=stops[t])
        earns[sold] = np.maximum(np.log(ledger["price"][t, home[sold]]), drawn.floor[sold])
        earns[has_cost] -= drawn.cost[t, prices.source_cost[has_cost]]
        earned += drawn.supply_gain * (earns - earned)
        earns.fill(0.0)
    on_incumbents = np.array([row.is_change for row in prices.surcharges], dtype=bool)
    changes = prices.surcharge_lanes.any(axis=1) & np.any(drawn.surcharge != 0, axis=(0, 2))
    return {
        "a price rises by half": (ledger["price"] > 1.5).any(),
        "a price falls by a fifth": (ledger["price"] < 0.8).any(),
        "a price at a bound": any(
            np.isclose(ledger["price"], np.exp(bound)).any() for bound in (drawn.lowest, drawn.highest)
        ),
        "a grade without a price": (prices.node_market < 0).any(),
        "prices that draw near": len(prices.zones) > 1 and drawn.arbitrage_gain.any(),
        "a choice between sellers": drawn.supplier_elasticity.any(),
        "cheap goods used more": (ledger["forgone"] < 0).any(),
        "capacity that follows the price": drawn.supply_elasticity.any(),
        "a cost that changes": drawn.cost.any(),
        "a surcharge that changes": changes[on_incumbents].any(),
        "a surcharge on entrants": changes[~on_incumbents].any(),
        "a floor under a price": (drawn.floor > NO_PRICE).any(),
        "a source stops for its price": stops.any(),
        "a licensed seller": any(
            (plan.rule_of[:, lane] >= 0).any() and prices.node_market[n] != home[s]
            for lane, (s, n) in enumerate(zip(plan.lane_source, plan.lane_node, strict=True))
        ),
    }


def happenings(case: Case, ledger: Ledger) -> dict[str, bool]:
    """Tell what happens in a scenario."""
    plan, draws = case
    opened = (draws.open_tick > 0) & (draws.open_tick < plan.n_ticks)
    plant = [s for s, source in enumerate(plan.sources) if source.facility is not None]
    from_mill = plan.source_feed[plan.lane_source] >= 0
    told = {
        **{name: ledger[name].any() for name in FIELDS},
        "feed is used": (plan.source_feed >= 0).any(),
        "feed of feed": (from_mill & (plan.node_kind[plan.lane_node] == NodeKind.FEED)).any(),
        "plates": "cm2" in plan.grade_units,
        "a plant produces": ledger["output"][:, plant].any(),
        "a lane opens": opened.any(),
        "noise": (draws.noise != 0).any(),
        "an outage": (draws.capacity_index == 0).any(),
        "front-loading": (draws.front_loading > 1).any(),
        "hoarding": (draws.hoarding_cover_ticks > 0).any(),
        "an extra review": (draws.review_ticks > 0).any(),
        "a control that requires another": (plan.requires >= 0).any(),
        "a hazard": any(control.hazards for control in plan.controls),
        "an expiry": any(entry.during for control in plan.controls for entry in control.timeline),
        "a dormant control": any(
            control.spillover is not None
            and control.spillover.is_dormant
            and (draws.control_state[:, i] > 0).any()
            for i, control in enumerate(plan.controls)
        ),
        "a spillover": any(
            control.spillover is not None
            and not control.spillover.is_dormant
            and (draws.control_state[:, i] > 0).any()
            and (plan.rule_of[i] >= 0).any()
            for i, control in enumerate(plan.controls)
        ),
        "general licences": any(rule.general is not None for rule in plan.licensing_rules),
        "licences that run out": any(rule.validity is not None for rule in plan.licensing_rules),
        "licences in batches": any(rule.comes_in_batches for rule in plan.licensing_rules),
        "a watch list": any(rule.watch_list is not None for rule in plan.licensing_rules),
        "a reserve refills": any(ledger["arrived"][:, v.node].any() for v in plan.reserves),
        "a mill to be": (plan.source_feed[plant] >= 0).any(),
        "an offtake": any(" for " in source.name for source in plan.sources),
        "swing capacity": any(row.swings for row in plan.capacity_rows),
        "growth that is slowed": any(row.slowings for row in plan.capacity_rows),
        **{f"milestone {what.name}": passed(case, what) for what in Milestone},
        **price_happenings(case, ledger),
        "a buyer": any("/" in use for use in plan.uses),
        "a pre-buy": bool(plan.pre_buys),
        "a second source": bool(plan.qualifications),
        "correlated inputs": bool(plan.correlated),
        "more than one tier": plan.n_tiers > 1,
        "limits that open": (draws.qualification_rate > 0.0).any(),
        "weights by value or nearness": (draws.allocation_weight != 1.0).any(),
        "purchases that weigh most": (draws.contract_weight < 0.5).any(),
        "a rated order": any(
            number.name.endswith("rated_orders") for number in plan.numbers["sourcing_limit"]
        ),
        **{f"rationing {rule.name}": rule in plan.rationing for rule in Rationing},
        **{f"state {state.name}": (draws.control_state == state).any() for state in ControlState},
    }
    return {name: bool(happens) for name, happens in told.items()}


def test_everything_happens_in_a_good_part_of_the_invented_scenarios() -> None:
    """Agreement on scenarios in which nothing happens would be worth nothing."""
    count: Counter[str] = Counter()
    cases = 80
    for seed in range(cases):
        rng = np.random.default_rng(seed)
        outline = Outline(
            seed=seed,
            ticks=int(rng.integers(10, 40)),
            tick_days=int(rng.choice([1, 7])),
            regions=int(rng.integers(2, 4)),
            uses=int(rng.integers(1, 4)),
            second_grade=[None, "mesh", "plate"][int(rng.integers(3))],
            mechanisms=frozenset(name for name in MECHANISMS if rng.random() < 2 / 3),
        )
        case = case_of(invent(outline), seed=seed)
        count.update(happenings(case, batch.run(*case)))
    seldom = {name: n for name, n in count.items() if n < 0.08 * cases}
    assert not seldom


# What is shipped

RUNNABLE = [listing.name for listing in shipped_scenarios() if not listing.component]


@pytest.fixture(scope="module", params=RUNNABLE)
def shipped(request: pytest.FixtureRequest) -> ds.Scenario:
    return ds.load_scenario(request.param)


def test_check_finds_nothing_in_a_shipped_scenario_and_a_basis_for_each_of_its_numbers(
    shipped: ds.Scenario,
) -> None:
    report = ds.check(shipped)
    assert report.warnings == ()
    counts = {count.basis: count.numbers for count in report.numbers}
    assert counts.pop("none") == 0
    assert sum(counts.values()) == len(shipped.numbers) > 100


def for_seventy_weeks(shipped: ds.Scenario) -> ds.Scenario:
    """Long enough for the controls of 2027 to be announced, to bind, and to end in some replications."""
    no_end = {} if shipped.horizon.end is None else {"horizon.end": None}
    return shipped.override({"horizon.length": "490 days", **no_end})


def test_the_engines_agree_on_a_shipped_scenario_for_seventy_weeks(shipped: ds.Scenario) -> None:
    plan = compile_plan(for_seventy_weeks(shipped))
    assert plan.n_ticks == 70
    assert_agreement(Case(plan, draw(plan, seed=5, first=1023, count=2)))


def test_the_dump_of_a_shipped_scenario_is_the_same_scenario(shipped: ds.Scenario) -> None:
    again = read_scenario(shipped.dump())
    assert again == shipped
    # All that is drawn and simulated follows from the plan.
    one, other = (compile_plan(for_seventy_weeks(scenario)) for scenario in (shipped, again))
    assert parts_of(one) == parts_of(other)


def parts_of(value: object) -> object:
    """Return a plan or a part of it as nested tuples that compare by value, with every field."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if is_dataclass(value):
        return type(value), *(parts_of(getattr(value, each.name)) for each in fields(value))
    if isinstance(value, Mapping):
        return tuple((key, parts_of(item)) for key, item in value.items())
    if isinstance(value, tuple):
        return tuple(map(parts_of, value))
    return repr(value) if isinstance(value, float) else value  # NaN is like NaN here


def test_plans_that_differ_in_one_number_or_stream_have_different_parts() -> None:
    plan = compile_plan(ds.load_scenario("calm"))
    assert parts_of(plan) == parts_of(replace(plan))
    other = plan.numbers["cover"][0]
    for changed in (replace(other, stream="elsewhere"), replace(other, distribution=Constant(1.5))):
        numbers = {**plan.numbers, "cover": (changed, *plan.numbers["cover"][1:])}
        assert parts_of(replace(plan, numbers=numbers)) != parts_of(plan)
    assert parts_of(replace(plan, tier=plan.tier + 1)) != parts_of(plan)
