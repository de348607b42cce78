"""`dates`: when the ticks of events begin."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.results import read_netcdf, write_netcdf
from diamondsim.results.metrics import METRICS
from tests.simulation.small import short_ban

RESERVE = {
    "region": "home",
    "grade": "g",
    "opening": "300 ct",
    "release": "100 ct/day",
    "serves": ["u"],
    "lead": "0 days",
}


@pytest.fixture(scope="module")
def run():
    scenario = short_ban().override({"reserves": {"old": RESERVE}, "horizon.tick": "0.3 days"})
    return ds.monte_carlo(scenario, replications=40, seed=2, workers=1)


@pytest.mark.parametrize("name", ["first_shortage", "recovery", "inflow_lost", "reserve_spent"])
def test_a_date_is_that_of_its_tick_on_the_time_axis_and_nat_where_there_is_none(run, name):
    found = ds.dates(run)[f"{name}_date"]
    assert found.dims == run[name].dims
    assert found.dtype == np.dtype("M8[s]")
    ticks, when = run[name].values.ravel(), found.values.ravel()
    known = np.isfinite(ticks)
    assert 0 < known.sum() < known.size
    np.testing.assert_array_equal(when[known], run["time"].values[ticks[known].astype(int)].astype("M8[s]"))
    assert np.isnat(when[~known]).all()


def test_a_node_of_a_comparison_has_the_dates_of_its_run(run):
    tree = xr.DataTree.from_dict({"/": xr.Dataset(), "/now": run})
    xr.testing.assert_identical(ds.dates(tree.children["now"]), ds.dates(run))
    with pytest.raises(ValueError, match="expected the Dataset of a run, found no ticks"):
        ds.dates(tree)


def test_dates_that_never_come_are_missing_in_a_file_too(run, tmp_path):
    found = ds.dates(run)
    found.to_netcdf(tmp_path / "dates.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "dates.nc", engine="h5netcdf", decode_timedelta=False) as read:
        for name, dates in found.data_vars.items():
            assert dates.isnull().any()
            np.testing.assert_array_equal(read[name], dates)


def test_quantiles_have_dates_and_an_infinite_limit_has_none(run):
    ticks = run["reserve_spent_quantiles"].sel(reserve="old")
    found = ds.dates(run)["reserve_spent_quantiles_date"].sel(reserve="old")
    assert np.isinf(ticks).any()
    assert (found.isnull() == ~np.isfinite(ticks)).all()
    assert "reserve_spent_probability_date" not in ds.dates(run)


def test_a_milestone_before_the_start_has_a_date_before_the_start(run):
    ticks = xr.Dataset({"first_output": ("facility", [-10.0, np.nan])}, {"time": run["time"]}, run.attrs)
    before, none = ds.dates(ticks)["first_output_date"].values
    assert before == np.datetime64("2025-12-29", "s")
    assert np.isnat(none)


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.unit == "tick"])
def test_a_metric_in_ticks_is_an_event_or_a_number_of_ticks(name):
    lengths = {"short_ticks", "longest_shortage", "time_to_survive", "time_to_recover"}
    assert METRICS[name].is_event == (name not in lengths)


def test_dates_beside_ticks_survive_files(run, tmp_path):
    both = run.assign(ds.dates(run))
    back = read_netcdf(write_netcdf(both, tmp_path / "a.nc"))
    both.to_zarr(tmp_path / "a.zarr", zarr_format=2)
    with xr.open_zarr(tmp_path / "a.zarr", chunks=None) as stored:
        for name in ("first_shortage_date", "reserve_spent_date", "reserve_spent_quantiles_date"):
            np.testing.assert_array_equal(back[name].astype("M8[s]"), both[name])
            np.testing.assert_array_equal(stored[name].astype("M8[s]"), both[name])
    table = ds.tables(both)["uses_by_replication"]
    assert table["first_shortage_date"].isna().equals(table["first_shortage"].isna())


def test_a_cut_time_axis_is_refused(run):
    with pytest.raises(ValueError, match=r"dataset: expected a time axis of 200 ticks, found 5 ticks"):
        ds.dates(run.isel(time=slice(3, 8)))
    with pytest.raises(ValueError, match="dataset: expected the Dataset of a run, found no ticks"):
        ds.dates(xr.Dataset())
    with pytest.raises(TypeError, match=r"dataset: expected an xarray.Dataset, found DataArray"):
        ds.dates(run["first_shortage"])
