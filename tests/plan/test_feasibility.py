"""Worlds that cannot start are refused in words, at their place in the file."""

import pytest

from diamondsim.errors import ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.plan.compile import derive
from diamondsim.scenario import read_scenario
from tests.plan.small_scenarios import FAB, STOCKPILE, small_scenario


def problems(changes):
    with pytest.raises(ScenarioError) as caught:
        compile_plan(small_scenario(changes))
    return [(problem.path, problem.why) for problem in caught.value.problems]


def test_demand_that_nobody_may_sell_into_is_refused_by_region_and_grade():
    no_mesh = {"producers.mine.capacity": {"micron": "200 ct/day", "mesh": None}, "trade.plant": None}
    ((path, why),) = problems(no_mesh | {"demand.away": None, "trade.mine.away": None})
    assert path == "demand.home.grinding"
    assert "nobody may sell mesh into home" in why
    assert "29.22 kct/yr of home.grinding.mesh, home.arms.mesh" in why


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"trade.mine.away": 0}, "the trade table gives 0 ct/yr from mine to away"),
        ({"producers.mine.capacity": {"micron": 0, "mesh": 0}}, "the capacity of mine is 0 ct/yr of mesh"),
        ({"producers.mine.capacity": {"micron": "1 ct/day", "mesh": None}}, "no producer has 'mesh' in its"),
        (
            {"trade.mine.away": None},
            "a seller that makes mesh needs 'away' in its row of the trade table",
        ),
    ],
)
def test_demand_without_a_seller_says_what_keeps_the_sellers_away(changes, reason):
    found = problems({"producers.plant.capacity": {"micron": "40 ct/day", "mesh": None}} | changes)
    whys = [why for path, why in found if path.startswith("demand.away") and "sell mesh" in why]
    assert whys
    assert all(reason in why for why in whys), whys


def test_feed_that_nobody_sells_is_refused():
    mill = {"region": "away", "capacity": {"micron": "20 ct/day"}, "feed": {"micron": {"grade": "coarse"}}}
    found = problems(
        {"grades.coarse": {"unit": "ct"}, "producers.mill": mill, "trade.mill": {"away": "5 ct/day"}}
    )
    assert [path for path, _ in found] == ["producers.mill.feed.micron"]
    assert "nobody may sell coarse into away" in found[0][1]


def test_contracts_beyond_a_capacity_are_refused_with_both_numbers():
    found = problems({"producers.plant.capacity": {"micron": "24 ct/day", "mesh": "24 ct/day"}})
    both = "contracts need 10.9575 kct/yr of {} from plant, but its capacity is 8.766 kct/yr"
    assert found == [(f"producers.plant.capacity.{g}", both.format(g)) for g in ("micron", "mesh")]


def test_feed_counts_against_the_capacity_of_those_who_sell_it():
    mill = {
        "region": "home",
        "capacity": {"micron": "20 ct/day"},
        "feed": {"micron": {"grade": "mesh", "yield": "20%"}},
    }
    found = problems({"producers.mill": mill, "trade.mill": {"away": "10 ct/day"}})
    assert "producers.mine.capacity.mesh" in [path for path, _ in found]


def test_a_driver_that_has_begun_counts_against_capacity():
    driver = {"uses": ["grinding"], "points": {"2025-06-01": "1.4"}}
    assert "producers.mine.capacity.mesh" in [path for path, _ in problems({"drivers.boom": driver})]
    later = compile_plan(
        small_scenario({"drivers.boom": {"uses": ["grinding"], "points": {"2026-06-01": "1.4"}}})
    )
    (points,) = [group.drivers[0] for group in later.growth_groups if group.drivers]
    assert [day for day, _ in points] == [151.0]


def test_capacity_that_is_just_used_up_is_enough_and_no_less_is():
    most = {"micron": "30 ct/day", "mesh": "30 ct/day"}
    flows = derive(small_scenario({"producers.plant.capacity": most})).contracts.flow
    plant = [s for s, row in enumerate(compile_plan(small_scenario()).sources) if row.producer == "plant"]
    assert flows[plant].sum(axis=1) == pytest.approx([30.0, 30.0], rel=1e-9)
    just_less = problems({"producers.plant.capacity": {"micron": "29.9999 ct/day", "mesh": "29.9999 ct/day"}})
    assert [path for path, _ in just_less] == [
        "producers.plant.capacity.micron",
        "producers.plant.capacity.mesh",
    ]


def test_a_lane_without_a_lead_is_refused_once_for_a_seller_and_a_region():
    found = problems({"inventory_policy.any.lead": None, "producers.mine.lead": {"any": "9 days"}})
    assert found == [
        (
            "producers.plant",
            "expected a lead for plant -> home, found none; give it a 'lead', or one in 'inventory_policy'",
        )
    ]


