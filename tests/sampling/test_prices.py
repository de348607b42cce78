"""What is drawn of prices, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import fields
from math import exp, log

import numpy as np
import pytest

from diamondsim.draws import ALWAYS_PAYS, NO_PRICE, Draws, PriceDraws
from diamondsim.plan import Plan, compile_plan
from diamondsim.sampling import BLOCK, draw
from diamondsim.scenario import load_scenario
from tests.plan.small_scenarios import FAB, STOCKPILE, lane, small_plan
from tests.sampling.plans import all_arrays

PRICES = {
    "zones": {"far": "away"},
    "start": {"mesh": {"far": "0.5 USD/ct", "outside": "2 USD/ct"}},
    "adjustment_time": "26 weeks",
}
# Nameplate and availability make 292,200 ct in a year; 8 % over 15 years is an annuity of 11.683 %.
COST = {
    "capital": "1 MUSD",
    "life": "15 yr",
    "interest": "8 %/yr",
    "power": "0.2 kWh/ct",
    "power_price": "0.07 USD/kWh",
    "other": "0.05 USD/ct",
}
PLANT = {
    **FAB,
    "nameplate": "1000 ct/day",
    "availability": "80%",
    "yield": {"start": "20%", "end": "50%"},
    "cost": COST,
}
CASH = 0.2 * 0.07 / 0.5 + 0.05


def priced(changes=None, **prices) -> Plan:
    return small_plan({"prices": PRICES | prices, **(changes or {})})


def drawn(plan: Plan, **options) -> PriceDraws:
    draws = draw(plan, **({"seed": 0, "count": 3} | options)).prices
    assert draws is not None
    return draws


def row_of(plan: Plan, source: str) -> int:
    return [s.name for s in plan.sources].index(source)


def test_without_prices_nothing_is_drawn_of_them():
    draws = draw(small_plan({"facilities.fab": PLANT}), seed=0, count=3)
    assert draws.prices is None
    assert draws.select([1]).prices is None
    assert draw(small_plan(), seed=0, first=BLOCK - 1, count=2).prices is None


@pytest.mark.parametrize("response, gain", [("26 weeks", 1 / 26), ("3 days", 1.0), ("0 days", 1.0)])
def test_a_price_moves_by_an_imbalance_within_the_response(response, gain):
    np.testing.assert_allclose(drawn(priced(adjustment_time=response)).adjustment_gain, gain, rtol=1e-15)


@pytest.mark.parametrize("link, gain", [(None, 0.0), ("4 weeks", 1 - exp(-0.25)), ("0 days", 1.0)])
def test_a_link_closes_differences_with_its_time_constant(link, gain):
    assert drawn(priced(arbitrage_time=link)).arbitrage_gain == pytest.approx(gain, rel=1e-14)


@pytest.mark.parametrize("planning, gain", [("4 weeks", 1 - exp(-0.25)), ("0 days", 1.0)])
def test_target_stocks_follow_a_price_with_its_time_constant(planning, gain):
    assert drawn(priced(planning_time=planning)).planning_gain == pytest.approx(gain, rel=1e-14)


def test_target_stocks_follow_a_price_in_half_a_year_unless_told():
    assert drawn(priced()).planning_gain == pytest.approx(1 - exp(-7 / 182.625), rel=1e-12)


@pytest.mark.parametrize("asks, usd", [("cash_cost", CASH), ("unit_cost", CASH + 1e6 * 0.11683 / 292200)])
def test_a_plant_asks_for_its_cost_in_logs_over_the_price_of_its_market(asks, usd):
    start = {"mesh": {"far": "0.5 USD/ct", "outside": "uniform(1 2) USD/ct"}}
    plan = priced({"facilities.fab": {**PLANT, "asks": asks}}, start=start)
    assert plan.prices is not None
    draws = drawn(plan)
    mesh, market = row_of(plan, "fab.mesh"), plan.prices.source_market[row_of(plan, "fab.mesh")]
    np.testing.assert_allclose(draws.ask[mesh], np.log(usd / draws.start_usd[market]), rtol=1e-4)
    others = [s for s in range(plan.n_sources) if s != mesh]
    assert (draws.ask[others] == NO_PRICE).all()
    assert (drawn(priced({"facilities.fab": PLANT})).ask == NO_PRICE).all()


def test_contracts_move_to_a_plant_in_its_own_time():
    plan = small_plan({"facilities.fab": {**FAB, "adoption": "uniform(70 140) days"}})
    ticks = draw(plan, seed=0, count=50).adoption_ticks
    assert len(ticks) == len(plan.facilities) == 1
    assert 10 < ticks[0].min() < ticks[0].max() < 20
    assert draw(small_plan({"facilities.fab": FAB}), seed=0, count=3).adoption_ticks == ()
    assert plan.adoption_step_ticks == 13


def test_limits_are_logs_of_multiples():
    draws = drawn(priced(limits={"lowest": "25%", "highest": 8}))
    np.testing.assert_allclose(draws.lowest, -2 * log(2))
    np.testing.assert_allclose(draws.highest, 3 * log(2))
    default = drawn(priced())
    np.testing.assert_allclose(np.exp([default.lowest[0], default.highest[0]]), [0.1, 20])


def test_elasticities_of_one_use_and_of_one_seller_are_one_draw():
    supply = {"any": {"elasticity": "uniform(0 1)", "time": "6 weeks"}, "mine": {"time": "0 days"}}
    plan = priced(demand={"any": "uniform(0.2 0.4)", "arms": 0.1}, supply=supply, supplier_elasticity=2)
    draws = drawn(plan)
    names = [n.name for n in plan.nodes]
    arms, grinding = names.index("home.arms.mesh"), names.index("away.grinding.mesh")
    assert draws.demand_elasticity[arms].tolist() == [0.1] * 3
    assert len(set(draws.demand_elasticity[grinding])) == 3
    assert (
        draws.demand_elasticity[names.index("home.polishing.micron")] == draws.demand_elasticity[grinding]
    ).all()
    assert (draws.supply_elasticity == draws.supply_elasticity[0]).all()
    assert draws.supplier_elasticity.tolist() == [2.0] * 3
    np.testing.assert_allclose(draws.supply_gain[row_of(plan, "mine.mesh")], 1.0)
    np.testing.assert_allclose(draws.supply_gain[row_of(plan, "plant.mesh")], 1 - exp(-1 / 6))


def test_a_surcharge_counts_in_full_for_entrants_and_as_a_change_for_incumbents():
    duty = {
        "from": "away",
        "to": "home",
        "rate": {"2025-01-01": "5%", "2025-06-01": "10%", "2026-02-05": "-20%"},
    }
    draws = drawn(priced(surcharges={"duty": duty, "fee": {"from": "plant", "to": "home", "rate": "3%"}}))
    assert draws.surcharge.shape == (100, 4, 3)
    change, full, fee_change, fee = (draws.surcharge[:, u] for u in range(4))
    np.testing.assert_allclose(full[:5], log(1.1))
    np.testing.assert_allclose(full[5:], log(0.8))
    assert (change[:5] == 0).all()
    np.testing.assert_allclose(change[5:], log(0.8 / 1.1))
    np.testing.assert_allclose(fee, log(1.03))
    assert (fee_change == 0).all()


def test_a_surcharge_that_begins_later_is_nothing_before_and_after_the_horizon_never_matters():
    duty = {"from": "away", "to": "home", "rate": {"2026-01-08": "25%", "2040-01-01": "50%"}}
    draws = drawn(priced(surcharges={"duty": duty}))
    for u in range(2):
        assert (draws.surcharge[0, u] == 0).all()
        np.testing.assert_allclose(draws.surcharge[1:, u], log(1.25))


def test_an_uncertain_rate_is_the_same_on_all_lanes():
    duty = {"from": "away", "to": "home", "rate": {"2026-01-08": "uniform(10% 90%)"}}
    draws = drawn(priced(surcharges={"duty": duty}))
    assert (draws.surcharge[:, 0] == draws.surcharge[:, 1]).all()
    assert len(set(draws.surcharge[-1, 0])) == 3


def test_costs_are_multiples_of_that_at_the_start():
    plan = priced(supply={"mine": {"cost": {"2025-01-01": "120%", "2026-02-05": "60%"}}})
    cost = drawn(plan).cost
    assert cost.shape == (100, 1, 3)
    assert (cost[:5] == 0).all()
    np.testing.assert_allclose(cost[5:], -log(2))


def test_a_conversion_compares_the_prices_of_the_start_with_its_yield_and_cost():
    """Powder at 0.6 and mesh at 2 USD/ct where the plant is: 0.8 of powder is worth 0.24 of mesh."""
    crush = {
        "from": "mesh",
        "to": "micron",
        "limit": "30%",
        "yield": "80%",
        "time": "1 yr",
        "cost": "0.1 USD/ct",
    }
    start = {"mesh": {"far": "0.5 USD/ct", "outside": "2 USD/ct"}}
    changes = {"producers.plant.conversion": {"crush": crush}}
    both = start | {"micron": {"far": "0.7 USD/ct", "outside": "0.6 USD/ct"}}
    draws = drawn(priced(changes, start=both))
    np.testing.assert_allclose(draws.conversion_worth, 0.24)
    np.testing.assert_allclose(draws.conversion_cost, 0.05)
    without = drawn(priced(changes, start=start))
    assert (without.conversion_worth == ALWAYS_PAYS).all()
    assert (without.conversion_cost == 0.0).all()


def test_a_unit_costs_cash_and_its_part_of_the_capital():
    draws = drawn(priced({"facilities.fab": PLANT}))
    np.testing.assert_allclose(draws.cash_cost, [[CASH] * 3])
    np.testing.assert_allclose(draws.unit_cost, CASH + 1e6 * 0.1168295449 / 292_200, rtol=1e-9)


def test_offtake_does_not_change_what_the_nameplate_costs():
    plan = priced({"facilities.fab": {**PLANT, "offtake": {"arms": "30%"}}})
    np.testing.assert_allclose(drawn(plan).unit_cost, CASH + 1e6 * 0.1168295449 / 292_200, rtol=1e-9)


def test_capital_without_interest_is_paid_back_in_equal_parts():
    draws = drawn(priced({"facilities.fab": {**PLANT, "cost": {"capital": "1 MUSD", "life": "20 yr"}}}))
    np.testing.assert_allclose(draws.unit_cost, 1e6 / 20 / 292_200, rtol=1e-12)
    assert (draws.cash_cost == 0).all()


def test_a_cost_that_is_not_given_is_not_a_number():
    draws = drawn(
        priced({"facilities.a": PLANT, "facilities.b": {**FAB, "contract_shares": {"home": "10%"}}})
    )
    assert np.isnan(draws.unit_cost[1]).all()
    assert np.isnan(draws.cash_cost[1]).all()
    assert np.isfinite(draws.unit_cost[0]).all()


def test_a_plant_stops_below_its_cost_in_cash_and_is_held_up_by_its_floor():
    start = {"mesh": {"far": "0.5 USD/ct", "outside": "uniform(1 3) USD/ct"}}
    plan = priced({"facilities.fab": {**PLANT, "floor_price": "0.8 USD/ct"}}, start=start)
    draws = drawn(plan)
    mesh, micron = row_of(plan, "fab.mesh"), row_of(plan, "fab.micron")
    price = draws.start_usd[1]
    assert len(set(price)) == 3
    np.testing.assert_allclose(draws.floor[mesh], np.log(0.8 / price))
    np.testing.assert_allclose(draws.stop[mesh], np.log(CASH / price))
    others = [s for s in range(plan.n_sources) if s != mesh]
    assert (draws.floor[others] == NO_PRICE).all()
    assert (draws.stop[others] == NO_PRICE).all()
    assert micron in others  # It has no market.


def test_a_plant_without_running_cost_never_stops():
    cost = {"capital": "1 MUSD", "life": "20 yr"}
    assert (drawn(priced({"facilities.fab": {**PLANT, "cost": cost}})).stop == NO_PRICE).all()


def shapes(plan: Plan, count: int) -> dict[str, tuple[int, ...]]:
    assert plan.prices is not None
    n, s, f, t = plan.n_nodes, plan.n_sources, len(plan.facilities), plan.n_ticks
    sizes: dict[str, tuple[int, ...]] = dict.fromkeys(
        ("adjustment_gain", "arbitrage_gain", "planning_gain", "lowest", "highest", "supplier_elasticity"),
        (count,),
    )
    sizes |= dict.fromkeys(("supply_elasticity", "supply_gain", "floor", "stop", "ask"), (s, count))
    sizes |= dict.fromkeys(("unit_cost", "cash_cost"), (f, count))
    return sizes | {
        "start_usd": (plan.n_markets, count),
        "demand_elasticity": (n, count),
        "surcharge": (t, len(plan.prices.surcharges), count),
        "cost": (t, len(plan.prices.costs), count),
        "ask_change": (t, len(plan.prices.asking), count),
        "conversion_worth": (len(plan.conversions), count),
        "conversion_cost": (len(plan.conversions), count),
    }


@pytest.fixture(scope="module")
def uncertain() -> Plan:
    far, outside = "uniform(0.3 0.6) USD/ct", "lognormal(median 2 USD/ct sigma 0.3)"
    return priced(
        {
            "facilities.fab": {**PLANT, "nameplate": FAB["nameplate"], "floor_price": "tri(1 2 3) USD/ct"},
            "reserves.pile": STOCKPILE,
        },
        start={"mesh": {"far": far, "outside": outside}},
        arbitrage_time="tri(2 4 8) weeks",
        limits={"lowest": "uniform(0.1 0.5)", "highest": "uniform(5 9)"},
        demand={"any": "uniform(0.2 0.4)"},
        supply={"any": {"elasticity": "uniform(0 1)", "cost": {"2026-03-01": "uniform(50% 150%)"}}},
        surcharges={"duty": {"from": "away", "to": "home", "rate": {"2026-03-01": "uniform(0 1)"}}},
    )


def test_every_array_has_its_shape_and_type(uncertain):
    draws = drawn(uncertain, first=1020, count=10)
    expected = shapes(uncertain, 10)
    assert {f.name for f in fields(PriceDraws)} == set(expected)
    for name, shape in expected.items():
        values = getattr(draws, name)
        assert values.shape == shape, name
        assert values.dtype == np.float64, name
        assert values.flags.c_contiguous, name
        assert np.isfinite(values).all(), name


def test_a_replication_is_the_same_alone_in_its_block_and_across_blocks(uncertain):
    block = draw(uncertain, seed=1)
    across = drawn(uncertain, seed=1, first=1020, count=8)
    alone = drawn(uncertain, seed=1, first=1021, count=1)
    picked = block.select([1021]).prices
    assert picked is not None
    for field in fields(PriceDraws):
        name = field.name
        assert np.array_equal(getattr(alone, name), getattr(picked, name)), name
        assert np.array_equal(getattr(across, name)[..., 1:2], getattr(picked, name)), name
    assert len(set(across.start_usd[0])) == 8


def unpriced(draws: Draws) -> dict[str, np.ndarray]:
    lists = {"pre_buys": draws.pre_buys, "adoption_ticks": draws.adoption_ticks}
    named = {name: values for name, values in all_arrays(draws).items() if not name.startswith("prices.")}
    return named | {f"{name}{k}": x for name, rows in lists.items() for k, x in enumerate(rows)}


def test_prices_leave_all_other_draws_as_they_were():
    before = load_scenario("reinstated-2027")
    start = {"mesh": {"china": "0.05 USD/ct", "outside": "tri(1 2 3) USD/ct"}}
    changes = {
        "prices": PRICES | {"zones": {"china": "CN"}, "start": start, "demand": {"any": "uniform(0 1)"}},
        "facilities.georgia.cost": COST,
        "facilities.georgia.floor_price": "0.2 USD/ct",
    }
    after = before.override(changes)
    one, two = (unpriced(draw(compile_plan(each), seed=3, count=5)) for each in (before, after))
    assert one.keys() == two.keys()
    for name, values in one.items():
        assert np.array_equal(values, two[name]), name


def test_lanes_of_the_surcharges_are_those_of_the_plan(uncertain):
    # An engine multiplies rows of the draws with rows of the plan.
    prices = uncertain.prices
    assert prices is not None
    assert prices.surcharge_lanes.shape == (2, uncertain.n_lanes)
    assert prices.surcharge_lanes[0, lane(uncertain, "mine.mesh -> home.arms.mesh")]
    assert prices.surcharge_lanes[1, lane(uncertain, "mine.mesh -> reserve.pile")]
