"""What a scenario says of the states of a control becomes entries, sojourns and hazards of the plan."""

from typing import Any

import pytest

from diamondsim.plan import ControlState
from diamondsim.plan.check import check
from diamondsim.plan.compile import compile_plan
from tests.plan.small_scenarios import central, small_plan, small_scenario

BAN: dict[str, Any] = {"covers": {"from": "away", "grades": ["mesh"]}}


def written(**changes):
    return small_plan({"controls.ban": BAN | changes}).controls[0]


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


@pytest.mark.parametrize("every, ticks", [("700 days", [45]), ("900 yr", [45]), ("200.5 days", [45, 73])])
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


# Shared draws

OTHER: dict[str, Any] = {"covers": {"from": "away", "grades": ["micron"]}}
FORK = {"shared_draw": "truce", "banned": "25%", "suspended": "75%"}


def two(first, second):
    return small_scenario({"controls.ban": BAN | first, "controls.list": OTHER | second})


def test_dates_that_name_one_draw_read_one_uniform_whatever_their_date():
    plan = compile_plan(two({"timeline": {"2027-11-10": FORK}}, {"timeline": {"2027-11-27": FORK}}))
    first, second = (control.timeline[0] for control in plan.controls)
    assert (first.name, second.name) == ("draws.truce", "draws.truce")
    assert first.tick < second.tick


def test_expiries_that_name_one_draw_read_one_uniform_for_each_of_their_dates():
    then = {"shared_draw": "truce", "unchanged": "75%", "banned": "25%"}
    plan = compile_plan(
        two({"expiries": expiries(then=then)}, {"expiries": expiries(first="2025-11-27", then=then)})
    )
    names = [[entry.name for entry in control.timeline] for control in plan.controls]
    assert names[0] == names[1] == ["draws.truce.1", "draws.truce.2", "draws.truce.3"]


def test_an_uncertain_chance_is_shared_by_its_place_among_the_branches():
    first = written(
        timeline={"2027-11-10": {"shared_draw": "truce", "unchanged": "beta(3 1)", "banned": "25%"}}
    )
    second = written(
        expiries=expiries(then={"shared_draw": "truce", "suspended": "beta(3 1)", "licensing": "25%"})
    )
    (one,), (other, *_) = first.timeline, second.timeline
    assert [b.probability for b in one.branches] == [b.probability for b in other.branches]
    assert one.branches[0].probability.name == "draws.truce.branch1"
    assert (one.branches[0].state, other.branches[0].state) == (None, ControlState.SUSPENDED)


def test_entries_without_a_draw_keep_their_own_names_beside_one_with_it():
    (first, second) = written(timeline={"2027-01-06": {"banned": "100%"}, "2027-11-10": FORK}).timeline
    assert (first.name, second.name) == ("controls.ban.timeline.2027-01-06", "draws.truce")
    assert first.branches[0].probability.name == "controls.ban.timeline.2027-01-06.banned"


def test_a_draw_that_is_named_once_is_pointed_out():
    typo = two(
        {"timeline": {"2027-11-10": FORK}}, {"timeline": {"2027-11-27": FORK | {"shared_draw": "truse"}}}
    )
    said = [text for text in check(typo).warnings if "draw" in text]
    assert said == [
        "only controls.ban.timeline.2027-11-10 uses the shared draw 'truce', and no other date",
        "only controls.list.timeline.2027-11-27 uses the shared draw 'truse', and no other date",
    ]
    right = two({"timeline": {"2027-11-10": FORK}}, {"timeline": {"2027-11-27": FORK}})
    assert not [text for text in check(right).warnings if "draw" in text]


def test_a_date_and_an_expiry_of_one_name_are_pointed_out_since_they_share_nothing():
    apart = two({"timeline": {"2027-11-10": FORK}}, {"expiries": expiries(then=FORK)})
    assert len([text for text in check(apart).warnings if "uses the shared draw 'truce'" in text]) == 2
