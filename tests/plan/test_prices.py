"""Prices become markets, elasticities by row, and surcharges on lanes."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from diamondsim.distributions import Constant, Distribution, Uniform
from diamondsim.plan import Input, Plan, compile_plan
from diamondsim.plan.check import check
from diamondsim.plan.compile_prices import make_steps
from diamondsim.scenario.prices import Since
from tests.plan.small_scenarios import (
    FAB,
    STOCKPILE,
    central,
    lane_names,
    small_plan,
    small_scenario,
    with_mill,
)

PRICES: dict[str, Any] = {
    "zones": {"far": "away"},
    "start": {"mesh": {"outside": "uniform(1 2) USD/ct", "far": "0.5 USD/ct"}},
    "adjustment_time": "26 weeks",
}
COST = {
    "capital": "600 MUSD",
    "life": "tri(10 15 20) yr",
    "interest": "8 %/yr",
    "power": "0.2 kWh/ct",
    "power_price": "0.07 USD/kWh",
    "other": "0.05 USD/ct",
}


def priced(changes=None, **prices) -> Plan:
    return small_plan({"prices": PRICES | prices, **(changes or {})})


def by_name(rows, values) -> dict:
    return {row.name: value for row, value in zip(rows, values, strict=True)}


def test_a_plan_without_prices_has_no_market():
    plan = small_plan()
    assert plan.prices is None
    assert plan.n_markets == 0


def test_markets_come_by_grade_then_zone_and_the_other_regions_are_the_last():
    both = {"mesh": PRICES["start"]["mesh"], "micron": {"far": "3 USD/ct", "outside": "4 USD/ct"}}
    plan = priced(start=both)
    assert plan.prices is not None
    assert plan.prices.zones == ("far", "outside")
    assert plan.prices.markets == (
        ("micron", "far"),
        ("micron", "outside"),
        ("mesh", "far"),
        ("mesh", "outside"),
    )
    assert [row.name for row in plan.prices.start_usd][2:] == [
        "prices.start.mesh.far",
        "prices.start.mesh.outside",
    ]
    assert plan.prices.start_usd[3].distribution == Uniform(1.0, 2.0)
    assert plan.n_markets == 4


def test_a_node_buys_and_a_source_sells_in_the_market_of_its_grade_and_region():
    plan = compile_plan(with_mill({"prices": PRICES, "facilities.fab": FAB, "reserves.pile": STOCKPILE}))
    assert plan.prices is not None
    buys = by_name(plan.nodes, plan.prices.node_market.tolist())
    assert buys["away.grinding.mesh"] == 0
    assert [buys[n] for n in ("home.arms.mesh", "mill.micron.feed", "reserve.pile")] == [1, 1, 1]
    assert buys["home.grinding.micron"] == -1
    sells = by_name(plan.sources, plan.prices.source_market.tolist())
    assert (sells["mine.mesh"], sells["plant.mesh"], sells["fab.mesh"], sells["fab.micron"]) == (0, 1, 1, -1)


def test_what_is_not_said_does_not_respond():
    prices = priced().prices
    assert prices is not None
    numbers = (
        *prices.demand_elasticity,
        *prices.supply_elasticity,
        *prices.supply_days,
        prices.supplier_elasticity,
    )
    assert {number.distribution for number in numbers} == {Constant(0.0)}
    assert prices.arbitrage_days is None
    assert (central(prices.lowest), central(prices.highest)) == (0.1, 20)
    assert (prices.surcharges, prices.costs) == ((), ())
    assert (prices.source_cost == -1).all()
    assert set(prices.floor_usd) == {None}


def test_a_use_has_its_own_elasticity_or_that_of_any_and_stocks_have_none():
    firm = {"aggregate": "home.grinding", "share": "25%"}
    changes = {
        "prices": PRICES | {"demand": {"grinding": "uniform(0 1)", "any": "0.3"}},
        "buyers.firm": firm,
        "reserves.pile": STOCKPILE,
    }
    plan = compile_plan(with_mill(changes))
    assert plan.prices is not None
    rows = by_name(plan.nodes, plan.prices.demand_elasticity)
    own = Input("prices.demand.grinding", Uniform(0.0, 1.0))
    assert (
        rows["home.grinding.mesh"] == rows["home.grinding/firm.mesh"] == rows["away.grinding.micron"] == own
    )
    assert rows["home.arms.mesh"] == Input("prices.demand.any", Constant(0.3))
    assert central(rows["mill.micron.feed"]) == central(rows["reserve.pile"]) == 0


def test_supply_is_taken_value_by_value_from_the_seller_or_else_from_any():
    supply = {
        "any": {"elasticity": "0.3", "time": "6 weeks", "cost": {"2026-02-05": "90%"}},
        "mine": {"elasticity": "uniform(2 3)"},
        "fab": {"time": "1 week", "cost": {"2026-03-05": "50%", "2025-01-01": "120%"}},
    }
    plan = priced({"facilities.fab": FAB}, supply=supply)
    prices = plan.prices
    assert prices is not None
    elasticity = by_name(plan.sources, prices.supply_elasticity)
    assert elasticity["mine.mesh"] == Input("prices.supply.mine.elasticity", Uniform(2.0, 3.0))
    assert elasticity["fab.mesh"] == Input("prices.supply.any.elasticity", Constant(0.3))
    days = by_name(plan.sources, prices.supply_days)
    assert (central(days["mine.mesh"]), central(days["fab.mesh"])) == (42, 7)
    assert [steps.name for steps in prices.costs] == ["prices.supply.any.cost", "prices.supply.fab.cost"]
    assert by_name(plan.sources, prices.source_cost.tolist()) == {
        "mine.micron": 0,
        "mine.mesh": 0,
        "plant.micron": 0,
        "plant.mesh": 0,
        "fab.micron": 1,
        "fab.mesh": 1,
    }
    assert [(tick, central(value)) for tick, value in prices.costs[1].values] == [(-52, 1.2), (9, 0.5)]


def test_a_number_that_changes_on_dates_has_always_been_what_stands_first():
    written: dict[Since, Distribution] = {
        dt.date(2026, 2, 5): Constant(0.2),
        "always": Constant(0.1),
        dt.date(2025, 1, 1): Constant(0.3),
    }
    steps = make_steps(("rate",), written, dt.date(2026, 1, 1), 7.0)
    assert steps.name == "rate"
    assert [(tick, value.name) for tick, value in steps.values] == [
        (-52, "rate.always"),
        (-52, "rate.2025-01-01"),
        (5, "rate.2026-02-05"),
    ]
    alone = make_steps(("rate",), {"always": Constant(0.1)}, dt.date(2026, 1, 1), 7.0)
    assert [tick for tick, _ in alone.values] == [0]


def surcharged(**surcharge) -> Plan:
    return priced(
        {"facilities.fab": FAB, "reserves.pile": STOCKPILE},
        surcharges={"duty": {"rate": "10%"} | surcharge},
    )


def on(plan: Plan, row: int) -> set[str]:
    assert plan.prices is not None
    return {lane_names(plan)[column] for column in np.flatnonzero(plan.prices.surcharge_lanes[row])}


def test_a_surcharge_has_a_row_for_incumbents_and_one_for_entrants():
    plan = surcharged(**{"from": "home", "to": "home", "grades": "mesh"})
    assert plan.prices is not None
    rows = plan.prices.surcharges
    assert [row.is_change for row in rows] == [True, False]
    assert rows[0].rate == rows[1].rate
    assert on(plan, 0) == {"plant.mesh -> home.grinding.mesh", "plant.mesh -> home.arms.mesh"}
    assert on(plan, 1) == {
        "fab.mesh -> home.grinding.mesh",
        "fab.mesh -> home.arms.mesh",
        "plant.mesh -> reserve.pile",
    }


def test_a_surcharge_on_no_lane_keeps_its_rows():
    plan = surcharged(**{"from": "home", "to": "away", "grades": "micron"})
    assert plan.prices is not None
    assert on(plan, 0) == set()
    assert on(plan, 1) == {"fab.micron -> away.grinding.micron"}
    plan = priced(surcharges={"duty": {"from": "home", "to": "away", "rate": "10%"}})
    assert plan.prices is not None
    assert not plan.prices.surcharge_lanes.any()
    assert [(row.origin, row.destination) for row in plan.prices.surcharges] == [(("home",), ("away",))] * 2


def test_sellers_may_be_named_one_by_one():
    plan = surcharged(**{"from": ["fab", "mine"], "to": "home"})
    assert on(plan, 0) == {name for name in lane_names(plan) if name.startswith("mine") and "-> home" in name}
    assert on(plan, 1) == {"fab.mesh -> home.grinding.mesh", "fab.mesh -> home.arms.mesh"} | {
        "fab.micron -> home.grinding.micron",
        "fab.micron -> home.polishing.micron",
        "mine.mesh -> reserve.pile",
    }


@pytest.mark.parametrize(
    "sellers, origin",
    [
        ("away", ("away",)),
        ("mine", ("away",)),
        ("fab", ()),
        (["plant", "fab"], ("home",)),
        (["home", "mine"], ("away", "home")),
    ],
)
def test_a_region_is_an_origin_where_all_who_sell_from_it_pay(sellers, origin):
    plan = surcharged(**{"from": sellers, "to": "home"})
    assert plan.prices is not None
    assert {row.origin for row in plan.prices.surcharges} == {origin}


def test_grades_of_a_surcharge_are_those_written_or_those_that_the_sellers_named_make():
    def grades(**surcharge):
        prices = surcharged(**surcharge, to="home").prices
        assert prices is not None
        return prices.surcharges[0].grades

    assert grades(**{"from": "away"}) == ("micron", "mesh")
    assert grades(**{"from": "away", "grades": "mesh"}) == ("mesh",)
    powder = {"region": "home", "capacity": {"micron": "1 ct/day"}}
    plan = small_plan(
        {
            "producers.dust": powder,
            "prices": PRICES | {"surcharges": {"duty": {"from": "dust", "to": "home", "rate": "1%"}}},
        }
    )
    assert plan.prices is not None
    assert plan.prices.surcharges[0].grades == ("micron",)


def test_a_floor_stands_under_the_sources_of_a_facility_that_have_a_market():
    plan = priced({"facilities.fab": {**FAB, "floor_price": "0.8 USD/ct", "offtake": {"home": "40%"}}})
    assert plan.prices is not None
    floors = by_name(plan.sources, plan.prices.floor_usd)
    floor = Input("facilities.fab.floor_price", Constant(0.8))
    assert {name for name, value in floors.items() if value == floor} == {"fab.mesh", "fab.mesh for home"}
    assert {value for name, value in floors.items() if "fab.mesh" not in name} == {None}


def test_a_facility_has_its_cost_with_prices_and_without():
    for changes in ({}, {"prices": PRICES}):
        plan = small_plan({"facilities.fab": {**FAB, "cost": COST}, **changes})
        cost = plan.facilities[0].cost
        assert cost is not None
        assert cost.life_years.name == "facilities.fab.cost.life"
        assert central(cost.life_years) == pytest.approx(15)
        values = (cost.capital, cost.interest_per_year, cost.power_kwh, cost.power_usd, cost.other_usd)
        assert [central(value) for value in values] == [6e8, 0.08, 0.2, 0.07, 0.05]
    assert small_plan({"facilities.fab": FAB}).facilities[0].cost is None


def test_inputs_of_prices_may_be_correlated():
    name = "prices.start.mesh.outside ~ facilities.fab.cost.life"
    fab = {**FAB, "cost": COST}
    plan = small_plan({"prices": PRICES, "facilities.fab": fab, "correlation": {name: 0.5}})
    assert plan.correlated[0].names == ("facilities.fab.cost.life", "prices.start.mesh.outside")


def test_a_check_tells_the_prices_at_the_start():
    report = check(small_scenario({"prices": PRICES}))
    assert [(row.grade, row.zone, row.usd, row.unit, row.uncertain) for row in report.prices] == [
        ("mesh", "far", 0.5, "ct", False),
        ("mesh", "outside", 1.5, "ct", True),
    ]
    assert check(small_scenario()).prices == ()


@pytest.mark.parametrize("response, warned", [("3 days", True), ("28 days", False)])
def test_a_response_of_a_few_ticks_is_warned_of(response, warned):
    warnings = check(
        small_scenario({"horizon.tick": "7 days", "prices": PRICES | {"adjustment_time": response}})
    ).warnings
    assert (
        any(
            w.startswith("expected prices.adjustment_time of at least 4 ticks, found 3 days")
            for w in warnings
        )
        is warned
    )
