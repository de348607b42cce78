"""Pictures of analyses, facilities and traces hold the numbers of their Datasets."""

import functools
from typing import Any

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from tests.plot.small_results import line, outside, row_names, scenario, small_run, texts


@functools.cache
def comparison() -> xr.DataTree:
    scenarios = {"lapse": scenario(), "notice": scenario("lapse-2027-notice")}
    return ds.compare(scenarios, replications=16, seed=1, workers=1)


@functools.cache
def backtest() -> xr.Dataset:
    return ds.backtest(replications=64)


@functools.cache
def trace() -> Any:
    return ds.simulate(scenario(), seed=1, replication=7)


def made_sensitivity() -> xr.Dataset:
    """Return a sensitivity of five inputs, of which two cannot be told from chance."""
    estimate = np.array([0.1, -0.5, 0.3, 0.2, -0.05])
    return xr.Dataset(
        {
            "srrc": (("input", "bound"), np.stack([estimate, estimate - 0.04, estimate + 0.04], axis=1)),
            "pawn": ("input", np.full(5, 0.1)),
            "distinguishable": ("input", [True, True, True, False, False]),
            "rank_r2": 0.7,
            "input_basis": ("input", ["assumed", "source", "assumed", "assumed", "assumed"]),
        },
        coords={"input": [f"input {letter}" for letter in "abcde"], "bound": ["estimate", "low", "high"]},
        attrs={"confidence": 0.95, "metric": "short", "region": "US", "use": "polishing", "warnings": "few"},
    )


def made_indices() -> xr.Dataset:
    first, total = np.array([0.3, -0.02, np.nan]), np.array([0.4, 0.5, np.nan])
    return xr.Dataset(
        {
            "first_order": (("group", "bound"), np.stack([first, first - 0.1, first + 0.1], axis=1)),
            "total": (("group", "bound"), np.stack([total, total - 0.1, total + 0.1], axis=1)),
            "first_order_sum": 0.28,
            "inputs": ("group", [8, 3, 1]),
        },
        coords={"group": ["stocks", "prices", "law"], "bound": ["estimate", "low", "high"]},
        attrs={"confidence": 0.95, "metric": "shortage", "region": "US", "use": "polishing"},
    )


def made_sizes(reached: bool = True) -> xr.Dataset:
    cost, answer = np.array([8e6, 0.0, 2e6, 1e6]), np.array([0.05, 0.6, 0.2, 0.65])
    found = [2e6, 1e6, 3e6] if reached else [np.nan] * 3
    return xr.Dataset(
        {
            "simulated_cost": ("size", cost, {"units": "carat"}),
            "answer": (
                ("size", "bound"),
                np.stack([answer, answer - 0.04, answer + 0.04], axis=1),
                {"units": "1"},
            ),
            "efficient": ("size", [True, True, True, False]),
            "opening": (("reserve", "bound"), [found]),
            "cost": ("bound", found, {"units": "carat"}),
        },
        coords={"bound": ["estimate", "low", "high"], "reserve": ["us_micron"]},
        attrs={
            "limit": 0.2,
            "limit_unit": "1",
            "metric": "probability_of_shortage",
            "region": "US",
            "use": "p",
        },
    )


def test_the_fan_of_a_facility_is_its_output_in_a_year():
    run = small_run()
    made = np.linspace(0, 8e6, run.sizes["time"])
    run["facility_output_band"][:] = made[:, np.newaxis, np.newaxis]
    run["facility_output_mean"][:] = made[:, np.newaxis]
    run["first_output"][:] = np.where(np.arange(16) < 12, np.arange(16) + 10.0, np.nan)[:, np.newaxis]
    ax: Any = ds.plot.facility_ramp(run)
    np.testing.assert_allclose(line(ax, "median"), made * 365.25 / 7)
    assert ax.get_ylabel() == "Output, all grades (Mct/yr)"
    # Twelve of sixteen reach it, at ticks 10 to 21; the sixth, of tick 15, is the median.
    (dot,) = [each for each in ax.get_lines() if each.get_label() == "first output, median"]
    assert dot.get_xdata()[0] == run["time"].values[15]
    (span,) = [each for each in ax.get_lines() if each.get_label() == "first output"]
    assert list(span.get_xdata()) == [run["time"].values[10], run["time"].values[21]]
    assert "(75 % reach it)" in texts(ax)
    assert "90 % of the ramp: 0 % of replications by the end" in texts(ax)
    assert outside(ax) == []


def test_milestones_follow_the_weights_of_a_run():
    run = small_run()
    run["first_output"][:] = np.where(np.arange(16) < 8, 10.0, 20.0)[:, np.newaxis]
    run["weight"] = ("replication", np.where(np.arange(16) < 8, 1.0, 9.0))
    ax: Any = ds.plot.facility_ramp(run)
    (dot,) = [each for each in ax.get_lines() if each.get_label() == "first output, median"]
    assert dot.get_xdata()[0] == run["time"].values[20]


