"""Scores and weights, against closed forms and cases by hand."""

import math

import numpy as np
import pytest
from scipy import integrate, special

from diamondsim.backtesting.scoring import KERNEL, crps, log_likelihood, normalised, weighted_quantiles


@pytest.mark.parametrize("observed", [-1.5, 0.0, 0.4, 3.0])
def test_the_score_of_a_normal_forecast_is_that_of_the_closed_form(observed):
    # Values at the middles of 20,000 equal parts of a standard normal distribution.
    values = special.ndtri((np.arange(20_000) + 0.5) / 20_000)
    density = math.exp(-(observed**2) / 2) / math.sqrt(2 * math.pi)
    exact = observed * (2 * special.ndtr(observed) - 1) + 2 * density - 1 / math.sqrt(math.pi)
    assert crps(values, observed) == pytest.approx(exact, abs=1e-4)


def test_the_score_of_two_weighted_values_by_hand():
    # F is 0.25 from 0 to 4 and the month is 1: 0.25**2 * 1 + 0.75**2 * 3.
    assert crps(np.array([4.0, 0.0]), 1.0, np.array([0.75, 0.25])) == pytest.approx(0.0625 + 1.6875)


def test_a_weight_counts_as_that_many_values():
    values = np.array([3.0, 1.0, 2.0])
    weight = np.array([0.5, 0.25, 0.25])
    assert crps(values, 1.7, weight) == pytest.approx(crps(np.array([3.0, 3.0, 1.0, 2.0]), 1.7))


def test_quantiles_of_weighted_values_by_hand():
    values, weight = np.array([5.0, 1.0, 3.0]), np.array([0.1, 0.6, 0.3])
    assert weighted_quantiles(values, weight, np.array([0.5, 0.6, 0.61, 0.95])).tolist() == [1, 1, 3, 5]


def test_weights_add_up_to_1_even_if_the_densities_are_tiny():
    assert normalised(np.array([-2000.0, -2000.0 + math.log(3)])) == pytest.approx([0.25, 0.75])
    assert normalised(np.full(4, -np.inf)) == pytest.approx([0.25] * 4)


@pytest.mark.parametrize("mean, batch", [(0.8, 0.15), (0.1, 0.5), (2.0, 1.0)])
def test_the_density_of_batches_adds_up_to_1_and_has_the_mean_and_variance_of_the_formula(mean, batch):
    def density(x):
        return math.exp(log_likelihood(x, np.array([mean]), np.array([batch]))[0])

    nothing = density(0.0)
    assert nothing == pytest.approx(math.exp(-mean / batch))
    moments = [
        integrate.quad(lambda x, k=k: x**k * density(x), 0, 60, limit=400, points=[mean])[0] for k in range(3)
    ]
    assert nothing + moments[0] == pytest.approx(1, abs=1e-6)
    assert moments[1] == pytest.approx(mean, abs=1e-6)
    assert moments[2] - mean**2 == pytest.approx(2 * mean * batch, abs=1e-5)


def test_without_batches_a_month_is_compared_within_the_kernel():
    found = log_likelihood(1.0 + KERNEL, np.array([1.0]), np.array([0.0]))
    assert found.tolist() == [-0.5]


def test_nothing_expected_makes_exports_impossible_and_no_exports_certain():
    none = np.array([0.0])
    assert log_likelihood(0.0, none, np.array([0.1])).tolist() == [0.0]
    assert log_likelihood(0.5, none, np.array([0.1])).tolist() == [-np.inf]
