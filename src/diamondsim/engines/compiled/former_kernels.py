"""Removes kernels from disk that nothing has used for a while: each version of the source leaves one."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

UNUSED_DAYS = 30
_FOLDER = re.compile(r"[0-9a-f]{16}")
"""Name of the folder of a kernel."""
_INDEX, _CODE = ".nbi", ".nbc"
"""Ends of the names of what numba writes: what it has compiled, and the code."""
_SECONDS_PER_DAY = 86_400


def note_use(folder: Path) -> None:
    """Note on the folder of a kernel that it is used now, if it can be written to."""
    with contextlib.suppress(OSError):
        os.utime(folder)


def remove_unused(folder: Path) -> None:
    """Remove the kernels beside one whose last use is more than 30 days ago.

    Never fails. Only files of numba in folders of kernels are removed, so that a folder with anything else
    in it stays. Another process that is about to load such a kernel finds none and compiles it.

    Parameters
    ----------
    folder : pathlib.Path
        Of the kernel that is in use.
    """
    before = time.time() - UNUSED_DAYS * _SECONDS_PER_DAY
    with contextlib.suppress(OSError):
        for other in folder.parent.iterdir():
            if other != folder and _is_unused(other, before):
                _remove(other)


def _is_unused(folder: Path, before: float) -> bool:
    try:
        is_ours = _FOLDER.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink()
        return bool(is_ours) and folder.stat().st_mtime < before
    except OSError:  # removed by another process
        return False


def _remove(folder: Path) -> None:
    """Remove the files of numba in a folder and one level below, then the folders that are empty."""
    with contextlib.suppress(OSError):
        below = [each for each in folder.iterdir() if each.is_dir() and not each.is_symlink()]
        # Without the index numba looks for no code, so the index goes first.
        for suffix in (_INDEX, _CODE):
            for file in _files((folder, *below), suffix):
                with contextlib.suppress(OSError):
                    file.unlink()
        for each in (*below, folder):
            with contextlib.suppress(OSError):  # something else is in it
                each.rmdir()


def _files(folders: tuple[Path, ...], suffix: str) -> Iterator[Path]:
    return (file for folder in folders for file in folder.iterdir() if file.suffix == suffix)