def test_without_a_facility_the_picture_is_empty_and_says_so():
    assert "has no facility" in texts(ds.plot.facility_ramp(small_run().isel(facility=slice(0))))


def test_the_origin_of_a_run_has_two_layers_that_meet_at_the_mean():
    run = small_run()
    ax: Any = ds.plot.supply_origin(run, region="US")
    mean = run["tracked_share_mean"].sel(region="US").values
    tracked, other = ax.collections[:2]
    assert tracked.get_paths()[0].vertices[:, 1].max() == mean.max()
    assert other.get_paths()[0].vertices[:, 1].min() == mean.min()
    band = run["tracked_share_band"].sel(region="US")
    np.testing.assert_array_equal(line(ax, "band", 0), band.sel(quantile=0.05))
    np.testing.assert_array_equal(line(ax, "band", 1), band.sel(quantile=0.95))
    assert "crystal from China" in texts(ax)
    with pytest.raises(ValueError, match=r"grade: only for a trace"):
        ds.plot.supply_origin(run, region="US", grade="micron")


def test_the_layers_of_a_trace_add_up_to_what_is_sent():
    found = trace().dataset
    ax: Any = ds.plot.supply_origin(found, region="US", grade="micron")
    into = ((found["lane_to"] == "US") & (found["lane_grade"] == "micron")).values
    sent = sum(found[name].values[:, into].sum(axis=1) for name in ("shipped", "granted", "diverted"))
    sent = sent - sum(found[name].values[:, into].sum(axis=1) for name in ("relayed", "seized"))
    months = len(sent) // 4
    means = sent[: 4 * months].reshape(months, 4).mean(axis=1) * 365.25 / 7
    x, y = ax.collections[-1].get_paths()[0].vertices.T
    np.testing.assert_allclose([y[x == each].max() for each in np.unique(x)], means)
    names = [each.get_label() for each in ax.collections]
    assert set(names) <= {str(name) for name in found["lane_from"].values[into]}
    with pytest.raises(
        ValueError, match=r"grade: expected one of .*micron.*, as they are counted in cm2 and ct"
    ):
        ds.plot.supply_origin(found, region="US")


@pytest.mark.parametrize("size", ["report", "slide"])
def test_differences_are_those_of_pairs_with_their_intervals(size):
    tree = comparison()
    ax: Any = ds.plot.paired_differences(tree, region="US", size=size)
    found = tree.to_dataset()["difference"].sel(
        metric="probability_of_shortage", scenario="notice", region="US"
    )
    known = {tuple(100 * row) for row in found.transpose("use", "bound").values if np.isfinite(row).all()}
    (dots,) = [each for each in ax.get_lines() if each.get_label() == "notice"]
    ends = [tuple(each.get_xdata()) for each in ax.get_lines() if each.get_label() == "notice: interval"]
    drawn = [(middle, *limits) for middle, limits in zip(dots.get_xdata(), ends, strict=True)]
    assert len(drawn) > 2
    assert set(drawn) <= known
    assert [abs(row[0]) for row in drawn] == sorted((abs(row[0]) for row in drawn), reverse=True)
    assert "as of 2026-11-28" in texts(ax)
    assert outside(ax) == []


def test_differences_of_several_units_are_refused():
    mixed = comparison().to_dataset()
    mixed["unit"] = mixed["unit"].copy(data=["cm2", *mixed["unit"].values[1:]])
    with pytest.raises(
        ValueError, match=r"use: expected one use, as shortage_mean of several is counted in cm2"
    ):
        ds.plot.paired_differences(mixed, metric="shortage_mean")
    with pytest.raises(ValueError, match=r"metric: expected one of .*, found 'shortage'"):
        ds.plot.paired_differences(comparison(), metric="shortage")
    ax: Any = ds.plot.paired_differences(comparison(), metric="shortage_mean", use="machining")
    assert ax.get_xlabel() == "Shortage mean less that of lapse (Mct)"


def test_many_scenarios_have_their_names_above():
    found = comparison().to_dataset()
    many = xr.concat(
        [found, *[found.isel(scenario=[1])] * 3], "scenario", data_vars="minimal", coords="minimal"
    )
    many["scenario"] = ["lapse", "one", "two", "three", "four"]
    ax: Any = ds.plot.paired_differences(many, region="US")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one", "two", "three", "four"]


def test_the_bars_of_a_tornado_are_the_inputs_that_can_be_told_from_chance():
    found = made_sensitivity()
    ax: Any = ds.plot.tornado(found)
    assert row_names(ax) == ["input b †", "input c", "input a"]
    assert ax.get_ylim() == pytest.approx((-1.6, 3.6)), "room for five bars"
    assert [bar.get_width() for bar in ax.patches] == [-0.5, 0.3, 0.1]
    assert sorted(tuple(each.get_xdata()) for each in ax.get_lines() if each.get_label() == "interval") == [
        pytest.approx((-0.54, -0.46)),
        pytest.approx((0.06, 0.14)),
        pytest.approx((0.26, 0.34)),
    ]
    assert "Not shown: 2 inputs, 2 of them not told from chance." in texts(ax)
    assert "! few" in texts(ax)
    assert "Not shown: 4 inputs, 2 of them" in texts(ds.plot.tornado(found, most=1))
    found["distinguishable"][:] = False
    assert "no input can be told from chance" in texts(ds.plot.tornado(found))


