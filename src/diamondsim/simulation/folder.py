"""A folder for one run: made or taken over, locked while somebody is at work in it, and for no other run."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self, TypeVar

from diamondsim.errors import StoreError
from diamondsim.results.storage import PART_SUFFIX, atomic_write
from diamondsim.simulation.lock import LOCK, FolderLock, LockedError
from diamondsim.simulation.manifest import Manifest
from diamondsim.simulation.shelf import StoreWarning

M = TypeVar("M", bound=Manifest)

_LEFT = re.compile(rf"\..+\.\d+{re.escape(PART_SUFFIX)}")
"""Name of a file that is being written, by the process of that number."""


class RunFolder:
    """A folder for a run; while it is open nobody else writes to it.

    Parameters
    ----------
    folder : path
        Made where it does not exist; the folder above it must. One that holds anything else is refused.

    Raises
    ------
    StoreError
        Where the folder holds something else, cannot be made or written to, or another run is at work in it.
    OSError
        Where the machine fails, such as a full disk.

    Attributes
    ----------
    folder : pathlib.Path
    """

    MANIFEST: ClassVar[str]
    """Name of the file that says what is run."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        try:
            self._make()
            self._lock = FolderLock(self.folder)
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            why = (error.strerror or str(error)).lower()
            raise StoreError(f"'{self.folder}' cannot keep a run: {why}") from None
        except LockedError as error:
            who = f" ({error})" if str(error) else ""
            raise StoreError(
                f"another run{who} is at work in '{self.folder}': wait for it, or name another folder"
            ) from None
        with contextlib.ExitStack() as undo:
            undo.callback(self._lock.release)
            self._remove_left()
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def ours(self, name: str) -> bool:
        """Return whether a file of this name may lie in such a folder, beside the lock and the manifest."""
        raise NotImplementedError

    def claim(self, manifest: Manifest) -> None:
        """Let the folder be for a run.

        Parameters
        ----------
        manifest : Manifest
            Of the run. One that was damaged is made anew, with a `StoreWarning`.

        Raises
        ------
        StoreError
            Where it was for another scenario, seed, version or code.
        OSError
        """
        earlier = self.earlier(manifest)
        file = self.folder / self.MANIFEST
        if earlier is None and file.exists():
            warnings.warn(
                f"'{file}' is damaged: it is made anew for '{manifest.title}', seed {manifest.seed}; blocks "
                "of another scenario, seed or version are not used",
                StoreWarning,
                stacklevel=3,
            )
        if earlier != manifest:
            atomic_write(file, manifest.content)

    def earlier(self, manifest: M) -> M | None:
        """Return what the folder says of the run that it was for; None where it says nothing.

        Raises
        ------
        StoreError
            Where that is another run.
        """
        file = self.folder / self.MANIFEST
        found = manifest.read(file.read_bytes()) if file.exists() else None
        if found is not None:
            manifest.require(found, str(self.folder))
        return found

    def _remove_left(self) -> None:
        """Remove what a run that was killed was writing, and nothing of anybody else."""
        inner = [entry for entry in self.folder.iterdir() if self.ours(entry.name) and entry.is_dir()]
        for place in (self.folder, *inner):
            for left in place.glob(f".*{PART_SUFFIX}"):
                if _LEFT.fullmatch(left.name) and left.is_file():
                    left.unlink(missing_ok=True)

    def _make(self) -> None:
        with contextlib.suppress(FileExistsError):
            self.folder.mkdir()
        if not self.folder.is_dir():
            raise StoreError(f"'{self.folder}' is a file; a run is kept in a folder")
        others = [entry.name for entry in self.folder.iterdir() if not self._may_be_here(entry.name)]
        if others and not (self.folder / self.MANIFEST).exists():
            raise StoreError(
                f"'{self.folder}' holds something else ('{min(others)}'): name a new or an empty folder"
            )

    def _may_be_here(self, name: str) -> bool:
        part = name.startswith(".") and name.endswith(PART_SUFFIX)
        return part or name in (LOCK, self.MANIFEST) or self.ours(name)
