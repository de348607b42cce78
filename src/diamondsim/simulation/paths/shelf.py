"""The files of paths in a folder: one for some replications, there whole or not at all.

Owns their names.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from diamondsim.simulation.block_file import DamagedError
from diamondsim.simulation.paths.block import require_whole, write_block
from diamondsim.simulation.shelf import StoreWarning

_NAME = re.compile(r"(\d{8})-(\d{8})\.nc")


def is_paths_file(name: str) -> bool:
    """Return whether a name is that of a file of paths."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True)
class PathsShelf:
    """Where the paths of one run lie.

    Attributes
    ----------
    folder : pathlib.Path
    run : str
        Key of scenario, seed, code and variables, which every file must bear.
    """

    folder: Path
    run: str

    def file(self, first: int, count: int) -> Path:
        """Return where the replications [first, first + count) lie, or would."""
        return self.folder / f"{first:08d}-{first + count:08d}.nc"

    def counts(self) -> dict[int, int]:
        """Return how many replications lie here, damaged or not, by the first of a file."""
        names = (_NAME.fullmatch(file.name) for file in self.folder.iterdir())
        found = sorted((int(name[1]), int(name[2])) for name in names if name)
        return {first: end - first for first, end in found}  # of two that begin alike the longer

    def leading(self) -> list[tuple[int, int]]:
        """Return first and count of the files that lie here from replication 0 on without a gap."""
        found, counts, first = [], self.counts(), 0
        while first in counts:
            found.append((first, counts[first]))
            first += counts[first]
        return found

    def write(self, first: int, count: int, dataset: xr.Dataset) -> None:
        """Keep the paths of some replications, in place of a file of fewer that begins with the same.

        Raises
        ------
        OSError
            Where there is no room, or the folder is gone. What was kept before stays.
        """
        file = self.file(first, count)
        write_block(file, dataset, self.run)
        for other in self.folder.glob(f"{first:08d}-*.nc"):
            if other != file:
                other.unlink()

    def is_whole(self, first: int, count: int) -> bool:
        """Return whether a file that lies here is whole; say so where it is not.

        Raises
        ------
        OSError
            Where the machine does not let it be read.
        """
        try:
            require_whole(self.file(first, count), run=self.run, first=first, count=count)
        except DamagedError as damage:
            warnings.warn(
                f"'{self.file(first, count)}' is damaged ({damage}): its replications are computed anew",
                StoreWarning,
                stacklevel=2,
            )
            return False
        return True
