"""Estimates from weighted replications: against equal replications, repeated ones, and promised coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from diamondsim.results.estimates import (
    conditional_value_at_risk,
    mean,
    probability,
    proportion,
    sample_quantile,
)
from diamondsim.results.histogram import Axis, Histogram
from diamondsim.results.moments import Moments
from diamondsim.results.paired import paired_difference, ratio
from diamondsim.results.replication_weights import TOTAL_COUNT, ReplicationWeights, whole_counts
from diamondsim.results.sampling_error import effective_size
from diamondsim.results.survival import survival

RNG = np.random.default_rng(11)
SAMPLE = np.floor(RNG.exponential(10, size=160))
SIXTEEN = np.arange(160) % 16
EQUAL = np.full(160, 0.25)


ESTIMATES = (
    lambda groups, weights: mean(SAMPLE, groups, weights),
    lambda groups, weights: proportion(SAMPLE > 5, groups, weights),
    lambda groups, weights: proportion(SAMPLE > 1e9, groups, weights),
    lambda groups, weights: conditional_value_at_risk(SAMPLE, 0.95, groups, weights),
    lambda _groups, weights: sample_quantile(SAMPLE, 0.5, weights),
    lambda _groups, weights: sample_quantile(SAMPLE, 0.95, weights),
    lambda _groups, weights: sample_quantile(SAMPLE[:20], 0.95, None if weights is None else weights[:20]),
    lambda _groups, weights: ratio(SAMPLE, SAMPLE[::-1] + 1, weights),
    lambda _groups, weights: paired_difference(SAMPLE > 5, SAMPLE[::-1] > 5, weights),
    lambda _groups, weights: survival(SAMPLE, SAMPLE < 20, weights).quantile(0.5),
    lambda _groups, weights: survival(SAMPLE, SAMPLE >= 0, weights).quantile(0.9),
)


def limits(estimate):
    return (estimate.value, estimate.low, estimate.high, estimate.n)


@pytest.mark.parametrize("groups", [None, SIXTEEN])
@pytest.mark.parametrize("estimate", ESTIMATES)
def test_equal_weights_give_the_estimate_and_the_interval_without_weights(estimate, groups):
    assert limits(estimate(groups, EQUAL)) == pytest.approx(limits(estimate(groups, None)), nan_ok=True)


@pytest.mark.parametrize("total", [1.0, 2.0**-40, 1e-100, 1e12])
@pytest.mark.parametrize("groups", [None, SIXTEEN])
@pytest.mark.parametrize("estimate", ESTIMATES)
def test_what_weights_add_up_to_changes_no_estimate_and_no_interval(estimate, groups, total):
    weights = RNG.integers(1, 9, size=160) / 4
    expected = limits(estimate(groups, weights))
    assert limits(estimate(groups, weights * (total / weights.sum()))) == pytest.approx(expected, nan_ok=True)


def test_limits_of_a_survival_curve_of_shares_hold_what_they_are_limits_of():
    curve = survival(SAMPLE, SAMPLE < 20, np.full(160, 1 / 160))
    inside = (curve.share > 0) & (curve.share < 1)
    assert inside.sum() > 10
    assert (curve.low[inside] < curve.share[inside]).all()
    assert (curve.share[inside] < curve.high[inside]).all()


@pytest.mark.parametrize(
    "estimate",
    [
        lambda sample, weights: mean(sample, None, weights),
        lambda sample, weights: proportion(sample > 5, None, weights),
        lambda sample, weights: conditional_value_at_risk(sample, 0.9, None, weights),
        lambda sample, weights: sample_quantile(sample, 0.5, weights),
        lambda sample, weights: survival(sample, sample < 20, weights).quantile(0.5),
    ],
)
def test_a_replication_of_weight_three_counts_like_three_replications(estimate):
    times = RNG.integers(0, 4, size=160)
    weighted, repeated = estimate(SAMPLE, times.astype(float)), estimate(np.repeat(SAMPLE, times), None)
    assert weighted.value == pytest.approx(repeated.value)
    assert weighted.high - weighted.low >= repeated.high - repeated.low  # it is one draw and not three


def test_a_weighted_survival_curve_is_that_of_repeated_replications():
    times = RNG.integers(0, 4, size=160)
    weighted = survival(SAMPLE, SAMPLE < 20, times.astype(float))
    repeated = survival(np.repeat(SAMPLE, times), np.repeat(SAMPLE < 20, times))
    assert weighted.times.tolist() == repeated.times.tolist()
    assert weighted.share == pytest.approx(repeated.share)


def test_replications_without_weight_count_nowhere():
    weights = np.where(np.arange(160) < 40, 1.0, 0.0)
    assert limits(mean(SAMPLE, None, weights)) == pytest.approx(limits(mean(SAMPLE[:40])))
    assert limits(proportion(SAMPLE > 5, None, weights)) == pytest.approx(limits(proportion(SAMPLE[:40] > 5)))


def test_a_weight_whose_square_underflows_is_no_weight_in_a_survival_curve():
    """The square of 1e-200 is 0: at time 3 the variance would be 0 by 0."""
    found = survival(np.array([1.0, 2.0, 3.0]), np.array([True] * 3), np.array([1.0, 1.0, 1e-200]))
    expected = survival(np.array([1.0, 2.0]), np.array([True] * 2))
    assert found.times.tolist() == [1.0, 2.0]
    assert found.share.tolist() == [0.5, 0.0]
    assert found.low == pytest.approx(expected.low)
    assert found.high == pytest.approx(expected.high)
    assert found.n == 2


def test_one_replication_with_all_the_weight_leaves_the_interval_unknown():
    weights = np.array([1.0, 0.0, 0.0])
    found = mean(np.array([2.0, 3.0, 4.0]), None, weights)
    assert (found.value, found.n) == (2.0, 1)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert limits(proportion(np.array([True, False, False]), None, weights)) == limits(probability(1, 1))


def test_the_ratio_of_weighted_means_has_no_upper_limit_where_its_numerator_was_never_seen():
    """The replication in which there was something of it has no weight."""
    weights = np.array([1.0, 1.0, 0.0])
    never, seen = np.array([0.0, 0.0, 5.0]), np.array([2.0, 3.0, 4.0])
    found = ratio(never, seen, weights)
    assert (found.value, found.low, found.n) == (0.0, 0.0, 2)
    assert math.isnan(found.high)
    found = ratio(seen, never, weights)
    assert np.isnan([found.value, found.low, found.high]).all()
    assert found.n == 2


@pytest.mark.parametrize(
    "n, low, high", [(5, -math.inf, math.inf), (6, 1.0, 6.0), (7, 1.0, 7.0), (9, 2.0, 8.0)]
)
def test_the_median_of_equal_weights_has_the_limits_of_the_sign_test(n, low, high):
    """Among 5 values all lie on one side of the median with probability 2 / 2**5, more than 5 %."""
    found = sample_quantile(np.arange(1.0, n + 1), 0.5, np.full(n, 0.1))
    assert (found.low, found.high) == (low, high)


def test_the_interval_of_a_weighted_quantile_rests_on_fewer_replications_where_one_is_heavy():
    """One value of weight 0.1 above 68 of together 0.9 (eq. R44, R45): of the event not to exceed the 90 %
    quantile, 0.9 * 0.1 / (0.1**2 * 0.9**2 + 68 * (0.9 / 68)**2 * 0.1**2) = 10.95, so it is that of 10. Of 10
    at most 6 lie below it with probability 0.013, at most 7 with 0.070: the limit is reached at 0.7.
    """
    weights = np.append(np.full(68, 0.9 / 68), 0.1)
    found = sample_quantile(np.arange(1.0, 70.0), 0.9, weights)
    assert found.value == 68
    assert found.low == math.ceil(0.7 / (0.9 / 68))
    assert found.high == math.inf


def test_no_weight_at_all_is_no_sample():
    assert mean(SAMPLE, None, np.zeros(160)).n == 0
    assert sample_quantile(SAMPLE, 0.5, np.zeros(160)).n == 0
    assert effective_size(np.zeros(3)) == 0


def test_intervals_from_weights_cover_as_promised():
    """Draws of N(0, 1) weighted by a measurement 1 of deviation 0.5 are of N(0.8, 0.2), in closed form."""
    rng = np.random.default_rng(5)
    known = {"mean": 0.8, "chance": 0.3274, "quantile": 1.3731}
    hits = dict.fromkeys(known, 0)
    for _ in range(400):
        x = rng.normal(size=1000)
        weights = np.exp(-0.5 * ((x - 1) / 0.5) ** 2)
        found = {
            "mean": mean(x, None, weights),
            "chance": proportion(x > 1, None, weights),
            "quantile": sample_quantile(x, 0.9, weights),
        }
        for name, estimate in found.items():
            hits[name] += estimate.low <= known[name] <= estimate.high
    # 400 * .95 = 380, standard deviation 4.4.
    assert all(365 <= number <= 396 for number in hits.values()), hits


def test_weights_in_logarithms_do_not_underflow():
    weights = ReplicationWeights.from_logarithms(np.array([-5000.0, -5000.0 + math.log(3), -9000.0]))
    assert weights.share == pytest.approx([0.25, 0.75, 0.0])
    assert weights.counts.tolist() == [TOTAL_COUNT // 4, 3 * TOTAL_COUNT // 4, 0]
    assert weights.effective == pytest.approx(1 / (0.0625 + 0.5625))


def test_whole_counts_add_up_and_are_less_than_one_away():
    share = RNG.dirichlet(np.ones(1000))
    counts = whole_counts(share, 5000)
    assert counts.sum() == 5000
    assert (np.abs(counts - 5000 * share) < 1).all()


def test_counts_over_time_are_those_of_repeated_replications():
    values = np.where(RNG.random((3, 50)) < 0.3, 0.0, RNG.random((3, 50)))
    values[1, :5] = np.nan
    times = RNG.integers(0, 4, size=50)
    weighted, repeated = Histogram(Axis(0.3), 3, 1), Histogram(Axis(0.3), 3, 1)
    weighted.add(0, values, times)
    repeated.add(0, np.repeat(values, times, axis=1))
    assert (weighted.counts == repeated.counts).all()
    assert (weighted.sums == repeated.sums).all()


def test_sums_over_replications_are_those_of_repeated_replications():
    values, times = RNG.random((2, 50)), RNG.integers(0, 4, size=50)
    weighted, repeated = Moments([2.0], 2), Moments([2.0], 2)
    weighted.add(0, values, times)
    weighted.add_count(int(times.sum()))
    repeated.add(0, np.repeat(values, times, axis=1))
    repeated.add_count(int(times.sum()))
    assert (weighted.sums == repeated.sums).all()
    found, expected = weighted.mean(1, 0, effective=float(times.sum())), repeated.mean(1, 0)
    assert limits(found) == pytest.approx(limits(expected))


def test_survival_beside_failures_of_overwhelming_weight():
    """What stays is 1e-40 of what fails: 1 less that rounds to 1, and the share left must not become 0."""
    times, failed = np.array([2.0, 5.0, 9.0]), np.array([True, False, True])
    found = survival(times, failed, np.array([1.0, 3e-41, 7e-41]))
    assert found.share == pytest.approx([1e-40, 1e-40, 0.0], rel=1e-12)
    assert np.isfinite(found.low).all()
    assert np.isfinite(found.high).all()
