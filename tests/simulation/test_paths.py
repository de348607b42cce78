"""Paths on disk are those of the run, bit for bit, and are read where they are needed."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.engines import batch
from diamondsim.ledger import FIELDS
from diamondsim.plan import compile_plan
from diamondsim.results import RENAMED_VARIABLES, path_names
from diamondsim.sampling import draw
from diamondsim.simulation.paths.file_array import FileArray
from diamondsim.simulation.paths.path_store import PathStore
from tests.simulation.keeping import SEED, N, computed
from tests.simulation.path_files import NAMES, contents, files, write
from tests.simulation.small import short_ban


def short(name: str) -> ds.Scenario:
    return ds.load_scenario(name).override({"horizon.length": "40 weeks"})


@pytest.fixture(scope="module")
def written(scenario, tmp_path_factory) -> Path:
    """A folder with paths; not to be changed."""
    folder = tmp_path_factory.mktemp("paths") / "paths"
    write(scenario, folder)
    return folder


@pytest.mark.parametrize("name", ["reinstated-2027", "priced-2027"])
def test_paths_are_those_of_the_batch_engine_bit_for_bit_and_one_of_them_is_a_trace(name, tmp_path):
    scenario = short(name)
    plan = compile_plan(scenario)
    draws = draw(plan, seed=5, first=0, count=150)
    ledger = batch.run(plan, draws)
    paths = ds.write_paths(
        scenario, tmp_path / "paths", replications=150, seed=5, variables=path_names(plan), workers=1
    )
    assert len(files(tmp_path / "paths")) > 1
    for field in set(FIELDS) & set(paths.data_vars):
        np.testing.assert_array_equal(paths[field], ledger[field])
    np.testing.assert_array_equal(paths["control_state"], draws.control_state)
    np.testing.assert_array_equal(paths["approval_rate"], draws.approval_rate)
    assert ("start_price" in paths) == ("price" in paths) == (name == "priced-2027")
    trace = ds.simulate(scenario, seed=5, replication=140).dataset
    one = paths.sel(replication=140)
    assert set(one.data_vars) == set(trace.data_vars)
    for field in map(str, trace.data_vars):
        np.testing.assert_allclose(one[field], trace[field], rtol=1e-9, atol=1e-3)
        assert one[field].attrs == trace[field].attrs
    for label in map(str, trace.coords):
        np.testing.assert_array_equal(one[label], trace[label])


def test_a_part_of_a_file_that_the_engine_runs_at_a_time_changes_no_byte(
    scenario, written, tmp_path, monkeypatch
):
    monkeypatch.setattr(batch, "block_size", lambda _plan: 300)
    write(scenario, tmp_path / "paths")
    assert contents(tmp_path / "paths") == contents(written)


def test_paths_are_labelled_and_say_where_they_come_from(tmp_path):
    scenario = short("reinstated-2027")
    paths = ds.write_paths(
        scenario, tmp_path / "paths", replications=20, seed=2, variables=["shipped", "stock", "control_state"]
    )
    assert paths["stock"].dims == ("time", "node", "replication")
    assert paths["shipped"].dims == ("time", "lane", "replication")
    assert all(array.attrs["long_name"] and array.attrs["units"] for array in paths.data_vars.values())
    assert "source" not in paths.coords
    node = paths.sel(node="US.polishing.micron")
    assert [str(node[f"node_{what}"].values) for what in ("region", "use", "grade", "unit")] == [
        *("US", "polishing", "micron", "ct"),
    ]
    from_china = paths.where((paths["lane_from"] == "CN") & (paths["lane_to"] == "US"), drop=True)
    assert set(from_china["lane_node"].values) <= set(paths["node"].values)
    assert {str(name).split(".")[0] for name in from_china["lane_source"].values} == {
        str(name) for name in from_china["lane_seller"].values
    }
    assert paths.attrs["scenario_hash"] == scenario.hash
    assert (paths.attrs["seed"], paths.attrs["replications"]) == (2, 20)
    assert paths["time"].dtype.kind == "M"
    np.testing.assert_array_equal(paths["replication"], np.arange(20))


def test_single_precision_is_double_precision_rounded(scenario, written, tmp_path):
    paths = write(scenario, tmp_path / "paths", dtype="float32")
    exact = ds.open_paths(written)
    assert paths["stock"].dtype == np.float32
    np.testing.assert_array_equal(paths["stock"], exact["stock"].astype(np.float32))


def test_every_file_opens_by_itself_and_all_together(written):
    """With nothing but xarray: what stands behind the content of a file disturbs no reader."""
    whole = ds.open_paths(written)
    parts = [xr.load_dataset(file, engine="h5netcdf") for file in files(written)]
    assert [part.attrs["first_replication"] for part in parts] == [0, 1024, 2048]
    together = xr.concat(parts, dim="replication", data_vars="minimal", compat="override", coords="minimal")
    for name in whole.data_vars:
        np.testing.assert_array_equal(together[name], whole[name])


@pytest.mark.parametrize(
    "where",
    [
        {"replication": 1024},
        {"replication": -1, "time": 3},
        {"replication": slice(1000, 1100)},
        {"replication": slice(None, None, 500), "time": slice(5, None, 7)},
        {"replication": slice(2400, 10, -300)},
        {"replication": [2300, 5, 5, 1023, 1024]},
        {"replication": [3, 2000], "time": [50, 2, 9]},
        {"replication": []},
        {"replication": slice(7, 7)},
        {"time": -1, "node": 0},
    ],
    ids=str,
)
def test_any_part_is_read_as_from_an_array(written, where):
    paths = ds.open_paths(written)
    whole = paths["stock"].load().copy()
    found = ds.open_paths(written)["stock"].isel(where)
    assert found.identical(whole.isel(where))


def test_nothing_is_read_before_it_is_used_and_then_only_the_files_it_is_in(written, monkeypatch):
    read: list[int] = []
    inner = FileArray._read_from

    def seen(array, file, key):
        read.append(file.first)
        return inner(array, file, key)

    monkeypatch.setattr(FileArray, "_read_from", seen)
    paths = ds.open_paths(written)
    late = paths["stock"].sel(replication=slice(1030, 1040))
    assert read == []
    assert late.mean() >= 0
    assert read == [1024]


def test_paths_that_were_opened_by_a_relative_path_are_read_from_anywhere(written, tmp_path, monkeypatch):
    monkeypatch.chdir(written.parent)
    paths = ds.open_paths(written.name)
    monkeypatch.chdir(tmp_path)
    assert paths["stock"].sel(replication=5).min() >= 0


def test_to_read_nothing_takes_no_memory():
    """The whole array would not fit any machine."""
    array = FileArray([], "stock", (10**8, 10**3, 10**4), np.dtype(np.float64))
    assert array._read((3, slice(5), slice(0, 0))).shape == (5, 0)


def test_dask_reads_it_in_pieces(written):
    paths = ds.open_paths(written)
    pieces = paths.chunk(replication=700)
    assert pieces["stock"].chunks is not None
    assert pieces["stock"].max("replication").compute().identical(paths["stock"].load().max("replication"))


def test_a_second_call_computes_nothing_and_one_with_more_goes_on(scenario, written, tmp_path, monkeypatch):
    folder = tmp_path / "paths"
    write(scenario, folder)
    ran = computed(monkeypatch)
    told: list[tuple[int, int]] = []
    write(scenario, folder, progress=lambda done, total: told.append((done, total)))
    assert ran == []
    assert told == [(1024, N), (2048, N), (2500, N)]
    assert contents(folder) == contents(written)
    more = write(scenario, folder, replications=3000)
    assert sum(ran) == 3000 - 2048  # whole files are used, the last one was none
    assert [file.name for file in files(folder)] == [*NAMES[:2], "00002048-00003000.nc"]
    np.testing.assert_array_equal(more["stock"][..., :N], ds.open_paths(written)["stock"])


def test_an_open_dataset_whose_last_file_was_replaced_says_to_open_it_again(scenario, tmp_path):
    folder = tmp_path / "paths"
    paths = write(scenario, folder)
    more = write(scenario, folder, replications=2600)
    with pytest.raises(
        ds.StoreError, match=r"02500\.nc' is gone: open the paths again; if that fails, write"
    ):
        paths["stock"].isel(replication=-1).load()
    assert more["stock"].isel(replication=N).min() >= 0


def test_the_folder_is_listed_as_often_whatever_lies_in_it(scenario, tmp_path, monkeypatch):
    inner, listed = PathStore.spans, []

    def spans(store):
        listed.append(store)
        return inner(store)

    def listings(replications: int) -> int:
        listed.clear()
        write(scenario, tmp_path / "paths", replications=replications)
        return len(listed)

    monkeypatch.setattr(PathStore, "spans", spans)
    assert listings(10) == listings(N) == listings(N)


def test_asked_for_fewer_it_leaves_what_is_there(scenario, written, tmp_path, monkeypatch):
    folder = tmp_path / "paths"
    write(scenario, folder)
    before = {file: file.stat().st_mtime_ns for file in files(folder)}
    ran = computed(monkeypatch)
    assert write(scenario, folder, replications=2100).sizes["replication"] == N
    assert ran == []
    assert {file: file.stat().st_mtime_ns for file in files(folder)} == before


@pytest.mark.parametrize("gone", [(0,), (1,), (0, 2)])
def test_it_goes_on_from_any_files_that_are_there(scenario, written, tmp_path, gone, monkeypatch):
    folder = tmp_path / "paths"
    write(scenario, folder)
    for number in gone:
        (folder / NAMES[number]).unlink()
    ran = computed(monkeypatch)
    write(scenario, folder)
    assert sum(ran) == sum((1024, 1024, 452)[number] for number in gone)
    assert contents(folder) == contents(written)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_call_keeps_what_is_finished_and_goes_on(scenario, written, tmp_path, workers):
    def stop(done: int, _total: int) -> None:
        if done >= 1024:
            raise KeyboardInterrupt

    folder = tmp_path / "paths"
    with pytest.raises(KeyboardInterrupt):
        write(scenario, folder, workers=workers, progress=stop)
    assert NAMES[0] in [file.name for file in files(folder)]
    assert list(folder.glob(".*.part")) == []
    write(scenario, folder, workers=workers, replications=N)
    assert contents(folder) == contents(written)


def test_what_is_missing_is_said_and_what_is_there_can_be_opened_when_asked_for(scenario, tmp_path):
    folder = tmp_path / "paths"
    write(scenario, folder)
    files(folder)[1].unlink()
    with pytest.raises(
        ds.StoreError, match=r"the first 1,024 of 2,500 replications and 452 after a gap.*unfinished=True"
    ):
        ds.open_paths(folder)
    assert ds.open_paths(folder, unfinished=True).sizes["replication"] == 1024
    files(folder)[0].unlink()
    with pytest.raises(ds.StoreError, match="the first 0 of 2,500"):
        ds.open_paths(folder, unfinished=True)
    with pytest.raises(ds.StoreError, match=r"holds no paths: there is no 'diamondsim-paths\.json'"):
        ds.open_paths(tmp_path)


def test_a_world_without_controls_has_paths_too(tmp_path):
    calm = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    names = path_names(compile_plan(calm))
    paths = ds.write_paths(calm, tmp_path / "paths", replications=3, variables=names)
    assert paths["control_state"].sizes["control"] == 0
    assert paths.load()["stock"].min() >= 0


@pytest.mark.parametrize("old, new", RENAMED_VARIABLES.items())
def test_an_older_name_of_a_variable_is_refused_with_the_new_one(scenario, old, new, tmp_path):
    names = path_names(compile_plan(scenario))
    assert (old in names, new in names) == (False, True)
    with pytest.raises(ValueError, match=f"^there are no paths of '{old}'; it is now '{new}'$"):
        write(scenario, tmp_path / "paths", variables=["stock", old])


def test_the_variables_that_the_docstring_names_can_be_written():
    described = str(inspect.getdoc(ds.write_paths)).partition("\nvariables :")[2].partition("\ndtype :")[0]
    named = re.findall(r"`(\w+)`", described)
    assert len(named) == 3
    assert {*named} <= {*path_names(compile_plan(ds.load_scenario("priced-2027")))}


def test_what_cannot_be_asked_for_is_said_with_what_can(scenario, tmp_path):
    folder = tmp_path / "paths"
    with pytest.raises(ValueError, match="no paths of 'shortages'; did you mean 'shortage'"):
        write(scenario, folder, variables=["shortages"])
    with pytest.raises(ValueError, match="no paths of 'price' without prices"):
        write(scenario, folder, variables=["price"])
    with pytest.raises(ValueError, match="at least one variable of demand, used"):
        write(scenario, folder, variables=[])
    with pytest.raises(
        ValueError, match=r"variables: expected a list of names, such as \['stock'\], found 'stock'"
    ):
        write(scenario, folder, variables="stock")
    with pytest.raises(ValueError, match="dtype: expected one of float64, float32, found 'int8'"):
        write(scenario, folder, dtype="int8")
    with pytest.raises(ValueError, match="replications: expected an integer from 1 to"):
        write(scenario, folder, replications=0)
    assert not folder.exists()


def test_the_files_of_a_large_world_hold_fewer_replications_each(tmp_path):
    """What is held in memory does not grow with the number of nodes, lanes and ticks."""
    longer = short_ban(**{"horizon.length": "6000 days"})
    ds.write_paths(
        longer, tmp_path / "paths", replications=600, seed=SEED, variables=["stock", *("used", "order")]
    )
    (first, *_) = files(tmp_path / "paths")
    assert first.name == "00000000-00000512.nc"
