"""Sobol' indices by design: estimators on known functions, and a scenario with a known response."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis.input_groups import OTHERS, input_groups
from diamondsim.analysis.sobol_estimators import sobol_estimates
from diamondsim.plan import NO_EXCHANGE, Exchange, StreamNames, compile_plan, stream_key
from diamondsim.sampling import numbers_drawn_once

ALL = Exchange(others=True)


def ishigami(x):
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def exact():
    """First-order and total indices by Ishigami and Homma (1990), with a = 7 and b = 0.1."""
    alone = np.array([0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7**2 / 8, 0.0])
    together = 0.1**2 * np.pi**8 * (1 / 18 - 1 / 50)  # of the first and the third
    total = alone + np.array([together, 0.0, together])
    return alone / (alone.sum() + together), total / (alone.sum() + together)


def estimates(n, seed, function=ishigami):
    random = np.random.default_rng(seed)
    first, second = random.uniform(-np.pi, np.pi, (2, 3, n))
    exchanged = []
    for k in range(3):
        x = first.copy()
        x[k] = second[k]
        exchanged.append(function(x))
    return sobol_estimates(function(first), function(second), np.array(exchanged), seed=seed)


def test_the_indices_of_ishigami_are_the_exact_ones():
    first_order, total = exact()
    found = estimates(4096, 1)
    np.testing.assert_allclose(found.first_order[0], first_order, atol=0.05)
    np.testing.assert_allclose(found.total[0], total, atol=0.03)
    for estimate, low, high in (found.first_order, found.total):
        assert (low < high).all()
        assert ((low <= estimate) & (estimate <= high)).all()
    assert found.first_order_sum[0] == pytest.approx(found.first_order[0].sum())


def test_intervals_hold_the_exact_index_as_often_as_they_say():
    first_order, total = exact()
    hits = np.zeros((2, 3))
    for seed in range(60):
        found = estimates(512, seed)
        hits[0] += (found.first_order[1] <= first_order) & (first_order <= found.first_order[2])
        hits[1] += (found.total[1] <= total) & (total <= found.total[2])
    assert hits[:, :2].min() >= 51  # 95 % of 60 less two standard errors; the total of the third is skewed
    assert hits[:, 2].min() >= 48


def test_a_group_that_changes_nothing_has_indices_of_exactly_0():
    first, second = np.random.default_rng(2).normal(size=(2, 256))
    found = sobol_estimates(first, second, np.array([first, second]))
    assert (found.first_order[:, 0] == 0).all()
    assert (found.total[:, 0] == 0).all()
    assert found.total[0, 1] == pytest.approx(1.0, abs=0.2)


def test_a_constant_added_to_the_metric_changes_nothing():
    plain, lifted = estimates(256, 3), estimates(256, 3, lambda x: ishigami(x) + 1e4)
    np.testing.assert_allclose(plain.total, lifted.total, atol=1e-6)
    np.testing.assert_allclose(plain.first_order, lifted.first_order, atol=1e-6)


def test_the_arrays_that_are_given_are_only_read():
    random = np.random.default_rng(1)
    arrays = [random.integers(0, 2, 64).astype(float) for _ in range(4)]
    for array in arrays:
        array.flags.writeable = False
    sobol_estimates(arrays[0], arrays[1], np.array(arrays[2:]))


# Exchanged draws


def test_all_streams_of_an_input_have_one_key():
    own = "inventory_policy.any.cover"
    assert {stream_key(name) for name in (own, f"{own}/factor1", f"{own}/part0/term1")} == {own}
    assert stream_key("cn_55/spell0/long_run_rate") == stream_key("cn_55/spell7/long_run_rate")
    assert stream_key("cn_55/spell0/dead_time") != stream_key("cn_55/spell0/long_run_rate")


def test_only_the_streams_of_a_group_are_those_of_the_second_set():
    names = StreamNames(exchange=Exchange(frozenset({"a.cover", "c/spell/rate"})))
    assert [names.seeded(name) != name for name in ("a.cover", "a.cover/factor1", "c/spell2/rate")] == [
        True
    ] * 3
    assert [names.seeded(name) for name in ("a.covers", "c/spell2/time", "noise")] == [
        *("a.covers", "c/spell2/time", "noise")
    ]
    others = StreamNames(exchange=Exchange(frozenset({"a.cover"}), others=True))
    assert others.seeded("a.cover") == "a.cover"
    assert others.seeded("noise") != "noise"


@pytest.fixture(scope="module")
def ban():
    """A ban of 100 to 200 days on a buyer with 20 to 60 days of stock: their difference is lacking."""
    textbook = ds.load_scenario("tests/theory/exponential-ban.yaml")
    return textbook.override(
        {
            "horizon.length": "220 days",
            "controls.ban.sojourn.banned": "uniform(100 200) days",
            "inventory_policy.u.opening": "uniform(20 60) days",
            "inventory_policy.u.cover": "60 days",
        }
    )


@pytest.fixture(scope="module")
def found(ban):
    groups = {"ban": "controls.*", "stock": ["inventory_policy.u.opening"]}
    return ds.sobol_indices(
        ban, region="home", use="u", metric="shortage", groups=groups, replications=512, workers=1
    )


@pytest.mark.parametrize("index", ["first_order", "total"])
def test_a_scenario_with_a_linear_response_has_the_shares_of_its_terms(found, index):
    variances = {"ban": 100**2 / 12, "stock": 40**2 / 12, OTHERS: 0.0}
    for group, variance in variances.items():
        estimate, low, high = found[index].sel(group=group).values
        expected = variance / sum(variances.values())
        assert low - 0.01 <= expected <= high + 0.01  # days are whole
        assert estimate == pytest.approx(expected, abs=0.1)
    assert found["group"].values.tolist() == ["ban", "stock", OTHERS]
    assert found["inputs"].values.tolist() == [1, 1, 0]
    assert found.attrs["runs"] == 5
    assert found.attrs["warnings"] == ""
    assert float(found["first_order_sum"].sel(bound="estimate")) == pytest.approx(1.0, abs=0.15)


def test_what_is_exchanged_is_the_input_of_another_replication_and_nothing_else_changes(ban):
    """The draws of the second set are independent of the first; the others are the same to the bit."""
    plan = compile_plan(ban)
    groups = {group.name: group for group in input_groups(plan, {"ban": "controls.*"})}
    drawn = {}
    for name, exchange in {"first": NO_EXCHANGE, "ban": groups["ban"].exchange, "second": ALL}.items():
        own = replace(plan, stream_names=replace(plan.stream_names, exchange=exchange))
        drawn[name] = numbers_drawn_once(own, seed=0, count=1024)
    stay, opening = "controls.ban.sojourn.banned/visit0", "inventory_policy.u.opening"
    np.testing.assert_array_equal(drawn["ban"][stay], drawn["second"][stay])
    np.testing.assert_array_equal(drawn["ban"][opening], drawn["first"][opening])
    for name in (stay, opening):
        assert abs(np.corrcoef(drawn["first"][name], drawn["second"][name])[0, 1]) < 0.1


@pytest.mark.parametrize(
    "metric, treatment", [("short", "1 where it holds, else 0"), ("time_to_survive", "ranks, with the")]
)
def test_a_constant_flag_has_no_indices_and_times_are_ranked(ban, metric, treatment):
    result = ds.sobol_indices(ban, region="home", use="u", metric=metric, replications=64, workers=1)
    assert result.attrs["treatment"].startswith(treatment)
    if metric == "short":  # every ban outlasts every stock
        assert result["total"].isnull().all()
        assert "short of home.u is the same in all 128 replications" in result.attrs["warnings"]
    else:
        assert float(result["total"].sel(group="inventory_policy", bound="estimate")) > 0.8


def test_few_replications_are_told_and_nothing_is_estimated(ban):
    result = ds.sobol_indices(ban, region="home", use="u", metric="shortage", replications=8, workers=1)
    assert result["first_order"].isnull().all()
    assert result.attrs["warnings"] == "expected 40 replications or more, found 8: nothing is estimated"


def test_all_mistakes_of_groups_are_told_at_once(ban):
    groups = {"a": ["controls.*", "inventory_policy.u.opning"], "b": "controls.ban.*"}
    with pytest.raises(ds.ScenarioError) as error:
        ds.sobol_indices(ban, region="home", use="u", groups=groups)
    told = str(error.value)
    assert "2 problems" in told
    assert "group a: no uncertain input is at 'inventory_policy.u.opning'" in told
    assert "did you mean 'inventory_policy.u.opening'?" in told
    assert "controls.ban.sojourn.banned/visit0 is in two groups, a and b" in told


def test_correlated_inputs_stay_in_one_group(ban):
    stock, demand = "inventory_policy.u.opening", "demand.home.u.flow"
    tied = ban.override(
        {"demand.home.u": "uniform(90 110) ct/day", "correlation": {f"{stock} ~ {demand}": 0.5}}
    )
    with pytest.raises(ds.ScenarioError, match="expected correlated inputs in one group") as error:
        ds.sobol_indices(tied, region="home", use="u")
    assert f"{stock} in inventory_policy" in str(error.value)
    assert f"{demand} in demand" in str(error.value)
    both, _ = input_groups(compile_plan(tied), {"both": [stock, demand]})
    assert {*both.inputs} == {stock, demand}


@pytest.mark.parametrize(
    "options, told",
    [
        ({"metric": "shortag"}, "did you mean 'shortage'?"),
        ({"use": "v"}, "use: the dataset has no 'v'"),
        ({"replications": 20_000}, "replications: expected an integer from 1 to 16384, found 20000"),
    ],
)
def test_a_mistake_is_told_before_the_runs(ban, options, told, monkeypatch):
    monkeypatch.setattr("diamondsim.analysis.designed_indices.monte_carlo_each", None)
    with pytest.raises(ValueError, match=re.escape(told)):
        ds.sobol_indices(ban, **{"region": "home", "use": "u", **options})


def test_quasi_random_draws_are_refused(ban):
    with pytest.raises(ValueError, match=r"expected sampling\.method random, found sobol"):
        ds.sobol_indices(ban.override({"sampling.method": "sobol"}), region="home", use="u")
