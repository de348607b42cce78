"""The plan as a whole: rows, order, read-only arrays, and what must not matter."""

import datetime as dt

import numpy as np
import pytest

from diamondsim.distributions import Constant
from diamondsim.plan import NodeKind, Rationing, compile_plan
from diamondsim.sampling.numbers import NUMBERS
from diamondsim.scenario import read_scenario
from tests.plan.small_scenarios import (
    FAB,
    MILL,
    SMALL,
    STOCKPILE,
    central,
    lane_names,
    node,
    node_number,
    small_plan,
    small_scenario,
    source,
    with_mill,
)

FULL = {"facilities.fab": FAB, "reserves.vault": STOCKPILE}


def test_rows_come_in_the_order_of_the_file():
    plan = compile_plan(with_mill(FULL))
    assert [s.name for s in plan.sources] == [
        *("mine.micron", "mine.mesh", "plant.micron", "plant.mesh", "mill.micron", "fab.micron", "fab.mesh"),
    ]
    assert [n.name for n in plan.nodes] == [
        *("away.polishing.micron", "away.grinding.micron", "away.grinding.mesh", "home.polishing.micron"),
        *("home.grinding.micron", "home.grinding.mesh", "home.arms.mesh", "mill.micron.feed"),
        "reserve.vault",
    ]
    assert plan.producers == ("mine", "plant", "mill", "fab")
    pairs = list(zip(plan.lane_node, plan.lane_source, strict=True))
    assert pairs == sorted(pairs)


def test_a_node_knows_what_it_is():
    plan = compile_plan(with_mill(FULL))
    kinds = dict(zip([n.name for n in plan.nodes], plan.node_kind.tolist(), strict=True))
    assert kinds["home.arms.mesh"] == NodeKind.USE
    assert kinds["mill.micron.feed"] == NodeKind.FEED
    assert kinds["reserve.vault"] == NodeKind.RESERVE
    feed = plan.nodes[node(plan, "mill.micron.feed")]
    assert (feed.region, feed.grade, feed.use) == ("home", "mesh", None)


def test_every_number_that_sampling_reads_is_there_once_a_row():
    plan = compile_plan(with_mill(FULL))
    rows = {
        "nodes": plan.n_nodes,
        "lanes": plan.n_lanes,
        "sources": plan.n_sources,
        "reserves": len(plan.reserves),
        "scenario": 1,
    }
    assert {key: len(numbers) for key, numbers in plan.numbers.items()} == {
        key: rows[about.rows] for key, about in NUMBERS.items()
    }


def test_the_grades_of_a_use_are_one_draw_in_two_sizes():
    plan = small_plan({"demand.home.grinding": "tri(50 100 150) ct/day"})
    micron = node_number(plan, "base_flow", "home.grinding.micron")
    mesh = node_number(plan, "base_flow", "home.grinding.mesh")
    assert micron.name == mesh.name == "demand.home.grinding.flow"
    assert (central(micron), central(mesh)) == pytest.approx((40.0, 60.0))
    assert mesh.distribution.support() == pytest.approx((30.0, 90.0))


def test_demand_may_have_grades_of_its_own():
    plan = small_plan(
        {"demand.home.grinding": {"flow": "100 ct/day", "grades": {"micron": "40%", "mesh": "60%"}}}
    )
    assert central(node_number(plan, "base_flow", "home.grinding.mesh")) == pytest.approx(60.0)


def test_the_horizon_is_counted_in_ticks_to_the_nearest():
    plan = small_plan(
        {"horizon": {"start": "2026-01-01", "end": "2026-01-15", "length": None, "tick": "4 days"}}
    )
    assert (plan.start, plan.tick_days, plan.n_ticks) == (dt.date(2026, 1, 1), 4.0, 4)


def test_purchases_are_smoothed_over_a_year():
    assert small_plan().numbers["purchase_memory_days"][0].distribution == Constant(365.25)
    plan = small_plan({"allocation.purchase_memory": "tri(90 180 360) days"})
    assert plan.numbers["purchase_memory_days"][0].name == "allocation.purchase_memory"


def test_the_plan_cannot_be_changed():
    plan = compile_plan(with_mill(FULL | {"controls.ban": {"covers": {"from": "away", "grades": ["mesh"]}}}))
    arrays = {key: value for key, value in vars(plan).items() if isinstance(value, np.ndarray)}
    assert len(arrays) > 10
    assert [key for key, array in arrays.items() if array.flags.writeable] == []


