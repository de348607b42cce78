"""What the event log says of a facility: its financing, its owner, its presses, and why it makes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from diamondsim.engines.event import EventKind, run
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import read_scenario

PLANT: dict[str, Any] = {
    "region": "US",
    "nameplate": "50 ct/day",
    "product_mix": {"grit": "100%"},
    "decision": "2026-02-02",
    "stages": {"site": "4 weeks", "presses": "10 weeks"},
    "ramp": "5 weeks",
    "contract_shares": {"US": "40%"},
    "lead": {"any": "7 days"},
}
MONEY = {
    "tranches": {"loan": {"closes": "20 weeks", "amount": "450 MUSD"}, "equity": {"closes": "3 weeks"}},
    "window_closes": "2026-06-01",
}


def logged(**plant: Any) -> list[tuple[int, str, str]]:
    """Return tick, kind and text of the milestones of a facility in the log; tick 0 is 5 January 2026."""
    content = {
        "title": "A plant",
        "horizon": {"start": "2026-01-05", "length": "60 weeks"},
        "regions": {"US": {}, "CN": {}},
        "grades": {"grit": {"unit": "ct"}},
        "uses": {"all": {"grades": {"grit": "100%"}}},
        "demand": {"US": {"all": "100 ct/day"}},
        "inventory_policy": {"any": {"cover": "30 days"}},
        "producers": {
            "mine": {"region": "CN", "capacity": {"grit": "150 ct/day"}, "lead": {"any": "7 days"}}
        },
        "trade": {"mine": {"US": "100 ct/day"}},
        "facilities": {"georgia": PLANT | plant},
        "controls": {
            "kit": {"start": "licensing", "equipment": {"from": "CN", "presses": {"granted": "0%"}}}
        },
    }
    plan = compile_plan(read_scenario(content))
    _, events = run(plan, draw(plan, seed=0, count=1))
    kinds = (EventKind.MILESTONE, EventKind.NO_OUTPUT)
    return [(event.tick, str(event.kind), event.why) for event in events if event.kind in kinds]


def milestones(**plant: Any) -> list[tuple[int, str]]:
    return [(tick, why) for tick, kind, why in logged(**plant) if kind == EventKind.MILESTONE]


def test_a_large_amount_is_logged_as_tables_write_money() -> None:
    loan = MONEY | {
        "tranches": {"loan": {"closes": "20 weeks", "amount": "2 GUSD"}},
        "window_closes": "2028-01-01",
    }
    assert (24, "tranche loan closes (2,000 MUSD)") in milestones(financing=loan)


def test_a_stage_is_logged_when_it_ends() -> None:
    assert milestones() == [
        (8, "stage site is complete"),
        (18, "stage presses is complete: first output"),
        (23, "output reaches 90 % of nameplate"),
    ]


def test_tranches_are_logged_with_their_amounts_by_date() -> None:
    assert milestones(financing=MONEY | {"window_closes": "2028-01-01"})[:4] == [
        (7, "tranche equity closes"),
        (24, "tranche loan closes (450 MUSD)"),
        (24, "all tranches have closed"),
        (28, "stage site is complete"),
    ]


def test_a_missed_window_cancels_the_facility_or_makes_it_wait() -> None:
    waiting = MONEY | {"if_missed": "waits", "wait": "8 weeks"}
    assert milestones(financing=waiting)[:4] == [
        (7, "tranche equity closes"),
        (21, "the lender's window closes before the financing is complete: the facility waits"),
        (29, "tranche loan closes (450 MUSD)"),
        (29, "all tranches have closed"),
    ]
    assert logged(financing=MONEY) == [
        (0, EventKind.NO_OUTPUT, "cancelled: a tranche missed the lender's window"),
        (7, EventKind.MILESTONE, "tranche equity closes"),
        (
            21,
            EventKind.MILESTONE,
            "the lender's window closes before the financing is complete: the facility is cancelled",
        ),
    ]


def test_a_tranche_that_fails_is_logged_with_what_follows() -> None:
    loan = {"kind": "loan", "closes": "3 weeks", "fails": "100%"}
    equity = {"kind": "equity", "closes": "4 weeks", "fails": "100%"}
    assert logged(financing={"tranches": {"shares": equity}}) == [
        (0, EventKind.NO_OUTPUT, "cancelled: tranche shares failed"),
        (8, EventKind.MILESTONE, "tranche shares fails: the facility is cancelled"),
    ]
    waiting = loan | {"if_fails": "waits", "replacement": "10 weeks"}
    assert milestones(financing={"tranches": {"credit": waiting}})[:3] == [
        (7, "tranche credit fails: another one has to be found"),
        (17, "tranche credit closes"),
        (17, "all tranches have closed"),
    ]
    cover = {"kind": "guarantee", "closes": "2 weeks", "loan": "credit", "fails": "100%"}
    dearer = {"credit": loan | {"fails": "0%"}, "cover": cover}
    assert milestones(financing={"tranches": dearer})[:3] == [
        (6, "tranche cover fails: the loan is no longer covered"),
        (7, "tranche credit closes"),
        (7, "all tranches have closed"),
    ]
    fallen = dearer | {"cover": cover | {"if_fails": "loan_fails"}}
    assert logged(financing={"tranches": fallen})[:2] == [
        (0, EventKind.NO_OUTPUT, "cancelled: tranche credit failed"),
        (6, EventKind.MILESTONE, "tranche cover fails, and with it the loan that it covers"),
    ]


def test_the_power_project_is_logged_when_it_delivers() -> None:
    power = {"available": "50%", "project": {"delivers": "2026-03-02", "delay": "4 weeks"}}
    assert (12, "the power project delivers: there is power for the whole facility") in milestones(
        power=power
    )


def test_a_change_of_ownership_and_the_refusal_of_presses_are_logged_when_they_delay() -> None:
    sale = {"probability": "100%", "delay": "6 weeks"}
    presses = {"from": "CN", "stage": "presses", "delay": "9 weeks"}
    assert milestones(ownership_change=sale, presses=presses) == [
        (4, "its owner is sold: stage site begins later"),
        (14, "stage site is complete"),
        (14, "no licence for presses from CN: stage presses takes longer"),
        (33, "stage presses is complete: first output"),
        (38, "output reaches 90 % of nameplate"),
    ]


@pytest.mark.parametrize(
    "plant, why",
    [
        ({"cancelled": "100%"}, "cancelled"),
        ({"cancelled": "100%", "financing": MONEY}, "cancelled"),
        ({"stages": {"site": "9 yr"}}, "not finished by the end of the horizon"),
    ],
)
def test_the_log_says_why_a_facility_makes_nothing(plant: dict[str, Any], why: str) -> None:
    assert logged(**plant)[0] == (0, EventKind.NO_OUTPUT, why)


def test_a_cancellation_is_logged_on_the_day_of_the_decision() -> None:
    assert milestones(cancelled="100%") == [(4, "the facility is cancelled")]
