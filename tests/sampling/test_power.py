"""Power of a facility by date, and a call for funds, by numbers worked out by hand (eq. 86a, 97a)."""

from __future__ import annotations

from math import log, sqrt
from typing import Any

import numpy as np
import pytest

from diamondsim.draws import PriceDraws
from diamondsim.plan import Milestone, Plan
from diamondsim.sampling import draw
from tests.plan.small_scenarios import FAB, small_plan

PRICES = {"start": {"mesh": {"outside": "2 USD/ct"}}, "adjustment_time": "26 weeks"}
PLANT = FAB | {
    "nameplate": "1000 ct/day",
    "decision": "2026-01-01",
    "stages": {"building": "70 days"},
    "ramp": "0 days",
    "availability": "80%",
}


def plan(**plant: Any) -> Plan:
    return small_plan({"facilities.fab": PLANT | plant, "prices": PRICES})


def index(**plant: Any) -> np.ndarray:
    the_plan = plan(**plant)
    row = [row.producer for row in the_plan.capacity_rows].index("fab")
    return draw(the_plan, seed=0).capacity_index[:, row]


def prices(the_plan: Plan, **options: Any) -> PriceDraws:
    drawn = draw(the_plan, **({"seed": 0, "count": 3} | options)).prices
    assert drawn is not None
    return drawn


def test_power_limits_what_runs_until_the_project_delivers() -> None:
    # First output in tick 10; half the power until tick 20 (day 140), all of it after.
    limited = index(power={"available": "50%", "project": {"delivers": "2026-05-21"}})[:, 0]
    assert limited[[9, 10, 19, 20, 40]].tolist() == [0.0, 0.5, 0.5, 0.8, 0.8]


def test_a_limit_binds_what_runs_and_not_what_is_good() -> None:
    # 80 % run, half of what runs is good at first and nine tenths at maturity; with power for 40 %.
    curve = {"ramp": "700 days", "yield": {"start": "50%", "end": "90%"}}
    free, limited = index(**curve)[:, 0], index(**curve, power={"available": "40%"})[:, 0]
    ramp = free[10] / 0.8 * 0.9 / 0.52  # 0.05, with a yield of 0.5 + 0.4 * 0.05
    assert ramp == pytest.approx(0.05)
    assert limited[10] == free[10]  # The ramp needs less power than there is.
    assert limited[99] == pytest.approx(free[99] * 0.4 / _running(free[99]))


def _running(output: float) -> float:
    """Return the share that runs, from the output: r * (0.5 + 0.4 * r / 0.8) / 0.9 = output."""
    return float((-0.5 + sqrt(0.25 + 4 * 0.5 * 0.9 * output)) / (2 * 0.5))


def test_the_share_with_power_may_change_by_date_and_the_delay_of_the_project_counts() -> None:
    power = {
        "available": {"2026-01-01": "30%", "2026-04-16": "60%"},
        "project": {"delivers": "2026-05-21", "delay": "70 days"},
    }
    limited = index(power=power)[:, 0]
    assert limited[[10, 14, 15, 29, 30]].tolist() == [0.3, 0.3, 0.6, 0.6, 0.8]
    without = index(power={"available": power["available"]})[:, 0]
    assert without[[10, 15, 99]].tolist() == [0.3, 0.6, 0.6]


def test_a_project_that_is_cancelled_never_delivers() -> None:
    project = {"delivers": "2026-05-21", "cancelled": "40%"}
    last = index(power={"available": "50%", "project": project})[-1]
    assert set(last.tolist()) == {0.5, 0.8}
    assert (last == 0.5).mean() == pytest.approx(0.4, abs=4 * sqrt(0.24 / 1024))


def test_the_project_is_a_milestone() -> None:
    the_plan = plan(power={"available": "50%", "project": {"delivers": "2026-05-21", "delay": "7 days"}})
    row = the_plan.facilities[0].milestones.index((Milestone.POWER_DELIVERED, ""))
    assert draw(the_plan, seed=0, count=2).milestones[0][row].tolist() == [21, 21]


def test_power_without_a_limit_changes_no_bit() -> None:
    assert np.array_equal(index(), index(power={"available": {"2026-01-01": "100%"}}))


COST = {"power": "0.2 kWh/ct", "other": "0.05 USD/ct"}


