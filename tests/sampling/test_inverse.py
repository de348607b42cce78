import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from diamondsim.distributions import (
    Beta,
    Constant,
    Distribution,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
    Normal,
    Pert,
    Product,
    Sum,
    Triangular,
    Truncated,
    Uniform,
)
from diamondsim.plan import Input
from diamondsim.sampling.block import Block
from diamondsim.sampling.cdf import Mixed, Scaled, cdf
from diamondsim.sampling.inverse import quantile

U = np.concatenate([[2.0**-53, 1e-9, 1e-4], np.linspace(0.01, 0.99, 99), [1 - 1e-4, 1 - 1e-9, 1 - 2.0**-53]])

SIMPLE: list[tuple[Any, Any]] = [
    (Triangular(1.0, 2.0, 5.0), stats.triang(0.25, loc=1, scale=4)),
    (Triangular(1.0, 1.0, 5.0), stats.triang(0.0, loc=1, scale=4)),
    (Triangular(1.0, 5.0, 5.0), stats.triang(1.0, loc=1, scale=4)),
    (Pert(1.0, 2.0, 3.5), stats.beta(2.6, 3.4, loc=1, scale=2.5)),
    (Uniform(-2.0, 3.0), stats.uniform(-2, 5)),
    (Beta(0.9, 7.05), stats.beta(0.9, 7.05)),
    (Beta(0.5, 19.5), stats.beta(0.5, 19.5)),
    (Normal(120.0, 10.0), stats.norm(120, 10)),
    (Lognormal(75.0, 0.6), stats.lognorm(0.6, scale=75)),
    (Exponential(240.0), stats.expon(scale=240)),
    (Gamma(1.5, 3.0), stats.gamma(1.5, scale=3)),
]
TRUNCATED: list[tuple[Any, Any]] = [
    (Truncated(Normal(0.0, 1.0), 0.5, math.inf), stats.truncnorm(0.5, np.inf)),
    (Truncated(Normal(10.0, 2.0), 6.0, 12.0), stats.truncnorm(-2, 1, loc=10, scale=2)),
    (Truncated(Exponential(5.0), -math.inf, 8.0), stats.truncexpon(8 / 5, scale=5)),
]
MIXTURES = [
    Mixed((0.55, 0.45), (Uniform(0.0, 0.05), Beta(6.0, 2.0))),
    Mixed((0.3, 0.3, 0.4), (Normal(0.0, 1.0), Lognormal(3.0, 1.3), Exponential(0.01))),
    Mixed((0.5, 0.5), (Beta(1.0, 15.0), Beta(6.0, 3.0))),
    Mixed((0.5, 0.5), (Mixed((0.2, 0.8), (Uniform(0.0, 1.0), Uniform(5.0, 6.0))), Triangular(2.0, 3.0, 4.0))),
    Mixed((0.25, 0.75), (Truncated(Lognormal(0.25, 0.5), 0.1, 0.6), Pert(0.0, 0.1, 1.0))),
]
EVERY: list[Any] = [d for d, _ in SIMPLE + TRUNCATED] + MIXTURES


def _ours(value: object) -> str:
    """Name a case by our distribution; the text of a frozen scipy one differs between processes."""
    return str(value) if isinstance(value, Distribution) else "scipy"


@pytest.mark.parametrize("distribution, reference", SIMPLE + TRUNCATED, ids=_ours)
def test_values_and_probabilities_agree_with_scipy(distribution, reference):
    # The last uniform before 1 is left out: in a cut tail it tells nothing but the rounding.
    np.testing.assert_allclose(quantile(distribution, U[:-1]), reference.ppf(U[:-1]), rtol=1e-8, atol=1e-12)
    x = reference.ppf(np.linspace(0.01, 0.99, 37))
    np.testing.assert_allclose(cdf(distribution, x), reference.cdf(x), rtol=1e-10)


