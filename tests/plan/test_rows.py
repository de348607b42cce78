"""Rows in time and of behaviour: growth, noise, substitution, capacity, facilities, policies, reserves."""

import math

import pytest

from diamondsim.distributions import Constant
from diamondsim.plan import NO_CEILING, SubstitutionRow, compile_plan
from tests.plan.small_scenarios import (
    FAB,
    STOCKPILE,
    central,
    node,
    node_number,
    small_plan,
    source,
    with_mill,
)


def growth_of(plan, name):
    return plan.growth_groups[plan.node_growth[node(plan, name)]]


def test_all_buyers_of_a_use_grow_together():
    plan = small_plan({"uses.grinding.growth": "tri(1 3 5) %/yr"})
    group = growth_of(plan, "home.grinding.mesh")
    assert group is growth_of(plan, "away.grinding.micron")
    assert group is not growth_of(plan, "home.arms.mesh")
    assert group.per_year is not None
    assert group.per_year.name == "uses.grinding.growth"
    assert central(group.per_year) == pytest.approx(0.03)


def test_a_driver_acts_on_the_buyers_it_names_from_its_dates_on():
    driver = {"uses": ["home.grinding"], "points": {"2026-01-11": "1.2", "2025-12-31": "1"}}
    plan = small_plan({"drivers.fabs": driver})
    home, away = growth_of(plan, "home.grinding.mesh"), growth_of(plan, "away.grinding.mesh")
    assert [(day, central(factor)) for day, factor in home.drivers[0]] == [(-1.0, 1.0), (10.0, 1.2)]
    assert away.drivers == ()
    assert home is growth_of(plan, "home.grinding.micron")
    assert home.drivers[0][1][1].name == "drivers.fabs.points.2026-01-11"


def test_a_feed_follows_the_customers_of_its_source_by_contract_flow():
    plan = compile_plan(with_mill())
    # The mill's 10 go to away's 30 of micron: 10 for polishing, 20 for grinding.
    mix = {plan.growth_groups[row].name: weight for row, weight in growth_of(plan, "mill.micron.feed").mix}
    assert mix == pytest.approx({"polishing": 1 / 3, "grinding": 2 / 3})


def test_a_feed_whose_customer_is_a_processor_follows_that_ones_customers():
    # Crystal is broken into mesh in the chain's first link, mesh into micron in its second.
    plan = compile_plan(
        with_mill(
            {
                "grades.crystal": {"unit": "ct"},
                "producers.digger": {"region": "home", "capacity": {"crystal": "50 ct/day"}},
                "producers.breaker": {
                    "region": "home",
                    "capacity": {"mesh": "30 ct/day"},
                    "feed": {"mesh": {"grade": "crystal"}},
                },
                "trade.digger": {"home": "30 ct/day"},
                "trade.breaker": {"home": "30 ct/day"},
                "trade.plant.home": "30 ct/day",
                "producers.plant.capacity.mesh": None,
            }
        )
    )
    group = growth_of(plan, "breaker.mesh.feed")
    mix = {plan.growth_groups[row].name: weight for row, weight in group.mix}
    # Its 30 go to home's 100 of mesh: grinding 60, arms 20, and the mill 20, a third of it for polishing.
    assert mix == pytest.approx({"grinding": 0.6 + 0.2 * 2 / 3, "arms": 0.2, "polishing": 0.2 / 3})


def test_noise_has_a_row_for_each_use_in_a_region():
    plan = small_plan(
        {
            "inventory_policy.any.noise": {"cv": "10%", "memory": "60 days"},
            "inventory_policy.arms": {"noise": {"cv": "0%"}},
        }
    )
    assert [row.name for row in plan.noise_rows] == [
        *("noise.away.grinding", "noise.home.polishing", "noise.home.grinding"),
    ]
    assert (
        plan.node_noise[node(plan, "home.grinding.micron")]
        == plan.node_noise[node(plan, "home.grinding.mesh")]
    )
    assert plan.node_noise[node(plan, "home.arms.mesh")] == -1
    first = plan.noise_rows[0]
    assert (first.cv.name, central(first.cv), central(first.memory_days)) == (
        "inventory_policy.any.noise.cv",
        0.1,
        60.0,
    )
    assert not first.additive


def test_normal_noise_is_additive_and_feeds_have_none():
    plan = compile_plan(with_mill({"inventory_policy.any.noise": {"cv": "10%", "kind": "normal"}}))
    assert all(row.additive for row in plan.noise_rows)
    assert plan.node_noise[node(plan, "mill.micron.feed")] == -1


