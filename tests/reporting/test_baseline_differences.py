"""The differences between a run and its baseline, from pairs of replications."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from diamondsim.reporting.baseline_differences import chance_differences, need_differences

USES = ("grinding", "polishing")


def run(peaks, *, seed=3, threshold=0.05, needs=None, uses=USES, weights=None):
    """A run in region `home` with the peaks (R, uses) of the replications."""
    variables = {"peak_shortfall": peaks} | ({} if needs is None else {"unmet_need": needs})
    arrays: dict[str, object] = {
        name: (("replication", "region", "use"), np.asarray(values, dtype=float)[:, None, :])
        for name, values in variables.items()
    }
    if weights is not None:
        arrays["weight"] = ("replication", np.asarray(weights, dtype=float))
    return xr.Dataset(
        arrays, coords={"region": ["home"], "use": list(uses)}, attrs={"seed": seed, "threshold": threshold}
    )


def test_pairs_are_compared_in_the_replications_that_both_have():
    # Of the first four pairs, two are short in the run alone and one in the baseline alone: (2 - 1) / 4.
    one = run([[0.1, 0], [0.1, 0], [0.1, 0], [0, 0], [0.9, 0], [0.9, 0]])
    other = run([[0, 0], [0, 0], [0.06, 0], [0.06, 0]])
    found = chance_differences(one, other)
    assert set(found) == {("home", "grinding"), ("home", "polishing")}
    assert (found["home", "grinding"].value, found["home", "grinding"].n) == (0.25, 4)
    assert (found["home", "polishing"].value, found["home", "polishing"].n) == (0.0, 4)
    # So they are where the baseline is the larger run.
    mirrored = chance_differences(other, one)["home", "grinding"]
    assert (mirrored.value, mirrored.n) == (-0.25, 4)
    # Agresti and Min: half a pair on each outcome, so 6 pairs, 4 of them apart, net 1.
    half = 1.959964 * np.sqrt(4 - 1 / 6) / 6
    assert found["home", "grinding"].low == pytest.approx(1 / 6 - half)
    assert found["home", "grinding"].high == pytest.approx(1 / 6 + half)


def test_what_happens_in_the_same_replications_differs_by_less_than_what_does_not():
    short = np.random.default_rng(1).random((400, 2)) < 0.3
    shifted = np.roll(short, 1, axis=0)
    together = chance_differences(run(short), run(short))["home", "grinding"]
    apart = chance_differences(run(short), run(shifted))["home", "grinding"]
    assert together.value == apart.value == 0.0
    assert together.high < 0.01
    assert apart.high > 0.05


def test_a_use_without_demand_or_in_one_run_only_is_left_out():
    one = run([[0.1, np.nan], [0.1, np.nan]])
    assert set(chance_differences(one, run([[0, 0], [0, 0]]))) == {("home", "grinding")}
    assert set(chance_differences(one, run([[0, 0]], uses=("grinding", "other")))) == {("home", "grinding")}


def test_runs_that_share_no_random_numbers_or_that_are_weighted_are_not_compared():
    peaks = [[0.1, 0]] * 4
    one, other = run(peaks), run([[0, 0]] * 4)
    apart = [
        run(peaks, seed=4),
        run(peaks, weights=[4, 0, 0, 0]),
        run(peaks).assign_attrs(sampling="sobol"),
    ]
    for each in apart:
        assert chance_differences(each, other) == chance_differences(other, each) == {}
    assert len(chance_differences(one, other)) == 2


def test_the_difference_of_unmet_need_is_the_mean_of_those_of_the_pairs():
    peaks = [[0, 0]] * 3
    one = run(peaks, needs=[[0.3, 0], [0.1, 0], [0.2, 0]])
    other = run(peaks, needs=[[0.1, 0], [0.1, 0], [0.1, 0]])
    found = need_differences(one, other)["home", "grinding"]
    assert found.value == pytest.approx(0.1)
    assert found.n == 3
    # Differences of 0.2, 0 and 0.1: standard deviation 0.1, and Student's t of two degrees is 4.303.
    assert found.high - found.value == pytest.approx(4.302653 * 0.1 / np.sqrt(3))
    assert need_differences(one, run(peaks)) == {}
