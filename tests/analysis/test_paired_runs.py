"""What a comparison says of samples whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from diamondsim.analysis.chance_best import MOST_MEMBERS, chance_best
from diamondsim.analysis.paired_runs import ComparedMetric, dominated_by, variance_saved
from diamondsim.sampling import resample_counts

MEAN = ComparedMetric("shortage_mean", "shortage")


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def test_the_variance_saved_is_the_correlation_where_both_vary_alike():
    """Var(a - b) = 2 s^2 (1 - rho): the share saved is rho, within 0.03 from 20,000 pairs."""
    one, other = normal(1, 2, 20_000)
    for rho in (0.9, 0.3, -0.5):
        saved = variance_saved(np.array([one, rho * one + np.sqrt(1 - rho**2) * other]))
        assert saved[1] == pytest.approx(rho, abs=0.03)


def test_nothing_is_saved_where_nothing_varies_or_there_is_one_replication():
    assert np.isnan(variance_saved(np.zeros((2, 5)))).all()
    assert np.isnan(variance_saved(np.array([[1.0], [2.0]]))).all()


@pytest.mark.parametrize("n", [400, 10_000])
def test_the_chance_to_be_best_is_that_of_a_normal_difference(n):
    """The means of resamples are normal about the sample's own; 1,000 of them err by 0.016."""
    one, other = normal(2, 2, n)
    sample = np.array([one, one + other / 5 + 0.1 / np.sqrt(n)])
    difference = sample[1] - sample[0]
    wanted = special.ndtr(difference.mean() / (difference.std() / np.sqrt(n)))
    assert 0.05 < wanted < 0.95
    first, second = chance_best([sample], seed=3)[0]
    assert first == pytest.approx(wanted, abs=0.06)
    assert first + second == pytest.approx(1.0)
    assert n < MOST_MEMBERS or n > 2 * MOST_MEMBERS


def test_whole_groups_are_drawn_where_replications_are_not_independent():
    """Two groups: a resample has both, or one twice; the first row wins unless it is the second twice."""
    groups = np.arange(8) % 2
    sample = np.array([np.where(groups == 0, 0.0, 2.0), np.where(groups == 0, 1.5, 1.0)])
    first, _ = chance_best([sample], seed=5, groups=groups)[0]
    assert first == pytest.approx(0.75, abs=0.06)


def test_resamples_are_of_the_size_of_the_sample_and_differ():
    counts = resample_counts(1_500, seed=7, resamples=40)
    assert (counts.sum(axis=1) == 1_500).all()
    assert len(np.unique(counts, axis=0)) == 40
    assert (resample_counts(1_500, seed=7, resamples=3) == counts[:3]).all()
    assert (resample_counts(1_500, seed=8, resamples=3) != counts[:3]).any()
    # A member is left out with a chance of (1 - 1/n)^n: 36.8 %, within 1 %.
    assert (counts == 0).mean() == pytest.approx(np.exp(-1), abs=0.01)


# Dominated scenarios


def test_a_scenario_that_is_better_in_one_use_and_alike_in_the_others_dominates():
    noise = normal(3, 3, 500)
    samples = {
        (0, 0): np.array([noise[0], noise[0] - 0.5 + 0.1 * noise[1]]),
        (0, 1): np.array([noise[2], noise[2]]),
    }
    assert dominated_by(MEAN, samples, 2).tolist() == [[False, True], [False, False]]


def test_a_scenario_that_is_worse_in_some_use_dominates_none():
    noise = normal(3, 3, 500)
    samples = {
        (0, 0): np.array([noise[0], noise[0] - 0.5 + 0.1 * noise[1]]),
        (0, 1): np.array([noise[2], noise[2] + 0.02 + 0.1 * noise[1]]),
    }
    assert not dominated_by(MEAN, samples, 2).any()


def test_a_doubt_that_another_use_gets_worse_is_enough_against_domination():
    """The second use is worse by 2.1 standard errors: clear at 95 %, not at the 97.5 % of two uses."""
    noise = normal(3, 3, 500)
    noise = (noise - noise.mean(axis=1, keepdims=True)) / noise.std(axis=1, ddof=1, keepdims=True)
    worse = noise[2] + 0.1 * (noise[1] + 2.1 / np.sqrt(500))
    samples = {
        (0, 0): np.array([noise[0], noise[0] - 0.5 + 0.1 * noise[1]]),
        (0, 1): np.array([noise[2], worse]),
    }
    assert not dominated_by(MEAN, samples, 2).any()
    assert dominated_by(MEAN, {(0, 1): samples[0, 1][::-1]}, 2).tolist() == [[False, True], [False, False]]
    both = {(0, 0): samples[0, 1], (0, 1): np.array([noise[0], noise[0]])}
    assert not dominated_by(MEAN, both, 2).any(), "not clear at the confidence of two uses"


def test_all_that_dominate_are_found():
    base = normal(4, 300)
    samples = {(0, 0): np.array([base + 2, base, base + 1]) + 0.01 * normal(5, 3, 300)}
    worst, best, middle = dominated_by(MEAN, samples, 3).tolist()
    assert (worst, best, middle) == ([False, True, True], [False] * 3, [False, True, False])


def test_no_scenario_is_said_to_dominate_more_often_than_promised_where_none_does():
    """Four alike in six uses: at most 5 % of 300 trials, and three standard errors of 1.3 %."""
    found = 0
    for trial in range(300):
        values = normal(100 + trial, 6, 4, 60)
        samples = {(0, use): values[use] for use in range(6)}
        found += bool(dominated_by(MEAN, samples, 4).any())
    assert found / 300 <= 0.09


def test_events_are_compared_by_their_chance():
    short = ComparedMetric("probability_of_shortage", "peak_shortfall", event=True)
    happened = (normal(6, 400) > 0).astype(float)
    samples = {(0, 0): np.array([happened, np.where(normal(7, 400) > 0.5, 0.0, happened)])}
    assert dominated_by(short, samples, 2).tolist() == [[False, True], [False, False]]
