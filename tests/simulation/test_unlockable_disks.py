"""File systems without locks: a run says so and goes on, and nothing finished needs a lock to be read."""

from __future__ import annotations

import errno
import os

import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.results import storage, write_netcdf
from diamondsim.simulation import RunStore, run_folder
from tests.simulation.keeping import computed, run
from tests.simulation.path_files import files


def refuse_locks(monkeypatch, number: int) -> None:
    """Let the file system answer a request for a lock as one without locks does."""

    def lock(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(run_folder, "_lock", lock)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL])
def test_a_folder_that_cannot_be_locked_is_used_with_a_warning(tmp_path, monkeypatch, number):
    part = tmp_path / f".00000000-00001024.npz.{os.getpid()}.part"
    part.touch()
    refuse_locks(monkeypatch, number)
    with pytest.warns(ds.StoreWarning, match=rf"'{tmp_path}' has no locks \(.+\): make sure that no other"):
        RunStore(tmp_path).__exit__(None, None, None)
    # Another run may be writing it.
    assert part.exists()
    monkeypatch.undo()
    with RunStore(tmp_path):
        assert not part.exists()


def test_a_run_without_locks_is_the_same_run(scenario, reference, folder, monkeypatch):
    refuse_locks(monkeypatch, errno.ENOLCK)
    ran = computed(monkeypatch)
    with pytest.warns(ds.StoreWarning, match="has no locks"):
        assert run(scenario, folder).identical(reference)
    assert sum(ran) == 0


def test_a_lock_that_fails_for_another_reason_ends_the_run_and_leaves_no_file_open(tmp_path, monkeypatch):
    refuse_locks(monkeypatch, errno.EIO)
    closed: list[int] = []
    close = os.close

    def note(descriptor: int) -> None:
        closed.append(descriptor)
        close(descriptor)

    monkeypatch.setattr(os, "close", note)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        RunStore(tmp_path)
    assert len(closed) == 1


def test_finished_files_are_read_without_a_lock(scenario, tmp_path):
    """Each file is locked by somebody else, so that whoever asks for a lock is refused."""
    fcntl = pytest.importorskip("fcntl", reason="Windows locks files in another way")
    ds.write_paths(scenario, tmp_path / "paths", replications=20, variables=["shortage"])
    table = xr.Dataset({"shortage": ("replication", [1.0, 2.0])})
    write_netcdf(table, tmp_path / "run.nc")
    locked = [*files(tmp_path / "paths"), tmp_path / "run.nc"]
    handles = [file.open("rb") for file in locked]
    try:
        for handle in handles:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert ds.open_paths(tmp_path / "paths", verify=True).load().sizes["replication"] == 20
        assert storage.read_netcdf(tmp_path / "run.nc").identical(table)
    finally:
        for handle in handles:
            handle.close()