@pytest.mark.parametrize("a", [1e-6, 0.1, 1.0, 30.0, 1e3, 1e6])
@pytest.mark.parametrize("b", [1e-6, 0.1, 1.0, 30.0, 1e3, 1e6])
def test_quantiles_of_the_beta_distribution_are_right_for_all_shapes_that_are_allowed(a, b):
    """Apart from quantiles so close to 0 or 1 that they are rounded."""
    found = quantile(Beta(a, b), U)
    assert np.isfinite(found).all()
    assert (np.diff(found) >= 0).all()
    inside = (found > 1e-290) & (found < 1 - 1e-9)
    np.testing.assert_allclose(stats.beta(a, b).cdf(found[inside]), U[inside], rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("distribution", EVERY, ids=str)
def test_values_undo_probabilities(distribution):
    inside = U[2:-2]
    np.testing.assert_allclose(cdf(distribution, quantile(distribution, inside)), inside, rtol=1e-9)


@pytest.mark.parametrize("distribution", EVERY, ids=str)
def test_a_greater_uniform_gives_no_smaller_value(distribution):
    assert (np.diff(quantile(distribution, U)) >= 0).all()


BOUNDED = [d for d, _ in SIMPLE + TRUNCATED if math.isfinite(sum(d.support()))]


@pytest.mark.parametrize("distribution", BOUNDED, ids=str)
def test_the_ends_are_reached_and_not_passed(distribution):
    low, high = distribution.support()
    assert low <= quantile(distribution, U).min()
    assert quantile(distribution, U).max() <= high
    ends = quantile(distribution, np.array([0.0, 1.0]))
    assert ends[0] == low
    assert high - 1e-12 <= ends[1] <= high


@pytest.mark.parametrize("distribution, reference", SIMPLE + TRUNCATED, ids=_ours)
def test_the_mean_of_the_distribution_is_the_mean_of_its_values(distribution, reference):
    middles = (np.arange(20_000) + 0.5) / 20_000
    assert quantile(distribution, middles).mean() == pytest.approx(distribution.central(), rel=2e-3)


def test_a_mixture_of_constants_has_their_exact_values():
    mixture = Mixed((0.2, 0.5, 0.3), (Constant(3.1), Constant(0.7), Constant(1.9)))
    values = quantile(mixture, np.array([0.1, 0.5, 0.50001, 0.8, 0.80001, 0.99]))
    assert values.tolist() == [0.7, 0.7, 1.9, 1.9, 3.1, 3.1]


def test_a_constant_among_continuous_parts_keeps_its_probability_and_its_exact_value():
    mixture = Mixed((0.3, 0.7), (Constant(0.4), Uniform(0.0, 1.0)))
    u = np.array([0.27, 0.28 + 1e-9, 0.4, 0.58 - 1e-9, 0.59])
    values = quantile(mixture, u)
    assert values[1:4].tolist() == [0.4, 0.4, 0.4]
    np.testing.assert_allclose(values[[0, 4]], [0.27 / 0.7, 0.29 / 0.7], rtol=1e-12)


def test_parts_of_a_mixture_that_lie_apart_keep_their_own_values():
    mixture = Mixed((0.5, 0.5), (Uniform(0.0, 1.0), Uniform(10.0, 11.0)))
    np.testing.assert_allclose(quantile(mixture, np.array([0.25, 0.75])), [0.5, 10.5], rtol=1e-12)


@pytest.mark.parametrize("share", [0.5, 0.3, 0.1, 0.7, 1 / 3])
def test_a_mixture_takes_no_value_in_the_gap_between_its_parts(share):
    apart = Mixed((share, 1 - share), (Uniform(5.0, 6.0), Uniform(100.0, 400.0)))
    near = share * (1 + np.arange(-50, 51) * 2.0**-52)
    values = quantile(apart, np.concatenate([U, near]))
    rounding = 1e-12  # bisection ends when 2**-53 of the distance between the parts is left
    assert ((values > 5 - rounding) & (values < 400 + rounding)).all()
    assert ((values < 6 + rounding) | (values > 100 - rounding)).all()
    # At the share itself the first part is used up and the second has not begun.
    assert quantile(apart, np.array([share])) == pytest.approx(6, abs=rounding)


@pytest.mark.parametrize(
    "parts",
    [
        (Normal(0.0, 1.0), Normal(0.0, 2.0)),
        (Lognormal(1.0, 1.0), Uniform(0.0, 1.0)),
        (Exponential(3.0), Gamma(2.0, 5.0)),
    ],
)
def test_far_out_a_mixture_of_unbounded_parts_is_as_likely_as_the_uniform_says(parts):
    mixture = Mixed((0.5, 0.5), parts)
    for end in (2.0**-53, 1 - 2.0**-53):
        (value,) = quantile(mixture, np.array([end]))
        assert np.isfinite(value)
        assert cdf(mixture, value) == pytest.approx(end, rel=1e-6)


def test_the_value_of_one_replication_does_not_depend_on_its_neighbours():
    for distribution in EVERY:
        together = quantile(distribution, U)
        assert [quantile(distribution, U[k : k + 1])[0] for k in range(len(U))] == together.tolist()


def test_a_negative_scale_turns_the_order_of_the_part_but_not_of_the_uniform():
    scaled = Scaled(Exponential(2.0), np.full(U.shape, -3.0))
    values = quantile(scaled, U)
    assert (np.diff(values) >= 0).all()
    np.testing.assert_allclose(cdf(scaled, values)[2:-2], U[2:-2], rtol=1e-9)


@pytest.mark.parametrize(
    "x, at_most, below", [(-1.5, 0, 0), (-1e-9, 0, 0), (0.0, 1, 0), (1e-9, 1, 1), (1.5, 1, 1)]
)
def test_a_scale_of_zero_has_all_of_its_probability_at_zero(x, at_most, below):
    scaled = Scaled(Uniform(1.0, 2.0), np.array([0.0, 1.0, -1.0]))
    assert cdf(scaled, x)[0] == at_most
    assert cdf(scaled, x, below=True)[0] == below
    up, down = float(np.clip(x - 1, 0, 1)), float(np.clip(x + 2, 0, 1))
    assert cdf(scaled, x)[1:].tolist() == cdf(scaled, x, below=True)[1:].tolist() == [up, down]


def sample(distribution, blocks=16):
    return np.concatenate([Block(5, k).value(Input("x", distribution)) for k in range(blocks)])


def test_a_product_has_the_mean_and_the_spread_of_independent_factors():
    factors = (Beta(4.0, 2.0), Uniform(0.9, 1.2))
    values = sample(Product(factors))
    second = (4 * 5 / (6 * 7)) * (0.3**2 / 12 + 1.05**2)
    deviation = math.sqrt(second - (4 / 6 * 1.05) ** 2)
    assert values.mean() == pytest.approx(4 / 6 * 1.05, abs=4 * deviation / math.sqrt(len(values)))
    assert values.std() == pytest.approx(deviation, rel=0.02)


def test_the_first_factor_of_a_product_is_read_at_the_stream_of_the_name():
    block = Block(5, 0)
    product = block.value(Input("x", Product((Uniform(0.0, 1.0), Constant(8.0)))))
    assert np.array_equal(product, 8 * block.value(Input("x", Uniform(0.0, 1.0))))


def test_a_product_inside_a_mixture_keeps_its_share_and_its_mean():
    values = sample(Mixture((0.25, 0.75), (Constant(-1.0), Product((Uniform(0.0, 1.0), Uniform(1.0, 3.0))))))
    n = len(values)
    assert np.mean(values == -1.0) == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / n))
    positive = values[values > 0]
    assert positive.mean() == pytest.approx(1.0, abs=4 * positive.std() / math.sqrt(len(positive)))


