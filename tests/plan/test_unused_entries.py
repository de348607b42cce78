"""What is said in vain is told: dates that the horizon does not reach, costs that nothing responds to."""

import pytest

from diamondsim.plan.check import check
from diamondsim.scenario import load_scenario, shipped_scenarios
from tests.plan.small_scenarios import FAB, small_scenario

# The horizon of the small scenario: 2026-01-01 to 2027-12-02.
BAN = {"covers": {"from": "away", "grades": ["mesh"]}}
PRICED = {"start": {"mesh": {"outside": "1 USD/ct"}}, "adjustment_time": "1 yr"}
TARIFF = {"from": "away", "to": "home"}
FIRM = {"aggregate": "home.grinding", "share": "10%"}


def told(changes: dict[str, object]) -> list[str]:
    return list(check(small_scenario(changes)).warnings)


@pytest.mark.parametrize(
    "begin, end, said",
    [
        # Ticks of 7 days begin on 2026-06-04 and 2026-06-11; a date within 3 days of one is rounded to it.
        ("2026-06-04", "2026-06-07", "without effect"),
        ("2026-06-05", "2026-06-08", "counted as a whole one"),
        ("2026-06-04", "2026-06-11", None),
        ("2026-06-05", "2026-06-15", None),
    ],
)
def test_what_is_shorter_than_a_tick_is_told(begin, end, said):
    strike: dict[str, object] = {"producers.mine.scheduled_outages.strike": {"begin": begin, "end": end}}
    ban: dict[str, object] = {"controls.ban": {**BAN, "timeline": {begin: "banned", end: "none"}}}
    ahead: dict[str, object] = {
        "buyers.firm": {**FIRM, "pre_buy": {"date": begin, "until": end, "extra": "9 days"}}
    }
    for changes, path in (
        (strike, "producers.mine.scheduled_outages.strike"),
        (ban, f"controls.ban.timeline.{begin}"),
        (ahead, "buyers.firm.pre_buy"),
    ):
        tick = f"shorter than a tick of 7 days, and therefore {said}: {path}"
        assert told(changes) == ([] if said is None else [tick])


def test_days_are_told_apart_on_a_tick_of_a_day():
    ban = {"controls.ban": {**BAN, "timeline": {"2026-06-04": "banned", "2026-06-05": "none"}}}
    assert told({**ban, "horizon.tick": "1 day"}) == []


@pytest.mark.parametrize(
    "changes, path, said",
    [
        ({"producers.mine.lead": {"home": "3 days"}}, "producers.mine.lead.home", "counted as a whole one"),
        (
            {"inventory_policy.any.lead": "tri(1 2 3) days"},
            "inventory_policy.any.lead",
            "counted as a whole one",
        ),
        (
            {"uses.arms.substitution": {"share": "10%", "time": "3 days", "opens": "2026-06-04"}},
            "uses.arms.substitution.time",
            "counted as a whole one",
        ),
        (
            {
                "uses.arms.substitution": {
                    "share": "10%",
                    "qualification": "3 days",
                    "time": "90 days",
                    "opens": "2026-06-04",
                }
            },
            "uses.arms.substitution.qualification",
            "without effect",
        ),
        (
            {"producers.mine.swing.more": {"share": "10%", "opens": "2026-06-04", "time": "6 days"}},
            "producers.mine.swing.more.time",
            "counted as a whole one",
        ),
        (
            {
                "producers.mine.expansion.line": {
                    "trigger": "10%",
                    "lasting": "90 days",
                    "delay": "2 days",
                    "ramp": "90 days",
                    "size": "10%",
                }
            },
            "producers.mine.expansion.line.delay",
            "counted as a whole one",
        ),
        (
            {
                "controls.ban": {
                    **BAN,
                    "timeline": {"2026-06-04": "licensing"},
                    "sojourn": {"licensing": "3 days"},
                    "transitions": {"licensing": "none"},
                }
            },
            "controls.ban.sojourn.licensing",
            "counted as a whole one",
        ),
        (
            {
                "controls.ban": {
                    **BAN,
                    "timeline": {"2026-06-04": "licensing"},
                    "licensing": {"any.any": {"extra_review": "3 days"}},
                }
            },
            "controls.ban.licensing.any.any.extra_review",
            "without effect",
        ),
        # Ticks begin on 2026-06-04 and 2026-06-11: no tick begins between 5 June and 7 June.
        (
            {
                "drivers.boom": {
                    "uses": "arms",
                    "points": {"2026-06-05": "1", "2026-06-06": "9", "2026-06-08": "1"},
                }
            },
            "drivers.boom.points.2026-06-05, drivers.boom.points.2026-06-06",
            "without effect",
        ),
        (
            {
                "prices": {
                    **PRICED,
                    "surcharges": {"tariff": {**TARIFF, "rate": {"2026-06-04": "50%", "2026-06-07": "0%"}}},
                }
            },
            "prices.surcharges.tariff.rate.2026-06-04",
            "without effect",
        ),
        (
            {"prices": {**PRICED, "supply": {"mine": {"cost": {"2026-06-05": "90%", "2026-06-08": "100%"}}}}},
            "prices.supply.mine.cost.2026-06-05",
            "counted as a whole one",
        ),
    ],
)
def test_durations_drivers_and_steps_shorter_than_a_tick_are_told(changes, path, said):
    assert told(changes) == [f"shorter than a tick of 7 days, and therefore {said}: {path}"]


