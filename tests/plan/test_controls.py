"""Controls: which lanes they cover, by which rule, and when."""

from typing import Any

import numpy as np
import pytest

from diamondsim.distributions import Constant
from diamondsim.plan import ControlState, Relay, compile_plan
from tests.plan.small_scenarios import MILL, STOCKPILE, central, lane, lane_names, small_plan, with_mill

BAN: dict[str, Any] = {"covers": {"from": "away", "grades": ["mesh"]}}


def control(more=None, /, **changes):
    return small_plan({"controls.ban": BAN | changes, **(more or {})})


def rule_names(plan, control=0):
    """Name of the rule of each covered lane."""
    return {
        plan.lane_name(column): plan.licensing_rules[d].name
        for column, d in enumerate(plan.rule_of[control].tolist())
        if d >= 0
    }


def test_a_control_without_rules_covers_its_grades_out_of_its_region_by_one_rule():
    plan = control()
    covered = rule_names(plan)
    assert set(covered) == {"mine.mesh -> home.grinding.mesh", "mine.mesh -> home.arms.mesh"}
    assert len(plan.licensing_rules) == 1
    rule = plan.licensing_rules[0]
    for number in (
        rule.initial_rate,
        rule.long_run_rate,
        rule.dead_days,
        rule.recovery_days,
        rule.ban,
        rule.denied_parties,
    ):
        assert number.distribution == Constant(0.0)


def test_feed_and_reserves_are_covered_too():
    plan = compile_plan(with_mill({"reserves.vault": STOCKPILE, "controls.ban": BAN}))
    assert {"mine.mesh -> mill.micron.feed", "mine.mesh -> reserve.vault"} <= set(rule_names(plan))


def test_goods_may_be_covered_to_some_buyers_only():
    covers = {"from": "away", "to": ["military"], "grades": ["micron", "mesh"]}
    assert set(rule_names(control(covers=covers))) == {"mine.mesh -> home.arms.mesh"}


def test_a_lane_is_covered_only_where_a_rule_fits_its_buyer():
    plan = control(licensing={"home.military": {"initial_rate": "10%"}})
    assert set(rule_names(plan)) == {"mine.mesh -> home.arms.mesh"}


def test_each_value_of_a_rule_comes_from_the_most_specific_rule_that_gives_it():
    rules = {
        "any": {"initial_rate": "beta(1 9)", "dead_time": "30 days", "long_run_rate": "80%"},
        "home.any": {"long_run_rate": "60%", "withdrawal_rate": "5%/day"},
        "any.military": {"long_run_rate": "5%"},
    }
    plan = control(licensing=rules)
    civil = plan.licensing_rules[plan.rule_of[0, lane(plan, "mine.mesh -> home.grinding.mesh")]]
    arms = plan.licensing_rules[plan.rule_of[0, lane(plan, "mine.mesh -> home.arms.mesh")]]
    assert (central(civil.long_run_rate), central(arms.long_run_rate)) == pytest.approx((0.6, 0.05))
    assert civil.initial_rate == arms.initial_rate
    assert civil.initial_rate.name == "controls.ban.licensing.any.initial_rate"
    assert central(civil.dead_days) == central(arms.dead_days) == 30.0
    assert arms.withdrawal_per_day.name == "controls.ban.licensing.home.any.withdrawal_rate"
    assert (civil.name, arms.name) == ("ban: home.any + any", "ban: any.military + home.any + any")


def test_buyers_with_the_same_values_share_a_rule_and_others_do_not():
    covers = {"from": "away", "grades": ["micron", "mesh"]}
    plan = control(
        covers=covers, licensing={"any": {"initial_rate": "10%"}, "any.chip": {"extra_review": "35 days"}}
    )
    rules = rule_names(plan)
    assert len(plan.licensing_rules) == len(set(rules.values())) == 2
    others = {rules[name] for name in rules if "polishing" not in name}
    assert others == {"ban: any"}


def test_each_control_has_rules_of_its_own():
    plan = control({"controls.other": BAN})
    assert [rule.control for rule in plan.licensing_rules] == [0, 1]
    covered = plan.rule_of >= 0
    assert (covered[0] == covered[1]).all()
    assert not (plan.rule_of[0] == plan.rule_of[1])[covered[0]].any()


