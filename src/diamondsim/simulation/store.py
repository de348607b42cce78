"""A folder that keeps the finished blocks of a run, so that it goes on where it was stopped.

Owns what lies where in the folder:

    diamondsim-run.json      what is run: scenario, seed, version, code (`manifest`)
    KEY/scenario.yaml        the resolved scenario, for people
    KEY/FIRST-END.npz        the replications [FIRST, END) (`shelf`, `block_file`)
    .lock                    held by the run that is at work (`lock`)

KEY stands for what is computed: the scenario without its words, the seed, the code. What is run beside a
scenario has a key of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from diamondsim.results.storage import atomic_write
from diamondsim.simulation.bench import Recipe
from diamondsim.simulation.folder import RunFolder
from diamondsim.simulation.manifest import Manifest
from diamondsim.simulation.shelf import Shelf

MANIFEST = "diamondsim-run.json"
_KEY = re.compile(r"[0-9a-f]{16}")


class Store(RunFolder):
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

    MANIFEST = MANIFEST

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        super().__init__(folder)
        self.found = 0
        self._main: Shelf | None = None

    def ours(self, name: str) -> bool:
        """Return whether a name is that of the folder of a shelf."""
        return _KEY.fullmatch(name) is not None

    def shelves(self, recipes: Sequence[Recipe]) -> list[Shelf]:
        """Return where the blocks of some scenarios lie, the first of which is what the folder is for.

        Raises
        ------
        StoreError
            Where the folder was for another scenario, seed, version or code.
        OSError
        """
        self.claim(Manifest.of(recipes[0]))
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
        file, text = folder / "scenario.yaml", recipe.scenario.dump().encode()
        if not file.exists() or file.read_bytes() != text:  # its words may be others than before
            atomic_write(file, text)
        return Shelf(folder, key)
