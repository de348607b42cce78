"""What lasts for less than a tick is told, unless rounding loses nothing of it on average."""

import pytest

from diamondsim.plan.check import check
from tests.plan.small_scenarios import FAB, small_scenario

# Ticks of 7 days begin on 2026-06-04 and 2026-06-11; a date within 3 days of one is rounded to it.
BAN = {"covers": {"from": "away", "grades": ["mesh"]}, "timeline": {"2026-06-04": "licensing"}}
YEARLY = {"then": "none", "while": "licensing"}
PRICED = {"start": {"mesh": {"outside": "1 USD/ct"}}, "adjustment_time": "1 yr"}
WHOLE, LOST = "counted as a whole one", "without effect"


def told(changes: dict[str, object]) -> list[str]:
    return list(check(small_scenario(changes)).warnings)


def call(within: str, length: str) -> dict[str, object]:
    """Return changes that add a plant with a call for funds on 2026-06-04."""
    surcharge = {"from": "away", "to": "home", "rate": "25%", "length": length}
    of_funds = {"date": "2026-06-04", "answer_within": within, "missed": "20%", "surcharge": surcharge}
    money = {"tranches": {"shares": {"closes": "30 days"}}, "call": of_funds}
    return {"facilities.fab": {**FAB, "financing": money}, "prices": PRICED}


def plant(**changes: object) -> dict[str, object]:
    """Return changes that add a plant without random times, which has its first output on 2026-06-04."""
    stages = {"permits": "3 days", "construction": "161 days"}
    return {"facilities.fab": {**FAB, "decision": "2025-12-22", "stages": stages, **changes}}


@pytest.mark.parametrize(
    "changes, path, said",
    [
        (call("42 days", "3 days"), "facilities.fab.financing.call.surcharge.length", LOST),
        (call("42 days", "4 days"), "facilities.fab.financing.call.surcharge.length", WHOLE),
        (call("3 days", "42 days"), "facilities.fab.financing.call.answer_within", LOST),
        (plant(), "facilities.fab.stages.permits", LOST),
        (plant(decision="2025-12-26"), "facilities.fab.stages.permits", WHOLE),
        (plant(stages={"construction": "164 days"}, ramp="3 days"), "facilities.fab.ramp", WHOLE),
        (
            plant(stages={"construction": "164 days"}, qualification={"any": "3 days"}),
            "facilities.fab.qualification.any",
            LOST,
        ),
        (
            plant(
                stages={"construction": "164 days"},
                power={
                    "available": {"2026-01-01": "50%"},
                    "project": {"delivers": "2026-06-04", "delay": "3 days"},
                },
            ),
            "facilities.fab.power.project.delay",
            LOST,
        ),
        (
            {"inventory_policy.any": {"qualification_time": "5 days", "qualification_trigger": "50%"}},
            "inventory_policy.any.qualification_time",
            WHOLE,
        ),
        (
            {
                "controls.ban": {
                    **BAN,
                    "licensing": {"any": {"licence": {"validity": "3 days", "renewal": "9 days"}}},
                }
            },
            "controls.ban.licensing.any.licence.validity",
            WHOLE,
        ),
        (
            {
                "controls.ban": {
                    **BAN,
                    "licensing": {"any": {"dead_time": "3 days", "recovery_time": "0 days"}},
                }
            },
            "controls.ban.licensing.any.dead_time",
            WHOLE,
        ),
        (
            {
                "controls.ban": {
                    **BAN,
                    "licensing": {"any": {"general_licences": {"share": "50%", "after": "3 days"}}},
                }
            },
            "controls.ban.licensing.any.general_licences.after",
            WHOLE,
        ),
        (
            {
                "controls.ban": {
                    **BAN,
                    "spillover": {
                        "covers": {"from": "away", "grades": ["micron"]},
                        "lost": "50%",
                        "time": "3 days",
                    },
                }
            },
            "controls.ban.spillover.time",
            WHOLE,
        ),
        (
            {"producers.mine.swing.more": {"share": "10%", "delay": "3 days", "opens": "2026-06-04"}},
            "producers.mine.swing.more.delay",
            WHOLE,
        ),
        # On one tick expiries come first, so that the timeline decides whichever day is earlier.
        (
            {"controls.ban": {**BAN, "expiries": {**YEARLY, "first": "2026-06-02"}}},
            "controls.ban.expiries.2026-06-02",
            LOST,
        ),
        (
            {"controls.ban": {**BAN, "expiries": {**YEARLY, "first": "2026-06-06"}}},
            "controls.ban.expiries.2026-06-06",
            LOST,
        ),
        (
            {"controls.ban": {**BAN, "expiries": {**YEARLY, "first": "2026-01-01", "every": "75 days"}}},
            "controls.ban.expiries.2026-05-31",
            WHOLE,
        ),
    ],
)
def test_what_is_shorter_than_a_tick_is_told(changes, path, said):
    assert told(changes) == [f"shorter than a tick of 7 days, and therefore {said}: {path}"]


@pytest.mark.parametrize(
    "changes",
    [
        # What begins at a random moment or adds to a random time is kept on average.
        call("tri(30 42 50) days", "3 days"),
        call("42 days", "tri(1 3 6) days"),
        plant(stages={"permits": "3 days", "construction": "tri(100 161 200) days"}),
        plant(cancelled="10%", stages={"construction": "164 days"}),
        {"controls.ban": {**BAN, "licensing": {"any": {"dead_time": "3 days", "recovery_time": "90 days"}}}},
        {
            "producers.mine.swing.more": {
                "share": "1%",
                "delay": "3 days",
                "time": "1 yr",
                "opens": "2026-06-04",
            }
        },
        {"controls.ban": {**BAN, "expiries": {**YEARLY, "first": "2026-06-04"}}},
        {"controls.ban": {**BAN, "expiries": {**YEARLY, "first": "2026-06-18", "every": "7 days"}}},
    ],
)
def test_what_rounding_keeps_on_average_is_not_told(changes):
    assert told(changes) == []


def test_expiries_that_follow_one_another_within_a_tick_are_told():
    expiries = {"first": "2026-07-02", "every": "3 days", "then": {"none": "10%", "unchanged": "90%"}}
    ban = {**BAN, "timeline": {"2026-06-04": "suspended"}, "expiries": expiries}
    assert told({"controls.ban": ban}) == [
        "several expiries fall on one tick of 7 days and act there one after the other: "
        "controls.ban.expiries.every"
    ]
    assert told({"controls.ban": ban, "horizon.tick": "1 day"}) == []
