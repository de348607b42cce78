"""Compound Poisson sums (model.md, eq. 74a)."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from diamondsim.sampling.compound_poisson import CompoundPoisson, compound_poisson, poisson_quantile

DRAWN = 40_000


def uniforms(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.random(DRAWN), generator.random(DRAWN)


@pytest.mark.parametrize("mean", [0.0, 1e-6, 0.4, 3.0, 29.9, 30.1, 700.0])
def test_the_numbers_are_those_of_scipy(mean):
    uniform, _ = uniforms()
    expected = stats.poisson.ppf(uniform, mean)
    assert np.array_equal(poisson_quantile(np.full(DRAWN, mean), uniform), expected)


@pytest.mark.parametrize("mean", [0.0, 0.3, 20.0, 30.0, 31.0, 5e3])
@pytest.mark.parametrize("uniform", [2.0**-53, 1 - 2.0**-53])
def test_the_ends_of_the_uniforms_give_finite_numbers(mean, uniform):
    with np.errstate(all="raise", under="ignore"):
        number = poisson_quantile(np.array([mean]), np.array([uniform]))
    assert number[0] == pytest.approx(stats.poisson.ppf(uniform, mean), abs=1)


@pytest.mark.parametrize("mean", [0.2, 1.5, 12.0, 900.0, 1e8])
def test_mean_and_variance_and_the_chance_of_nothing(mean):
    total = compound_poisson(np.full(DRAWN, mean), *uniforms())
    error = np.sqrt(2 * mean / DRAWN)
    assert total.mean() == pytest.approx(mean, abs=4 * error)
    # The fourth central moment is 24 mean + 3 (2 mean)^2.
    spread = np.sqrt((24 * mean + 2 * (2 * mean) ** 2) / DRAWN)
    assert total.var() == pytest.approx(2 * mean, abs=4 * spread)
    nothing = np.exp(-mean)
    assert (total == 0).mean() == pytest.approx(nothing, abs=4 * np.sqrt(nothing / DRAWN) + 1e-12)


def test_at_given_uniforms_a_sum_grows_with_its_mean():
    number, size = uniforms()
    means = [0.0, 0.01, 0.5, 0.51, 5.0, 29.0, 31.0, 40.0, 1e4, 1e9, 1e11, 1e13]
    sums = [compound_poisson(np.full(DRAWN, mean), number, size) for mean in means]
    assert all((more >= less).all() for less, more in pairwise(sums))


def test_a_sum_is_the_same_whichever_means_came_before():
    number, size = uniforms()
    means = [np.linspace(0.0, most, DRAWN) for most in (2.0, 0.3, 2.0, 60.0, 1e13, 0.3)]
    sums = CompoundPoisson(number, size)
    for mean, cells in zip(means, (slice(None), slice(5, None, 3), *[slice(None)] * 4), strict=True):
        expected = compound_poisson(mean, number, size)[cells]
        assert np.array_equal(sums.sums(np.arange(DRAWN)[cells], mean[cells]), expected)


def test_of_very_many_small_sizes_the_mean_is_left():
    for mean in (1e10, 1e14, 1e300):
        total = compound_poisson(np.full(3, mean), np.array([0.1, 0.5, 0.9]), np.array([0.1, 0.5, 0.9]))
        np.testing.assert_allclose(total, mean, rtol=1e-4)
