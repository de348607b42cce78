"""The restricted mean of a censored duration (docs/results.md, eq. R25a)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from diamondsim.results.survival import survival


def test_without_censoring_it_is_the_mean_of_the_shorter_of_time_and_limit():
    """Greenwood's variance is then that of the sample, with n as divisor."""
    times = np.random.default_rng(1).exponential(100.0, 400)
    cut = np.minimum(times, 120.0)
    found = survival(times, np.ones(400, dtype=bool)).restricted_mean(120.0)
    assert found.value == pytest.approx(cut.mean())
    half = stats.norm.ppf(0.975) * cut.std() / math.sqrt(400)
    assert (found.low, found.high) == pytest.approx((cut.mean() - half, cut.mean() + half))
    assert found.n == 400


def test_by_hand_with_one_censored():
    """The curve is 1, 3/4 from 1 on, 3/8 from 3 on; the areas to the right of 1 and 3 are 27/16 and 3/16."""
    curve = survival(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, True]))
    found = curve.restricted_mean(3.5)
    assert found.value == 1 + 0.75 * 2 + 0.375 * 0.5
    variance = (27 / 16) ** 2 / (4 * 3) + (3 / 16) ** 2 / (2 * 1)
    assert found.value - found.low == pytest.approx(1.959964 * math.sqrt(variance))
    assert found.high == 3.5  # no more than the limit


def test_all_last_longer_than_the_limit():
    found = survival(np.array([50.0, 60.0]), np.array([False, True])).restricted_mean(40.0)
    assert (found.value, found.low, found.high) == (40.0, 40.0, 40.0)


@pytest.mark.parametrize("until, known", [(60.0, True), (60.1, False)])
def test_it_is_unknown_where_nobody_was_watched_for_so_long(until, known):
    found = survival(np.array([20.0, 60.0]), np.array([True, False])).restricted_mean(until)
    assert math.isfinite(found.value) == known
    assert math.isfinite(found.low) == known


def test_after_the_last_failure_nobody_needs_to_be_watched():
    found = survival(np.array([20.0, 60.0]), np.array([True, True])).restricted_mean(1000.0)
    assert found.value == 40.0


def test_no_replication_gives_no_estimate():
    assert math.isnan(survival(np.array([]), np.array([], dtype=bool)).restricted_mean(5.0).value)


def test_weights_count_like_copies():
    rng = np.random.default_rng(3)
    times, failed = rng.exponential(9.0, 60), rng.random(60) < 0.7
    copies = rng.integers(1, 4, 60)
    plain = survival(times.repeat(copies), failed.repeat(copies)).restricted_mean(8.0)
    weighted = survival(times, failed, copies / copies.sum()).restricted_mean(8.0)
    assert weighted.value == pytest.approx(plain.value)


def test_nine_of_ten_and_more_intervals_hold_the_mean():
    """1,500 samples of 60, censored at random: within three standard errors of 95 %, and some allowance."""
    rng = np.random.default_rng(11)
    truth = 10.0 * (1 - math.exp(-1.2))
    hits = 0
    for _ in range(1500):
        time, watched = rng.exponential(10.0, 60), rng.uniform(5.0, 40.0, 60)
        found = survival(np.minimum(time, watched), time <= watched).restricted_mean(12.0)
        hits += found.low <= truth <= found.high
    assert 0.92 < hits / 1500 < 0.97
