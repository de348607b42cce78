"""Paths as a Zarr store: the same numbers, whole or not at all, and damage is seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr

import diamondsim as ds
from diamondsim.simulation.paths import zarr_store
from tests.simulation.keeping import N
from tests.simulation.path_files import write
from tests.simulation.small import flip


@pytest.fixture(scope="module")
def written(scenario, tmp_path_factory) -> Path:
    """A folder with paths; not to be changed."""
    folder = tmp_path_factory.mktemp("paths") / "paths"
    write(scenario, folder, variables=["stock", "shipped", "control_state"])
    return folder


def content(store: Path) -> dict[str, bytes]:
    return {str(f.relative_to(store)): f.read_bytes() for f in store.rglob("*") if f.is_file()}


def test_a_store_holds_the_same_numbers_labels_and_words(written, tmp_path):
    told: list[tuple[int, int]] = []
    store = ds.paths_to_zarr(written, tmp_path / "a.zarr", progress=lambda *how: told.append(how))
    assert store == tmp_path / "a.zarr"
    assert told == [(1024, N), (2048, N), (N, N)]
    found, paths = xr.open_zarr(store, chunks=None), ds.open_paths(written)
    assert set(found.variables) == set(paths.variables)
    for name in paths.variables:
        np.testing.assert_array_equal(found[name].values, paths[name].values)
        assert found[name].attrs == paths[name].attrs
        assert found[name].dims == paths[name].dims
    assert found.attrs == paths.attrs
    assert zarr.open_group(store).metadata.zarr_format == 3


def test_a_flipped_byte_of_a_store_is_found_when_it_is_read(written, tmp_path):
    store = ds.paths_to_zarr(written, tmp_path / "a.zarr")
    shard = store / "stock" / "c" / "0" / "0" / "1"
    for place in range(100, shard.stat().st_size - 1, 997):
        flip(shard, place)
    found = xr.open_zarr(store, chunks=None)["stock"]
    assert found.isel(replication=slice(1000)).load().min() >= 0
    with pytest.raises(ValueError, match="checksum"):
        found.isel(replication=slice(1024, 2048)).load()


def test_what_is_missing_from_a_store_is_no_number_that_a_path_can_be(written, tmp_path):
    store = ds.paths_to_zarr(written, tmp_path / "a.zarr")
    for name in ("stock", "control_state"):
        (store / name / "c" / "0" / "0" / "2").unlink()
    found = xr.open_zarr(store, chunks=None).isel(replication=slice(2048, None)).load()
    assert np.isnan(found["stock"]).all()
    assert (found["control_state"] == -1).all()
    assert not np.isnan(found["shipped"]).any()


@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_a_store_has_its_name_only_when_it_is_whole_and_goes_on_where_it_was(
    written, tmp_path, blocks, monkeypatch
):
    expected = content(ds.paths_to_zarr(written, tmp_path / "expected.zarr"))
    inner = zarr_store._convert
    converted: list[int] = []
    again: list[int] = []

    def stopped(group, paths, replications):
        if len(converted) == blocks:
            raise KeyboardInterrupt
        converted.append(replications.start)
        inner(group, paths, replications)

    with monkeypatch.context() as patch:
        patch.setattr(zarr_store, "_convert", stopped)
        with pytest.raises(KeyboardInterrupt):
            ds.paths_to_zarr(written, tmp_path / "a.zarr")
    assert not (tmp_path / "a.zarr").exists()

    def seen(group, paths, replications):
        again.append(replications.start)
        inner(group, paths, replications)

    monkeypatch.setattr(zarr_store, "_convert", seen)
    store = ds.paths_to_zarr(written, tmp_path / "a.zarr")
    assert again == [0, 1024, 2048][blocks:]
    assert content(store) == expected
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_a_store_that_was_stopped_at_the_very_end_goes_on(written, tmp_path, monkeypatch):
    expected = content(ds.paths_to_zarr(written, tmp_path / "expected.zarr"))

    def stopped(_part):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(zarr_store, "_consolidate", stopped)
        with pytest.raises(KeyboardInterrupt):
            ds.paths_to_zarr(written, tmp_path / "a.zarr")
    monkeypatch.setattr(zarr_store, "_convert", None)
    told: list[tuple[int, int]] = []
    store = ds.paths_to_zarr(written, tmp_path / "a.zarr", progress=lambda *how: told.append(how))
    assert content(store) == expected
    assert told == [(N, N)]


def test_what_was_begun_of_other_paths_is_begun_anew(scenario, written, tmp_path):
    other = tmp_path / "other"
    write(scenario, other, seed=8, variables=["stock"])
    begun = ds.paths_to_zarr(other, tmp_path / "b.zarr")
    shutil.move(begun, tmp_path / ".a.zarr.part")
    store = ds.paths_to_zarr(written, tmp_path / "a.zarr")
    np.testing.assert_array_equal(xr.open_zarr(store, chunks=None)["stock"], ds.open_paths(written)["stock"])
    (tmp_path / ".c.zarr.part").mkdir()
    (tmp_path / ".c.zarr.part" / "zarr.json").write_text("{")
    assert content(ds.paths_to_zarr(written, tmp_path / "c.zarr")) == content(store)


def test_a_store_that_exists_and_paths_that_are_not_all_there_are_refused(scenario, written, tmp_path):
    (tmp_path / "a.zarr").mkdir()
    with pytest.raises(ds.StoreError, match="exists: name another folder"):
        ds.paths_to_zarr(written, tmp_path / "a.zarr")
    folder = Path(shutil.copytree(written, tmp_path / "paths"))
    (folder / "00001024-00002048.nc").unlink()
    with pytest.raises(ds.StoreError, match="the first 1,024 of 2,500"):
        ds.paths_to_zarr(folder, tmp_path / "b.zarr")
    assert not (tmp_path / "b.zarr").exists()


def test_without_zarr_it_says_how_to_get_it(written, tmp_path, monkeypatch):
    monkeypatch.setattr(zarr_store, "find_spec", lambda _name: None)
    with pytest.raises(ImportError, match=r"pip install 'zarr>=3\.1\.2' \(the extra 'zarr' of diamondsim\)"):
        ds.paths_to_zarr(written, tmp_path / "a.zarr")
