"""A run that fails beside others: what is known of the others is printed, and the exit code is 1."""

from __future__ import annotations

import json
import sys

import pytest

import diamondsim as ds
from diamondsim.cli import main
from tests.cli.short_runs import BAN, CHANGES
from tests.simulation.failing import REASON, failing_scenarios

USE = ("--use", "home.u")
COVER = "inventory_policy.u.cover"
BAD = ("--variant", f"bad: title=bad; {COVER}=9 days")
SHORT = (*(word for change in CHANGES for word in ("--set", change)), "--workers", "1", "-n", "40")
STOCK = ("--variant", "stock: inventory_policy.u.opening=60 days; inventory_policy.u.cover=60 days")
SEVERAL = {
    "compare": (str(BAN), *STOCK, *BAD),
    "select": (str(BAN), *STOCK, *BAD, *USE, "--indifference", "20%"),
    "information": (str(BAN), *STOCK, *BAD, *USE, "--cost", "bad=5"),
}


@pytest.fixture(autouse=True)
def broken(monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # which the command replaces
    failing = failing_scenarios(monkeypatch)
    failing["bad"] = 1
    return failing


@pytest.mark.parametrize("command", SEVERAL)
def test_the_scenario_that_fails_is_named_beside_the_answer_for_the_others(call, command):
    words = (command, *SEVERAL[command], *SHORT)
    code, out, err = call(*words)
    assert code == 1
    assert f"diamondsim: failed: 'bad': {REASON}. Please report this" in err
    lines = " ".join(out.split())
    assert REASON in lines
    assert "stock" in lines
    code, out, _ = call(*words, "--json", "-q")
    document = json.loads(out)
    assert code == 1
    found = document.get("failures") or {
        name: one["failure"] for name, one in document["scenarios"].items() if one["failure"]
    }
    assert found == {"bad": REASON}


def test_the_table_of_a_comparison_is_that_without_the_scenario(call):
    lines = call("compare", str(BAN), *STOCK, *BAD, *SHORT)[1].splitlines()
    assert lines.count(f"Failed, and left out: bad ({REASON}).") == 1
    lines.remove(f"Failed, and left out: bad ({REASON}).")
    assert lines == call("compare", str(BAN), *STOCK, *SHORT)[1].splitlines()


def test_a_run_is_printed_without_the_baseline_that_fails(call, broken, tmp_path):
    base = tmp_path / "base.yaml"
    base.write_text(ds.load_scenario(BAN).override({"title": "bad"}).dump(), encoding="utf-8")
    words = ("run", str(BAN), "--baseline", str(base), *SHORT)
    code, out, err = call(*words, "--json")
    document = json.loads(out)
    assert code == 1
    assert document["baseline"] is None
    assert document["failures"] == {"baseline": REASON}
    assert f"diamondsim: failed: 'baseline': {REASON}" in err
    broken.clear()
    assert "failures" not in json.loads(call(*words, "--json")[1])


def test_a_reference_or_a_part_of_a_mixture_that_fails_is_one_error_with_its_name(broken):
    broken[ds.load_scenario(BAN).title] = 1
    with pytest.raises(RuntimeError, match=f"the run 'exponential-ban' failed: {REASON}"):
        main(["compare", str(BAN), *STOCK, *SHORT])
    broken[ds.load_scenario("calm").title] = 1
    with pytest.raises(RuntimeError, match=f"the run 'calm' failed: {REASON}"):
        main(["mixture", "calm=40%", "rollover=60%", "--set", "horizon.length=20 weeks", "-n", "2"])
