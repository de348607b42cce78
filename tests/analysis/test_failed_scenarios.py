"""A scenario that fails while it is simulated is named, and the others are not lost."""

from __future__ import annotations

import datetime as dt
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis import failures_in
from diamondsim.plan import compile_plan
from diamondsim.results import provenance_of
from diamondsim.simulation import monte_carlo_each
from diamondsim.simulation.runner import ScenarioRunner
from tests.simulation.failing import REASON, failing_scenarios
from tests.simulation.small import short_ban

STOCK = {"inventory_policy.u.opening": "20 days", "inventory_policy.u.cover": "20 days"}
BAD = "bad"


@pytest.fixture
def broken(monkeypatch):
    return failing_scenarios(monkeypatch)


def three():
    return {"usual": short_ban(), "broken one": short_ban(title=BAD), "stock": short_ban(**STOCK)}


def two():
    return {name: each for name, each in three().items() if each.title != BAD}


@pytest.fixture(scope="module")
def without():
    return ds.compare(two(), replications=40, seed=4, workers=1)


def test_the_others_are_compared_bit_for_bit_as_without_the_one_that_fails(broken, without):
    broken[BAD] = 1
    found = ds.compare(three(), replications=40, seed=4, workers=1)
    assert [*found.children] == ["usual", "stock"]
    assert failures_in(found.attrs) == {"broken one": REASON}
    assert found.attrs["failed"] == "broken one"
    assert without.attrs["failed"] == without.attrs["failures"] == ""
    kept = found.copy()
    kept.attrs = without.attrs
    assert kept.identical(without)


def test_a_scenario_that_fails_late_is_left_out_whole(broken):
    broken[BAD] = 1025
    found = ds.compare(three(), replications=1100, workers=1)
    assert [*found.children] == ["usual", "stock"]


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_no_more_blocks_of_a_run_that_has_failed_are_begun(broken, monkeypatch, is_elsewhere):
    broken[BAD] = 1
    begun, fails = list[str](), ScenarioRunner.run

    def run(self, *arguments):
        begun.append(self._plan.title)
        return fails(self, *arguments)

    monkeypatch.setattr(ScenarioRunner, "run", run)
    counts = list[tuple[int, int]]()
    with ThreadPoolExecutor(1) as executor:
        monte_carlo_each(
            {"broken one": (short_ban(title=BAD), 6 * 1024), "usual": (short_ban(), 1025)},
            seed=4,
            workers=1,
            executor=executor if is_elsewhere else None,
            progress=lambda done, total: counts.append((done, total)),
            failed=lambda _name, _error: None,
        )
    assert begun.count(BAD) == 1
    assert len(begun) == 3
    # What is left: one block that failed, and those of the other run.
    assert counts[-1] == (1025, 1024 + 1025)


def test_an_executor_hands_on_the_failure_too(broken, without):
    broken[BAD] = 1
    with ThreadPoolExecutor(2) as executor:
        found = ds.compare(three(), replications=40, seed=4, executor=executor)
    assert failures_in(found.attrs) == {"broken one": REASON}
    assert found["stock"].to_dataset().identical(without["stock"].to_dataset())


def test_a_worker_process_hands_on_the_failure_too(tmp_path, monkeypatch):
    patch = """
from diamondsim.simulation.runner import ScenarioRunner
whole = ScenarioRunner.run
def run(self, first, count, part_done):
    if self._plan.title == "bad":
        raise ZeroDivisionError("no such world")
    return whole(self, first, count, part_done)
ScenarioRunner.run = run
"""
    (tmp_path / "sitecustomize.py").write_text(patch)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    scenarios = {name: each for name, each in three().items() if name != "stock"}
    found = ds.compare(scenarios, replications=520, workers=2)
    assert failures_in(found.attrs) == {"broken one": REASON}
    assert [*found.children] == ["usual"]


def test_a_scenario_that_fails_while_it_is_compiled_is_named(monkeypatch):
    def failing(scenario):
        if scenario.title == BAD:
            raise ZeroDivisionError("no such world")
        return compile_plan(scenario)

    monkeypatch.setattr("diamondsim.analysis.comparable.compile_plan", failing)
    with pytest.raises(RuntimeError, match=f"the run 'broken one' failed: {REASON}"):
        ds.compare(three(), replications=8, workers=1)


def test_without_the_reference_there_is_nothing_to_compare(broken):
    broken[short_ban().title] = 1
    with pytest.raises(RuntimeError, match=f"the run 'usual' failed: {REASON}"):
        ds.compare(three(), replications=8, workers=1)


def test_the_run_of_the_reference_is_kept_if_all_others_fail(broken):
    broken[BAD] = 1
    scenarios = {name: each for name, each in three().items() if name != "stock"}
    found = ds.compare(scenarios, replications=40, workers=1)
    assert [*found.children] == ["usual"]
    assert found.sizes["scenario"] == 1
    assert (found["chance_best"].sel(metric="shortage_mean", region="home", use="u") == 1).all()


