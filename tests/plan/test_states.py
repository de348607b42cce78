"""What a scenario says of the states of a control becomes entries, sojourns and hazards of the plan."""

from typing import Any

import pytest

from diamondsim.plan import ControlState
from tests.plan.worlds import central, small

BAN: dict[str, Any] = {"covers": {"from": "away", "grades": ["mesh"]}}


def written(**changes):
    return small({"controls.ban": BAN | changes}).controls[0]


def expiries(**changes):
    return {
        "first": "2025-11-10",
        "every": "1 yr",
        "then": {"unchanged": "beta(3 1)", "banned": "25%"},
    } | changes


def test_expiries_return_until_the_horizon_ends_and_those_before_it_count():
    timeline = written(expiries=expiries()).timeline
    assert [entry.tick for entry in timeline] == [-7, 45, 97]
    assert [entry.name for entry in timeline] == [
        f"controls.ban.expiries.{year}-11-10" for year in (2025, 2026, 2027)
    ]
    assert {entry.during for entry in timeline} == {(ControlState.SUSPENDED,)}


def test_the_chances_of_an_expiry_are_the_same_draw_each_time():
    first, second, *_ = written(expiries=expiries()).timeline
    assert first.branches == second.branches
    assert [branch.state for branch in first.branches] == [None, ControlState.BANNED]
    assert first.branches[0].probability.name == "controls.ban.expiries.then.unchanged"
    assert central(first.branches[0].probability) == 0.75


@pytest.mark.parametrize("every, ticks", [("700 days", [45]), ("9e9 yr", [45]), ("200.5 days", [45, 73])])
def test_expiries_fall_on_whole_days_within_the_horizon(every, ticks):
    timeline = written(expiries=expiries(first="2026-11-10", every=every)).timeline
    assert [entry.tick for entry in timeline] == ticks


def test_without_every_there_is_one_expiry():
    timeline = written(
        expiries={"first": "2026-11-10", "while": ["banned", "licensing"], "then": "none"}
    ).timeline
    assert [entry.during for entry in timeline] == [(ControlState.BANNED, ControlState.LICENSING)]


def test_an_expiry_comes_before_an_entry_of_the_same_tick_so_that_the_entry_wins():
    timeline = written(
        timeline={"2026-11-09": "suspended"}, expiries={"first": "2026-11-10", "then": "licensing"}
    ).timeline
    assert [(entry.tick, entry.branches[0].state) for entry in timeline] == [
        (45, ControlState.LICENSING),
        (45, ControlState.SUSPENDED),
    ]


def test_hazards_are_kept_in_the_order_written_with_their_names():
    hazards = written(
        hazards={
            "suspended": {"licensing": "0.94/yr", "banned": "gamma(shape 1.5 rate 1.06) /yr"},
            "none": {"announced": "1/yr"},
        }
    ).hazards
    assert [(h.state.name, h.to.name) for h in hazards] == [
        ("SUSPENDED", "LICENSING"),
        ("SUSPENDED", "BANNED"),
        ("NONE", "ANNOUNCED"),
    ]
    assert hazards[1].per_year.name == "controls.ban.hazards.suspended.banned"
    assert round(central(hazards[1].per_year), 3) == 1.415


def test_a_control_without_hazards_and_expiries_has_none():
    assert (written().hazards, written().timeline) == ((), ())
