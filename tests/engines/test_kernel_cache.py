"""Where the compiled kernel is kept; nothing is compiled here."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from diamondsim.engines.compiled import can_be_kept, is_kept, load_kernel
from diamondsim.engines.compiled.former_kernels import UNUSED_DAYS, note_use, remove_unused
from diamondsim.engines.compiled.kernel_cache import kernel_folder

pytest.importorskip("numba")


@pytest.mark.parametrize(
    "folder, can", [("there", True), ("there/not/yet", True), ("file/below", False), ("n" * 300, False)]
)
def test_a_kernel_can_be_kept_in_a_folder_that_can_be_made_and_written(folder, can, tmp_path, monkeypatch):
    (tmp_path / "there").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / folder))
    monkeypatch.setenv("NUMBA_OPT", "3")
    assert (is_kept(), can_be_kept()) == (False, can)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "there"]


def test_numba_keeps_nothing_that_it_has_not_optimised(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("NUMBA_OPT", "0")
    assert not can_be_kept()


def kernel(folder, name, *, unused_days, more=()):
    """Make the folder of a kernel as numba does, and return it."""
    made = folder / name
    (made / "compiled_abc").mkdir(parents=True)
    for file in ("ticks.vector-32.py311.nbi", "ticks.vector-32.py311.1.nbc", *more):
        (made / "compiled_abc" / file).touch()
    day = time.time() - unused_days * 86_400
    os.utime(made, (day, day))
    return made


OLD, NEW = "0123456789abcdef", "fedcba9876543210"


def test_only_kernels_that_are_long_unused_are_removed(tmp_path):
    used = kernel(tmp_path, "a" * 16, unused_days=UNUSED_DAYS + 1)
    note_use(used)
    kernel(tmp_path, OLD, unused_days=UNUSED_DAYS + 1)
    kernel(tmp_path, NEW, unused_days=UNUSED_DAYS - 1)
    this = kernel(tmp_path, "b" * 16, unused_days=UNUSED_DAYS + 1)
    remove_unused(this)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((used.name, NEW, this.name))
    assert all(len([*path.rglob("*.nb?")]) == 2 for path in tmp_path.iterdir())


def test_what_is_not_of_a_kernel_stays(tmp_path):
    kept = kernel(tmp_path, OLD, unused_days=UNUSED_DAYS + 1, more=["notes.txt"])
    own = kernel(tmp_path, "my kernels", unused_days=UNUSED_DAYS + 1)
    elsewhere = kernel(tmp_path / "elsewhere", NEW, unused_days=UNUSED_DAYS + 1)
    (tmp_path / NEW).symlink_to(elsewhere)
    (tmp_path / ("c" * 16)).touch()
    remove_unused(tmp_path / "d")
    assert [path.name for path in kept.rglob("*") if path.is_file()] == ["notes.txt"]
    assert len([*own.rglob("*.nb?")]) == len([*elsewhere.rglob("*.nb?")]) == 2
    assert (tmp_path / NEW).is_symlink()
    assert (tmp_path / ("c" * 16)).is_file()


@pytest.mark.parametrize("what", ["iterdir", "stat", "unlink", "rmdir"])
def test_removing_never_fails(tmp_path, monkeypatch, what):
    """As where another process removes the same kernel, or the folder may not be changed."""
    kernel(tmp_path, OLD, unused_days=UNUSED_DAYS + 1)

    def refuse(*_args, **_named):
        raise FileNotFoundError(2, "No such file or directory")

    with monkeypatch.context() as patched:
        patched.setattr(Path, what, refuse)
        remove_unused(tmp_path / NEW)
    remove_unused(tmp_path / "none" / NEW)
    note_use(tmp_path / "none")
    assert (tmp_path / OLD).is_dir()


@pytest.mark.parametrize("is_new", [True, False])
def test_they_are_removed_when_a_kernel_is_written_and_its_use_is_noted_when_it_is_loaded(
    tmp_path, monkeypatch, is_new
):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    compiled = SimpleNamespace(signatures=[], enable_caching=lambda: None, compile=lambda _: None)
    module = SimpleNamespace(simulate_vector=compiled)
    monkeypatch.setitem(sys.modules, "diamondsim.engines.compiled.kernel_ticks", module)
    former = kernel(tmp_path / "diamondsim", OLD, unused_days=UNUSED_DAYS + 1)
    this = kernel_folder()
    if not is_new:
        kernel(tmp_path / "diamondsim", this.name, unused_days=UNUSED_DAYS + 1)
    load_kernel()
    assert former.exists() != is_new
    assert time.time() - this.stat().st_mtime < 3_600
