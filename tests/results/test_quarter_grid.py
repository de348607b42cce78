"""Calendar quarters: which days of which tick belong to each."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diamondsim.results.quarter_grid import QuarterGrid


def grid_of(start: str, tick_days: float, n_ticks: int) -> QuarterGrid:
    return QuarterGrid(dt.date.fromisoformat(start), tick_days, n_ticks)


def test_a_horizon_of_weeks_has_two_quarters_in_part_and_shares_the_week_between_them():
    grid = grid_of("2026-11-23", 7, 20)  # 140 days, to 12 April 2027
    fourth, first, second = grid.quarters
    assert [q.label for q in grid.quarters] == ["2026Q4", "2027Q1", "2027Q2"]
    assert [q.start for q in grid.quarters] == [
        dt.date(2026, 10, 1),
        dt.date(2027, 1, 1),
        dt.date(2027, 4, 1),
    ]
    assert [q.days for q in grid.quarters] == [39, 90, 11]
    assert [q.covered for q in grid.quarters] == pytest.approx([39 / 92, 1, 11 / 91])
    # The week of 28 December has four days in 2026, that of 29 March three in March.
    assert (fourth.first, fourth.last, fourth.last_share) == (0, 5, 4 / 7)
    assert (first.first, first.first_share, first.last, first.last_share) == (5, 3 / 7, 18, 3 / 7)
    assert (second.first, second.first_share, second.last, second.last_share) == (18, 4 / 7, 19, 1)


def test_a_total_adds_whole_ticks_and_the_days_of_those_that_lie_in_two_quarters():
    grid = grid_of("2026-12-21", 7, 3)
    values = np.array([[7.0, 70.0], [14.0, 0.0], [1.0, 2.0]])
    assert grid.total(values) == pytest.approx(np.array([[7 + 8, 70], [6 + 1, 2]]))


def test_a_mean_counts_days_and_not_ticks():
    grid = grid_of("2026-12-21", 7, 3)
    states = np.array([[4, 0], [2, 2], [0, 4]])  # replications in each of two states
    assert grid.mean(states) == pytest.approx(np.array([[36 / 11, 8 / 11], [6 / 10, 34 / 10]]))


def test_a_tick_may_be_a_day_or_longer_than_a_quarter():
    assert [q.days for q in grid_of("2027-03-31", 1, 2).quarters] == [1, 1]
    grid = grid_of("2027-01-01", 365, 1)
    assert [q.days for q in grid.quarters] == [90, 91, 92, 92]
    assert grid.total(np.array([[365.0]])).ravel() == pytest.approx([90, 91, 92, 92])


def test_a_horizon_that_ends_with_a_quarter_has_no_other_one():
    (quarter,) = grid_of("2028-01-01", 7, 13).quarters
    assert (quarter.days, quarter.covered) == (91, 1)  # a leap year
    assert (quarter.first, quarter.last, quarter.last_share) == (0, 12, 1)


@settings(deadline=None, derandomize=True, database=None)
@given(
    start=st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)),
    tick_days=st.sampled_from([0.5, 1, 3, 7, 30, 91, 200]),
    n_ticks=st.integers(1, 120),
    seed=st.integers(0, 1000),
)
def test_quarters_together_are_the_horizon_and_a_replication_does_not_depend_on_the_others(
    start: dt.date, tick_days: float, n_ticks: int, seed: int
) -> None:
    grid = QuarterGrid(start, tick_days, n_ticks)
    assert sum(q.days for q in grid.quarters) == pytest.approx(n_ticks * tick_days)
    assert len({q.label for q in grid.quarters}) == len(grid)
    values = np.random.default_rng(seed).uniform(0, 100, (n_ticks, 5))
    total = grid.total(values)
    assert total.sum(axis=0) == pytest.approx(values.sum(axis=0))
    assert grid.total(np.full((n_ticks, 1), tick_days)).ravel() == pytest.approx(
        [q.days for q in grid.quarters]
    )
    for replication in range(5):
        alone = grid.total(values[:, replication : replication + 1])
        assert alone.tobytes() == total[:, replication : replication + 1].tobytes()