def test_a_control_may_require_another():
    plan = control({"controls.first": BAN | {"requires": "ban"}})
    assert [c.name for c in plan.controls] == ["ban", "first"]
    assert plan.requires.tolist() == [-1, 0]


def test_no_region_that_a_control_names_is_covered():
    plan = small_plan(
        {
            "producers.mill": MILL | {"feed": {}},
            "controls.pact": {"covers": {"from": ["away", "home"], "grades": ["micron", "mesh"]}},
        }
    )
    assert rule_names(plan) == {}


def test_dates_become_ticks_to_the_nearest_and_stay_in_order_before_the_horizon_too():
    dates = {"2026-01-05": "licensing", "2025-12-25": "announced", "2026-01-04": "suspended"}
    entries = control(timeline=dates).controls[0].timeline
    assert [(e.tick, e.branches[0].state) for e in entries] == [
        (-1, ControlState.ANNOUNCED),
        (0, ControlState.SUSPENDED),
        (1, ControlState.LICENSING),
    ]
    assert entries[0].name == "controls.ban.timeline.2025-12-25"


def test_an_entry_may_branch():
    timeline = {"2026-03-01": {"licensing": "75%", "unchanged": "25%"}}
    branches = control(timeline=timeline).controls[0].timeline[0].branches
    assert [b.state for b in branches] == [ControlState.LICENSING, None]
    assert [central(b.probability) for b in branches] == [0.75, 0.25]
    assert branches[0].probability.name == "controls.ban.timeline.2026-03-01.licensing"


def test_sojourns_are_kept_by_state():
    plan = control(
        start="banned", sojourn={"banned": "exponential(360 days)"}, transitions={"banned": "none"}
    )
    written = plan.controls[0]
    assert written.start is ControlState.BANNED
    assert central(written.sojourn[ControlState.BANNED]) == 360.0
    assert [b.state for b in written.transitions[ControlState.BANNED]] == [ControlState.NONE]


def test_what_is_not_said_of_a_control_does_nothing():
    written = control().controls[0]
    assert written.start is ControlState.NONE
    assert (written.timeline, dict(written.sojourn), written.diversion) == ((), {}, None)
    assert central(written.front_loading) == 1.0
    assert central(written.relapse_per_year) == 0.0


def test_diversion_and_relapse_are_kept_with_their_names():
    plan = control(
        diversion={"share": "beta(6 2)", "delay": "60 days", "seized": "20%"},
        relapse={"rate": "0.5/yr", "length": "2 weeks"},
    )
    written = plan.controls[0]
    assert written.diversion is not None
    assert written.diversion.share.name == "controls.ban.diversion.share"
    assert central(written.diversion.delay) == 60.0
    assert written.diversion.crackdown_wait is None
    assert (central(written.relapse_per_year), central(written.relapse_days)) == (0.5, 14.0)


def test_lanes_are_all_there_whatever_is_controlled():
    assert lane_names(control()) == lane_names(small_plan())


def test_third_countries_are_the_buyers_named_of_goods_that_the_control_covers():
    detour = {"share": "20%", "delay": "60 days", "via": "grinding", "relay": "30%"}
    plan = control(covers={"from": "away", "grades": ["mesh"]}, diversion=detour)
    passed = {plan.lane_name(lane) for lane in np.flatnonzero(plan.third_country[0])}
    assert passed == {"mine.mesh -> home.grinding.mesh"}
    assert plan.relay.tolist() == [Relay.BESIDE]
    assert plan.controls[0].diversion is not None
    assert plan.controls[0].diversion.relay.name == "controls.ban.diversion.relay"
    assert plan.controls[0].diversion.relay_memory.name == "controls.ban.diversion.relay_memory"
    assert central(plan.controls[0].diversion.relay_memory) == 56.0


@pytest.mark.parametrize(
    "more, limit",
    [
        ({}, Relay.UNLIMITED),
        ({"via": "grinding"}, Relay.UNLIMITED),
        ({"via": "grinding", "relay": "30%"}, Relay.BESIDE),
        ({"via": "grinding", "reading": "inside"}, Relay.INSIDE),
    ],
)
def test_what_limits_diversion_follows_from_relay_and_reading(more, limit):
    plan = control(diversion={"share": "20%", "delay": "60 days"} | more)
    assert plan.relay.tolist() == [limit]
    assert central(plan.controls[0].diversion.relay) == (0.3 if "relay" in more else 1.0)
