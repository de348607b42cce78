"""What a reserve releases and when it is spent, against numbers worked out by hand.

A ban takes all that a use of 100 ct a day gets. A tick of goods is under way and arrives in tick 0, so that
the stock of 10 days lasts through the ticks 0 to 10.
"""

from __future__ import annotations

import numpy as np
import pytest

import diamondsim as ds
from tests.simulation.small import short_ban

RESERVE = {
    "region": "home",
    "grade": "g",
    "opening": "450 ct",
    "release": "100 ct/day",
    "serves": ["u"],
    "lead": "0 days",
}


def run(banned: str = "40 days", replications: int = 8, **reserve: str):
    scenario = short_ban().override(
        {"controls.ban.sojourn.banned": banned, "reserves": {"old": {**RESERVE, **reserve}}}
    )
    return ds.monte_carlo(scenario, replications=replications, workers=1).sel(reserve="old")


@pytest.mark.parametrize(
    "reserve, released, spent",
    [
        ({}, 450.0, 15.0),  # 100 ct in the ticks 11 to 14 and 50 in tick 15
        ({"hold_back": "40%"}, 450.0, 13.0),  # 150 ct are left, 180 held back; the only use gets these too
        ({"opening": "10 kct", "release": "50 ct/day"}, 1500.0, np.nan),
    ],
)
def test_a_reserve_releases_until_it_is_spent(reserve, released, spent):
    found = run(**reserve)
    assert found["reserve_released"].values == pytest.approx([released] * 8)
    np.testing.assert_array_equal(found["reserve_spent"], [spent] * 8)
    assert found["reserve_released_mean"].sel(bound="estimate") == pytest.approx(released)
    assert found["reserve_released_probability"].sel(bound="estimate") == 1.0
    chance = found["reserve_spent_probability"]
    assert chance.sel(bound="estimate") == (0.0 if np.isnan(spent) else 1.0)
    median = found["reserve_spent_quantiles"].sel(quantile=0.5, bound="estimate")
    np.testing.assert_array_equal(median, spent)


def test_a_reserve_that_starts_empty_is_not_spent_before_it_has_released():
    found = run(opening="0 ct", goal="100 ct")
    assert (found["reserve_released"] == 0.0).all()
    assert found["reserve_spent"].isnull().all()
    chance = found["reserve_released_probability"]
    assert chance.sel(bound="estimate") == 0.0 < chance.sel(bound="high")


def test_the_chances_count_all_replications_and_the_dates_those_in_which_it_happens():
    found = run(banned="exponential(14 days)", replications=200)
    released, spent = found["reserve_released"].values, found["reserve_spent"].values
    some, known = float((released > 0).mean()), ~np.isnan(spent)
    assert 0.2 < float(known.mean()) < some < 0.8
    assert found["reserve_released_probability"].sel(bound="estimate") == pytest.approx(some)
    assert found["reserve_spent_probability"].sel(bound="estimate") == pytest.approx(known.mean())
    median = found["reserve_spent_quantiles"].sel(quantile=0.5, bound="estimate")
    assert median == np.sort(spent[known])[(known.sum() + 1) // 2 - 1]