def test_the_bars_of_sobol_indices_are_both_indices_largest_total_first():
    ax: Any = ds.plot.sobol_bars(made_indices())
    assert row_names(ax) == ["prices (3)", "stocks (8)"]
    assert [bar.get_width() for bar in ax.patches] == [-0.02, 0.3, 0.5, 0.4]
    assert "Not shown: 1 group smaller, or not estimable." in texts(ax)


def test_the_frontier_has_the_sizes_the_target_and_the_size_that_meets_it():
    ax: Any = ds.plot.reserve_frontier(made_sizes())
    efficient = next(each for each in ax.get_lines() if each.get_label() == "efficient")
    assert list(efficient.get_xdata()) == [0.0, 2e6, 8e6]
    assert list(efficient.get_ydata()) == [0.6, 0.2, 0.05]
    assert list(next(each for each in ax.get_lines() if each.get_label() == "others").get_ydata()) == [0.65]
    assert line(ax, "target")[0] == 0.2
    assert "smallest: 2 Mct" in texts(ax)
    assert ax.get_xlabel() == "Opening stock of us_micron (Mct)"
    assert "No size that was tried meets the target." in texts(
        ds.plot.reserve_frontier(made_sizes(reached=False))
    )


def test_bands_of_episodes_hold_forecast_and_exports_and_cut_what_is_beyond():
    found = backtest()
    ax: Any = ds.plot.episode_bands(found, series=["gallium/all"])
    scale = 2.0 / 0.84
    forecast = found["forecast"].sel(form="batches", weights="others", series="gallium/all", quantile=0.5)
    np.testing.assert_allclose(line(ax, "median") * scale, np.minimum(forecast, 2.0))
    observed = found["observed"].sel(series="gallium/all").values
    np.testing.assert_allclose(line(ax, "observed") * scale, np.where(observed > 2, np.nan, observed))
    assert np.isfinite(line(ax, "beyond")).sum() == (observed > 2).sum() > 0
    assert "Triangles: more than 2 normal months." in texts(ax)
    every: Any = ds.plot.episode_bands(found, size="slide")
    assert len(row_names(every)) == found.sizes["series"]
    assert outside(every) == []
    with pytest.raises(
        ValueError, match=r"series: expected one of .*, found 'galium/all'; did you mean 'gallium/all'"
    ):
        ds.plot.episode_bands(found, series=["galium/all"])
    with pytest.raises(TypeError, match=r"series: expected several names"):
        ds.plot.episode_bands(found, series="gallium/all")


def test_a_timeline_has_the_states_the_shortages_and_the_events_of_a_replication():
    ax: Any = ds.plot.replication_timeline(trace(), region="US")
    found = trace().dataset
    assert row_names(ax)[:2] == [
        "MOFCOM and GACC announcement 55 of 2025",
        "MOFCOM announcement 46(2) of 2024",
    ]
    nodes = (
        (found["node_region"] == "US") & (found["node_use"] == "machining") & (found["node_kind"] == "use")
    )
    one = found.isel(node=np.flatnonzero(nodes))
    share = (one["shortage"] / one["demand"]).max("node").values
    (drawn,) = [each for each in ax.collections if each.get_label() == "US.machining"]
    assert "Machining and chip tools" in row_names(ax)
    heights = drawn.get_paths()[0].vertices[:, 1]
    assert heights.max() - heights.min() == pytest.approx(0.84 * share.max())
    assert any(name.startswith("Events") for name in row_names(ax))
    assert "Replication 7, one path of many, not a forecast, seed 1; as of 2026-11-28" in texts(ax)
    assert outside(ax) == []
    with pytest.raises(TypeError, match=r"expected the Trace of diamondsim.simulate, found Dataset"):
        ds.plot.replication_timeline(found)


@pytest.mark.parametrize(
    "draw,call",
    [
        (ds.plot.paired_differences, "compare"),
        (ds.plot.tornado, "sensitivity"),
        (ds.plot.sobol_bars, "sobol_indices"),
        (ds.plot.reserve_frontier, "size_reserve"),
        (ds.plot.episode_bands, "backtest"),
        (ds.plot.facility_ramp, "monte_carlo"),
    ],
)
def test_a_dataset_of_another_call_is_refused(draw, call):
    given = made_sizes() if call != "size_reserve" else made_indices()
    of = "size_reserve" if call != "size_reserve" else "sobol_indices"
    with pytest.raises(
        ValueError, match=rf"expected the Dataset of diamondsim.{call}, found that of diamondsim.{of}"
    ):
        draw(given)