def test_shares_that_add_up_to_more_than_all_are_refused():
    lanes = {"mine -> home.arms": {"share": "80%"}, "plant -> home.arms": {"share": "30%"}}
    assert problems({"lanes": lanes}) == [
        (
            "lanes.plant -> home.arms.share",
            "expected contract shares of home.arms.mesh of at most 100%, found 110% (mine 80%, plant 30%)",
        )
    ]


def test_shares_that_leave_a_rest_to_nobody_are_refused():
    lanes = {"mine -> home.arms": {"share": "60%"}, "plant -> home.arms": {"share": "30%"}}
    ((path, why),) = problems({"lanes": lanes})
    assert path == "demand.home.arms"
    assert "nobody may sell mesh into home: 730.5 ct/yr of home.arms.mesh" in why
    assert why.endswith("the shares that 'lanes' gives to mine, plant leave this to nobody")


def test_an_override_that_fits_no_lane_is_refused():
    ((path, why),) = problems({"lanes": {"plant -> away.grinding": {"sourcing_limit": "30%"}}})
    assert path == "lanes.plant -> away.grinding"
    assert "'share: 0%' opens one" in why


def test_a_row_of_trade_that_is_written_twice_is_refused():
    found = problems({"trade": {"plant@ct": {"home": "60 ct/day"}}})
    assert found == [("trade.plant@ct", "this is the same row as 'plant'")]


def test_a_row_of_trade_may_name_its_unit():
    rows = {"plant": None, "plant@ct": {"home": "60 ct/day"}}
    assert compile_plan(small_scenario({"trade": rows})).n_lanes == compile_plan(small_scenario()).n_lanes


def test_a_reserve_of_a_grade_that_a_use_does_not_take_is_refused():
    found = problems({"reserves.vault": STOCKPILE | {"serves": ["arms", "polishing"]}})
    assert found == [("reserves.vault.serves[1]", "polishing takes no mesh in home")]


def test_a_reserve_that_nobody_can_refill_is_refused():
    vault = STOCKPILE | {"serves": [], "grade": "coarse"}
    found = problems({"grades.coarse": {"unit": "ct"}, "reserves.vault": vault})
    assert found == [
        ("reserves.vault.refill", "nobody sells coarse into home, so there is nothing to refill from")
    ]


def test_facilities_that_may_take_over_more_than_all_are_refused():
    changes = {
        "facilities.fab": FAB,
        "facilities.other": FAB | {"contract_shares": {"arms": "uniform(0.1 0.3)"}},
    }
    ((path, why),) = problems(changes)
    assert path == "facilities.other.contract_shares"
    assert why.startswith(
        "facilities would take over up to 110% (fab 80%, other 30%) of the contracts of home"
    )


def test_all_mistakes_are_reported_at_once():
    found = problems(
        {
            "inventory_policy.any.lead": None,
            "producers.plant.capacity": {"micron": "24 ct/day", "mesh": "24 ct/day"},
        }
    )
    assert len(found) == 5


def test_a_mistake_names_its_line():
    text = """
title: Too little
horizon: {start: 2026-01-01, length: 20 days, tick: 1 day}
regions: {home: {}}
grades: {g: {unit: ct}}
uses: {u: {grades: {g: 100%}}}
demand: {home: {u: 100 ct/day}}
inventory_policy: {any: {cover: 0 days, lead: 1 day}}
producers:
  plant:
    region: home
    capacity: {g: 90 ct/day}
trade: {plant: {home: 100 ct/day}}
"""
    with pytest.raises(ScenarioError) as caught:
        compile_plan(read_scenario(text, name="small.yaml"))
    assert str(caught.value.problems[0]).startswith(
        "small.yaml:12:16: producers.plant.capacity.g: contracts need"
    )


def test_what_a_change_breaks_is_put_down_to_it_and_what_was_broken_before_is_not():
    small = {"micron": "24 ct/day", "mesh": "24 ct/day"}
    (micron, mesh) = refused(small_scenario().override({"producers.plant.capacity": small}))
    assert str(mesh).startswith("override producers.plant.capacity.mesh: contracts need")
    again = refused(
        small_scenario()
        .override({"producers.plant.capacity": small})
        .override({"trade.plant@ct": {"home": "1 ct/day"}})
    )
    assert [problem.file for problem in again] == ["override trade.plant@ct"]
    still = refused(
        small_scenario().override({"producers.plant.capacity": small}).override({"title": "Other"})
    )
    assert still == (micron, mesh)


def refused(scenario):
    with pytest.raises(ScenarioError) as caught:
        compile_plan(scenario)
    return caught.value.problems
