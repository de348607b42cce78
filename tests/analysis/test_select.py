"""The best of several alternatives: the procedure on known means, and runs of scenarios."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis.sequential_selection import (
    SequentialSelection,
    squared_width,
    variance_of_pair,
)
from diamondsim.simulation.runner import ScenarioRunner
from tests.simulation.failing import failing_scenarios
from tests.simulation.small import short_ban

FIRST, STEP, MOST = 32, 32, 1024
SMALL = 0.0022
"""So small a difference that 1,024 pairs, all of which agree, are not enough to decide."""
USE: dict[str, Any] = {"region": "home", "use": "u"}


def stock(days):
    return short_ban(
        **{"inventory_policy.u.opening": f"{days} days", "inventory_policy.u.cover": f"{days} days"}
    )


def select(samples, *, best=1, indifference, confidence=0.95, first=FIRST):
    """Apply the procedure to (alternative, replication) samples; return it and what it looked at."""
    variances = [[variance_of_pair(a[:first], b[:first], event=False) for b in samples] for a in samples]
    selection = SequentialSelection(
        np.array(variances), freedom=first - 1, best=best, indifference=indifference, confidence=confidence
    )
    means = samples.cumsum(axis=1) / np.arange(1, samples.shape[1] + 1)
    spent = 0
    for n in range(first, samples.shape[1] + 1, STEP):
        spent += len(selection.undecided) * (first if n == first else STEP)
        selection.look(n, {k: float(means[k, n - 1]) for k in selection.undecided})
        if not selection.undecided:
            break
    return selection, spent


# The procedure


@pytest.mark.parametrize("m, best, correlation", [(4, 1, 0.0), (4, 1, 0.6), (5, 2, 0.0)])
def test_the_selection_is_right_as_often_as_it_promises_where_that_is_hardest(m, best, correlation):
    """Slippage: all others are worse by just the difference that matters. 300 repetitions."""
    rng = np.random.default_rng(3)
    behind = 0.3 * (np.arange(m) >= best)[:, None]
    right = 0
    for _ in range(300):
        own, common = rng.standard_normal((m, MOST)), rng.standard_normal(MOST)
        samples = behind + math.sqrt(1 - correlation) * own + math.sqrt(correlation) * common
        selection, _ = select(samples, best=best, indifference=0.3, confidence=0.9)
        assert selection.undecided == []
        right += {*selection.selected} == {*range(best)}
    assert right >= 0.9 * 300


def test_a_wider_gap_and_common_random_numbers_take_fewer_replications():
    rng = np.random.default_rng(4)
    own, common = rng.standard_normal((4, MOST)), rng.standard_normal(MOST)
    ranks = np.arange(4)[:, None]
    _, near = select(0.1 * ranks + own, indifference=0.1)
    _, far = select(1.0 * ranks + own, indifference=0.1)
    _, paired = select(0.1 * ranks + 0.2 * own + common, indifference=0.1)
    assert near > 4 * far
    assert near > 4 * paired


def test_a_pair_is_decided_for_good_when_it_first_leaves_the_region():
    selection = SequentialSelection(
        np.full((4, 4), 4.0), freedom=99, best=2, indifference=0.5, confidence=0.95
    )
    selection.look(20, {0: 0.0, 1: 0.5, 2: 0.6, 3: 1.4})  # of all pairs, 0 is clearly lower than 3
    selection.look(40, {0: 1.0, 1: 0.4, 2: 0.9, 3: 0.45})  # 0 lies clearly above 1 now, and above 3
    # Had it lost to both, 0 could not be one of two any more.
    assert selection.undecided == [0, 1, 2, 3]
    selection.look(10_000, {0: 1.0, 1: 0.4, 2: 0.9, 3: 0.45})
    assert (selection.selected, selection.rejected) == ([1, 3], [0, 2])


def test_alternatives_that_never_differ_are_decided_at_once_for_the_first():
    samples = np.tile(np.arange(64.0) % 7, (3, 1))
    selection, spent = select(samples, indifference=0.1)
    assert (selection.selected, selection.undecided, spent) == ([0], [], 3 * FIRST)


def test_all_is_decided_when_the_number_needed_is_reached():
    rng = np.random.default_rng(5)
    samples = rng.standard_normal((3, MOST))
    selection, _ = select(samples[:, :FIRST], indifference=0.2)
    assert len(selection.undecided) > 1
    needed = selection.needed()
    h2 = squared_width(FIRST - 1, error=0.05 / 2)
    undecided = selection.undecided
    largest = max(
        variance_of_pair(samples[a][:FIRST], samples[b][:FIRST], event=False)
        for a in undecided
        for b in undecided
    )
    assert needed <= math.ceil(h2 * largest / 0.2**2)
    selection.look(needed, dict.fromkeys(undecided, 0.0))
    assert selection.undecided == []


def test_an_alternative_that_drops_out_leaves_its_place_to_the_others():
    selection = SequentialSelection(
        np.full((3, 3), 4.0), freedom=99, best=2, indifference=0.1, confidence=0.95
    )
    selection.look(100, {0: 0.0, 1: 0.1, 2: 0.2})
    selection.drop(0)
    selection.look(200, {1: 0.1, 2: 0.2})
    assert (selection.selected, selection.rejected) == ([1, 2], [])


def test_events_that_agree_in_every_pair_may_still_differ():
    same = np.zeros(100)
    assert variance_of_pair(same, same, event=False) == 0.0
    assert variance_of_pair(same, same, event=True) == pytest.approx(1 / 102)
    one = np.zeros(1000)
    one[:300] = 1.0
    assert variance_of_pair(one, np.zeros(1000), event=True) == pytest.approx(0.3 * 0.7, rel=0.02)


# Runs


@pytest.fixture(scope="module")
def found():
    scenarios = {"one": stock(1), "forty": stock(40), "copy": stock(40), "two": stock(2)}
    return scenarios, ds.select_best(scenarios, **USE, indifference=SMALL, most=1100, workers=1, seed=2)


def test_the_clearly_worse_get_no_second_block(found):
    _, result = found
    spent = dict(zip(result["scenario"].values, result["replications"].values.tolist(), strict=True))
    assert spent == {"one": 1024, "forty": 1100, "copy": 1100, "two": 1024}
    assert result.attrs["saved"] == pytest.approx(1 - sum(spent.values()) / 4400)
    assert result["decided"].values.tolist() == [True, False, False, True]
    assert result["selected"].values.tolist() == [False, True, False, False]
    assert result.attrs["guaranteed"] == 0
    assert result.attrs["needed"] > 1100


def test_replications_are_those_of_a_run_and_differences_those_of_compare(found):
    scenarios, result = found
    for name in ("one", "forty"):
        n = int(result["replications"].sel(scenario=name))
        run = ds.monte_carlo(scenarios[name], replications=n, seed=2, workers=1)
        wanted = run["probability_of_shortage"].sel(USE)
        assert result["value"].sel(scenario=name).values.tolist() == wanted.values.tolist()
    pair = {name: scenarios[name] for name in ("forty", "one")}
    compared = ds.compare(pair, replications=1024, seed=2, workers=1).to_dataset()
    wanted = compared["difference"].sel(metric="probability_of_shortage", scenario="one", **USE)
    assert result["difference"].sel(scenario="one").values.tolist() == wanted.values.tolist()
    assert result["difference"].sel(scenario="forty").values.tolist() == [0, 0, 0]


def test_a_mean_is_selected_with_its_unit():
    result = ds.select_best(
        {"ten": stock(10), "forty": stock(40)},
        **USE,
        metric="shortage_mean",
        indifference="0.001 kct",
        most=40,
    )
    assert result.attrs["indifference"] == 1.0
    assert result["selected"].values.tolist() == [False, True]
    assert result["value"].attrs["units"] == "carat"


def test_a_store_is_resumed(found, tmp_path, monkeypatch):
    scenarios = {"ten": stock(10), "forty": stock(40)}
    asked: dict[str, Any] = {
        **USE,
        "indifference": 0.01,
        "most": 40,
        "workers": 1,
        "store": tmp_path / "kept",
    }
    first = ds.select_best(scenarios, **asked)

    def run(*_):
        pytest.fail("everything is stored")

    monkeypatch.setattr(ScenarioRunner, "run", run)
    assert ds.select_best(scenarios, **asked).identical(first)


@pytest.fixture
def broken(monkeypatch):
    return failing_scenarios(monkeypatch)


@pytest.mark.parametrize("breaks_at, spent", [(1, 0), (1050, 1024)])
def test_a_scenario_that_fails_is_named_and_the_others_are_not_lost(broken, breaks_at, spent):
    scenarios = {
        "forty": stock(40),
        "bad": stock(40).override({"title": "bad"}),
        "one": stock(1),
        "copy": stock(40),
    }
    broken["bad"] = breaks_at
    result = ds.select_best(scenarios, **USE, indifference=SMALL, most=1100, workers=1)
    assert result["failure"].values.tolist() == ["", "ZeroDivisionError: no such world", "", ""]
    assert result["replications"].values.tolist() == [1100, spent, 1024, 1100]
    assert result["selected"].values.tolist() == [True, False, False, False]
    assert not result["decided"].sel(scenario="bad")
    assert result.attrs["guaranteed"] == 0


def test_if_every_scenario_fails_each_is_named(broken):
    broken[stock(10).title] = 1
    with pytest.raises(RuntimeError, match=r"every scenario failed; 'a': ZeroDivisionError: .*; 'b': Zero"):
        ds.select_best({"a": stock(10), "b": stock(20)}, **USE, indifference=0.01, most=8, workers=1)


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"use": "v"}, "there is no use 'v'"),
        ({"metric": "shortage_men"}, "did you mean 'shortage_mean'?"),
        ({"metric": "unmet_need_mean"}, "there is no metric 'unmet_need_mean'"),
    ],
)
def test_a_question_that_does_not_fit_is_refused(wrong, told):
    with pytest.raises(ds.ScenarioError, match=re.escape(told)):
        ds.select_best({"a": stock(10), "b": stock(20)}, **{**USE, "indifference": 0.1, **wrong})


def test_quasi_random_replications_are_refused():
    sobol = {name: stock(10).override({"sampling.method": "sobol"}) for name in "ab"}
    with pytest.raises(ds.ScenarioError, match=r"sampling.method: expected random, found sobol"):
        ds.select_best(sobol, **USE, indifference=0.1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"indifference": 0.0},
        {"indifference": "1 ct"},
        {"indifference": "1%", "metric": "shortage_mean"},
        {"confidence": 0.5},
        {"best": 2},
        {"best": 0},
        {"most": 1},
        {"seed": -1},
    ],
)
def test_a_number_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: expected"):
        ds.select_best({"a": stock(10), "b": stock(20)}, **{**USE, "indifference": 0.1, **wrong})
