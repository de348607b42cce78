"""Scenarios with probabilities as one answer."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.results import mean, probability

N = 400


def run(short, *, loss=None, seed=1, n_ticks=52, uses=("polishing",), **attrs):
    """Return the part of the Dataset of a run that is mixed, for one use that is short where told."""
    short = np.asarray(short, dtype=bool)
    loss = short * 10.0 if loss is None else np.asarray(loss)
    size = len(short)
    grid = ("replication", "region", "use")
    chance, lost, filled = probability(int(short.sum()), size), mean(loss), mean(1 - short * 0.5)
    variables: dict[str, Any] = {
        "peak_shortfall": (grid, np.where(short, 0.5, 0.0).reshape(-1, 1, 1)),
        "fill_rate": (grid, (1 - short * 0.5).reshape(-1, 1, 1)),
    }
    variables |= {name: (grid, loss.reshape(-1, 1, 1)) for name in ("shortage", "economic_loss")}
    estimates = {
        "probability_of_shortage": chance,
        "fill_rate_mean": filled,
        "shortage_mean": lost,
        "economic_loss_mean": lost,
    }
    for name, each in estimates.items():
        values = np.array([each.value, each.low, each.high]).reshape(1, 1, 3)
        variables[name] = (("region", "use", "bound"), values, {"units": "1"})
    texts = {"region_name": ("region", ["US"]), "volumes": ("use", ["estimated"])}
    texts |= {name: ("use", list(uses)) for name in ("use_name", "unit")}
    return xr.Dataset(
        variables,
        {
            "region": ["US"],
            "use": list(uses),
            "bound": ["estimate", "low", "high"],
            "time": np.array(["2027-01-01"], "M8[s]"),
            **texts,
        },
        {"threshold": 0.05, "window_days": 28.0, "tick_days": 7.0, "n_ticks": n_ticks, "seed": seed, **attrs},
    )


def estimate(found, name="probability_of_shortage"):
    return found[name].values.ravel()


def test_no_lower_limit_of_what_cannot_be_negative_is_below_0_by_rounding():
    """The limits of each scenario end at 0; for some amounts, rounding carried their sum below it."""
    first = np.arange(N) == 0
    for amount in 1.7 * np.arange(1, 20):
        runs = {name: run(first, loss=first * amount * share) for name, share in (("a", 1), ("b", 0.37))}
        for each in runs.values():
            each["shortage_mean"] = each["shortage_mean"].clip(min=0)
        value, low, high = estimate(ds.mixture(runs, {"a": 0.3, "b": 0.7}), "shortage_mean")
        assert 0 <= low < 1e-9 < value < high


def test_the_mixture_is_the_mean_by_probability():
    runs = {"a": run(np.arange(N) < 40), "b": run(np.arange(N) < 200)}
    found = ds.mixture(runs, {"a": 0.75, "b": 0.25})
    assert estimate(found)[0] == pytest.approx(0.75 * 0.1 + 0.25 * 0.5)
    assert found["shortage_mean"].values.ravel()[0] == pytest.approx(0.75 * 1 + 0.25 * 5)
    assert found["probability"].values.tolist() == [0.75, 0.25]
    by_scenario = found["probability_of_shortage_by_scenario"].sel(bound="estimate").values.ravel()
    assert by_scenario.tolist() == [0.1, 0.5]


def test_equal_runs_give_the_interval_of_one():
    # With common random numbers two equal scenarios are one: averaging them gains nothing.
    short = np.arange(N) % 5 == 0
    one = run(short)
    found = ds.mixture({"a": one, "b": run(short)}, {"a": 0.3, "b": 0.7})
    for name in ("probability_of_shortage", "shortage_mean", "fill_rate_mean", "economic_loss_mean"):
        np.testing.assert_allclose(estimate(found, name), one[name].values.ravel(), rtol=1e-12)
    assert found["probability_of_shortage_between"].item() == pytest.approx(0.0, abs=1e-12)


def test_independent_runs_have_the_interval_of_independent_means():
    dice = np.random.default_rng(5)
    first, second = dice.normal(3, 1, N), dice.normal(8, 2, N)
    runs = {"a": run(first > 0, loss=first, seed=1), "b": run(second > 0, loss=second, seed=2)}
    found = ds.mixture(runs, {"a": 0.5, "b": 0.5})
    assert found.attrs["paired"] == 0
    value, low, high = estimate(found, "shortage_mean")
    halves = [0.5 * (each.high - each.value) for each in (mean(first), mean(second))]
    assert value == pytest.approx((first.mean() + second.mean()) / 2)
    assert high - value == pytest.approx(math.hypot(*halves))
    assert value - low == pytest.approx(math.hypot(*halves))


def test_paired_runs_have_the_interval_of_the_mean_of_pairs():
    dice = np.random.default_rng(6)
    common = dice.normal(0, 1, N)
    first, second = common + dice.normal(5, 1, N), 2 * common + dice.normal(9, 1, N)
    runs = {"a": run(first > 0, loss=first), "b": run(second > 0, loss=second)}
    found = ds.mixture(runs, {"a": 0.4, "b": 0.6})
    assert found.attrs["paired"] == 1
    pairs = mean(0.4 * first + 0.6 * second)
    np.testing.assert_allclose(
        estimate(found, "shortage_mean"), [pairs.value, pairs.low, pairs.high], rtol=1e-12
    )


def test_what_never_happened_keeps_an_upper_limit():
    never = np.zeros(N, dtype=bool)
    found = ds.mixture({"a": run(never), "b": run(never)}, {"a": 0.5, "b": 0.5})
    value, low, high = estimate(found)
    assert (value, low) == (0.0, 0.0)
    assert high == pytest.approx(probability(0, N).high)
    assert math.isnan(found["probability_of_shortage_between"].item())


def test_the_spread_between_scenarios_is_apart_from_that_within():
    # Always short in one, never in the other: the replications differ only by the scenario.
    always, never = np.ones(N, dtype=bool), np.zeros(N, dtype=bool)
    found = ds.mixture({"a": run(always), "b": run(never)}, {"a": 0.6, "b": 0.4})
    assert found["probability_of_shortage_between"].item() == pytest.approx(1.0)
    assert 0.55 < estimate(found)[1] < estimate(found)[0] == 0.6 < estimate(found)[2] < 0.65
    # 10 and 50 %: 0.04 between, and 0.09 and 0.25 within.
    half = ds.mixture({"a": run(np.arange(N) < 40), "b": run(np.arange(N) < 200)}, {"a": 0.5, "b": 0.5})
    assert half["probability_of_shortage_between"].item() == pytest.approx(0.04 / (0.04 + 0.17))


def test_the_interval_contains_the_truth_as_often_as_it_says():
    dice = np.random.default_rng(7)
    truth, inside = 0.7 * 0.05 + 0.3 * 0.4, 0
    for _ in range(400):
        common = dice.random(100)
        runs = {"a": run(common < 0.05), "b": run((common + dice.random(100)) / 2 < math.sqrt(0.2))}
        _, low, high = estimate(ds.mixture(runs, {"a": 0.7, "b": 0.3}))
        inside += low <= truth <= high
    assert 0.925 <= inside / 400 <= 0.985


@pytest.mark.parametrize(
    "probabilities, told",
    [
        ({"a": 0.5, "b": 0.6}, "expected the probabilities to add up to 1, found 1.1"),
        ({"a": 1.0}, "'b' has no probability"),
        ({"a": 0.5, "b": 0.25, "c": 0.25}, "there is no run of 'c'"),
        ({"a": 1.0, "b": 0.0}, "the probability of 'b': expected more than 0 and at most 1, found 0"),
        ({"a": math.nan, "b": 0.5}, "the probability of 'a': expected more than 0 and at most 1, found nan"),
    ],
)
def test_probabilities_that_do_not_fit_are_told(probabilities, told):
    runs = {name: run(np.arange(N) < 40) for name in "ab"}
    with pytest.raises(ds.ScenarioError, match=re.escape(told)):
        ds.mixture(runs, probabilities)


def test_all_that_differs_between_runs_is_told_at_once():
    short = np.arange(N) < 40
    runs = {"a": run(short), "b": run(short, threshold=0.1, n_ticks=104)}
    with pytest.raises(ds.ScenarioError) as raised:
        ds.mixture(runs, {"a": 0.5, "b": 0.5})
    told = str(raised.value)
    assert "threshold: expected the same in all runs, found 0.05 in 'a' and 0.1 in 'b'" in told
    assert "n_ticks: expected the same in all runs, found 52 in 'a' and 104 in 'b'" in told


def test_a_run_with_prices_is_not_mixed_with_one_without():
    one = run(np.arange(N) < 40)
    priced = one.assign(price_mean=(("grade", "zone"), np.ones((1, 1))))
    with pytest.raises(ds.ScenarioError, match="found no prices in 'a' and prices in 'b'"):
        ds.mixture({"a": one, "b": priced}, {"a": 0.5, "b": 0.5})


def test_nodes_of_a_comparison_are_mixed_as_their_runs():
    runs = {"a": run(np.arange(N) < 40), "b": run(np.arange(N) < 80)}
    tree = xr.DataTree.from_dict({"/": xr.Dataset(coords={"metric": ["m"]}), **runs})
    of_runs = ds.mixture(runs, {"a": 0.5, "b": 0.5})
    xr.testing.assert_identical(ds.mixture(tree.children, {"a": 0.5, "b": 0.5}), of_runs)


def test_one_run_and_other_datasets_are_refused():
    one = run(np.arange(N) < 40)
    with pytest.raises(ds.ScenarioError, match="two or more scenarios, found 1"):
        ds.mixture({"a": one}, {"a": 1.0})
    with pytest.raises(ds.ScenarioError, match="'b': expected the result of monte_carlo"):
        ds.mixture({"a": one, "b": xr.Dataset()}, {"a": 0.5, "b": 0.5})
    with pytest.raises(TypeError, match="found NoneType as 'b'"):
        ds.mixture({"a": one, "b": None}, {"a": 0.5, "b": 0.5})