def test_substitution_opens_at_a_date_or_with_the_controls_that_cover_the_buyer():
    micron = {"from": ["away"], "to": "home", "grades": ["micron"]}
    chips = {"covers": {"from": ["away"], "to": "polishing", "grades": ["micron", "mesh"]}}
    plan = small_plan(
        {
            "uses.polishing.substitution": {"share": "5%", "time": "12 months", "opens": "in_force"},
            "uses.grinding.substitution": {"share": "20%", "time": "6 months", "opens": "in_force"},
            "uses.arms.substitution": {"share": "10%", "opens": "2026-01-15"},
            "controls": {
                "nobody": {"covers": {**micron, "from": ["home"]}},
                "grit": {"covers": micron},
                "chips": chips,
            },
        }
    )

    def row(name: str) -> SubstitutionRow:
        return plan.substitution_rows[plan.node_substitution[node(plan, name)]]

    arms, polishing = row("home.arms.mesh"), row("home.polishing.micron")
    grinding = row("home.grinding.micron")
    assert (arms.opens_tick, arms.opened_by) == (2, ())
    assert (polishing.opens_tick, polishing.opened_by) == (None, (1, 2))
    assert (grinding.opens_tick, grinding.opened_by) == (None, (1,))
    assert central(polishing.days) == pytest.approx(365.25)
    # No control covers mesh for grinding, nor what is used where the control is.
    without = ("home.grinding.mesh", "away.grinding.micron", "away.grinding.mesh")
    assert [plan.node_substitution[node(plan, name)] for name in without] == [-1, -1, -1]


def test_buyers_that_the_same_controls_cover_share_a_row_of_substitution():
    control = {"covers": {"from": ["away"], "to": "home", "grades": ["micron", "mesh"]}}
    plan = small_plan(
        {"uses.grinding.substitution": {"share": "20%", "time": "6 months"}, "controls": {"all": control}}
    )
    home = {int(plan.node_substitution[node(plan, f"home.grinding.{g}")]) for g in ("micron", "mesh")}
    assert home == {0}
    assert len(plan.substitution_rows) == 1


def test_a_seller_that_never_changes_has_no_row_of_capacity_and_its_grades_share_one_otherwise():
    plan = small_plan(
        {
            "producers.mine.growth": "3%/yr",
            "producers.mine.outages": {"power": {"rate": "2/yr", "length": "3 days"}},
            "producers.mine.scheduled_outages": {
                "strike": {"begin": "2026-02-05", "end": "2026-02-19", "loss": "40%"}
            },
        }
    )
    assert plan.source_index.tolist() == [0, 0, -1, -1]
    row = plan.capacity_rows[0]
    assert (row.producer, row.facility) == ("mine", -1)
    assert (central(row.growth_per_year), row.outages[0].name) == (0.03, "producers.mine.outages.power")
    assert (central(row.outages[0].per_year), central(row.outages[0].loss)) == (2.0, 1.0)
    assert (row.scheduled[0].begin, row.scheduled[0].end) == (5, 7)


def test_a_facility_makes_its_grades_of_one_nameplate_and_starts_from_its_decision():
    plan = small_plan({"facilities.fab": FAB, "facilities.fab.finished_stock_ceiling": "30 days"})
    micron, mesh = (source(plan, f"fab.{grade}") for grade in ("micron", "mesh"))
    names = {plan.numbers["capacity"][s].name for s in (micron, mesh)}
    assert names == {"facilities.fab.nameplate"}
    assert central(plan.numbers["capacity"][mesh]) == pytest.approx(70.0)
    assert central(plan.numbers["finished_stock_ceiling"][mesh]) == 30.0
    assert plan.capacity_rows[plan.source_index[mesh]].facility == 0
    fab = plan.facilities[0]
    assert fab.decision_day == -10.0
    assert [name for name, _ in fab.stages] == ["financing", "construction"]
    assert fab.stages[1][1].name == "facilities.fab.stages.construction"
    assert set(fab.qualification) == {"chip", "polishing", "any"}
    assert fab.qualification_start_tick is None
    assert central(fab.availability) == central(fab.yield_end) == 1.0
    assert central(fab.cancelled) == 0.0


def test_qualification_may_start_on_a_date():
    plan = small_plan({"facilities.fab": FAB, "facilities.fab.qualification_starts": "2026-02-05"})
    assert plan.facilities[0].qualification_start_tick == 5


def test_each_value_of_a_node_comes_from_the_most_specific_selector():
    plan = small_plan(
        {
            "inventory_policy.home.military": {"cover": "tri(30 60 180) days"},
            "inventory_policy.home": {"queue_weight": "30%"},
        }
    )
    cover = node_number(plan, "cover", "home.arms.mesh")
    assert (cover.name, central(cover)) == ("inventory_policy.home.military.cover", 90.0)
    assert central(node_number(plan, "queue_weight", "home.arms.mesh")) == 0.3
    assert central(node_number(plan, "cover", "home.grinding.mesh")) == 60.0
    assert central(node_number(plan, "queue_weight", "away.grinding.mesh")) == 0.5


