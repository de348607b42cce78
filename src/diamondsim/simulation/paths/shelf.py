"""The files of paths in a folder: one for some replications, there whole or not at all.

Owns their names.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
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

    def spans(self) -> list[tuple[int, int]]:
        """Return first and count of all files that lie here, damaged or not; the longer after the shorter."""
        names = (_NAME.fullmatch(file.name) for file in self.folder.iterdir())
        return sorted((int(name[1]), int(name[2]) - int(name[1])) for name in names if name)

    def counts(self) -> dict[int, int]:
        """Return how many replications lie here, by the first of a file; of two alike the longer."""
        return dict(self.spans())

    def leading(self) -> list[tuple[int, int]]:
        """Return first and count of the files that lie here from replication 0 on without a gap."""
        found, counts, first = [], self.counts(), 0
        while first in counts:
            found.append((first, counts[first]))
            first += counts[first]
        return found

    def write(self, first: int, count: int, dataset: xr.Dataset) -> None:
        """Keep the paths of some replications.

        Raises
        ------
        OSError
            Where there is no room, or the folder is gone. What was kept before stays.
        """
        write_block(self.file(first, count), dataset, self.run)

    def keep_only(self, counts: Mapping[int, int], spans: Iterable[tuple[int, int]]) -> None:
        """Remove the files in whose place there is one of more replications.

        Parameters
        ----------
        counts : mapping of int to int
            Replications of the file that stays, by its first; those that begin elsewhere stay too.
        spans : iterable of (int, int)
            First and count of all files that may lie here.
        """
        for first, count in spans:
            if counts.get(first, count) != count:
                self.file(first, count).unlink(missing_ok=True)

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
