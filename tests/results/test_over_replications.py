"""What is censored when, and what counts as short."""

from __future__ import annotations

import math

import numpy as np
import pytest

from diamondsim.engines import batch
from diamondsim.results import RECORDED, Settings, Summary, summary_dataset
from diamondsim.results.over_replications import (
    chance_of_shortage,
    shortage_depth,
    shortage_duration,
    time_to_survive,
)
from tests.engines.small_case import BANNED, NONE, control, lane, small_case, source, use
from tests.results.hand_made import PROVENANCE

NAN = math.nan


def test_who_never_goes_short_is_censored_at_the_end_of_the_horizon():
    lost = np.array([10.0, 40.0, 95.0, NAN])
    survived = np.array([30.0, NAN, NAN, NAN])
    curve = time_to_survive({"inflow_lost": lost, "time_to_survive": survived}, 100)
    # Watched for 30 (failed), 60 and 5 ticks; one never lost its inflow and is not watched at all.
    assert curve.n == 3
    assert curve.times.tolist() == [5, 30, 60]
    assert curve.share == pytest.approx([1, 0.5, 0.5])


def test_a_shortage_that_is_not_over_is_censored_and_a_mere_blip_is_none():
    metrics = {
        "peak_shortfall": np.array([0.5, 0.9, 0.04, 0.0]),
        "first_shortage": np.array([20.0, 70.0, 3.0, NAN]),
        "recovery": np.array([30.0, NAN, 4.0, NAN]),
    }
    curve = shortage_duration(metrics, 100, 0.05)
    assert curve.n == 2
    assert curve.times.tolist() == [10, 30]
    assert curve.share == pytest.approx([0.5, 0.5])
    assert curve.quantile(0.5).value == 10


def test_a_peak_at_the_threshold_is_no_shortage():
    found = chance_of_shortage({"peak_shortfall": np.array([0.05, 0.0501, 0.2, 0.0])}, 0.05)
    assert found.value == 0.5


def test_the_depth_of_a_shortage_counts_only_those_that_go_short():
    peaks = {"peak_shortfall": np.array([0.9, 0.0, 0.05, 0.3, 0.2, 0.01])}
    assert shortage_depth(peaks, 0.05).value == 0.3
    assert shortage_depth(peaks, 0.05).n == 3
    assert shortage_depth(peaks, 0.9).n == 0
    weights = np.array([8.0, 40.0, 40.0, 1.0, 1.0, 1.0])
    assert shortage_depth(peaks, 0.05, weights).value == 0.9


def test_the_dataset_has_the_medians_of_the_curves():
    plan, draws = small_case(
        nodes=[use("a", demand=100, cover=np.array([1.0, 2.0, 3.0, 4.0, 50.0]))],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "a", lead=2)],
        controls=[control("ban", states=[NONE] * 4 + [BANNED] * 9 + [NONE], covers=[("s", "a")])],
        n_ticks=30,
        replications=5,
    )
    summary = Summary(plan, Settings())
    summary.add(draws, batch.run(plan, draws, record=RECORDED))
    found = summary_dataset(summary, PROVENANCE).squeeze()
    # Stocks last for 1, 2, 3 and 4 ticks, and once longer than the ban of 9 ticks.
    assert found["time_to_survive"].values[:4].tolist() == [1, 2, 3, 4]
    assert found["time_to_survive_median"].sel(bound="estimate") == 3
    lengths = sorted(found["recovery"].values[:4] - found["first_shortage"].values[:4])
    assert found["shortage_duration_median"].sel(bound="estimate") == lengths[1]
    assert lengths[0] < lengths[1] < lengths[2]
