"""Conditioning against posteriors in closed form (A. Gelman et al., Bayesian Data Analysis, chapter 2).

A desk lets a share of a constant flow pass; the share is the only unknown.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import scipy.stats

import diamondsim as ds
from diamondsim.conditioning import weigh
from diamondsim.results.estimates import mean, proportion, sample_quantile
from tests.conditioning.licensed import licensed

JUNE = dt.date(2026, 6, 1)
IN_A_MONTH = 30 / (365.25 / 12)
"""The flow of June over that of a mean month."""


def observed(quantity: float, **more: object) -> ds.Observation:
    return ds.Observation(
        **{
            "month": JUNE,
            "control": "desk",
            "destination": "home",
            "quantity": quantity,
            "error": 0.05,
            "source": "invented",
            **more,
        }  # type: ignore[arg-type]
    )


def require(found: object, exact: float) -> None:
    """Require that an interval, widened to four standard errors, holds the exact value."""
    four_errors = 4 * (found.high - found.low) / (2 * 1.96)  # type: ignore[attr-defined]
    assert abs(found.value - exact) < four_errors  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "granted, decided, wrong", [(12, 40, 0.0), (12, 40, 0.1), (0, 10, 0.0), (10, 10, 0.0)]
)
def test_a_beta_prior_and_binomial_licences_give_the_beta_posterior(granted, decided, wrong):
    """The posterior of a reported share p' = e/2 + (1 - e) p is no beta for e > 0: it is integrated."""
    licences = observed(granted, measure="licences", unit="", decided=decided, error=wrong)
    found = weigh(licensed("beta(4 2)"), [licences], replications=4096, seed=2, workers=1)
    rate, weights = found.expected[0], found.weights.share
    if wrong:
        p = (np.arange(20000) + 0.5) / 20000
        density = scipy.stats.beta(4, 2).pdf(p)
        density *= scipy.stats.binom(decided, wrong / 2 + (1 - wrong) * p).pmf(granted)
        density /= density.sum()
        exact_mean, exact_chance = (density * p).sum(), density[p > 0.4].sum()
        exact_median = p[np.searchsorted(np.cumsum(density), 0.5)]
    else:
        posterior = scipy.stats.beta(4 + granted, 2 + decided - granted)
        exact_mean, exact_chance, exact_median = posterior.mean(), posterior.sf(0.4), posterior.median()
    require(mean(rate, None, weights), exact_mean)
    require(proportion(rate > 0.4, None, weights), exact_chance)
    require(sample_quantile(rate, 0.5, weights), exact_median)


def test_two_measurements_and_a_normal_prior_give_the_normal_posterior():
    """Precisions add up: the prior has 100 k^-2, exports of two months 1/0.05^2 and 1/0.1^2."""
    july = dt.date(2026, 7, 1)
    rows = [observed(0.3, error=0.05), observed(0.4, month=july, error=0.1)]
    found = weigh(licensed("truncated(normal(0.5 0.1) 0 1)"), rows, replications=4096, seed=2, workers=1)
    rate = found.expected[0] / IN_A_MONTH
    # June has 30 days, July 31: exports are rate * days over a mean month.
    slopes, deviations, values = np.array([30, 31]) / 30.4375, np.array([0.05, 0.1]), np.array([0.3, 0.4])
    precision = 1 / 0.1**2 + (slopes**2 / deviations**2).sum()
    centre = (0.5 / 0.1**2 + (slopes * values / deviations**2).sum()) / precision
    weights = found.weights.share
    require(mean(rate, None, weights), centre)
    require(sample_quantile(rate, 0.9, weights), scipy.stats.norm(centre, precision**-0.5).ppf(0.9))
    spread = float(np.sqrt(np.sum(weights * (rate - np.sum(weights * rate)) ** 2)))
    assert spread == pytest.approx(precision**-0.5, rel=4 / np.sqrt(2 * found.weights.effective))


def test_the_effective_sample_size_is_that_of_two_normal_densities():
    """For N(0.5, 0.1) weighted by a measurement of deviation s at m, n'/n = (E w)^2 / E w^2 exactly."""
    found = weigh(
        licensed("truncated(normal(0.5 0.1) 0 1)"),
        [observed(0.45 * IN_A_MONTH)],
        replications=4096,
        seed=4,
        workers=1,
    )
    s = 0.05 / IN_A_MONTH
    first = scipy.stats.norm(0.45, np.hypot(0.1, s)).pdf(0.5) * s * np.sqrt(2 * np.pi)
    half = s / np.sqrt(2)
    second = scipy.stats.norm(0.45, np.hypot(0.1, half)).pdf(0.5) * half * np.sqrt(2 * np.pi)
    assert found.weights.effective / 4096 == pytest.approx(first**2 / second, rel=0.05)


@pytest.mark.parametrize("method", ["sobol", "latin"])
def test_quasi_random_replications_are_weighted_like_others(method):
    scenario = licensed("beta(4 2)").override({"sampling.method": method})
    licences = observed(12, measure="licences", unit="", decided=40, error=0.0)
    found = weigh(scenario, [licences], replications=4096, seed=2, workers=1)
    groups = np.arange(4096) % 16 if method == "sobol" else None
    estimate = mean(found.expected[0], groups, found.weights.share)
    assert abs(estimate.value - 16 / 46) < 2 * (estimate.high - estimate.low)
    plain = mean(found.expected[0], None, found.weights.share)
    assert estimate.high - estimate.low <= plain.high - plain.low
