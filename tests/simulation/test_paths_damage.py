"""Paths on disk that are damaged, of something else, or find no room: said clearly, and nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import h5py
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.simulation import run_manifest
from diamondsim.simulation.paths import PathsFolder
from diamondsim.simulation.paths.path_folder import PATHS_MANIFEST
from tests.simulation.keeping import SEED, computed, run
from tests.simulation.path_files import NAMES, contents, files, rewrite_manifest, write
from tests.simulation.small import flip, short_ban


@pytest.fixture(scope="module")
def written(scenario, tmp_path_factory) -> Path:
    """A folder with paths; not to be changed."""
    folder = tmp_path_factory.mktemp("paths") / "paths"
    write(scenario, folder)
    return folder


@pytest.fixture
def folder(written, tmp_path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(written, tmp_path / "paths"))


@pytest.mark.parametrize("where", [0.0, 0.01, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("number", [0, 2])
def test_a_flipped_byte_is_found_said_and_mended(scenario, written, folder, number, where, monkeypatch):
    file = folder / NAMES[number]
    flip(file, round(where * (file.stat().st_size - 1)))
    with pytest.raises(ds.StoreError, match=f"damaged: '.*{file.name}': its checksum does not match"):
        ds.open_paths(folder, verify=True)
    ran = computed(monkeypatch)
    with pytest.warns(ds.StoreWarning, match=f"{file.name}' is damaged"):
        write(scenario, folder)
    assert sum(ran) == (1024, 1024, 452)[number]
    assert contents(folder) == contents(written)
    assert ds.open_paths(folder, verify=True).sizes["replication"] == 2500


def test_a_flipped_byte_among_the_numbers_is_found_when_they_are_read(folder):
    file = folder / NAMES[1]
    places = range(file.stat().st_size // 3, file.stat().st_size * 2 // 3, 1001)
    for place in places:
        flip(file, place)
    paths = ds.open_paths(folder)
    assert paths["stock"].sel(replication=5).min() >= 0
    with pytest.raises(ds.StoreError, match=f"'.*{file.name}' is damaged or cannot be read"):
        paths.load()


def test_a_flipped_letter_of_a_label_is_found_when_paths_are_opened(folder):
    """Labels have no checksums of their own."""
    file = folder / NAMES[0]
    place = file.read_bytes().index(b"home.u.g")
    flip(file, place)
    with pytest.raises(ds.StoreError, match=f"damaged: '.*{file.name}': its checksum does not match"):
        ds.open_paths(folder)


def test_every_chunk_of_numbers_has_a_checksum_of_its_own(folder):
    for file in files(folder):
        with h5py.File(file) as netcdf:
            assert all(netcdf[name].fletcher32 for name in ("demand", "shortage", "stock"))


@pytest.mark.parametrize("kept", [0, 10, 64, 5000, -1])
def test_a_file_that_was_cut_is_not_read_as_whole(scenario, written, folder, kept):
    file = folder / NAMES[1]
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.warns(ds.StoreWarning, match="is damaged"):
        write(scenario, folder)
    assert contents(folder) == contents(written)


def test_a_file_in_the_place_of_another_is_not_used(scenario, written, folder, tmp_path):
    shutil.copy(folder / NAMES[0], folder / NAMES[1])
    with pytest.warns(ds.StoreWarning, match="another run or to other replications"):
        write(scenario, folder)
    write(scenario, tmp_path / "other", seed=4)
    shutil.copy(tmp_path / "other" / NAMES[0], folder / NAMES[0])
    with pytest.raises(ds.StoreError, match="another run"):
        ds.open_paths(folder, verify=True)
    with pytest.warns(ds.StoreWarning, match="another run"):
        write(scenario, folder)
    assert contents(folder) == contents(written)


@pytest.mark.parametrize("place", [0, 60, 400, -5])
def test_a_flipped_byte_of_the_manifest_is_found_said_and_mended(
    scenario, written, folder, place, monkeypatch
):
    flip(folder / PATHS_MANIFEST, place)
    with pytest.raises(ds.StoreError, match=f"{PATHS_MANIFEST}' is damaged"):
        ds.open_paths(folder)
    ran = computed(monkeypatch)
    with pytest.warns(ds.StoreWarning, match="is damaged"):
        write(scenario, folder)
    assert ran == []
    assert contents(folder) == contents(written)


def test_a_longer_file_that_is_damaged_is_mended_as_long_as_it_was(scenario, written, folder):
    flip(folder / NAMES[2], 5000)
    with pytest.warns(ds.StoreWarning, match="is damaged"):
        write(scenario, folder, replications=2100)
    assert [file.name for file in files(folder)] == NAMES


def test_a_shorter_file_that_was_left_behind_is_not_read_twice(scenario, folder):
    """So it is where a call was killed between writing the longer file and removing the shorter."""
    shutil.copy(folder / NAMES[2], folder / "00002048-00002060.nc")
    assert ds.open_paths(folder).sizes["replication"] == 2500
    write(scenario, folder, replications=2600)
    assert [file.name for file in files(folder)] == [*NAMES[:2], "00002048-00002600.nc"]


def test_a_shorter_file_that_was_left_behind_is_removed_though_nothing_is_computed(scenario, written, folder):
    shutil.copy(folder / NAMES[2], folder / "00002048-00002060.nc")
    write(scenario, folder)
    assert contents(folder) == contents(written)


def test_a_file_that_claims_to_be_longer_than_a_file_may_be_is_replaced(scenario, written, folder):
    shutil.copy(folder / NAMES[0], folder / "00000000-00090000.nc")
    write(scenario, folder)
    assert contents(folder) == contents(written)


def test_other_words_are_refused_as_every_file_holds_them(scenario, folder):
    """Else files of one folder would differ in what they say of themselves."""
    before = contents(folder)
    again = r"Name another folder, or repeat the run of this one; its scenario is '.*/scenario\.yaml'"
    words = {"title": "Renamed", "legal_state": "B"}
    with pytest.raises(ds.StoreError, match=rf"texts.*\(title there '.*', here 'Renamed'\) differ.*{again}"):
        write(short_ban(**words), folder, replications=2600)
    with pytest.raises(ds.StoreError, match=rf"the texts or sources of the scenario differ.*{again}"):
        write(short_ban(**{"inventory_policy.u.assumed": "a better guess"}), folder)
    assert contents(folder) == before
    write(ds.load_scenario(folder / "scenario.yaml"), folder, replications=2600)
    assert len({xr.load_dataset(file).attrs["scenario"] for file in files(folder)}) == 1


def test_what_a_killed_call_left_is_removed_and_nothing_of_anybody_else(scenario, written, folder):
    """A store that was begun inside the folder, or a folder of somebody else, is not ours."""
    left = folder / f".{NAMES[0]}.123.part"
    left.write_bytes(b"x")
    others = [folder / ".a.zarr.part" / "zarr.json", folder / "mine" / f".{NAMES[0]}.123.part"]
    for other in others:
        other.parent.mkdir()
        other.write_text("{")
    write(scenario, folder)
    assert not left.exists()
    assert all(other.exists() for other in others)


def test_who_cannot_remove_what_was_left_holds_no_lock(scenario, folder, monkeypatch):
    (folder / f".{NAMES[0]}.123.part").write_bytes(b"x")

    def refused(_file, **_how):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        with pytest.raises(PermissionError):
            write(scenario, folder)
    assert write(scenario, folder).sizes["replication"] == 2500


def test_other_paths_are_refused_and_all_that_differs_is_named(scenario, folder, monkeypatch):
    before = contents(folder)
    with pytest.raises(ds.StoreError, match=r"the scenario differs in .*scenario is '.*/scenario\.yaml'"):
        write(short_ban(**{"inventory_policy.u.cover": "11 days"}), folder)
    with pytest.raises(ds.StoreError, match=r"the seed there is 3, here 4\. Name another folder"):
        write(scenario, folder, seed=4)
    with monkeypatch.context() as patch:
        patch.setattr(run_manifest, "__version__", "9.9")
        with pytest.raises(ds.StoreError, match=r"diamondsim there is .*, here 9\.9") as refused:
            write(scenario, folder, variables=["stock", "order"], dtype="float32")
    assert "the variables there are demand,shortage,stock, here stock,order" in str(refused.value)
    assert "the data type there is float64, here float32" in str(refused.value)
    assert contents(folder) == before
    with PathsFolder(folder, scenario, variables=["demand", "shortage", "stock"], seed=SEED) as free:
        assert free.finished() == 2500, "who was refused holds no lock"


@pytest.mark.parametrize("name", [PATHS_MANIFEST, ".lock", "scenario.yaml", NAMES[0]])
def test_a_folder_in_the_place_of_a_file_is_refused_by_its_name(scenario, folder, name):
    (folder / name).unlink()
    (folder / name).mkdir()
    with pytest.raises(ds.StoreError, match=rf"{name}' is a folder, expected a file: remove"):
        write(scenario, folder)
    if name in (PATHS_MANIFEST, NAMES[0]):
        with pytest.raises(ds.StoreError, match=rf"{name}'.* is a folder"):
            ds.open_paths(folder)


def test_paths_that_a_later_version_wrote_are_left_to_it(folder):
    rewrite_manifest(folder, format=99, diamondsim="9.9")
    with pytest.raises(
        ds.StoreError, match=r"written by diamondsim 9\.9 in format 99: open it with that version"
    ):
        ds.open_paths(folder)


@pytest.mark.parametrize("read", [ds.open_paths, lambda paths: ds.paths_to_zarr(paths, f"{paths}.zarr")])
def test_paths_with_older_names_of_variables_are_refused_and_the_new_names_given(folder, read):
    rewrite_manifest(folder, variables="demand,belief,level")
    with pytest.raises(ds.StoreError) as refused:
        read(folder)
    assert str(refused.value) == (
        f"'{folder}' was written by an earlier version, with older names of variables: 'belief' is now "
        "'expected_fill_rate', 'level' is now 'approval_rate'. Write the paths again, to another folder"
    )


def test_a_folder_that_is_something_else_is_refused_and_left_alone(scenario, finished, folder, tmp_path):
    with pytest.raises(ds.StoreError, match="holds something else"):
        write(scenario, finished)
    with pytest.raises(ds.StoreError, match=r"holds something else \('0000.*\.nc'\)"):
        run(scenario, folder)
    with pytest.raises(ds.StoreError, match="holds no paths"):
        ds.open_paths(finished)
    (tmp_path / "file").write_text("x")
    with pytest.raises(ds.StoreError, match="is a file"):
        write(scenario, tmp_path / "file")
    with pytest.raises(ds.StoreError, match=r"'.*file' is a file, expected a folder"):
        write(scenario, tmp_path / "file" / "where")


def test_two_calls_at_once_in_one_folder_are_kept_apart(scenario, folder):
    with (
        PathsFolder(folder, scenario, variables=["demand", "shortage", "stock"], seed=SEED),
        pytest.raises(ds.StoreError, match=rf"another run \(process {os.getpid()}\) is using"),
    ):
        write(scenario, folder)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells files apart by /proc")
def test_a_full_disk_is_one_clear_error_and_loses_nothing_finished(scenario, written, tmp_path, monkeypatch):
    inner, synced = os.fsync, []

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if ".nc" in name:
            synced.append(name)
            if len(synced) > 2:
                raise OSError(errno.ENOSPC, "No space left on device")
        inner(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(OSError, match=r"cannot keep finished paths in '.*': No space left") as error:
            write(scenario, tmp_path / "paths")
    assert error.value.errno == errno.ENOSPC
    assert [file.name for file in files(tmp_path / "paths")] == NAMES[:2]
    assert list(tmp_path.rglob("*.part")) == []
    ran = computed(monkeypatch)
    write(scenario, tmp_path / "paths")
    assert sum(ran) == 452
    assert contents(tmp_path / "paths") == contents(written)
