"""Equity, loans and guarantees of a facility, by numbers worked out by hand (eq. 88a-88d)."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest

from diamondsim.draws import PriceDraws
from diamondsim.plan import Milestone, Plan
from diamondsim.sampling import draw
from tests.plan.small_scenarios import FAB, small_plan

PRICES = {
    "start": {"mesh": {"outside": "2 USD/ct"}},
    "adjustment_time": "26 weeks",
}
SHARES = {"kind": "equity", "closes": "10 days", "amount": "100 MUSD", "rate": "12 %/yr"}
CREDIT = {"kind": "loan", "closes": "40 days", "amount": "300 MUSD", "rate": "4 %/yr", "tenor": "10 yr"}
COVER = {"kind": "guarantee", "closes": "40 days", "loan": "credit", "covers": "80%", "rate": "1 %/yr"}
COST = {"capital": "400 MUSD", "life": "20 yr", "interest_from": "financing"}
ANNUITY_12_20 = 0.12 / (1 - 1.12**-20)
ANNUITY_4_10 = 0.04 / (1 - 1.04**-10)
ANNUITY_48_10 = 0.048 / (1 - 1.048**-10)  # at 4 % and 80 % of 1 %
YEARLY = 365.25 * 1000  # what is made in a year


def plan(tranches: dict[str, Any], financing: dict[str, Any] | None = None, **plant: Any) -> Plan:
    fab = FAB | {
        "nameplate": "1000 ct/day",
        "decision": "2026-01-01",
        "stages": {"site": "0 days", "building": "0 days"},
        "ramp": "0 days",
        "financing": {"tranches": tranches} | (financing or {}),
    }
    return small_plan({"facilities.fab": fab | plant, "prices": PRICES})


def priced(the_plan: Plan) -> PriceDraws:
    prices = draw(the_plan, seed=0, count=3).prices
    assert prices is not None
    return prices


def row(the_plan: Plan, milestone: Milestone, name: str = "", **options: Any) -> np.ndarray:
    number = the_plan.facilities[0].milestones.index((milestone, name))
    return draw(the_plan, **({"seed": 0} | options)).milestones[0][number]


def unit_cost(tranches: dict[str, Any], **options: Any) -> float:
    return float(priced(plan(tranches, **options)).unit_cost[0, 0])


def test_each_tranche_is_served_on_its_own_terms_by_its_share_of_the_amounts() -> None:
    cost = unit_cost({"shares": SHARES, "credit": CREDIT}, cost=COST)
    assert cost == pytest.approx(4e8 * (0.25 * ANNUITY_12_20 + 0.75 * ANNUITY_4_10) / YEARLY, rel=1e-8)


def test_an_amount_changes_the_cost_of_capital() -> None:
    shares = SHARES | {"amount": "300 MUSD"}
    cost = unit_cost({"shares": shares, "credit": CREDIT}, cost=COST)
    assert cost == pytest.approx(4e8 * (0.5 * ANNUITY_12_20 + 0.5 * ANNUITY_4_10) / YEARLY, rel=1e-8)


def test_tranches_at_one_rate_over_the_life_cost_what_that_interest_costs() -> None:
    credit = {"kind": "loan", "closes": "40 days", "amount": "300 MUSD", "rate": "12 %/yr"}
    one = unit_cost({"shares": SHARES, "credit": credit}, cost=COST)
    other = unit_cost(
        {"shares": SHARES}, cost={"capital": "400 MUSD", "life": "20 yr", "interest": "12 %/yr"}
    )
    assert one == pytest.approx(other, rel=1e-12)


def test_a_guarantee_costs_its_fee_on_what_it_covers() -> None:
    tranches = {"shares": SHARES, "credit": CREDIT, "cover": COVER}
    cost = unit_cost(tranches, cost=COST)
    assert cost == pytest.approx(4e8 * (0.25 * ANNUITY_12_20 + 0.75 * ANNUITY_48_10) / YEARLY, rel=1e-8)


def test_a_loan_whose_guarantee_fails_is_dearer_by_its_premium_and_pays_no_fee() -> None:
    tranches = {"credit": CREDIT | {"premium": "0.8 %/yr"}, "cover": COVER | {"fails": "100%"}}
    assert unit_cost(tranches, cost=COST) == pytest.approx(4e8 * ANNUITY_48_10 / YEARLY, rel=1e-8)
    # It closes all the same; the guarantee does not, and holds nothing up.
    assert (row(plan(tranches), Milestone.FINANCED) == 6).all()
    assert (row(plan(tranches), Milestone.TRANCHE, "cover") == 100).all()
    assert (row(plan(tranches), Milestone.TRANCHE_FAILED, "cover") == 6).all()


def test_the_loans_bear_interest_from_the_end_of_the_financing_to_first_output() -> None:
    stages = {"site": "0 days", "building": "1461 days"}
    tranches = {"shares": SHARES, "credit": CREDIT}
    yearly = 0.25 * ANNUITY_12_20 + 0.75 * ANNUITY_4_10
    grown = 1 + 0.75 * (1.04**4 - 1)
    assert unit_cost(tranches, cost=COST, stages=stages) == pytest.approx(
        4e8 * yearly * grown / YEARLY, rel=1e-8
    )


@pytest.mark.parametrize("bearer, years", [("owner", 2), ("lender", 1)])
def test_the_lender_may_bear_the_interest_of_a_delay(bearer: str, years: int) -> None:
    plant = {
        "stages": {"site": "0 days", "building": "365.25 days"},
        "ownership_change": {"probability": "100%", "delay": "365.25 days", "before": "building"},
        "cost": COST,
    }
    cost = unit_cost({"credit": CREDIT}, financing={"delay_borne_by": bearer}, **plant)
    assert cost == pytest.approx(4e8 * ANNUITY_4_10 * 1.04**years / YEARLY, rel=1e-8)


def test_a_facility_whose_equity_fails_is_never_built() -> None:
    failing = plan({"shares": SHARES | {"fails": "100%"}, "credit": CREDIT})
    draws = draw(failing, seed=0, count=3)
    assert (draws.milestones[0][-2:] == failing.n_ticks).all()
    assert (draws.capacity_index == 0).all()
    assert (row(failing, Milestone.TRANCHE_FAILED, "shares") == 1).all()


def test_a_loan_fails_as_far_as_no_guarantee_covers_it() -> None:
    credit = CREDIT | {"fails": "50%"}
    alone = row(plan({"credit": credit}), Milestone.TRANCHE_FAILED, "credit") == 6
    covered = row(plan({"credit": credit, "cover": COVER}), Milestone.TRANCHE_FAILED, "credit") == 6
    broken = {"credit": credit, "cover": COVER | {"fails": "100%"}}
    uncovered = row(plan(broken), Milestone.TRANCHE_FAILED, "credit") == 6
    assert alone.mean() == pytest.approx(0.5, abs=4 * sqrt(0.25 / 1024))
    assert covered.mean() == pytest.approx(0.1, abs=4 * sqrt(0.09 / 1024))
    assert (uncovered == alone).all()
    assert not (covered & ~alone).any()


def test_a_loan_that_depends_on_its_guarantee_falls_with_it() -> None:
    cover = COVER | {"fails": "30%", "if_fails": "loan_fails"}
    fallen = plan({"credit": CREDIT, "cover": cover})
    failed = row(fallen, Milestone.TRANCHE_FAILED, "cover") == 6
    assert 0.2 < failed.mean() < 0.4
    assert ((row(fallen, Milestone.TRANCHE_FAILED, "credit") == 6) == failed).all()
    assert ((draw(fallen, seed=0).milestones[0][-2] == fallen.n_ticks) == failed).all()


def test_another_loan_takes_the_place_of_one_that_failed_later_and_at_its_premium() -> None:
    credit = CREDIT | {"fails": "100%", "if_fails": "waits", "replacement": "70 days", "premium": "0.8 %/yr"}
    waiting = plan({"credit": credit}, cost=COST)
    assert (row(waiting, Milestone.FINANCED) == 16).all()  # day 110
    assert unit_cost({"credit": credit}, cost=COST) == pytest.approx(4e8 * ANNUITY_48_10 / YEARLY, rel=1e-8)


def test_a_replacement_may_come_too_late_for_the_window() -> None:
    credit = CREDIT | {"fails": "100%", "if_fails": "waits", "replacement": "70 days"}
    late = plan({"credit": credit}, {"window_closes": "2026-04-20"})
    assert (row(late, Milestone.WINDOW_MISSED) == 16).all()
    assert (row(late, Milestone.FINANCED) == late.n_ticks).all()


def test_terms_that_never_fail_leave_the_dates_alone() -> None:
    dated = {name: {"closes": about["closes"]} for name, about in (("shares", SHARES), ("credit", CREDIT))}
    stages = {"stages": FAB["stages"]}
    bare, termed = plan(dated, **stages), plan({"shares": SHARES, "credit": CREDIT, "cover": COVER}, **stages)
    one, two = draw(bare, seed=3), draw(termed, seed=3)
    assert np.array_equal(one.milestones[0][-4:], two.milestones[0][-4:])
    assert np.array_equal(one.capacity_index, two.capacity_index)
