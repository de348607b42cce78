"""Disks that are full, lost or forbidden: one clear error, and nothing finished is lost."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import diamondsim as ds
from tests.simulation.keeping import computed, run
from tests.simulation.small import blocks


def full_after(monkeypatch, blocks_that_fit: int) -> None:
    """Let the disk be full once so many blocks are written."""
    inner, written = os.fsync, []

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if ".npz" in name:
            written.append(name)
            if len(written) > blocks_that_fit:
                raise OSError(errno.ENOSPC, "No space left on device")
        inner(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells files apart by /proc")
def test_a_full_disk_is_one_clear_error_and_loses_nothing_finished(
    scenario, reference, tmp_path, monkeypatch
):
    with monkeypatch.context() as patch:
        full_after(patch, 2)
        with pytest.raises(OSError, match=r"cannot keep a finished block in '.*': No space left") as error:
            run(scenario, tmp_path / "run")
    assert error.value.errno == errno.ENOSPC
    assert [file.name[:8] for file in blocks(tmp_path / "run")] == ["00000000", "00001024"]
    assert list(tmp_path.rglob("*.part")) == []
    ran = computed(monkeypatch)
    assert run(scenario, tmp_path / "run").identical(reference)
    assert sum(ran) == 452


LIMITED = """
import resource, signal, sys
import diamondsim as ds
from tests.simulation.small import short_ban
if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    scenario = short_ban()
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    try:
        ds.monte_carlo(scenario, replications=2500, seed=3, workers=2, store=sys.argv[1])
    except OSError as error:
        print(error.strerror)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows does not limit the size of files")
def test_a_worker_that_cannot_write_ends_the_run_with_its_error(scenario, reference, tmp_path):
    """A file may not grow beyond 10 kB: the manifest fits, a block does not."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "run"), "10000"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert done.stderr == ""
    assert done.stdout.startswith("cannot keep a finished block in ")
    assert "File too large" in done.stdout
    assert blocks(tmp_path / "run") == []
    assert run(scenario, tmp_path / "run").identical(reference)


def test_a_folder_that_is_lost_on_the_way_is_one_clear_error(scenario, tmp_path):
    def lose(done: int, _total: int) -> None:
        if done == 1024:
            shutil.move(tmp_path / "run", tmp_path / "lost")

    with pytest.raises(FileNotFoundError, match="cannot keep a finished block in"):
        run(scenario, tmp_path / "run", progress=lose)
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_folder_that_may_not_be_written_is_refused(scenario, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ds.StoreError, match="permission denied"):
        run(scenario, tmp_path)


def test_nothing_in_a_block_is_ever_executed(folder):
    for file in blocks(folder):
        with np.load(file, allow_pickle=False) as archive:
            assert all(archive[name].dtype.kind in "fiu" for name in archive.files)
