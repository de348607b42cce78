"""`diamondsim marginal`: its table, its document, and mistakes."""

from __future__ import annotations

import json

import pytest

from tests.cli.short_runs import BAN, CHANGES

SHORT = (*(word for change in CHANGES for word in ("--set", change)), "--workers", "1", "-n", "20")
VALUE = ("--set", "uses.u.value=2 USD/ct")
WORDS = ("marginal", str(BAN), *SHORT, "--step", "inventory_policy.u.opening=5 days")


def test_table_and_document_have_the_same_change(call):
    code, out, _ = call(*WORDS, *VALUE)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 110
    code, text, _ = call(*WORDS, *VALUE, "--json")
    (step,) = json.loads(text)["steps"]
    assert (step["step"], step["direction"], step["stated"]) == ("5 days", 0, "10 days")
    (use,) = step["uses"]
    change = use["change"]["shortage_mean"]["estimate"]
    assert f"{change:+.3g} [" in out
    loss = step["money"]["economic_loss"]["estimate"] / 1000
    assert f"economic loss, uses with a value: {loss:+.3g} [" in out
    assert step["money"]["holding_cost"]["estimate"] is None
    table = [line for line in out.splitlines() if line.startswith("  ")]
    assert max(map(len, table)) <= 80


def test_without_values_the_table_says_why_there_is_no_money(call):
    code, out, _ = call(*WORDS, "--use", "home.u")
    assert code == 0
    assert "there is nothing in dollars" in " ".join(out.split())


def test_a_step_of_a_date_that_has_passed_is_told_to_be_no_choice_any_more(call):
    words = ("marginal", "reinstated-2027", "--set", "horizon.length=60 days", "--workers", "1", "-n", "2")
    decision = ("--step", "facilities.georgia.decision=-1 month")
    building = ("--step", "facilities.georgia.stages.construction=-1 month")
    code, out, _ = call(*words, *decision, *building)
    assert code == 0
    text = " ".join(out.split())
    assert "a date that had passed on 2026-11-28: facilities.georgia.decision. The step says" in text
    assert "had passed" not in call(*words, *building)[1]
    assert "had passed" not in call(*words, *decision, "--set", "as_of=2026-02-17")[1]


@pytest.mark.parametrize(
    "words, told",
    [
        (("--use", "home.v"), "there is no use 'v'"),
        (("--use", "home"), "--use expects REGION.USE"),
        (("--step", "inventory_policy.u.cover"), "--step expects PATH=VALUE"),
        (("--step", "inventory_policy.u.covr=1 day"), "did you mean 'inventory_policy.u.cover'?"),
    ],
)
def test_a_mistake_is_one_clear_line(call, words, told):
    code, out, err = call(*WORDS, *words)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())


def test_a_path_that_is_given_twice_is_refused_and_not_answered_once(call):
    code, out, err = call(
        "marginal", "calm", "--step", "horizon.start=1 day", "--step", "horizon.start=-1 day"
    )
    assert (code, out) == (2, "")
    assert "--step: horizon.start is given twice, last as '-1 day'" in err
    code, out, err = call("dump", "calm", "--set", "horizon.length=1yr", "--set", "horizon.length=2yr")
    assert (code, out) == (2, "")
    assert "--set: horizon.length is given twice, last as '2yr'" in err