def test_policies_that_nobody_mentions_have_the_documented_defaults():
    plan = small_plan()
    keys = ("queue_weight", "fill_rate_memory_days", "backorder_share", "max_order")
    assert [central(node_number(plan, key, "home.arms.mesh")) for key in keys] == [0.5, 56.0, 0.0, 1.5]
    assert central(node_number(plan, "qualification_trigger", "home.arms.mesh")) == 0.9
    assert math.isnan(central(node_number(plan, "qualification_days", "home.arms.mesh")))
    assert math.isnan(central(node_number(plan, "value_added", "home.arms.mesh")))
    assert math.isnan(central(node_number(plan, "opening_days", "home.arms.mesh")))
    assert math.isnan(central(node_number(plan, "opening_stock", "home.arms.mesh")))


def test_a_ceiling_of_none_is_no_ceiling():
    plan = small_plan({"inventory_policy.any.max_order": "none"})
    assert node_number(plan, "max_order", "home.arms.mesh").distribution == Constant(NO_CEILING)


def test_a_feed_has_its_own_cover_and_orders_as_the_policies_say():
    plan = compile_plan(
        with_mill({"inventory_policy.any.opening": "90 days", "inventory_policy.any.max_order": "2"})
    )
    assert central(node_number(plan, "cover", "mill.micron.feed")) == 30.0
    assert math.isnan(central(node_number(plan, "opening_days", "mill.micron.feed")))
    assert central(node_number(plan, "max_order", "mill.micron.feed")) == 2.0
    assert central(node_number(plan, "opening_days", "home.arms.mesh")) == 90.0
    plan = compile_plan(with_mill({"producers.mill.feed.micron.max_order": "3"}))
    ceiling = node_number(plan, "max_order", "mill.micron.feed")
    assert (ceiling.name, central(ceiling)) == ("producers.mill.feed.micron.max_order", 3.0)


def test_a_reserve_wants_what_it_has_unless_it_says_more_and_serves_in_its_order():
    plan = small_plan({"reserves.vault": STOCKPILE})
    vault = plan.reserves[0]
    assert [plan.nodes[n].name for n in vault.serves] == ["home.arms.mesh", "home.grinding.mesh"]
    goal = node_number(plan, "reserve_goal", "reserve.vault")
    assert goal == node_number(plan, "opening_stock", "reserve.vault")
    assert (goal.name, central(goal)) == ("reserves.vault.opening", 200.0)
    assert central(node_number(plan, "base_flow", "reserve.vault")) == 2.0
    assert central(plan.numbers["reserve_rate"][0]) == 30.0
    assert central(plan.numbers["reserve_trigger"][0]) == 0.0
    assert growth_of(plan, "reserve.vault").name == "constant"
    plan = small_plan({"reserves.vault": STOCKPILE | {"goal": "500 ct"}})
    assert central(node_number(plan, "reserve_goal", "reserve.vault")) == 500.0


def test_the_value_added_is_that_of_the_use_and_a_feed_stock_gives_none():
    values = {f"uses.{use}.value_added": "9 USD/ct" for use in ("polishing", "grinding")}
    plan = compile_plan(with_mill({"uses.arms.value_added": "uniform(10 30) USD/ct", **values}))
    value = node_number(plan, "value_added", "home.arms.mesh")
    assert (value.name, central(value)) == ("uses.arms.value_added", 20.0)
    assert central(node_number(plan, "value_added", "away.grinding.mesh")) == 9.0
    assert math.isnan(central(node_number(plan, "value_added", "mill.micron.feed")))


def test_qualification_is_that_of_the_most_specific_policy_and_a_feed_may_have_its_own():
    plan = compile_plan(
        with_mill(
            {
                "inventory_policy.any.qualification_time": "12 months",
                "inventory_policy.arms.qualification_time": "6 months",
                "inventory_policy.arms.qualification_trigger": "75%",
                "producers.mill.feed.micron.qualification_time": "3 weeks",
            }
        )
    )
    days = {n: node_number(plan, "qualification_days", n).distribution.central() for n in NODES_WITH_POLICY}
    assert days == {
        "home.arms.mesh": pytest.approx(6 * 365.25 / 12),
        "home.grinding.mesh": pytest.approx(365.25),
        "mill.micron.feed": 21.0,
    }
    triggers = [central(node_number(plan, "qualification_trigger", n)) for n in NODES_WITH_POLICY]
    assert triggers == [0.75, 0.9, 0.9]


NODES_WITH_POLICY = ("home.arms.mesh", "home.grinding.mesh", "mill.micron.feed")
