"""Means and their intervals from sums that blocks add up exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from diamondsim.results import mean
from diamondsim.results.moments import Moments


def moments_of(values, scale: float = 1.0) -> Moments:
    """Return the moments of one row and one entity."""
    moments = Moments([scale], 1)
    moments.add(0, np.array([values], dtype=float))
    moments.add_count(len(values))
    return moments


@pytest.mark.parametrize("scale", [1.0, 3.5e7])
@pytest.mark.parametrize("kind", ["shares", "rare", "large", "signed", "close together"])
def test_the_interval_is_that_of_the_sample(kind, scale):
    rng = np.random.default_rng(3)
    made = {
        "shares": rng.random(300),
        "rare": np.where(rng.random(300) < 0.01, 0.7, 0.0),
        "large": 500 * rng.lognormal(size=300),
        "signed": rng.normal(-0.2, 0.1, 300),
        "close together": 1 + 1e-4 * rng.random(300),
    }
    sample = scale * made[kind]
    found, expected = moments_of(sample, scale).mean(0, 0), mean(sample)
    assert found.value == pytest.approx(expected.value, abs=scale * 2**-25)
    assert found.high - found.low == pytest.approx(expected.high - expected.low, rel=1e-3)
    assert found.n == 300


def test_by_hand():
    found = moments_of([1.0, 2.0, 3.0]).mean(0, 0)
    assert (found.value, round(found.low, 3), round(found.high, 3)) == (2.0, -0.484, 4.484)
    assert math.isnan(moments_of([1.0]).mean(0, 0).low)
    assert moments_of([]).mean(0, 0).n == 0
    assert moments_of([0.5, 0.5]).mean(0, 0).low == 0.5


def test_the_order_and_the_size_of_blocks_do_not_matter():
    values = np.random.default_rng(1).lognormal(sigma=3, size=1000)
    whole = moments_of(values)
    parts = Moments([1.0], 1)
    for part in np.split(values, [1, 8, 500])[::-1]:
        parts.merge(moments_of(part))
    assert parts.mean(0, 0) == whole.mean(0, 0)


def test_ten_million_of_the_largest_values_do_not_overflow():
    moments = moments_of(np.full(1000, 9.999e3))
    for _ in range(4):  # 1000 -> 10,000 -> ... -> 10,000,000
        tenth = Moments([1.0], 1)
        tenth.restore("m", {name: array.copy() for name, array in moments.arrays("m").items()})
        for _ in range(9):
            moments.merge(tenth)
    assert moments.count == 10**7
    found = moments.mean(0, 0)
    assert found.value == pytest.approx(9.999e3)
    assert found.high - found.low == pytest.approx(0, abs=1e-3)
