"""A lock on a folder that ends with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

LOCK = ".lock"


class LockedError(Exception):
    """Another process, or another run of this one, holds the lock; the text names it where that is known."""


class FolderLock:
    """The right to write to a folder; the operating system takes it back when the process ends.

    Parameters
    ----------
    folder : pathlib.Path
        Which exists. The lock is a file in it, which stays; only that it is held counts.

    Raises
    ------
    LockedError
        Where it is held already.
    OSError
        Where the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _hold(self._descriptor)
        except (BlockingIOError, PermissionError):
            holder = os.read(self._descriptor, 80).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise LockedError(holder) from None
        with contextlib.suppress(OSError):  # whose it is only helps people
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"process {os.getpid()}\n".encode())

    def release(self) -> None:
        """Let go."""
        os.close(self._descriptor)


if sys.platform == "win32":
    import msvcrt

    _FAR = 2**30  # beyond what is written, which others may read

    def _hold(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _hold(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
