"""Which inputs drive a metric, by the replications of a run."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.analysis.first_order import first_order, number_of_bins, sum_of
from diamondsim.analysis.pawn import Pawn
from diamondsim.analysis.rank_bins import rank_bins
from diamondsim.analysis.rank_regression import rank_regression
from diamondsim.results import write_netcdf
from tests.analysis.known_functions import ALL, FLAG, G_FUNCTION, ISHIGAMI, LINEAR, dataset_of

US_POLISHING = {"region": "US", "use": "polishing"}
ESTIMATES = ("first_order", "pawn", "srrc", "prcc")


def sample(known, n, seed=1):
    return known.draw(n, np.random.default_rng(seed))


def run_of(known, n, seed=1):
    values, metric = sample(known, n, seed)
    return dataset_of(values, shortage=metric)


def found(dataset, metric="shortage"):
    return ds.sensitivity(dataset, **US_POLISHING, metric=metric)


def by_name(result, name):
    """Return a variable in the order x0, x1, ..."""
    ordered = result[name].sortby("input")
    return ordered.values if ordered.ndim == 1 else ordered.sel(bound="estimate").values


def regressed(values, metric):
    fitted = rank_regression(values, metric)
    assert fitted is not None
    return fitted


# Known answers


@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_indices_are_the_exact_ones(known):
    result = found(run_of(known, 8192))
    np.testing.assert_allclose(by_name(result, "first_order"), known.first_order, atol=0.025)
    assert result["first_order_sum"].sel(bound="estimate") == pytest.approx(sum(known.first_order), abs=0.03)
    low, high = (result["first_order"].sel(bound=bound).sortby("input") for bound in ("low", "high"))
    assert (low - 0.01 <= known.first_order).all()
    assert (high + 0.01 >= known.first_order).all()


@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_intervals_cover_the_exact_index(known):
    covered = coverage(known, n=512, samples=100)
    assert covered.min() >= 0.87  # 95 % less four standard errors of 100 samples


@pytest.mark.deep
@pytest.mark.parametrize("n", [1024, 4096])
@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_intervals_cover_as_often_as_they_say(known, n):
    covered = coverage(known, n=n, samples=1000)
    assert 0.93 <= covered.mean() <= 0.98
    assert covered.min() >= 0.92


def coverage(known, *, n, samples):
    """Return how often the interval of each input, and that of the sum, holds the exact index."""
    exact = (*known.first_order, sum(known.first_order))
    generator, hits = np.random.default_rng(7), np.zeros(len(exact))
    for _ in range(samples):
        values, metric = known.draw(n, generator)
        indices = [first_order(values[:, k], metric) for k in range(values.shape[1])]
        for k, index in enumerate([*indices, sum_of(indices)]):
            estimate = index.estimate()
            hits[k] += estimate.low <= exact[k] <= estimate.high
    return hits / samples


def test_an_index_is_a_matter_of_ranks_not_of_the_scale_of_an_input():
    values, metric = sample(ISHIGAMI, 500)
    bent = np.exp(values)
    np.testing.assert_array_equal(
        by_name(found(dataset_of(values, shortage=metric)), "first_order"),
        by_name(found(dataset_of(bent, shortage=metric)), "first_order"),
    )


def test_the_jackknife_is_that_of_leaving_out_each_replication():
    values, metric = sample(LINEAR, 60)
    index = first_order(values[:, 0], metric)
    classes = rank_bins(values[:, 0], number_of_bins(60))

    def directly(keep):
        y, own = metric[keep], classes[keep]
        within = sum(((y[own == c] - y[own == c].mean()) ** 2).sum() for c in np.unique(own))
        m, bins = len(y), len(np.unique(own))
        return 1 - (m - 1) / (m - bins) * within / ((y - y.mean()) ** 2).sum()

    everything = np.arange(60)
    assert index.index == pytest.approx(directly(everything))
    without = [directly(np.delete(everything, k)) for k in range(60)]
    np.testing.assert_allclose(index.without, without, rtol=1e-10)


def test_a_linear_model_has_the_rank_coefficients_of_its_slopes():
    values, metric = sample(LINEAR, 20_000)
    fitted = regressed(values, metric)
    # A normal pair with correlation r has the rank correlation 6 / pi * asin(r / 2); inputs are independent.
    expected = 6 / math.pi * np.arcsin(np.sqrt(LINEAR.first_order) / 2)
    np.testing.assert_allclose(fitted.standardised[0], expected, atol=0.01)
    assert fitted.r2 == pytest.approx((expected**2).sum(), abs=0.01)
    assert (fitted.standardised[1] <= fitted.standardised[0]).all()


def test_intervals_of_rank_coefficients_cover_them():
    expected = 6 / math.pi * np.arcsin(np.sqrt(LINEAR.first_order) / 2)
    generator, hits = np.random.default_rng(3), np.zeros(5)
    for _ in range(200):
        low, high = regressed(*LINEAR.draw(200, generator)).standardised[1:]
        hits += (low <= expected) & (expected <= high)
    assert (hits / 200).min() >= 0.89


@pytest.mark.parametrize("kind", ["number", "flag"])
def test_the_error_of_rank_coefficients_is_that_of_leaving_out_each_replication(kind):
    generator = np.random.default_rng(8)
    values = generator.normal(size=(400, 3))
    values[:, 1] += values[:, 0]  # correlated
    values[:, 2] = np.round(values[:, 2])  # with ties
    metric = np.round(values @ [3.0, 1.0, 1.0] + 2 * values[:, 0] ** 2 + generator.normal(size=400))
    if kind == "flag":
        metric = (metric > 7).astype(float)
    low, high = regressed(values, metric).standardised[1:]
    without = [
        regressed(np.delete(values, k, axis=0), np.delete(metric, k)).standardised[0] for k in range(400)
    ]
    jackknife = np.sqrt(399 * np.var(without, axis=0))
    np.testing.assert_allclose((high - low) / 2 / 1.966, jackknife, rtol=0.03)


def test_partial_rank_correlations_are_those_of_residuals():
    values, metric = sample(G_FUNCTION, 300)
    fitted = regressed(values, metric)
    ranks = np.argsort(np.argsort(values, axis=0), axis=0).astype(float)
    of_metric = np.argsort(np.argsort(metric)).astype(float)
    others = np.column_stack([np.ones(300), ranks[:, 1:]])
    rest_x, rest_y = (
        y - others @ np.linalg.lstsq(others, y, rcond=None)[0] for y in (ranks[:, 0], of_metric)
    )
    assert fitted.partial[0] == pytest.approx(np.corrcoef(rest_x, rest_y)[0, 1])


def test_pawn_is_the_median_largest_distance_between_distributions():
    values, metric = sample(ISHIGAMI, 120)
    pawn = Pawn(metric, compared=1)
    classes = pawn.classes(values[:, 1])
    at = np.sort(metric)

    def distribution(y):
        return np.searchsorted(np.sort(y), at, side="right") / len(y)

    every = distribution(metric)
    largest = [np.abs(distribution(metric[classes == c]) - every).max() for c in range(pawn.bins)]
    assert pawn.index(classes) == pytest.approx(np.median(largest))


def test_inputs_without_influence_stand_out_in_one_run_of_twenty():
    generator = np.random.default_rng(5)
    runs = []
    for _ in range(60):
        pawn = Pawn((generator.uniform(size=200) < 0.4).astype(float), compared=10)
        classes = [pawn.classes(generator.uniform(size=200)) for _ in range(10)]
        runs.append(any(pawn.index(each) > pawn.threshold(each) for each in classes))
    assert sum(runs) <= 9  # 3 expected


def test_an_input_that_matters_stands_out():
    result = found(run_of(ISHIGAMI, 1000))
    assert by_name(result, "distinguishable").tolist() == [True, True, True]
    other = found(run_of(LINEAR, 1000))
    assert by_name(other, "distinguishable").tolist()[::4] == [True, False]


# Kinds of metrics


def test_whether_a_use_goes_short_is_the_default():
    values, flag = sample(FLAG, 2000)
    result = ds.sensitivity(dataset_of(values, peak_shortfall=np.where(flag > 0, 0.3, 0.01)), **US_POLISHING)
    assert (result.attrs["metric"], result.attrs["treatment"]) == ("short", "1 where it holds, else 0")
    assert result.attrs["metric_long_name"] == "whether more than 5 % of demand is unmet within 28 days"
    same = ds.sensitivity(dataset_of(values), metric=xr.DataArray(flag > 0, dims="replication"))
    np.testing.assert_array_equal(result["first_order"], same["first_order"])


def test_a_time_that_never_comes_counts_as_the_longest():
    values, metric = sample(LINEAR, 400)
    times = np.where(metric > 2, np.nan, metric)
    known = np.where(metric > 2, 1e6, metric)
    ranks = np.searchsorted(np.sort(known), known) + np.searchsorted(np.sort(known), known, side="right")
    result = found(dataset_of(values, first_shortage=times, demand=np.ones(400)), "first_shortage")
    expected = found(dataset_of(values, shortage=ranks.astype(float)))
    np.testing.assert_allclose(result["first_order"], expected["first_order"], rtol=1e-9)
    assert result.attrs["treatment"].startswith("ranks")


def test_a_time_that_never_comes_at_all_is_constant():
    run = dataset_of(sample(LINEAR, 100)[0], first_shortage=np.full(100, np.nan), demand=np.ones(100))
    assert "is the same in all 100 replications" in found(run, "first_shortage").attrs["warnings"]


@pytest.mark.parametrize("value", [0.0, 0.7])
def test_a_constant_metric_has_no_indices_and_a_reason(value):
    result = found(dataset_of(sample(LINEAR, 100)[0], shortage=np.full(100, value)))
    for name in (*ESTIMATES, "first_order_sum", "rank_r2", "pawn_threshold"):
        assert result[name].isnull().all(), name
    assert not result["distinguishable"].any()
    assert result.attrs["warnings"] == (
        "shortage of US.polishing is the same in all 100 replications: there is no variance to explain"
    )


def test_a_metric_that_hardly_varies_has_a_warning():
    values, _ = sample(LINEAR, 1000)
    rare = (np.arange(1000) < 7).astype(float)
    assert "only 7 of 1,000 replications differ" in found(dataset_of(values, shortage=rare)).attrs["warnings"]


def test_an_input_of_two_values_has_two_bins_whatever_the_order():
    generator = np.random.default_rng(2)
    two = (generator.uniform(size=600) < 0.3).astype(float)
    metric = two + generator.normal(size=600)
    index = first_order(two, metric)
    low, high = metric[two == 0], metric[two == 1]
    within = ((low - low.mean()) ** 2).sum() + ((high - high.mean()) ** 2).sum()
    expected = 1 - 599 / 598 * within / ((metric - metric.mean()) ** 2).sum()
    assert index.index == pytest.approx(expected)
    back = first_order(two[::-1], metric[::-1])
    assert back.index == pytest.approx(index.index)


def test_an_input_that_does_not_vary_is_left_out_of_everything():
    values, metric = sample(LINEAR, 300)
    more = np.column_stack([values, np.full(300, 4.0)])
    result = found(dataset_of(more, shortage=metric))
    assert result["input"].values[-1] == "x5"
    assert result.isel(input=-1)["first_order"].isnull().all()
    assert "1 of 6 inputs do not vary" in result.attrs["warnings"]
    plain = found(dataset_of(values, shortage=metric))
    xr.testing.assert_equal(result["srrc"].isel(input=slice(5)), plain["srrc"])


# Order, size and what a reader is told


def test_the_order_of_replications_and_of_inputs_changes_nothing():
    values, metric = sample(G_FUNCTION, 300)
    run = dataset_of(np.round(values, 2), shortage=np.round(metric, 1))  # with ties
    mixed = run.isel(replication=np.random.default_rng(0).permutation(300), input=[3, 0, 4, 1, 2])
    xr.testing.assert_allclose(found(run), found(mixed), rtol=1e-9)


def test_inputs_come_in_the_order_of_their_indices():
    result = found(run_of(LINEAR, 3000))
    assert result["input"].values.tolist()[:3] == ["x0", "x1", "x2"]
    assert (np.diff(result["first_order"].sel(bound="estimate")) <= 0).all()


def test_a_run_too_small_to_rank_says_how_many_replications_would_do():
    small, large = (found(run_of(ISHIGAMI, n, seed=4)) for n in (60, 6000))
    assert "do not tell the first two inputs apart" in small.attrs["warnings"]
    assert small.attrs["n_needed"] > 60
    assert large.attrs["n_needed"] < 6000
    assert "apart" not in large.attrs["warnings"]


def test_two_inputs_that_matter_alike_are_not_told_apart():
    values, _ = sample(LINEAR, 1000)
    result = found(dataset_of(values, shortage=values[:, 0] + values[:, 1]))
    assert result.attrs["n_needed"] > 1000


def test_a_rank_regression_that_explains_little_does_not_rank():
    assert "do not rank the inputs" in found(run_of(ISHIGAMI, 500)).attrs["warnings"]
    assert "rank" not in found(run_of(LINEAR, 500)).attrs["warnings"]


def test_few_replications_give_no_estimates():
    result = found(run_of(LINEAR, 39))
    assert result["first_order"].isnull().all()
    assert result.attrs["warnings"] == "expected 40 replications or more, found 39: nothing is estimated"
    assert not found(run_of(LINEAR, 40))["first_order"].isnull().any()


def test_a_rank_regression_takes_more_replications_than_inputs():
    generator = np.random.default_rng(1)
    run = dataset_of(generator.uniform(size=(50, 40)), shortage=generator.uniform(size=50))
    result = found(run)
    assert result["srrc"].isnull().all()
    assert "40 inputs take 61 replications or more" in result.attrs["warnings"]


def test_inputs_whose_ranks_are_the_same_have_no_rank_regression():
    values, metric = sample(LINEAR, 200)
    result = found(dataset_of(np.column_stack([values, np.exp(values[:, 0])]), shortage=metric))
    assert result["srrc"].isnull().all()
    assert "follow from those of others" in result.attrs["warnings"]
    assert not result["first_order"].isnull().any()


def test_a_result_keeps_its_meaning_in_a_file(tmp_path):
    result = found(run_of(LINEAR, 200))
    assert all({"long_name", "units"} <= result[name].attrs.keys() for name in result.data_vars)
    with xr.open_dataset(write_netcdf(result, tmp_path / "found.nc")) as back:
        xr.testing.assert_identical(back.load(), result)


def test_the_inputs_of_a_run_keep_their_descriptions_and_the_run_is_unchanged():
    scenario = ds.load_scenario("reinstated-2027").override({"horizon.length": "1 yr"})
    run = ds.monte_carlo(scenario, replications=64, seed=1)
    before = run.copy(deep=True)
    result = ds.sensitivity(run, **US_POLISHING, metric="fill_rate")
    xr.testing.assert_identical(run, before)
    assert {"input_path", "input_unit", "input_distribution", "input_basis"} <= set(result.coords)
    assert result.sizes["input"] == run.sizes["input"]
    assert result.attrs["scenario_hash"] == run.attrs["scenario_hash"]


# Mistakes


@pytest.mark.parametrize(
    "asked, told",
    [
        ({"use": "polising"}, "use: the dataset has no 'polising'; did you mean 'polishing'?"),
        ({"region": "EU"}, "region: the dataset has no 'EU'; expected one of US"),
        ({"metric": "shortag"}, "the dataset has no metric 'shortag' of uses; did you mean 'shortage'?"),
        ({"metric": "xyz"}, "expected one of short, peak_shortfall, shortage, recovery"),
        ({"metric": "first_output"}, "'first_output' is by replication, facility, not by region and use"),
        ({"region": None}, "expected region and use, found region=None, use='polishing'"),
        ({"metric": "recovery"}, "is no known, finite number in 30 of 90 replications"),
        ({"metric": xr.DataArray(np.ones(90), dims="replication")}, "belong to the name of a metric"),
    ],
)
def test_a_wrong_question_has_one_answer(asked, told):
    values, metric = sample(LINEAR, 90)
    partly = np.where(np.arange(90) < 30, np.nan, metric)
    run = dataset_of(values, peak_shortfall=metric, shortage=metric, recovery=partly)
    run["first_output"] = (("replication", "facility"), np.ones((90, 1)))
    with pytest.raises(ValueError, match=re.escape(told)):
        ds.sensitivity(run, **{**US_POLISHING, **asked})


@pytest.mark.parametrize(
    "array, told",
    [
        (xr.DataArray(np.ones(89), dims="replication"), "expected an array (replication: 90)"),
        (xr.DataArray(np.ones((90, 1)), dims=("replication", "grade")), "found (replication: 90, grade: 1)"),
        (xr.DataArray(np.full(90, np.inf), dims="replication"), "finite number in 90 of 90 replications"),
    ],
)
def test_an_array_that_is_no_metric_is_refused(array, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        ds.sensitivity(dataset_of(sample(LINEAR, 90)[0]), metric=array)


def test_a_use_that_the_region_lacks_is_told():
    run = dataset_of(sample(LINEAR, 90)[0], shortage=np.full(90, np.nan))
    with pytest.raises(ValueError, match="use: US has no 'polishing'; it has none"):
        found(run)


def test_a_run_without_inputs_and_a_weighted_run_are_refused():
    run = run_of(LINEAR, 90)
    with pytest.raises(ValueError, match="expected `input_value`"):
        found(run.drop_vars("input_value"))
    with pytest.raises(ValueError, match="found weighted ones"):
        found(run.assign(weight=("replication", np.full(90, 1 / 90))))
