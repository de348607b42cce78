"""A spillover becomes a control of its own that covers what its control does not."""

from typing import Any

import numpy as np
import pytest

from tests.plan.small_scenarios import central, small_plan

BAN: dict[str, Any] = {"covers": {"from": "away", "grades": ["mesh"]}}
SPILLOVER: dict[str, Any] = {
    "covers": {"from": "away", "grades": ["micron", "mesh"]},
    "lost": "tri(0.1 0.3 0.6)",
    "time": "3 months",
}


def covered(plan, control):
    return {plan.lane_name(column) for column in np.flatnonzero(plan.rule_of[control] >= 0)}


def test_it_covers_what_it_names_and_its_control_does_not():
    plan = small_plan({"controls.ban": BAN | {"spillover": SPILLOVER}})
    assert [control.name for control in plan.controls] == ["ban", "ban spillover"]
    assert covered(plan, 0) == {"mine.mesh -> home.grinding.mesh", "mine.mesh -> home.arms.mesh"}
    assert covered(plan, 1) == {"mine.micron -> home.grinding.micron", "mine.micron -> home.polishing.micron"}
    assert plan.requires.tolist() == [-1, -1]


def test_it_keeps_its_numbers_under_their_names_and_the_number_of_its_control():
    plan = small_plan({"controls.first": BAN, "controls.ban": BAN | {"spillover": SPILLOVER}})
    spillover = plan.controls[2].spillover
    assert spillover is not None
    assert spillover.days is not None
    assert (spillover.of, spillover.lost.name, spillover.days.name) == (
        1,
        "controls.ban.spillover.lost",
        "controls.ban.spillover.time",
    )
    assert central(spillover.days) == pytest.approx(3 * 30.4375)
    assert {plan.licensing_rules[d].control for d in plan.rule_of[2] if d >= 0} == {2}
    assert [rule.control for rule in plan.licensing_rules] == [0, 1, 2]


def test_overcompliance_covers_what_its_control_covers_and_comes_after_its_spillover():
    shy = {"requires": "first", "spillover": SPILLOVER, "overcompliance": {"lost": "30%"}}
    plan = small_plan({"controls.first": BAN, "controls.ban": BAN | shy})
    names = ["first", "ban", "ban spillover", "ban overcompliance"]
    assert [control.name for control in plan.controls] == names
    assert covered(plan, 3) == covered(plan, 1)
    assert not covered(plan, 2) & covered(plan, 1)
    spillover = plan.controls[3].spillover
    assert spillover is not None
    assert (spillover.of, spillover.is_dormant, spillover.days) == (1, True, None)
    assert spillover.lost.name == "controls.ban.overcompliance.lost"


def test_it_may_be_of_some_buyers_only():
    covers = {"from": "away", "to": "polishing", "grades": ["micron", "mesh"]}
    plan = small_plan({"controls.ban": BAN | {"spillover": SPILLOVER | {"covers": covers}}})
    assert covered(plan, 1) == {"mine.micron -> home.polishing.micron"}


def test_nobody_substitutes_because_of_a_spillover():
    change = {"share": "20%", "time": "30 days", "opens": "in_force"}
    plan = small_plan({"uses.polishing.substitution": change, "controls.ban": BAN | {"spillover": SPILLOVER}})
    assert plan.substitution_rows == ()