@pytest.mark.parametrize(
    "changes",
    [
        {"producers.mine.lead": {"home": "7 days"}},
        {"inventory_policy.any.lead": "tri(1 5 9) days"},
        {"uses.arms.substitution": {"share": "10%", "time": "0 days", "opens": "2026-06-04"}},
        # A random outage begins at any moment: rounding loses nothing of it on average.
        {"producers.mine.outages.power": {"rate": "2/yr", "length": "tri(1 2 3) days", "loss": "100%"}},
        {"drivers.boom": {"uses": "arms", "points": {"2026-06-03": "1", "2026-06-05": "2"}}},
        {"inventory_policy.any.cover": "3 days"},
    ],
)
def test_what_a_tick_can_show_is_not_told(changes):
    assert told(changes) == []


LATE = [
    ({"controls.ban": {**BAN, "timeline": {"2027-12-02": "banned"}}}, "controls.ban.timeline.2027-12-02"),
    (
        {"controls.ban": {**BAN, "expiries": {"first": "2028-01-01", "then": "none"}}},
        "controls.ban.expiries.first",
    ),
    (
        {"prices": {**PRICED, "surcharges": {"tariff": {**TARIFF, "rate": {"2028-01-01": "10%"}}}}},
        "prices.surcharges.tariff.rate.2028-01-01",
    ),
    (
        {"prices": {**PRICED, "supply": {"mine": {"cost": {"2028-01-01": "90%"}}}}},
        "prices.supply.mine.cost.2028-01-01",
    ),
    (
        {
            "drivers.boom": {
                "uses": "arms",
                "points": {"2027-01-01": "1", "2028-01-01": "2", "2029-01-01": "3"},
            }
        },
        "drivers.boom.points.2029-01-01",
    ),
    (
        {"drivers.boom": {"uses": "arms", "points": {"2028-01-01": "2"}}},
        "drivers.boom.points.2028-01-01",
    ),
    (
        {"uses.arms.substitution": {"share": "10%", "time": "1 yr", "opens": "2028-01-01"}},
        "uses.arms.substitution.opens",
    ),
    (
        {"producers.mine.scheduled_outages.strike": {"begin": "2028-01-01", "end": "2028-02-01"}},
        "producers.mine.scheduled_outages.strike",
    ),
    (
        {"producers.mine.swing.more": {"share": "10%", "opens": "2028-01-01"}},
        "producers.mine.swing.more.opens",
    ),
    ({"facilities.fab": {**FAB, "decision": "2028-01-01"}}, "facilities.fab.decision"),
    (
        {"facilities.fab": {**FAB, "power": {"available": "50%", "project": {"delivers": "2028-01-01"}}}},
        "facilities.fab.power.project.delivers",
    ),
    (
        {
            "buyers.firm": {
                **FIRM,
                "pre_buy": {"date": "2028-01-01", "until": "2028-02-01", "extra": "9 days"},
            }
        },
        "buyers.firm.pre_buy",
    ),
    (
        {
            "buyers.firm": {
                **FIRM,
                "suppliers": {"mine": {"share": "100%"}},
                "qualify": {"plant": {"from": "2028-01-01", "share": "5%"}},
            }
        },
        "buyers.firm.qualify.plant.from",
    ),
]


