"""Where the compiled kernel is kept; nothing is compiled here."""

from __future__ import annotations

import pytest

from diamondsim.engines.compiled import can_be_kept, is_kept

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
