"""Histograms: merged exactly, read within their stated error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.results.histogram import Axis, Histogram, compact

LEVELS = (0.05, 0.5, 0.95)


def counted(axis: Axis, *blocks: np.ndarray) -> Histogram:
    histogram = Histogram(axis, len(blocks[0]), 1)
    for block in blocks:
        histogram.add(0, block)
    return histogram


def order_statistic(row: np.ndarray, level: float) -> float:
    ordered = np.sort(row)
    return float(ordered[max(1, int(np.ceil(level * len(row) - 1e-9))) - 1])


def mostly_zero(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return rng.random(shape) * (rng.random(shape) < 0.1)


@given(st.integers(0, 2**32), st.sampled_from([None, 60.0]), st.booleans())
def test_a_quantile_lies_within_half_a_bin_of_the_order_statistic(seed, scale, sparse):
    rng = np.random.default_rng(seed)
    axis = Axis(scale)
    values = mostly_zero(rng, (4, 101)) if sparse else rng.random((4, 101))
    values = values if scale is None else values / (1.001 - values) * scale
    found = counted(axis, values).quantiles(LEVELS)[:, 0]
    for t, row in enumerate(values):
        for level, quantile in zip(LEVELS, found[t], strict=True):
            exact = order_statistic(row, level)
            apart = axis.position(np.array([quantile])) - axis.position(np.array([exact]))
            assert abs(apart.item()) <= 0.5 / axis.bins + 1e-12
            assert abs(quantile - exact) <= axis.bound(np.array([quantile])).item() * (1 + 1e-9)
            assert (quantile == 0) == (exact == 0)


@given(st.integers(0, 2**32), st.integers(1, 29))
def test_any_grouping_of_the_replications_counts_the_same(seed, size):
    rng = np.random.default_rng(seed)
    values = np.hstack([mostly_zero(rng, (3, 15)), rng.gamma(2, 40, (3, 15))])
    whole = counted(Axis(60.0), values)
    parts = counted(Axis(60.0), *(values[:, begin : begin + size] for begin in range(0, 30, size)))
    merged = counted(Axis(60.0), values[:, 11:])
    merged.merge(counted(Axis(60.0), values[:, :11]))
    for other in (parts, merged):
        assert np.array_equal(whole.counts, other.counts)
        assert np.array_equal(whole.sums, other.sums)


def test_every_replication_is_counted_once_and_zeros_apart():
    histogram = counted(Axis(), np.array([[0.0, 0.0, 0.001, 1.0, np.nan]]))
    counts = histogram.counts[0, 0]
    assert counts[0] == 2
    assert counts[1] == 1
    assert counts[-1] == 1
    assert counts.sum() == 4


def test_means_are_those_of_the_values_and_unknown_ones_do_not_count():
    values = np.array([[10.0, 20.0, np.nan, 60.0], [np.nan] * 4])
    histogram = counted(Axis(60.0), values)
    assert histogram.means()[:, 0] == pytest.approx([30.0, np.nan], rel=1e-7, nan_ok=True)
    assert np.isnan(histogram.quantiles(LEVELS)[1]).all()


def test_the_quantile_of_level_0_is_the_least_value_and_not_a_zero_that_was_never_counted():
    histogram = counted(Axis(), np.array([[0.303, 0.501, 0.701]]))
    assert histogram.quantiles((0.0, 1.0))[0, 0] == pytest.approx(
        [0.303, 0.701], abs=0.5 / histogram.axis.bins
    )


def test_what_lies_beyond_the_axis_falls_into_the_last_bin():
    histogram = counted(Axis(60.0), np.array([[1e12]]))
    assert histogram.counts[0, 0, -1] == 1
    assert np.isfinite(histogram.quantiles((0.5,))).all()


@pytest.mark.parametrize("scale", [None, 60.0])
@given(st.floats(1e-6, 0.99))
def test_where_all_agree_the_mean_lies_within_the_error_of_the_quantiles(scale, position):
    axis = Axis(scale)
    value = axis.value(np.array([position])).item()
    histogram = counted(axis, np.full((1, 20), value))
    quantiles, mean = histogram.quantiles(LEVELS)[0, 0], histogram.means()[0, 0]
    assert mean == pytest.approx(value, rel=1e-7, abs=2e-8 * (scale or 1.0))
    assert (np.abs(quantiles - value) <= axis.bound(quantiles) * (1 + 1e-9)).all()


def test_beyond_an_open_axis_nothing_is_promised_and_short_of_it_the_bound_is_that_of_the_text():
    axis = Axis(60.0)
    assert axis.bound(axis.centres[-1:]).tolist() == [np.inf]
    assert axis.error == "at most (x + 60)^2 / (30060 - x) at a quantile of x"
    assert axis.bound(np.array([40.0])) == pytest.approx([100.0**2 / 30020.0])
    assert Axis().error == "at most 0.002"


@pytest.mark.parametrize("scale", [1.0, 25e6, 60.0, 1 / 3])
def test_what_stays_at_its_typical_size_is_reported_as_it_is_whatever_the_last_digit(scale):
    for value in (scale, np.nextafter(scale, 0.0), np.nextafter(scale, np.inf)):
        histogram = counted(Axis(scale), np.array([[value]]))
        assert histogram.quantiles([0.5])[0, 0, 0] == pytest.approx(scale, rel=1e-12)


@pytest.mark.parametrize("block", [40_000, 70_000])
def test_counts_grow_beyond_16_bits_whether_added_merged_or_weighted(block):
    values = np.full((1, block), 0.5)
    added = counted(Axis(), values, values)
    merged, other = counted(Axis(), values), Histogram(Axis(), 1, 1)
    other.restore(compact(counted(Axis(), values).counts), merged.sums.copy())
    merged.merge(other)
    weighted = Histogram(Axis(), 1, 1)
    weighted.add(0, values[:, :2], np.array([block, block]))
    for histogram in (added, merged, weighted):
        assert histogram.counts.max() == histogram.counts.sum(dtype=np.int64) == 2 * block
        assert histogram.means() == 0.5


def test_counts_of_a_block_take_two_bytes_each():
    assert counted(Axis(), np.full((1, 1024), 0.5)).counts.dtype == np.uint16