def test_the_price_of_power_moves_the_cost_from_its_date_on() -> None:
    # Cash 0.05 + 0.2 * 0.10 = 0.07 at first output; 0.09 from tick 20 on, 0.06 before tick 5.
    path = {"2026-01-01": "0.05 USD/kWh", "2026-02-05": "0.1 USD/kWh", "2026-05-21": "0.2 USD/kWh"}
    drawn = prices(plan(cost=COST, power={"price": path}))
    np.testing.assert_allclose(drawn.cash_cost, 0.07)
    np.testing.assert_allclose(drawn.unit_cost, 0.07)
    np.testing.assert_allclose(drawn.cost[:5, 0], log(6 / 7))
    np.testing.assert_allclose(drawn.cost[5:20, 0], 0.0, atol=1e-15)
    np.testing.assert_allclose(drawn.cost[20:, 0], log(9 / 7))
    np.testing.assert_allclose(drawn.stop[-1], log(0.07 / 2))


@pytest.mark.parametrize("asks", ["unit_cost", "cash_cost"])
def test_what_a_plant_asks_follows_the_price_of_power_and_its_capital_stays(asks: str) -> None:
    # 0.09 USD in cash from tick 20 on, and 0.06 before tick 5, beside a price of 2; 20 years of capital.
    path = {"2026-01-01": "0.05 USD/kWh", "2026-02-05": "0.1 USD/kWh", "2026-05-21": "0.2 USD/kWh"}
    cost = COST | {"capital": "1 MUSD", "life": "20 yr"}
    the_plan = plan(cost=cost, asks=asks, power={"price": path})
    drawn = prices(the_plan)
    assert the_plan.prices is not None
    capital = float(drawn.unit_cost[0, 0]) - 0.07 if asks == "unit_cost" else 0.0
    rows = the_plan.prices.source_ask
    assert sorted({*rows.tolist()}) == [-1, 0]
    asked = drawn.ask[rows == 0] + drawn.ask_change[:, [0]]
    np.testing.assert_allclose(asked[:5], log((0.06 + capital) / 2), rtol=1e-12)
    np.testing.assert_allclose(asked[5:20], log((0.07 + capital) / 2), rtol=1e-12)
    np.testing.assert_allclose(asked[20:], log((0.09 + capital) / 2), rtol=1e-12)


def test_one_price_by_date_is_the_price_of_power() -> None:
    by_date = prices(plan(cost=COST, power={"price": {"2026-06-01": "0.1 USD/kWh"}}))
    alone = prices(plan(cost=COST | {"power_price": "0.1 USD/kWh"}))
    assert np.array_equal(by_date.cash_cost, alone.cash_cost)
    assert np.array_equal(by_date.stop, alone.stop)
    assert (by_date.cost == 0).all()


CALL = {
    "date": "2026-01-29",  # tick 4
    "answer_within": "42 days",
    "missed": "100%",
    "surcharge": {"from": "away", "to": "home", "rate": "25%"},
}


def called(**changes: Any) -> PriceDraws:
    call = CALL | {"surcharge": CALL["surcharge"] | changes.pop("surcharge", {})} | changes
    money = {"tranches": {"shares": {"closes": "10 days"}}, "call": call}
    return prices(plan(financing=money), count=1024)


def test_a_call_that_is_not_answered_in_time_brings_its_surcharge() -> None:
    change, full = called().surcharge[:, 0], called().surcharge[:, 1]
    np.testing.assert_array_equal(change, full)
    assert (change[:10] == 0).all()
    np.testing.assert_allclose(change[10:], log(1.25))


def test_the_surcharge_of_a_call_may_end() -> None:
    change = called(surcharge={"length": "70 days"}).surcharge[:, 0, 0]
    assert np.flatnonzero(change).tolist() == [*range(10, 20)]


def test_a_call_is_missed_as_often_as_its_chance_says_by_one_draw() -> None:
    rows = called(missed="30%").surcharge[-1]
    assert (rows[0] > 0).mean() == pytest.approx(0.3, abs=4 * sqrt(0.21 / 1024))
    assert np.array_equal(rows[0], rows[1])


def test_incumbents_have_long_paid_what_began_before_the_horizon() -> None:
    drawn = called(date="2025-06-01", surcharge={"length": "400 days"}).surcharge
    # It began on 13 July 2025 and ends on 17 August 2026, day 228.
    np.testing.assert_allclose(drawn[:33, 1], log(1.25))
    assert (drawn[:33, 0] == 0).all()
    np.testing.assert_allclose(drawn[33:, 0], -log(1.25))


def test_a_call_counts_from_the_decision_unless_it_has_a_date() -> None:
    change = called(date=None).surcharge[:, 0, 0]
    assert np.flatnonzero(change)[0] == 6
