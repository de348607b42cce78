"""A folder that keeps the finished blocks of a run, so that an interrupted run can be resumed.

Owns the layout of the folder:

    diamondsim-run.json      scenario, seed, version and code of the run (`run_manifest`)
    KEY/scenario.yaml        the resolved scenario, for people
    KEY/FIRST-END.npz        the replications [FIRST, END) (`block_store`)
    .lock                    held while a run uses the folder (`run_folder`)

KEY is a hash of everything that is computed from: scenario without its texts, seed, engine and code.
Scenarios that are run for comparison have keys of their own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from diamondsim.results import atomic_write
from diamondsim.simulation.block_store import BlockStore
from diamondsim.simulation.run_folder import RunFolder
from diamondsim.simulation.run_manifest import Manifest
from diamondsim.simulation.runner import RunSpec

RUN_MANIFEST = "diamondsim-run.json"
_KEY = re.compile(r"[0-9a-f]{16}")


class RunStore(RunFolder):
    """A folder for a run, locked while it is open.

    Parameters
    ----------
    folder : path
        Created, with its parents, if it does not exist. One with anything but a run is refused.

    Raises
    ------
    StoreError
        If the folder has other content, cannot be created or written to, or is used by another run.
    OSError
        If the machine fails, for example because the disk is full.

    Attributes
    ----------
    folder : pathlib.Path
    found : int
        Requested replications of the scenario itself that were in the store, undamaged.
    """

    MANIFEST_FILE = RUN_MANIFEST
    OWNS_FOLDERS = True

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        super().__init__(folder)
        self.found = 0
        self._main: BlockStore | None = None

    def owns(self, name: str) -> bool:
        """Return whether a name is that of the folder of a block store."""
        return _KEY.fullmatch(name) is not None

    def block_stores(self, specs: Sequence[RunSpec]) -> list[BlockStore]:
        """Return the block stores of some runs; the folder belongs to the first of them.

        Raises
        ------
        StoreError
            If the folder keeps a run of another scenario, seed, version or code.
        OSError
        """
        self.claim(Manifest.of(specs[0]))
        stores = [self._block_store(spec) for spec in specs]
        self._main = stores[0]
        return stores

    def finished(self) -> int:
        """Return the number of replications of the run in the folder, damaged or not."""
        return 0 if self._main is None else self._main.finished()

    def _block_store(self, spec: RunSpec) -> BlockStore:
        key = Manifest.of(spec).key
        folder = self.folder / key
        folder.mkdir(exist_ok=True)
        file, text = folder / "scenario.yaml", spec.scenario.dump().encode()
        if not file.exists() or file.read_bytes() != text:  # its texts may have changed
            atomic_write(file, text)
        return BlockStore(folder, key)