def test_a_sum_has_the_mean_and_the_spread_of_independent_terms():
    values = sample(Sum((Constant(4.0), Uniform(0.0, 6.0), Exponential(2.0))))
    deviation = math.sqrt(36 / 12 + 4)
    assert values.mean() == pytest.approx(9.0, abs=4 * deviation / math.sqrt(len(values)))
    assert values.std() == pytest.approx(deviation, rel=0.03)


def test_the_first_uncertain_term_of_a_sum_is_read_at_the_stream_of_the_name():
    block = Block(5, 0)
    shifted = block.value(Input("x", Sum((Constant(8.0), Triangular(0.0, 1.0, 2.0)))))
    assert np.array_equal(shifted, block.value(Input("x", Triangular(0.0, 1.0, 2.0))) + 8)
    longer = block.value(Input("x", Sum((Triangular(0.0, 1.0, 2.0), Uniform(0.0, 1.0)))))
    added = block.value(Input("x/term1", Uniform(0.0, 1.0)))
    assert np.array_equal(longer, shifted - 8 + added) or np.allclose(longer, shifted - 8 + added, rtol=1e-15)


def test_a_sum_inside_a_mixture_keeps_its_share_and_shifts_its_values():
    values = sample(Mixture((0.25, 0.75), (Constant(-1.0), Sum((Uniform(0.0, 1.0), Constant(3.0))))))
    n = len(values)
    assert np.mean(values == -1.0) == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / n))
    above = values[values > -1]
    assert (above.min() >= 3, above.max() <= 4) == (True, True)
    assert above.mean() == pytest.approx(3.5, abs=4 * math.sqrt(1 / 12 / len(above)))


def test_a_shifted_mixture_takes_the_values_of_its_atoms_exactly():
    values = sample(Sum((Mixture((0.5, 0.5), (Constant(0.1), Constant(0.7))), Constant(0.2))), blocks=1)
    assert set(values.tolist()) == {0.1 + 0.2, 0.7 + 0.2}


@pytest.mark.parametrize(
    "distribution, mean, deviation",
    [
        (Pert(1.0, 2.0, 3.5), 12.5 / 6, 2.5 * math.sqrt(2.6 * 3.4 / (36 * 7))),
        (Exponential(240.0), 240.0, 240.0),
        (Mixture((0.55, 0.45), (Uniform(0.0, 0.05), Beta(6.0, 2.0))), 0.55 * 0.025 + 0.45 * 0.75, None),
    ],
    ids=str,
)
def test_moments_of_a_large_sample(distribution, mean, deviation):
    values = sample(distribution, blocks=32)
    error = values.std() / math.sqrt(len(values))
    assert values.mean() == pytest.approx(mean, abs=4 * error)
    if deviation is not None:
        assert values.std() == pytest.approx(deviation, rel=0.03)
