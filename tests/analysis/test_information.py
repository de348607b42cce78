"""What knowing an input is worth: closed forms, and comparisons of runs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from scipy import stats

import diamondsim as ds
from diamondsim.analysis.partial_information import partial_information, perfect_information
from diamondsim.sampling import resample_counts
from tests.simulation.small import short_ban

N = 1000
USE: dict[str, Any] = {"region": "home", "use": "u"}


def unit_normal_loss(mean, spread):
    """What it is worth to know a difference of two alternatives that is normal, (mean, spread)."""
    z = abs(mean) / spread
    return spread * (stats.norm.pdf(z) - z * stats.norm.sf(z))


def linear_normal(seed: int, mean: float, slope: float, noise: float) -> tuple[Any, Any]:
    """Return an input and the losses of two alternatives."""
    rng = np.random.default_rng(seed)
    known = rng.standard_normal(N)
    difference = mean + slope * known + noise * rng.standard_normal(N)
    return known, np.array([np.zeros(N), difference])


@pytest.fixture(scope="module")
def counts():
    return resample_counts(N, seed=1, resamples=100)


@pytest.mark.parametrize("mean, slope, noise", [(0.0, 1.0, 1.0), (0.5, 1.0, 2.0), (-1.0, 1.0, 1.0)])
def test_two_linear_normal_alternatives_have_the_unit_normal_loss(counts, mean, slope, noise):
    wanted = unit_normal_loss(mean, slope)
    cases = [linear_normal(seed, mean, slope, noise) for seed in range(20)]
    found = [partial_information(*case, counts=counts) for case in cases]
    errors = np.array([each.value - wanted for each in found])
    assert abs(errors.mean()) < 3 * errors.std() / np.sqrt(len(errors)) + 0.03 * wanted
    assert sum(each.low <= wanted <= each.high for each in found) >= 15
    widths = np.array([each.high - each.low for each in found])
    assert widths.mean() / 2 == pytest.approx(1.96 * errors.std(), rel=0.5)
    whole = [perfect_information(differences) for _, differences in cases]
    wanted = unit_normal_loss(mean, np.hypot(slope, noise))
    assert np.mean([each.value for each in whole]) == pytest.approx(wanted, rel=0.1)
    assert sum(each.low <= wanted <= each.high for each in whole) >= 15


def test_an_input_without_influence_is_worth_nothing(counts):
    found = [partial_information(*linear_normal(seed, 0.0, 0.0, 1.0), counts=counts) for seed in range(20)]
    assert sum(each.low > 0 for each in found) <= 2
    assert np.median([each.value for each in found]) < 0.005


def test_an_input_that_never_changes_the_choice_is_worth_nothing(counts):
    known, differences = linear_normal(1, 50.0, 1.0, 1.0)
    found = partial_information(known, differences, counts)
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_a_yes_or_no_is_worth_what_the_two_choices_save(counts):
    """Half of the time the second saves 1, else it costs 3: knowing which saves 1/2 in the mean."""
    rng = np.random.default_rng(2)
    known = (np.arange(N) % 2).astype(float)
    difference = np.where(known == 1, -1.0, 3.0) + 0.1 * rng.standard_normal(N)
    found = partial_information(known, np.array([np.zeros(N), difference]), counts)
    assert found.value == pytest.approx(0.5, abs=0.01)
    assert found.low < found.value < found.high


# Comparisons


@pytest.fixture(scope="module")
def compared():
    usual = short_ban(**{"inventory_policy.u.opening": "uniform(5 20) days"})
    more = usual.override({"inventory_policy.u.opening": "uniform(15 30) days"})
    return ds.compare({"usual": usual, "more": more}, replications=400, seed=1, workers=1)


def test_the_most_valuable_input_comes_first_and_is_worth_no_more_than_everything(compared):
    runs = [compared[name]["shortage"].sel(USE).values for name in ("usual", "more")]
    cost = float(np.mean(runs[0] - runs[1]))
    found = ds.value_of_information(compared, **USE, costs={"more": cost})
    worth = found["information"].sel(bound="estimate").values
    assert (np.diff(worth) <= 0).all()
    assert worth[0] > 0
    whole = found["perfect_information"].sel(bound="estimate").item()
    assert worth.max() <= whole
    assert whole == pytest.approx(
        min(runs[0].mean(), runs[1].mean() + cost) - np.minimum(runs[0], runs[1] + cost).mean()
    )
    assert found["expected"].sel(bound="estimate").values == pytest.approx(
        [runs[0].mean(), runs[1].mean() + cost]
    )
    for name, added in (("usual", 0.0), ("more", cost)):
        of_run = compared[name]["shortage_mean"].sel(USE).values
        assert found["expected"].sel(scenario=name).values == pytest.approx(of_run + added)
    assert found["information"].attrs["units"] == "carat"
    assert "400 replications are few" in found.attrs["warnings"]


def test_a_cost_with_a_unit_is_the_number_in_that_of_the_metric(compared):
    plain = ds.value_of_information(compared, **USE, costs={"more": 250.0})
    assert ds.value_of_information(compared, **USE, costs={"more": "0.25 kct"}).identical(plain)


def test_what_is_expected_of_a_probability_has_the_interval_of_the_run_moved_by_the_cost(compared):
    found = ds.value_of_information(compared, **USE, metric="probability_of_shortage", costs={"more": "30%"})
    of_run = compared["more"]["probability_of_shortage"].sel(USE).values
    assert found["expected"].sel(scenario="more").values == pytest.approx(of_run + 0.3)


def test_without_costs_the_larger_stock_is_best_whatever_is_known(compared):
    found = ds.value_of_information(compared, **USE)
    assert found.attrs["chosen"] == "more"
    assert (found["information"].sel(bound="low") == 0).all()
    # The curves of two stocks that both suffice touch where nothing is short.
    assert found["information"].sel(bound="high").max() < 1e-3 * found["expected"].max()
    assert (found["perfect_information"] == 0).all()


@pytest.mark.parametrize(
    "wrong, error, told",
    [
        ({"metric": "shortage_men"}, ValueError, "did you mean 'shortage_mean'?"),
        ({"use": "v"}, ValueError, "use: the dataset has no 'v'"),
        ({"costs": {"mor": 1.0}}, ds.ScenarioError, "there is no scenario 'mor'; did you mean 'more'?"),
        ({"costs": {"more": float("nan")}}, ds.ScenarioError, "expected a finite number, found nan"),
        ({"costs": {"more": "1%"}}, ds.ScenarioError, "costs: more: expected a quantity, found '1%'"),
    ],
)
def test_a_question_that_does_not_fit_is_refused(compared, wrong, error, told):
    asked: dict[str, Any] = {**USE, **wrong}
    with pytest.raises(error, match=re.escape(told)):
        ds.value_of_information(compared, **asked)


def test_what_is_no_comparison_is_a_type_error(compared):
    with pytest.raises(TypeError, match="expected the DataTree of compare, found a Dataset"):
        ds.value_of_information(compared["usual"].to_dataset(), **USE)


@pytest.mark.parametrize("of_run", [False, True])
def test_a_comparison_without_attributes_is_refused_with_those_that_it_lacks(compared, of_run):
    tree = compared.copy()
    (tree["more"] if of_run else tree).attrs = {} if of_run else {"reference": "usual"}
    told = "comparison['more']: expected the result of monte_carlo" if of_run else "of compare"
    names = "seed, sampling, threshold" if of_run else "seed, failed, failures"
    with pytest.raises(ValueError, match=re.escape(f"{told} with the attributes {names}, found none")):
        ds.value_of_information(tree, **USE)