def test_a_scenario_is_compiled_once_and_a_changed_one_anew():
    scenario = small_scenario()
    changed = scenario.override({"horizon.length": "30 days"})
    assert compile_plan(scenario) is compile_plan(scenario)
    assert compile_plan(changed).n_ticks < compile_plan(scenario).n_ticks


def test_the_scenario_is_known_by_its_hash():
    assert small_plan().scenario_hash == small_scenario().hash
    assert small_plan().scenario_hash != small_plan({"inventory_policy.any.cover": "61 days"}).scenario_hash


@pytest.mark.parametrize(
    "written, rationing",
    [
        ("proportional", Rationing.PROPORTIONAL),
        ("weighted", Rationing.WEIGHTED),
        ("max_min", Rationing.MAX_MIN),
        ("priority", Rationing.PROPORTIONAL),
    ],
)
def test_a_source_rations_as_its_seller_says(written, rationing):
    plan = small_plan({"producers.mine.rationing": written})
    assert plan.rationing[source(plan, "mine.mesh")] == rationing
    assert plan.rationing[source(plan, "plant.mesh")] == Rationing.WEIGHTED


def test_a_processor_knows_its_feed_and_other_sources_have_none():
    plan = compile_plan(with_mill())
    assert plan.source_feed[source(plan, "mill.micron")] == node(plan, "mill.micron.feed")
    assert plan.source_feed[source(plan, "mine.mesh")] == -1
    assert central(plan.numbers["feed_yield"][source(plan, "mill.micron")]) == 0.5
    assert central(plan.numbers["feed_yield"][source(plan, "mine.mesh")]) == 1.0


def test_crystal_has_the_tracked_origin_at_home_unless_told_otherwise():
    plan = small_plan({"producers.mine.tracked_share": "uniform(0.2 0.6)"})
    assert central(plan.numbers["tracked_share"][source(plan, "mine.mesh")]) == pytest.approx(0.4)
    plan = small_plan()
    shares = [central(row) for row in plan.numbers["tracked_share"]]
    assert shares == [1.0, 1.0, 0.0, 0.0]


def flows(plan):
    """Contract flow of each incumbent lane by name."""
    return {
        plan.lane_name(column): central(plan.numbers["contract_share"][column])
        * central(plan.numbers["base_flow"][plan.lane_node[column]])
        for column in range(plan.n_lanes)
        if not plan.entrant[column]
    }


def test_the_order_of_the_file_changes_nothing_but_the_order():
    def turned(section):
        return dict(reversed(section.items()))

    sections = ("regions", "uses", "demand", "producers", "trade")
    whole, back = dict(SMALL), {**SMALL, **{key: turned(SMALL[key]) for key in sections}}
    plan, other = compile_plan(read_scenario(whole)), compile_plan(read_scenario(back))
    assert lane_names(plan) != lane_names(other)
    assert flows(plan) == pytest.approx(flows(other), rel=1e-9)


def test_splitting_a_producer_splits_its_lanes():
    parts = {
        "producers.mine": None,
        "trade.mine": None,
        "producers.large": {"region": "away", "capacity": {"micron": "63 ct/day", "mesh": "72 ct/day"}},
        "producers.little": {"region": "away", "capacity": {"micron": "21 ct/day", "mesh": "24 ct/day"}},
        "trade.large": {"away": "37.5 ct/day", "home": "75 ct/day"},
        "trade.little": {"away": "12.5 ct/day", "home": "25 ct/day"},
    }
    whole, split = small_plan(), small_plan(parts)
    for key in ("contract_share", "sourcing_limit"):
        for name in lane_names(whole):
            wanted = central(whole.numbers[key][lane_names(whole).index(name)])
            owners = (
                [name.replace("mine", part) for part in ("large", "little")] if "mine" in name else [name]
            )
            found = [central(split.numbers[key][lane_names(split).index(owner)]) for owner in owners]
            assert sum(found) == pytest.approx(wanted, rel=1e-9)


def test_a_processor_that_sells_nothing_stays_without_flow():
    plan = small_plan({"producers.mill": MILL})
    feed = node(plan, "mill.micron.feed")
    assert plan.numbers["base_flow"][feed].distribution == Constant(0.0)
    shares = [central(plan.numbers["contract_share"][c]) for c in np.flatnonzero(plan.lane_node == feed)]
    assert shares == pytest.approx([0.625, 0.375])
    assert plan.growth_groups[plan.node_growth[feed]].name == "constant"
