"""Estimates against numbers from elsewhere and against their promised coverage."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import example, given
from hypothesis import strategies as st

from diamondsim.results.estimates import (
    conditional_value_at_risk,
    mean,
    probability,
    sample_quantile,
    value_at_risk,
)
from diamondsim.results.paired import paired_difference, ratio
from diamondsim.results.survival import survival


@pytest.mark.parametrize("hits, n", [(0, 10), (1, 10), (381, 1000), (10, 10)])
def test_the_interval_of_a_probability_is_wilsons(hits, n):
    expected = scipy.stats.binomtest(hits, n).proportion_ci(method="wilson")
    found = probability(hits, n)
    assert found.value == hits / n
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_interval_of_a_mean_is_students():
    sample = np.array([2.0, 4.0, 4.0, 5.0, 9.0])
    expected = scipy.stats.ttest_1samp(sample, 0).confidence_interval()
    found = mean(sample)
    assert (found.value, found.low, found.high) == pytest.approx((4.8, expected.low, expected.high))


def test_the_interval_within_a_range_is_cut_at_its_ends_and_covers_what_lies_in_it_as_often():
    rng = np.random.default_rng(8)
    losses = rng.lognormal(0.0, 2.0, (400, 12))  # mean exp(2): most samples of 12 miss the largest
    found = [mean(sample) for sample in losses]
    cut = [each.within(0.0) for each in found]
    assert any(each.low < 0 for each in found)
    assert all(each.low >= 0 for each in cut)
    assert [each.low <= np.exp(2) <= each.high for each in cut] == [
        each.low <= np.exp(2) <= each.high for each in found
    ]
    share = mean(np.array([1.0, 1.0, 0.9])).within(0.0, 1.0)
    assert (share.high, share.low) == (1.0, mean(np.array([1.0, 1.0, 0.9])).low)
    assert math.isnan(mean(np.array([1.0])).within(0.0).low)


@given(st.integers(2, 400), st.sampled_from([0.05, 0.5, 0.95]))
def test_the_interval_of_a_quantile_covers_as_often_as_promised(n, level):
    """P(X(j) <= q < X(k)) = P(j <= B < k) with B binomial, and one order statistic less would not do."""
    sample = np.arange(1.0, n + 1)
    found = sample_quantile(sample, level)
    j = 0 if math.isinf(found.low) else int(found.low)
    k = n + 1 if math.isinf(found.high) else int(found.high)
    law = scipy.stats.binom(n, level)
    assert law.cdf(k - 1) - law.cdf(j - 1) >= 0.95 - 1e-12
    assert law.cdf(j) > 0.025
    assert law.sf(k - 2) > 0.025
    assert found.value == sample[math.ceil(level * n - 1e-9) - 1]


def test_the_tail_of_a_known_law_is_found():
    """Exponential with mean 1: value at risk -ln(.05), and one more for the mean beyond it."""
    sample = np.random.default_rng(3).exponential(size=200_000)
    exact = -math.log(0.05)
    for found, expected in (
        (value_at_risk(sample, 0.95), exact),
        (conditional_value_at_risk(sample, 0.95), exact + 1),
    ):
        assert found.low < expected < found.high
        assert found.high - found.low < 0.1


def test_the_interval_of_the_tail_mean_covers_as_often_as_promised():
    rng = np.random.default_rng(4)
    exact = 1 - math.log(0.1)
    hits = 0
    for _ in range(400):
        found = conditional_value_at_risk(rng.exponential(size=1000), 0.9)
        hits += found.low < exact < found.high
    assert 0.90 < hits / 400 < 0.99


def test_the_worst_share_of_a_small_sample_counts_its_last_value_in_part():
    """The worst 30 % of ten are three values; the worst 25 % are two and half of the third."""
    sample = np.arange(1.0, 11.0)
    assert conditional_value_at_risk(sample, 0.7).value == pytest.approx((8 + 9 + 10) / 3)
    assert conditional_value_at_risk(sample, 0.75).value == pytest.approx((8 / 2 + 9 + 10) / 2.5)


def test_the_ratio_of_paired_means_has_no_error_where_the_pairs_are_proportional():
    below = np.array([1.0, 5.0, 2.0, 8.0])
    found = ratio(0.4 * below, below)
    assert (found.value, found.low, found.high) == pytest.approx((0.4, 0.4, 0.4))
    wild = ratio(np.array([1.0, 0.0, 2.0, 3.0]), below)
    assert 0 < wild.low < wild.value == 6 / 16 < wild.high
    assert math.isnan(ratio(below, np.zeros(4)).value)


@given(st.lists(st.tuples(st.floats(0, 1e3), st.floats(1e-3, 1e3)), min_size=2, max_size=30))
@example([(0.0, 1.0), (5e-324, 1.0)])  # the mean of the least positive number and 0 is rounded to 0
def test_the_interval_of_a_ratio_holds_the_ratio_and_nothing_negative(pairs):
    above, below = (np.array(values) for values in zip(*pairs, strict=True))
    found = ratio(above, below)
    assert 0 <= found.low <= found.value
    if above.mean() > 0:
        assert found.high >= found.value
    else:
        assert found.value == 0
        assert math.isnan(found.high)


def test_the_interval_of_a_ratio_covers_as_often_as_promised():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(400):
        below = rng.exponential(size=1000)
        found = ratio(below * rng.exponential(0.3, size=1000), below)
        hits += found.low < 0.3 < found.high
    assert 0.92 < hits / 400 < 0.99


def test_a_ratio_whose_numerator_was_never_seen_has_no_upper_limit():
    found = ratio(np.zeros(5), np.ones(5))
    assert (found.value, found.low) == (0, 0)
    assert math.isnan(found.high)


def test_the_difference_of_paired_probabilities_is_that_of_the_shares():
    first, second = np.array([True] * 60 + [False] * 40), np.array([True] * 50 + [False] * 50)
    found = paired_difference(first, second)
    assert found.value == pytest.approx(0.1)
    assert 0 < found.low < 0.1 < found.high < 0.2
    other_way = paired_difference(second, first)
    assert (other_way.value, other_way.low) == pytest.approx((-0.1, -found.high))


def test_the_interval_of_a_paired_difference_covers_as_often_as_promised():
    """The first happens where the second does and in a fifth of the rest; unpaired, twice the width."""
    rng = np.random.default_rng(6)
    exact = 0.2 * 0.3
    hits, widths = 0, []
    for _ in range(600):
        second = rng.random(300) < 0.7
        first = second | (rng.random(300) < 0.2)
        found = paired_difference(first, second)
        hits += found.low < exact < found.high
        widths.append(found.high - found.low)
    assert 0.92 < hits / 600 < 0.99
    assert np.mean(widths) < 0.08


def test_pairs_that_all_agree_still_leave_some_doubt():
    found = paired_difference(np.ones(100, dtype=bool), np.ones(100, dtype=bool))
    assert found.value == 0
    assert -0.03 < found.low < 0 < found.high < 0.03


def test_without_a_sample_nothing_is_known():
    nothing = np.empty(0)
    for found in (
        probability(0, 0),
        mean(nothing),
        sample_quantile(nothing, 0.5),
        conditional_value_at_risk(nothing, 0.95),
    ):
        assert found.n == 0
        assert math.isnan(found.value)


@given(st.lists(st.tuples(st.integers(1, 8), st.booleans()), min_size=1, max_size=40))
def test_the_survival_curve_is_that_of_scipy(pairs):
    times = np.array([float(t) for t, _ in pairs])
    failed = np.array([f for _, f in pairs])
    data = scipy.stats.CensoredData(uncensored=times[failed], right=times[~failed])
    expected = scipy.stats.ecdf(data).sf
    found = survival(times, failed)
    assert found.times == pytest.approx(expected.quantiles)
    assert found.share == pytest.approx(expected.probabilities, abs=1e-12)
    assert (found.low <= found.share + 1e-12).all()
    assert (found.high >= found.share - 1e-12).all()


def test_the_interval_of_the_survival_curve_is_the_log_log_one():
    times = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    failed = np.array([True, True, False, True, True, False, True, False])
    data = scipy.stats.CensoredData(uncensored=times[failed], right=times[~failed])
    expected: Any = scipy.stats.ecdf(data).sf.confidence_interval(method="log-log")
    found = survival(times, failed)
    assert found.low == pytest.approx(expected.low.probabilities)
    assert found.high == pytest.approx(expected.high.probabilities)


def test_the_median_survival_is_infinite_where_more_than_half_never_fail():
    curve = survival(np.array([3.0, 10.0, 10.0, 10.0]), np.array([True, False, False, False]))
    found = curve.quantile(0.5)
    assert math.isinf(found.value)
    assert found.low <= 10


@pytest.mark.parametrize(
    "n_watched, n_short, is_told",
    [
        (10, 90, True),  # a tenth of all, and ten of them
        (9, 91, False),
        (99, 900, False),  # more than ten, and less than a tenth
        (9, 11, False),  # almost half of all, and less than ten
        (11, 9, True),
    ],
)
def test_a_median_is_told_where_a_tenth_of_all_and_ten_are_still_watched(n_watched, n_short, is_told):
    """All but those watched up to tick 10, when they fail, are watched up to tick 5, and none fails there."""
    times = np.concatenate([np.full(n_watched, 10.0), np.full(n_short, 5.0)])
    for weights in (None, np.full(len(times), 0.1)):
        curve = survival(times, times == 10.0, weights)
        assert curve.share.tolist() == [1.0, 0.0]
        assert curve.quantile(0.5).value == (10.0 if is_told else math.inf)
        assert (curve.follow_up, curve.beyond.value) == ((10.0, 0.0) if is_told else (5.0, 1.0))
        assert curve.quantile(0.5).low <= curve.follow_up


def test_before_anything_is_censored_a_median_is_an_ordinary_one():
    times = np.array([3.0, 5.0, 8.0])
    assert survival(times, np.array([True, True, True])).quantile(0.5).value == 5.0
    assert survival(times, np.array([True, True, False])).quantile(0.5).value == 5.0
    assert survival(times, np.array([False, True, True])).quantile(0.5).value == math.inf


def test_an_upper_limit_is_not_read_where_too_few_are_watched():
    failed = np.arange(100) < 60
    times = np.where(failed, 1.0, np.arange(100) - 50.0)
    times[-1], failed[-1] = 400.0, True
    curve = survival(times, failed)
    assert (curve.follow_up, curve.times[-1]) == (40.0, 400.0)
    assert (curve.quantile(0.9).value, curve.quantile(0.9).high) == (math.inf, math.inf)
    assert curve.beyond.value == 0.4


def test_without_replications_there_is_no_follow_up():
    nothing = survival(np.empty(0), np.empty(0, dtype=bool))
    assert nothing.quantile(0.5).n == nothing.beyond.n == 0
    assert math.isnan(nothing.follow_up)
