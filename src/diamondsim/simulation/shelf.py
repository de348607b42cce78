"""The finished blocks of one scenario in a folder: one file for each, there whole or not at all.

Owns the names of the files. A shelf travels to the processes that do the work, so that a block is on the disk
as soon as it is done.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from diamondsim.results.storage import atomic_write
from diamondsim.simulation.block_file import Arrays, DamagedError, pack, unpack

_NAME = re.compile(r"(\d{8})-(\d{8})\.npz")


class StoreWarning(UserWarning):
    """Something in a store was not as it was left; it is made anew."""


@dataclass(frozen=True)
class Shelf:
    """Where the blocks of one scenario lie.

    Attributes
    ----------
    folder : pathlib.Path
    run : str
        Key of scenario, seed and versions, which every block must bear.
    """

    folder: Path
    run: str

    def file(self, first: int, count: int) -> Path:
        """Return where the replications [first, first + count) lie, or would."""
        return self.folder / f"{first:08d}-{first + count:08d}.npz"

    def write(self, first: int, count: int, arrays: Arrays) -> None:
        """Keep a block.

        Raises
        ------
        OSError
            Where there is no room, or the folder is gone. What was kept before stays.
        """
        content = pack(arrays, self._identity(first, count))
        try:
            atomic_write(self.file(first, count), content)
        except OSError as error:
            why = error.strerror or str(error)
            raise OSError(error.errno, f"cannot keep a finished block in '{self.folder}': {why}") from error

    def read(self, first: int, count: int) -> dict[str, npt.NDArray[Any]] | None:
        """Return a block, None where it is not there; one that is damaged is not there, and said to be so.

        Raises
        ------
        OSError
            Where it is there and the machine does not let it be read.
        """
        file = self.file(first, count)
        try:
            return unpack(file.read_bytes(), self._identity(first, count))
        except FileNotFoundError:
            return None
        except DamagedError as damage:
            warnings.warn(
                f"'{file}' is damaged ({damage}): its replications are computed anew",
                StoreWarning,
                stacklevel=2,
            )
            return None

    def finished(self) -> int:
        """Return how many replications lie here, damaged or not."""
        names = (_NAME.fullmatch(file.name) for file in self.folder.glob("*.npz"))
        blocks = sorted((int(name[1]), int(name[2])) for name in names if name)
        return sum({first: end - first for first, end in blocks}.values())

    def _identity(self, first: int, count: int) -> dict[str, str | int]:
        return {"run": self.run, "first": first, "count": count}