def test_a_dataset_that_cannot_be_made_is_a_failure_of_its_scenario_alone(monkeypatch):
    def failing(scenario, seed):
        if scenario.title == BAD:
            raise ZeroDivisionError("no such world")
        return provenance_of(scenario, seed)

    monkeypatch.setattr("diamondsim.simulation.calls.provenance_of", failing)
    assert [*ds.compare(three(), replications=8, workers=1).children] == ["usual", "stock"]


def test_several_runs_name_the_one_that_fails_and_a_single_run_fails_as_it_is(broken):
    broken[BAD] = 1
    bad = short_ban(title=BAD)
    with pytest.raises(RuntimeError, match=r"the run 'other' failed: Zero") as caught:
        monte_carlo_each({"one": (short_ban(), 8), "other": (bad, 8)}, workers=1)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        ds.monte_carlo(bad, replications=8)


def test_what_the_progress_of_the_caller_raises_is_no_failure_of_a_scenario():
    def stop(_done: int, _total: int) -> None:
        raise LookupError("stop")

    with pytest.raises(LookupError, match="stop"):
        ds.compare(two(), replications=8, progress=stop)
    with ThreadPoolExecutor(1) as threads, pytest.raises(LookupError, match="stop"):
        ds.compare(two(), replications=8, progress=stop, executor=threads)


# Other calls that run several scenarios


@pytest.fixture
def fails_at(monkeypatch):
    """Return a function that lets all runs fail in which a buyer holds a stock of so many days."""

    def fail(*days):
        whole = ScenarioRunner.run

        def run(self, first, count, part_done):
            cover = self._plan.numbers["cover"][0].distribution.central()
            if cover in days:
                raise ZeroDivisionError("no such world")
            return whole(self, first, count, part_done)

        monkeypatch.setattr(ScenarioRunner, "run", run)

    return fail


COVER = "inventory_policy.u.cover"


def test_a_step_that_fails_is_left_out_and_named(fails_at):
    fails_at(12)
    steps = {COVER: "+2 days", "inventory_policy.u.opening": "1 day"}
    found = ds.marginal_value(short_ban(), steps, replications=8, workers=1)
    assert found["step"].values.tolist() == ["inventory_policy.u.opening"]
    assert failures_in(found.attrs) == {f"{COVER} +2 days": REASON}
    with pytest.raises(RuntimeError, match=r"the run 'inventory_policy.u.cover \+2 days' failed: Zero"):
        ds.marginal_value(short_ban(), {COVER: "+2 days"}, replications=8, workers=1)
    fails_at(10)
    with pytest.raises(RuntimeError, match="the run 'scenario' failed: Zero"):
        ds.marginal_value(short_ban(), {COVER: "+2 days"}, replications=8, workers=1)


def test_a_shock_that_fails_is_left_out_and_named(fails_at):
    fails_at(5)
    shocks = {COVER: ("30 days", "5 days"), "inventory_policy.u.opening": ("30 days", "1 day")}
    asked: dict[str, Any] = {"region": "home", "use": "u", "replications": 8, "workers": 1}
    found = ds.reverse_stress(short_ban(), shocks, **asked)
    assert found["shock"].values.tolist() == ["inventory_policy.u.opening"]
    assert failures_in(found.attrs) == {COVER: f"the run '{COVER} = 5 days' failed: {REASON}"}
    with pytest.raises(RuntimeError, match=f"the run '{COVER} = 5 days' failed: {REASON}"):
        ds.reverse_stress(short_ban(), {COVER: shocks[COVER]}, **asked)


def test_a_date_that_fails_is_left_out_and_named(monkeypatch):
    whole = ScenarioRunner.run
    calls: list[int] = []

    def run(self, first, count, part_done):
        calls.append(1)
        if len(calls) == 2:
            raise ZeroDivisionError("no such world")
        return whole(self, first, count, part_done)

    monkeypatch.setattr(ScenarioRunner, "run", run)
    lapse = ds.load_scenario("lapse-2027").override({"horizon.length": "26 weeks"})
    days = [dt.date(2027, 1, day) for day in (11, 18, 25)]
    asked: dict[str, Any] = {"region": "US", "use": "polishing", "replications": 2, "workers": 1}
    found = ds.worst_start(lapse, "cn_55", starts=days, **asked)
    assert np.datetime_as_string(found["start"].values, unit="D").tolist() == ["2027-01-11", "2027-01-25"]
    assert failures_in(found.attrs) == {"2027-01-18": REASON}


def test_information_is_that_of_the_scenarios_that_did_not_fail(broken):
    broken[BAD] = 1
    with_it = ds.compare(three(), replications=40, workers=1)
    asked: dict[str, Any] = {"region": "home", "use": "u"}
    found = ds.value_of_information(with_it, **asked, costs={"stock": 1.0, "broken one": 9.0})
    assert found["scenario"].values.tolist() == ["usual", "stock"]
    assert failures_in(found.attrs) == {"broken one": REASON}
    left = ds.compare({name: each for name, each in three().items() if name != "stock"}, replications=40)
    with pytest.raises(ValueError, match=f"two or more scenarios to choose from, found one; .*{REASON}"):
        ds.value_of_information(left, **asked)
