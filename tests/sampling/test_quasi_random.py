"""Scrambled Sobol' points against scipy's sequence and against what defines a net."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from diamondsim.plan.sampling_design import SCRAMBLES
from diamondsim.sampling import quasi_random
from diamondsim.sampling.quasi_random import POINTS, sobol_words
from diamondsim.sampling.random_streams import BLOCK, to_uniforms

PINNED = [0.346, 0.815, 0.8006]


def points(name, dimension, *, seed=1, blocks=range(1)):
    """Return the uniforms of a name, (point, scramble)."""
    drawn = [sobol_words(seed, name, block, dimension).reshape(POINTS, SCRAMBLES) for block in blocks]
    return to_uniforms(np.concatenate(drawn))


@pytest.mark.parametrize("dimension", [1, 2, 3, 50, 256, 257, 21_201])
def test_without_a_scramble_the_points_are_those_of_scipy(dimension, monkeypatch):
    monkeypatch.setattr(quasi_random, "_own_words", lambda *_: np.zeros((SCRAMBLES, POINTS), dtype=np.uint64))
    sequence = qmc.Sobol(dimension, scramble=False, bits=32)
    for block in (0, 1, 4, 100):
        found = sobol_words(1, "a", block, dimension).reshape(POINTS, SCRAMBLES)
        sequence.reset()
        if block:  # of nothing scipy makes a step back
            sequence.fast_forward(block * POINTS)
        expected = sequence.random(POINTS)[:, dimension - 1]
        assert (found == found[:, :1]).all()
        assert np.array_equal(found[:, 0] * 2.0**-64, expected)


@pytest.mark.parametrize("dimension", [1, 2, 7, 61])
@pytest.mark.parametrize("blocks", [1, 4, 16])
def test_each_scramble_of_each_dimension_has_a_point_in_every_stratum(dimension, blocks):
    drawn = points("demand", dimension, blocks=range(blocks))
    count = len(drawn)
    assert count == 64 * blocks
    for scramble in drawn.T:
        assert np.array_equal(np.sort((scramble * count).astype(int)), np.arange(count))


def test_every_later_block_fills_the_strata_too():
    for block in (1, 5, 63, 1000):
        drawn = points("demand", 4, blocks=[block])
        assert np.array_equal(
            np.sort((drawn * POINTS).astype(int), axis=0), np.tile(np.arange(64), (16, 1)).T
        )


@pytest.mark.parametrize("cut", range(9))
def test_the_first_two_dimensions_make_a_net_in_every_scramble(cut):
    """Each box of 2^-a by 2^-(8 - a) holds one point of 256, and each name is scrambled by itself."""
    one, other = points("a", 1, blocks=range(4)), points("b", 2, blocks=range(4))
    boxes = (one * 2**cut).astype(int) * 2 ** (8 - cut) + (other * 2 ** (8 - cut)).astype(int)
    assert np.array_equal(np.sort(boxes, axis=0), np.tile(np.arange(256), (16, 1)).T)


def test_the_scrambles_are_sixteen_different_ones_and_so_are_those_of_names_and_seeds():
    drawn = [points(name, 3, seed=seed) for name in ("a", "b") for seed in (1, 2)]
    columns = np.concatenate(drawn, axis=1).T
    assert len({column.tobytes() for column in columns}) == 64
    # Each has a point in every stratum; where in it that lies has nothing to do with the others.
    inside = np.sort(columns, axis=1) * 64 % 1
    correlation = np.corrcoef(inside - inside.mean(axis=1, keepdims=True))
    assert np.median(np.abs(correlation[np.triu_indices(64, 1)])) < 0.2


def test_each_single_point_is_uniform_over_scrambles():
    drawn = np.concatenate([points(f"name{k}", 5) for k in range(40)], axis=1)
    for point in (0, 1, 40, 63):
        assert stats.kstest(drawn[point], "uniform").pvalue > 1e-3


def test_two_points_of_a_scramble_never_fall_together_and_lie_inside_the_open_interval():
    drawn = points("demand", 9, blocks=range(64))
    assert drawn.min() > 0
    assert drawn.max() < 1
    assert all(len(np.unique(scramble)) == 4096 for scramble in drawn.T)


def test_the_first_points_are_pinned():
    assert points("demand", 2)[0, :3].round(4).tolist() == PINNED


def test_a_smooth_mean_is_far_more_certain_than_at_random():
    """Product of five factors with mean 1: 4,096 points over 30 seeds."""
    found = []
    for seed in range(30):
        factors = [1 + (points(f"x{k}", k, seed=seed, blocks=range(4)) - 0.5) for k in range(1, 6)]
        found.append(np.prod(factors, axis=0).mean())
    at_random = np.sqrt(((1 + 1 / 12) ** 5 - 1) / 4096)
    assert np.sqrt(np.mean((np.array(found) - 1) ** 2)) < at_random / 10


def test_a_run_on_plain_random_numbers_and_its_report_do_not_load_scipy_stats():
    script = """
import sys, diamondsim as ds, diamondsim.reporting
scenario = ds.load_scenario("calm").override({"horizon.length": "60 days"})
ds.monte_carlo(scenario, replications=2, workers=1)
print("scipy.stats" in sys.modules)
ds.monte_carlo(scenario.override({"sampling.method": "sobol"}), replications=2, workers=1)
print("scipy.stats" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_a_block_has_all_points_of_all_scrambles():
    assert SCRAMBLES * POINTS == BLOCK
