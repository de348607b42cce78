"""The Dataset of a run: labels, units, what is missing, and what it is made from."""

from __future__ import annotations

import errno
import os

import h5py
import numpy as np
import pytest
import xarray as xr

from diamondsim.results import (
    Settings,
    Summary,
    UseSettings,
    storage,
    summary_dataset,
    write_netcdf,
)
from diamondsim.results.storage import check_target
from tests.results.hand_made import PROVENANCE, USES, plan_of, random_ledger

SETTINGS = Settings(
    uses={"radar": UseSettings("Radar plates", assumed_volumes=True)}, region_names={"JP": "Japan"}
)


@pytest.fixture(scope="module")
def dataset() -> xr.Dataset:
    plan, draws = plan_of(replications=30)
    summary = Summary(plan, SETTINGS)
    summary.add(draws, random_ledger(plan, 30, seed=1))
    return summary_dataset(summary, PROVENANCE)


def test_every_variable_has_a_unit_and_a_name(dataset):
    assert len(dataset.data_vars) > 30
    for name, variable in dataset.data_vars.items():
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"], name


def test_dimensions_come_in_the_promised_order(dataset):
    assert dataset["shortage"].dims == ("replication", "region", "use")
    assert dataset["cover_band"].dims == ("time", "region", "use", "quantile")
    assert dataset["probability_of_shortage"].dims == ("region", "use", "bound")
    assert dataset["shortage_quantiles"].dims == ("region", "use", "quantile", "bound")


def test_a_use_that_a_region_does_not_have_is_missing_everywhere(dataset):
    for name, variable in dataset.data_vars.items():
        if {"region", "use"} <= set(variable.dims):
            assert variable.sel(region="US", use="radar").isnull().all(), name
    for name in ("shortage", "shortfall_mean", "cover_mean", "fill_rate_mean"):
        assert dataset[name].sel(region="JP", use="radar").notnull().all(), name


def test_labels_say_what_is_counted_in_what(dataset):
    assert dataset["time"].values[1] - dataset["time"].values[0] == np.timedelta64(7, "D")
    assert dataset["unit"].sel(use="radar").item() == "cm2"
    assert dataset["volumes"].sel(use="radar").item() == "assumed"
    assert dataset["volumes"].sel(use="machining").item() == "estimated"
    assert dataset["region_name"].sel(region="JP").item() == "Japan"
    assert dataset["shortage"].attrs["units"] == "unit of the use"
    assert dataset["time_to_survive"].attrs["units"] == "tick"


def test_quantities_of_uses_that_are_all_counted_in_one_unit_have_that_unit():
    plan, draws = plan_of(USES[:2])
    summary = Summary(plan, Settings())
    summary.add(draws, random_ledger(plan, 3, seed=1))
    found = summary_dataset(summary, PROVENANCE)
    assert found["shortage"].attrs["units"] == "carat"
    assert found["shortage_mean"].attrs["units"] == "carat"


def test_attributes_say_how_to_make_it_again(dataset):
    assert {k: dataset.attrs[k] for k in ("seed", "replications", "as_of", "legal_state", "scenario")} == {
        "seed": 5,
        "replications": 30,
        "as_of": "2026-11-21",
        "legal_state": "not given",
        "scenario": "title: By hand\n",
    }
    assert dataset.attrs["scenario_hash"] == "0" * 64


def test_estimates_are_those_of_the_replications_beside_them(dataset):
    peak = dataset["peak_shortfall"].sel(region="JP", use="radar").values
    here = dataset.sel(region="JP", use="radar")
    assert 0 < (peak > 0.05).mean() < 1
    assert here["probability_of_shortage"].sel(bound="estimate") == (peak > 0.05).mean()
    shortage = np.sort(here["shortage"].values)
    assert here["shortage_mean"].sel(bound="estimate").item() == pytest.approx(shortage.mean())
    assert here["shortage_var"].sel(bound="estimate").item() == shortage[28]
    assert here["shortage_quantiles"].sel(quantile=0.5, bound="estimate").item() == shortage[14]
    worst = (0.5 * shortage[28] + shortage[29]) / 1.5
    assert here["shortage_cvar"].sel(bound="estimate").item() == pytest.approx(worst)


@pytest.fixture(params=["in memory", "straight to the disk"])
def _way(request, monkeypatch):
    """Both ways of making a file."""
    if request.param == "straight to the disk":
        monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 0)


@pytest.mark.usefixtures("_way")
def test_a_file_reads_back_as_the_same_dataset(dataset, tmp_path):
    path = write_netcdf(dataset, tmp_path / "run.nc")
    with xr.open_dataset(path, engine="h5netcdf") as read:
        xr.testing.assert_identical(read.load(), dataset)
    assert [p.name for p in tmp_path.iterdir()] == ["run.nc"]


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("name", ["shortage", "cover_band", "shortage_cvar"])
def test_a_flipped_byte_does_not_go_unnoticed(dataset, tmp_path, name):
    path = write_netcdf(dataset, tmp_path / "run.nc")
    with h5py.File(path) as file:
        place = file[name].id.get_chunk_info(0).byte_offset
    content = bytearray(path.read_bytes())
    content[place + 3] ^= 0x10
    path.write_bytes(content)
    with xr.open_dataset(path, engine="h5netcdf") as read, pytest.raises(OSError, match="filter"):
        read[name].load()


@pytest.mark.parametrize(
    "place, kind",
    [
        ("nowhere/run.nc", FileNotFoundError),
        ("", IsADirectoryError),
        ("run.csv", ValueError),
        ("run", ValueError),
    ],
)
def test_a_place_that_cannot_hold_the_file_is_refused(dataset, tmp_path, place, kind):
    with pytest.raises(kind):
        check_target(tmp_path / place)
    with pytest.raises(kind):
        write_netcdf(dataset, tmp_path / place)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        check_target(tmp_path / "file" / "run.nc")


def test_both_ways_make_files_of_the_same_size(dataset, tmp_path, monkeypatch):
    one = write_netcdf(dataset, tmp_path / "one.nc")
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 0)
    other = write_netcdf(dataset, tmp_path / "other.nc")
    assert one.stat().st_size == other.stat().st_size


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the system cannot take room beforehand")
def test_a_large_file_that_does_not_fit_the_disk_is_not_begun(dataset, tmp_path, monkeypatch):
    path = tmp_path / "run.nc"
    path.write_text("old")
    wanted = []

    def full(_descriptor: int, _begin: int, size: int) -> None:
        wanted.append(size)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space left"):
        write_netcdf(dataset, path)
    assert wanted[0] > dataset.nbytes
    assert [p.name for p in tmp_path.iterdir()] == ["run.nc"]
    assert path.read_text() == "old"


@pytest.mark.usefixtures("_way")
def test_a_full_disk_leaves_the_old_file_and_nothing_else(dataset, tmp_path, monkeypatch):
    path = tmp_path / "run.nc"
    path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_netcdf(dataset, path)
    assert [p.name for p in tmp_path.iterdir()] == ["run.nc"]
    assert path.read_text() == "old"
