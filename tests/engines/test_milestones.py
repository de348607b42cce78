"""What the event log says of a facility: its money, its owner, its presses, and why it makes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from diamondsim.engines.event import Kind, run
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


def told(**plant: Any) -> list[tuple[int, str, str]]:
    """Return tick, kind and words of what the log says of a plant; tick 0 is 5 January 2026."""
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
    kinds = (Kind.MILESTONE, Kind.NO_OUTPUT)
    return [(event.tick, str(event.kind), event.why) for event in events if event.kind in kinds]


def milestones(**plant: Any) -> list[tuple[int, str]]:
    return [(tick, why) for tick, kind, why in told(**plant) if kind == Kind.MILESTONE]


def test_stages_are_told_as_they_end() -> None:
    assert milestones() == [
        (8, "site is over"),
        (18, "presses is over: first output"),
        (23, "it runs at 90 % of nameplate"),
    ]


def test_tranches_are_told_with_their_amounts_by_date() -> None:
    assert milestones(financing=MONEY | {"window_closes": "2028-01-01"})[:4] == [
        (7, "equity closes"),
        (24, "loan closes (450 MUSD)"),
        (24, "all tranches have closed"),
        (28, "site is over"),
    ]


def test_a_missed_window_is_told_apart_from_waiting() -> None:
    waiting = MONEY | {"if_missed": "waits", "wait": "8 weeks"}
    assert milestones(financing=waiting)[:4] == [
        (7, "equity closes"),
        (21, "the lender's window closes too early: it waits"),
        (29, "loan closes (450 MUSD)"),
        (29, "all tranches have closed"),
    ]
    assert told(financing=MONEY) == [
        (0, Kind.NO_OUTPUT, "cancelled: a tranche missed the lender's window"),
        (7, Kind.MILESTONE, "equity closes"),
        (21, Kind.MILESTONE, "the lender's window closes too early: it is cancelled"),
    ]


def test_the_sale_of_the_owner_and_the_refusal_of_presses_are_told_where_they_delay() -> None:
    sale = {"probability": "100%", "delay": "6 weeks"}
    presses = {"from": "CN", "stage": "presses", "delay": "9 weeks"}
    assert milestones(sale_of_owner=sale, presses=presses) == [
        (4, "its owner is sold: site begins later"),
        (14, "site is over"),
        (14, "no licence for presses from CN: presses takes longer"),
        (33, "presses is over: first output"),
        (38, "it runs at 90 % of nameplate"),
    ]


@pytest.mark.parametrize(
    "plant, why",
    [
        ({"cancelled": "100%"}, "cancelled"),
        ({"cancelled": "100%", "financing": MONEY}, "cancelled"),
        ({"stages": {"site": "9 yr"}}, "not finished before the horizon ends"),
    ],
)
def test_a_plant_without_output_says_why(plant: dict[str, Any], why: str) -> None:
    assert told(**plant)[0] == (0, Kind.NO_OUTPUT, why)


def test_a_cancelled_plant_says_so_on_the_day_of_the_decision() -> None:
    assert milestones(cancelled="100%") == [(4, "it is cancelled")]
