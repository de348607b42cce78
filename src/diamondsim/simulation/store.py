"""A folder that keeps the finished blocks of a run, so that it goes on where it was stopped.

Owns what lies where in the folder:

    diamondsim-run.json      what is run: scenario, seed, version (`manifest`)
    KEY/scenario.yaml        the resolved scenario, for people
    KEY/FIRST-END.npz        the replications [FIRST, END) (`shelf`, `block_file`)
    .lock                    held by the run that is at work (`lock`)

KEY stands for a scenario, a seed and a version. What is run beside a scenario has a key of its own.
"""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from diamondsim.errors import StoreError
from diamondsim.results.whole_file import PART, write_whole
from diamondsim.simulation.bench import Recipe
from diamondsim.simulation.lock import LOCK, FolderLock, LockedError
from diamondsim.simulation.manifest import Manifest
from diamondsim.simulation.shelf import Shelf, StoreWarning

MANIFEST = "diamondsim-run.json"
_KEY = re.compile(r"[0-9a-f]{16}")


class Store:
    """A folder for a run; while it is open nobody else writes to it.

    Parameters
    ----------
    folder : path
        Made where it does not exist; the folder above it must. One that holds anything but a run is refused.

    Raises
    ------
    StoreError
        Where the folder holds something else, cannot be made or written to, or another run is at work in it.
    OSError
        Where the machine fails, such as a full disk.

    Attributes
    ----------
    folder : pathlib.Path
    found : int
        Replications of the scenario itself that were there whole, as far as they were asked for.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.found = 0
        self._main: Shelf | None = None
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
        for left in self.folder.rglob(f".*{PART}"):  # by a run that was killed
            left.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def shelves(self, recipes: Sequence[Recipe]) -> list[Shelf]:
        """Return where the blocks of some scenarios lie, the first of which is what the folder is for.

        Raises
        ------
        StoreError
            Where the folder was for another scenario, seed or version.
        OSError
        """
        main = Manifest.of(recipes[0])
        file = self.folder / MANIFEST
        earlier = Manifest.read(file.read_bytes()) if file.exists() else None
        if earlier is not None:
            main.require(earlier, str(self.folder))
        elif file.exists():
            warnings.warn(
                f"'{file}' is damaged: it is made anew for '{main.title}', seed {main.seed}; blocks of "
                "another scenario, seed or version are not used",
                StoreWarning,
                stacklevel=2,
            )
        if earlier != main:
            write_whole(file, main.content)
        shelves = [self._shelf(recipe) for recipe in recipes]
        self._main = shelves[0]
        return shelves

    def finished(self) -> int:
        """Return how many replications of the run that began lie here, damaged or not; 0 where none began."""
        return 0 if self._main is None else self._main.finished()

    def _shelf(self, recipe: Recipe) -> Shelf:
        key = Manifest.of(recipe).key
        folder = self.folder / key
        folder.mkdir(exist_ok=True)
        if not (folder / "scenario.yaml").exists():
            write_whole(folder / "scenario.yaml", recipe.scenario.dump().encode())
        return Shelf(folder, key)

    def _make(self) -> None:
        with contextlib.suppress(FileExistsError):
            self.folder.mkdir()
        if not self.folder.is_dir():
            raise StoreError(f"'{self.folder}' is a file; a run is kept in a folder")
        others = [entry.name for entry in self.folder.iterdir() if not _ours(entry.name)]
        if others and not (self.folder / MANIFEST).exists():
            raise StoreError(
                f"'{self.folder}' holds something else ('{min(others)}'): name a new or an empty folder"
            )


def _ours(name: str) -> bool:
    part = name.startswith(".") and name.endswith(PART)
    return part or name in (LOCK, MANIFEST) or _KEY.fullmatch(name) is not None
