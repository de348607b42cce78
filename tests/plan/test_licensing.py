"""The maps of a rule: general licences, validity of a licence, watched buyers."""

from typing import Any

from tests.plan.small_scenarios import central, lane, small_plan

COVERS = {"from": "away", "grades": ["micron", "mesh"]}


def rule_of(rules: dict[str, Any], lane_name: str):
    plan = small_plan({"controls.ban": {"covers": COVERS, "licensing": rules}})
    return plan.licensing_rules[plan.rule_of[0, lane(plan, lane_name)]]


def test_a_map_is_taken_as_a_whole_from_the_most_specific_rule_that_has_it():
    rules = {
        "any": {
            "initial_rate": "10%",
            "general_licences": {"share": "50%", "after": "6 months", "time": "4 yr"},
        },
        "home.any": {"general_licences": {"share": "20%", "after": "30 days"}},
        "any.military": {"initial_rate": "5%"},
    }
    arms = rule_of(rules, "mine.mesh -> home.arms.mesh")
    assert arms.general is not None
    assert [central(n) for n in (arms.general.share, arms.general.after_days, arms.general.time_days)] == [
        0.2,
        30.0,
        0.0,
    ]
    assert arms.general.share.name == "controls.ban.licensing.home.any.general_licences.share"
    assert arms.name == "ban: any.military + home.any"


def test_watched_buyers_have_the_curve_of_their_rule_where_none_is_given():
    rules = {
        "any": {"initial_rate": "10%", "dead_time": "50 days", "long_run_rate": "80%"},
        "arms": {"watch_list": {"share": "8%", "long_run_rate": "beta(1 6)"}},
    }
    arms = rule_of(rules, "mine.mesh -> home.arms.mesh")
    assert arms.watch_list is not None
    assert (arms.watch_list.initial_rate, arms.watch_list.dead_days) == (arms.initial_rate, arms.dead_days)
    assert arms.watch_list.long_run_rate.name == "controls.ban.licensing.arms.watch_list.long_run_rate"
    assert central(arms.watch_list.share) == 0.08
    assert rule_of(rules, "mine.mesh -> home.grinding.mesh").watch_list is None


def test_a_licence_has_its_validity_and_the_time_of_its_renewal():
    rules = {"any": {"licence": {"validity": "180 days", "renewal": "75 days"}}}
    validity = rule_of(rules, "mine.mesh -> home.arms.mesh").validity
    assert validity is not None
    assert (central(validity.days), central(validity.renewal_days)) == (180.0, 75.0)
