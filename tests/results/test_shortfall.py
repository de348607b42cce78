"""Shortage as a share of demand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.results.shortfall import peak_shortfall, shortfall


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def test_a_use_falls_short_by_its_worst_grade():
    demands = [column(100, 100), column(10, 10)]
    shortages = [column(20, 0), column(1, 5)]
    assert shortfall(demands, shortages).ravel().tolist() == [0.2, 0.5]


def test_where_nothing_is_wanted_nothing_is_short():
    assert shortfall([column(0, 4)], [column(0, 4)]).ravel().tolist() == [0.0, 1.0]


def test_the_peak_is_of_windowed_sums_not_of_single_ticks():
    demand, shortage = column(100, 300, 100, 100), column(0, 60, 50, 0)
    assert peak_shortfall([demand], [shortage], window=2) == pytest.approx([110 / 400])
    assert peak_shortfall([demand], [shortage], window=1) == pytest.approx([0.5])


def test_a_horizon_shorter_than_the_window_is_one_window():
    assert peak_shortfall([column(100, 100)], [column(0, 50)], window=9) == pytest.approx([0.25])


def test_grades_are_not_mixed_inside_a_window():
    demands = [column(100, 100), column(100, 100)]
    shortages = [column(100, 0), column(0, 100)]
    assert peak_shortfall(demands, shortages, window=2) == pytest.approx([0.5])


def test_the_total_lack_of_everything_is_a_peak_of_exactly_one():
    demand = np.random.default_rng(0).uniform(0.1, 0.7, (50, 20))
    assert set(peak_shortfall([demand], [demand.copy()], window=4)) == {1.0}


@given(st.integers(0, 2**32), st.integers(1, 9), st.integers(1, 14))
def test_the_peak_is_the_largest_ratio_over_all_windows(seed, window, n_ticks):
    rng = np.random.default_rng(seed)
    demands = [rng.uniform(0, 10, (n_ticks, 3)) for _ in range(2)]
    shortages = [d * rng.choice([0, 0, 0.3, 1], d.shape) for d in demands]
    found = peak_shortfall(demands, shortages, window=window)
    length = min(window, n_ticks)
    for r in range(3):
        expected = max(
            sum(s[t : t + length, r]) / sum(d[t : t + length, r])
            for d, s in zip(demands, shortages, strict=True)
            for t in range(n_ticks - length + 1)
        )
        assert found[r] == pytest.approx(expected, rel=1e-12)
