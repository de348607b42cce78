"""The error of an estimate where replications come in independent groups."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from diamondsim.plan import Sampling
from diamondsim.results.estimates import (
    conditional_value_at_risk,
    mean,
    probability,
    proportion,
)
from diamondsim.results.sampling_error import standard_error
from diamondsim.sampling.quasi_random import sobol_words
from diamondsim.sampling.random_streams import BLOCK, to_uniforms

SIXTEEN = np.arange(1024) % 16


def uniforms(seed: int, names: int, count: int = 1024) -> np.ndarray:
    """Return Sobol' uniforms of some names, (name, replication)."""
    drawn = [
        [to_uniforms(sobol_words(seed, f"x{k}", block, k + 1)) for block in range(-(-count // BLOCK))]
        for k in range(names)
    ]
    return np.array([np.concatenate(rows)[:count] for rows in drawn])


def test_the_interval_of_a_mean_is_students_over_the_means_of_the_groups():
    sample = np.random.default_rng(1).exponential(size=1024)
    means = sample.reshape(64, 16).mean(axis=0)
    expected = scipy.stats.ttest_1samp(means, 0).confidence_interval()
    found = mean(sample, SIXTEEN)
    assert found.value == pytest.approx(sample.mean())
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert standard_error(sample, SIXTEEN)[1] == 15


def test_a_replication_each_is_what_there_is_without_groups():
    sample = np.random.default_rng(2).normal(size=50)
    assert standard_error(sample, np.arange(50)) == pytest.approx(standard_error(sample))


def test_a_group_counts_by_its_size_and_one_that_is_empty_not_at_all():
    sample = np.array([1.0, 1.0, 1.0, 5.0, 3.0])
    groups = np.array([0, 0, 0, 2, 7])
    apart = np.array([3 * (1 - 2.2), 5 - 2.2, 3 - 2.2]) / 5
    found, freedom = standard_error(sample, groups)
    assert found == pytest.approx(math.sqrt(3 / 2 * (apart**2).sum()))
    assert freedom == 2


def test_the_interval_of_a_probability_is_wilsons_with_as_many_replications_as_would_do():
    """Sixteen groups with as much between them as independent replications would have."""
    happened = np.random.default_rng(3).random(1024) < 0.3
    found, plain = proportion(happened, SIXTEEN), probability(int(happened.sum()), 1024)
    assert found.value == plain.value
    error, _ = standard_error(happened.astype(float), SIXTEEN)
    known = found.value * (1 - found.value) / (error**2 + 16 / 12 / 1024**2)
    assert 300 < known < 3000
    t = scipy.stats.t(15).ppf(0.975)
    # The limits are where the distance from the estimate is t standard errors of the limit itself.
    for limit in (found.low, found.high):
        assert abs(limit - found.value) == pytest.approx(t * math.sqrt(limit * (1 - limit) / known))


@pytest.mark.parametrize("hits", [0, 1024])
def test_what_never_or_always_happened_has_the_interval_of_plain_numbers(hits):
    happened = np.arange(1024) < hits
    assert proportion(happened, SIXTEEN) == probability(hits, 1024)


@pytest.mark.parametrize("chance", [0.05, 0.31, 0.5818, 0.73])
def test_the_interval_of_a_probability_holds_where_groups_differ_by_rounding_alone(chance):
    """Where one number decides, each group has one of two counts; how many have the larger is binomial."""
    lower, above = divmod(16 * chance, 1)
    covered = 0.0
    for larger in range(17):
        counts = lower + (np.arange(16) < larger)
        happened = np.arange(16)[:, np.newaxis] < counts  # (position, group)
        found = proportion(happened.ravel(), SIXTEEN[:256])
        if found.low <= chance <= found.high:
            covered += scipy.stats.binom(16, above).pmf(larger)
    assert covered >= 0.93


def test_groups_that_all_agree_leave_the_error_of_rounding():
    happened = np.arange(1024) // 16 < 16
    found = proportion(happened, SIXTEEN)
    assert standard_error(happened.astype(float), SIXTEEN)[0] == 0
    rounding = scipy.stats.t(15).ppf(0.975) * math.sqrt(16 / 12) / 1024
    assert (found.high - found.low) / 2 == pytest.approx(rounding, rel=0.01)


def test_without_groups_nothing_changes():
    sample = np.random.default_rng(4).exponential(size=200)
    assert proportion(sample > 1) == probability(int((sample > 1).sum()), 200)
    assert mean(sample, None) == mean(sample)


@pytest.mark.parametrize(
    "of, exact",
    [
        (lambda u: u.sum(axis=0), 2.0),
        (lambda u: np.prod(2 * u, axis=0), 1.0),
        (lambda u: np.maximum(u[0] + u[1] - 1.4, 0), 0.6**3 / 6),
    ],
    ids=["sum", "product", "kink"],
)
def test_the_interval_of_a_mean_covers_as_often_as_promised(of, exact):
    hits, widths = 0, []
    for seed in range(300):
        sample = of(uniforms(seed, 4))
        found = mean(sample, SIXTEEN)
        hits += found.low < exact < found.high
        widths.append((found.high - found.low) / (mean(sample).high - mean(sample).low))
    assert hits / 300 > 0.91
    assert np.median(widths) < 0.5


@pytest.mark.parametrize("limit, exact", [(1.0, 0.5), (1.6, 0.08), (1.8, 0.02)])
def test_the_interval_of_a_probability_covers_as_often_as_promised(limit, exact):
    hits, narrower = 0, []
    for seed in range(300):
        happened = uniforms(seed, 2).sum(axis=0) > limit
        found, plain = proportion(happened, SIXTEEN), proportion(happened)
        hits += found.low <= exact <= found.high
        narrower.append((found.high - found.low) / (plain.high - plain.low))
    assert hits / 300 > 0.92
    assert np.median(narrower) < 0.8


def test_the_interval_of_the_tail_mean_covers_as_often_as_promised():
    """The worst tenth of the sum of two uniforms, whose tail is that of a triangle."""
    at_risk = 2 - math.sqrt(0.2)
    exact = 2 - 2 / 3 * (2 - at_risk)
    hits = 0
    for seed in range(300):
        found = conditional_value_at_risk(uniforms(seed, 2).sum(axis=0), 0.9, SIXTEEN)
        hits += found.low < exact < found.high
    assert 0.90 < hits / 300 < 0.99


def test_sixteen_scrambles_are_asked_once_each_has_four_replications():
    sampling = Sampling("sobol")
    assert sampling.groups(np.arange(63)) is None
    groups = sampling.groups(np.arange(70))
    assert groups is not None
    assert groups[:17].tolist() == [*range(16), 0]
    # Replications of which nothing is known may leave too few of some scramble.
    assert sampling.groups(np.arange(0, 4096, 16)) is None
    assert sampling.groups(np.arange(0, 4096, 3)) is not None


def test_hypercubes_are_asked_once_there_are_sixteen():
    sampling = Sampling("latin")
    assert sampling.groups(np.arange(15 * 1024 + 3)) is None
    groups = sampling.groups(np.arange(15 * 1024 + 4))
    assert groups is not None
    assert groups[[0, 1023, 1024, -1]].tolist() == [0, 0, 1, 15]


def test_plain_random_replications_are_no_groups():
    assert Sampling().groups(np.arange(100_000)) is None
