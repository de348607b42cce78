"""A folder for one run: created or continued, locked while a run uses it, and refused to any other run.

Owns the lock. The operating system releases it when the process that holds it ends, however that happens.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self, TypeVar

from diamondsim.errors import StoreError
from diamondsim.results import PART_SUFFIX, atomic_write
from diamondsim.simulation.block_store import StoreWarning
from diamondsim.simulation.run_manifest import Manifest

_M = TypeVar("_M", bound=Manifest)

LOCK_FILE = ".lock"
_OF_ITS_NAME = (
    *(errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP),
)
"""What is wrong with the folder that the user names, and not with the machine."""
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""What a file system without locks answers, such as a network disk mounted without them."""
_PART = re.compile(rf"\..+\.\d+{re.escape(PART_SUFFIX)}")
"""Name of a file that is being written by the process with that number."""


_NO_FILE = "is a folder, expected a file"


class LockedError(Exception):
    """Another process, or another run of this one, holds the lock; the text names it if it is known."""


class FolderLock:
    """An exclusive lock on a folder.

    Parameters
    ----------
    folder : pathlib.Path
        An existing folder. The lock is a file in it, which stays; its existence means nothing.

    Raises
    ------
    LockedError
        If the lock is held already.
    OSError
        If the folder is not writable.

    Attributes
    ----------
    missing : str
        Why the file system of the folder has no locks; empty where the lock is held.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
        self.missing = ""
        try:
            _lock(self._descriptor)
        except (BlockingIOError, PermissionError):
            holder = os.read(self._descriptor, 80).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise LockedError(holder) from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                os.close(self._descriptor)
                raise
            self.missing = (error.strerror or str(error)).lower()
        with contextlib.suppress(OSError):  # the holder is written for the message only
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"process {os.getpid()}\n".encode())

    def release(self) -> None:
        """Release the lock."""
        os.close(self._descriptor)


if sys.platform == "win32":
    import msvcrt

    _OFFSET = 2**30  # a locked byte cannot be read: lock one behind the name of the holder

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _OFFSET, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class RunFolder(ABC):
    """A folder for a run, locked while it is open.

    One that was created for a run which then fails before it keeps anything is removed again. On a file
    system without locks a `StoreWarning` says so. Two runs in the folder at once could then compute the same
    blocks twice; finished files stay whole, since each is renamed into its place.

    Parameters
    ----------
    folder : path
        Created, with its parents, if it does not exist. One with any other content is refused.

    Raises
    ------
    StoreError
        If the folder has other content, cannot be created or written to, or is used by another run.
    OSError
        If the machine fails, for example because the disk is full.

    Attributes
    ----------
    folder : pathlib.Path
    """

    MANIFEST_FILE: ClassVar[str]
    """Name of the manifest in the folder."""
    OWNS_FOLDERS: ClassVar[bool]
    """Whether the entries that belong to such a folder are folders themselves, of files."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self._made: list[Path] = []
        """Folders that did not exist, from the outermost to the folder itself."""
        try:
            self._create()
            self._lock = FolderLock(self.folder)
        except LockedError as error:
            holder = f" ({error})" if str(error) else ""
            raise StoreError(
                f"another run{holder} is using '{self.folder}': wait for it, or name another folder"
            ) from None
        except OSError as error:
            self._remove_made()
            if error.errno not in _OF_ITS_NAME:
                raise
            raise StoreError(f"'{self.folder}' cannot keep a run: {self._why_not(error)}") from None
        with contextlib.ExitStack() as undo:
            undo.callback(self._abandon)
            if self._lock.missing:
                warnings.warn(
                    f"the file system of '{self.folder}' has no locks ({self._lock.missing}): "
                    "make sure that no other run uses this folder",
                    StoreWarning,
                    stacklevel=4,
                )
            else:
                # Without the lock another run may be writing them.
                self._remove_unfinished_files()
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._lock.release()
        else:
            self._abandon()

    def _abandon(self) -> None:
        """Release the lock after a failure, and remove a folder that was made for nothing."""
        is_unused = False
        # The folder may be gone, and Windows removes no open file.
        with contextlib.suppress(OSError):
            is_unused = self.folder in self._made and {entry.name for entry in self.folder.iterdir()} <= {
                LOCK_FILE
            }
            if is_unused:
                (self.folder / LOCK_FILE).unlink()
        self._lock.release()
        if is_unused:
            self._remove_made()

    def _remove_made(self) -> None:
        """Remove the folders that were made, as far as nobody else has begun to use them."""
        with contextlib.suppress(OSError):
            for folder in reversed(self._made):
                folder.rmdir()

    def _why_not(self, error: OSError) -> str:
        """Say what is wrong with the folder, or with the one above it that decides."""
        why = (error.strerror or str(error)).lower()
        for above in self.folder.parents:
            if os.path.isfile(above):  # noqa: PTH113 - no name is too long for it
                return f"'{above}' is a file, expected a folder"
        if error.filename is None or Path(error.filename) in (self.folder, self.folder / LOCK_FILE):
            return why
        return f"'{error.filename}' cannot be made: {why}"

    @abstractmethod
    def owns(self, name: str) -> bool:
        """Return whether an entry of this name belongs to such a folder, besides lock and manifest."""

    def claim(self, manifest: Manifest) -> None:
        """Reserve the folder for a run.

        Parameters
        ----------
        manifest : Manifest
            Manifest of the run. It replaces a damaged one, with a `StoreWarning`.

        Raises
        ------
        StoreError
            If the folder keeps a run of another scenario, seed, version or code.
        OSError
        """
        earlier = self.earlier(manifest)
        file = self.folder / self.MANIFEST_FILE
        if earlier is None and file.exists():
            warnings.warn(
                f"'{file}' is damaged: it is written again for '{manifest.title}', seed {manifest.seed}; "
                "blocks of another scenario, seed or version are not used",
                StoreWarning,
                stacklevel=3,
            )
        if earlier != manifest:
            atomic_write(file, manifest.content)

    def earlier(self, manifest: _M) -> _M | None:
        """Return the manifest in the folder, or None if there is none or it is damaged.

        Raises
        ------
        StoreError
            If it is the manifest of another run.
        """
        file = self.folder / self.MANIFEST_FILE
        earlier = manifest.read(file.read_bytes()) if file.exists() else None
        if earlier is not None:
            manifest.require(earlier, str(self.folder))
        return earlier

    @property
    def engine(self) -> str | None:
        """The engine of the run in the folder; None if there is none yet, or its manifest is damaged."""
        file = self.folder / self.MANIFEST_FILE
        manifest = Manifest.read(file.read_bytes()) if file.exists() else None
        return None if manifest is None else manifest.engine

    def _remove_unfinished_files(self) -> None:
        """Remove the files that a killed run was writing, and no others."""
        inner = [entry for entry in self.folder.iterdir() if self.owns(entry.name) and entry.is_dir()]
        for folder in (self.folder, *inner):
            for file in folder.glob(f".*{PART_SUFFIX}"):
                if _PART.fullmatch(file.name) and file.is_file():
                    file.unlink(missing_ok=True)

    def _create(self) -> None:
        above = (self.folder, *self.folder.parents)
        missing = [each for each in above if not os.path.exists(each)]  # noqa: PTH110 - no name is too long for it
        for folder in reversed(missing):
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
                self._made.append(folder)
        if not self.folder.is_dir():
            raise StoreError(f"'{self.folder}' is a file; a run is kept in a folder")
        others = [entry.name for entry in self.folder.iterdir() if not self._is_expected(entry.name)]
        if others and not (self.folder / self.MANIFEST_FILE).exists():
            raise StoreError(
                f"'{self.folder}' holds something else ('{min(others)}'): name a new or an empty folder"
            )
        misplaced = sorted(self._misplaced())
        if misplaced:
            raise StoreError(f"{'; '.join(misplaced)}: remove what is wrong, or name another folder")

    def _misplaced(self) -> Iterator[str]:
        """Yield what is wrong with entries that are a folder instead of a file, or the other way round."""
        for entry in os.scandir(self.folder):
            is_inner = self.OWNS_FOLDERS and self.owns(entry.name)
            if is_inner and not entry.is_dir():
                yield f"'{entry.path}' is a file, expected a folder"
            elif is_inner:
                yield from (f"'{each.path}' {_NO_FILE}" for each in os.scandir(entry) if each.is_dir())
            elif entry.is_dir() and self._is_kept(entry.name):
                yield f"'{entry.path}' {_NO_FILE}"

    def _is_expected(self, name: str) -> bool:
        is_part = name.startswith(".") and name.endswith(PART_SUFFIX)
        return is_part or self._is_kept(name)

    def _is_kept(self, name: str) -> bool:
        return name in (LOCK_FILE, self.MANIFEST_FILE) or self.owns(name)