@pytest.mark.parametrize("changes, place", LATE, ids=[place for _, place in LATE])
def test_what_begins_after_the_horizon_is_told(changes, place):
    assert told(changes) == [f"the horizon ends on 2027-12-02, so this has no effect: {place}"]


OVER = [
    (
        {"producers.mine.scheduled_outages.strike": {"begin": "2025-11-01", "end": "2026-01-01"}},
        "producers.mine.scheduled_outages.strike",
    ),
    (
        {
            "buyers.firm": {
                **FIRM,
                "pre_buy": {"date": "2025-01-01", "until": "2025-02-01", "extra": "9 days"},
            }
        },
        "buyers.firm.pre_buy",
    ),
]


@pytest.mark.parametrize("changes, place", OVER, ids=[place for _, place in OVER])
def test_what_is_over_before_the_horizon_is_told(changes, place):
    assert told(changes) == [f"the horizon starts on 2026-01-01, after the end of this: {place}"]


@pytest.mark.parametrize(
    "changes",
    [
        {"controls.ban": {**BAN, "timeline": {"2025-01-01": "announced", "2027-12-01": "banned"}}},
        {"drivers.boom": {"uses": "arms", "points": {"2027-01-01": "1", "2029-01-01": "2"}}},
        {
            "producers.mine.scheduled_outages.strike": {
                "begin": "2025-11-01",
                "end": "2026-01-02",
                "loss": "1%",
            }
        },
        {"prices": {**PRICED, "surcharges": {"tariff": {**TARIFF, "rate": {"2025-01-01": "10%"}}}}},
        {"prices": {**PRICED, "surcharges": {"tariff": {**TARIFF, "rate": "10%"}}}},
    ],
)
def test_what_matters_inside_the_horizon_is_not_told(changes):
    assert told(changes) == []


def test_several_dates_in_vain_are_one_warning():
    dates = {f"2028-0{month}-01": "banned" for month in range(1, 7)}
    (warning,) = told({"controls.ban": {**BAN, "timeline": dates}})
    assert warning.endswith("controls.ban.timeline.2028-04-01 and 2 more")


def test_a_cost_without_prices_is_told():
    fab = {**FAB, "cost": {"other": "1 USD/ct"}}
    assert told({"facilities.fab": fab}) == [
        "without 'prices' these costs are neither used nor reported: facilities.fab.cost"
    ]
    assert told({"facilities.fab": fab, "prices": PRICED}) == []


def test_a_call_for_funds_without_prices_is_told():
    surcharge = {"from": "away", "to": "home", "rate": "25%"}
    call = {"answer_within": "45 days", "missed": "20%", "surcharge": surcharge}
    fab = {**FAB, "financing": {"tranches": {"shares": {"closes": "30 days"}}, "call": call}}
    assert told({"facilities.fab": fab}) == [
        "without 'prices' a surcharge has no effect, and nor has this: facilities.fab.financing.call"
    ]
    assert told({"facilities.fab": fab, "prices": PRICED}) == []


def test_power_and_a_call_after_the_horizon_are_told():
    surcharge = {"from": "away", "to": "home", "rate": "25%"}
    call = {"date": "2040-01-01", "answer_within": "45 days", "missed": "20%", "surcharge": surcharge}
    money = {"tranches": {"shares": {"closes": "30 days"}}, "call": call}
    power = {"available": {"2026-01-01": "50%", "2040-06-01": "60%"}}
    (warning,) = told({"facilities.fab": {**FAB, "financing": money, "power": power}, "prices": PRICED})
    assert "facilities.fab.power.available.2040-06-01" in warning
    assert "facilities.fab.financing.call.date" in warning


@pytest.mark.parametrize("name", [shown.name for shown in shipped_scenarios() if not shown.component])
def test_no_shipped_scenario_says_anything_in_vain(name):
    assert check(load_scenario(name)).warnings == ()
