"""Files of paths in a folder: one NetCDF file for some replications, complete or absent.

Owns the names of the files and how damage is detected. A file ends with 64 characters that NetCDF readers
ignore, the SHA-256 of all bytes before them. Each chunk also has a checksum, which every reader checks.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import xarray as xr

from diamondsim.results import atomic_file, netcdf_content
from diamondsim.simulation.block_store import DamagedError, StoreWarning

_NAME = re.compile(r"(\d{8})-(\d{8})\.nc")
_DIGEST_CHARS = 64
_PIECE_BYTES = 2**20
_CHUNK_BYTES = 2**19
"""Upper bound on a chunk: the HDF5 library caches one MiB of chunks of each variable."""
_CHUNK_REPLICATIONS = 128


def is_path_file_name(name: str) -> bool:
    """Return whether a name is that of a file of paths."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True)
class PathFile:
    """A file with the replications [first, first + count)."""

    path: Path
    first: int
    count: int

    def verify(self, run: str) -> None:
        """Check every byte of the file.

        Parameters
        ----------
        run : str
            Key of the run to which it must belong.

        Raises
        ------
        FileNotFoundError
        DamagedError
            If a byte differs from what was written, the paths are of another run or other replications, or
            it is a folder.
        OSError
            If the file cannot be read.
        """
        if self.path.is_dir():
            raise DamagedError("it is a folder")
        digest, left = hashlib.sha256(), self.path.stat().st_size - _DIGEST_CHARS
        with self.path.open("rb") as content:
            while left > 0 and (piece := content.read(min(left, _PIECE_BYTES))):
                digest.update(piece)
                left -= len(piece)
            if digest.hexdigest().encode() != content.read():
                raise DamagedError("its checksum does not match")
        with h5py.File(self.path, locking=False) as netcdf:
            identity = tuple(netcdf.attrs[name] for name in ("run", "first_replication", "replications"))
            if identity != (run, self.first, self.count):
                raise DamagedError("it belongs to another run or to other replications")


@dataclass(frozen=True)
class PathStore:
    """The folder with the paths of one run; it can be sent to the processes that compute them.

    Attributes
    ----------
    folder : pathlib.Path
    run : str
        Key of scenario, seed, code and variables, which every file must carry.
    """

    folder: Path
    run: str

    def file(self, first: int, count: int) -> PathFile:
        """Return the file for the replications [first, first + count), whether or not it exists."""
        return PathFile(self.folder / f"{first:08d}-{first + count:08d}.nc", first, count)

    def spans(self) -> list[tuple[int, int]]:
        """Return first and count of all files, damaged or not, sorted."""
        names = (_NAME.fullmatch(file.name) for file in self.folder.iterdir())
        return sorted((int(name[1]), int(name[2]) - int(name[1])) for name in names if name)

    def counts(self) -> dict[int, int]:
        """Return the number of replications by the first of a file; the longer of two files counts."""
        return dict(self.spans())

    def leading(self) -> list[PathFile]:
        """Return the files from replication 0 up to the first gap."""
        files, counts, first = [], self.counts(), 0
        while first in counts:
            files.append(self.file(first, counts[first]))
            first += counts[first]
        return files

    def write(self, dataset: xr.Dataset) -> None:
        """Write the paths of some consecutive replications.

        Parameters
        ----------
        dataset : xarray.Dataset
            Result of `diamondsim.results.paths_dataset`.

        Raises
        ------
        OSError
            If the disk is full or the folder is gone; files written before are unchanged.
        """
        first, count = int(dataset["replication"][0]), dataset.sizes["replication"]
        dataset.attrs |= {"run": self.run, "first_replication": first, "replications": count}
        # The HDF5 library aborts the whole process if the disk fills up while it writes to a file.
        chunks = {
            name: chunk_shape(array.variable, count)
            for name, array in dataset.data_vars.items()
            if array.size
        }
        content = netcdf_content(dataset, chunks)
        try:
            with atomic_file(self.file(first, count).path) as file:
                file.write(content)
                file.write(hashlib.sha256(content).hexdigest().encode())
        except OSError as error:
            why = error.strerror or str(error)
            raise OSError(error.errno, f"cannot keep finished paths in '{self.folder}': {why}") from error

    def remove_shorter(self, counts: Mapping[int, int], spans: Iterable[tuple[int, int]]) -> None:
        """Remove the files that have been replaced by one of more replications.

        Parameters
        ----------
        counts : mapping of int to int
            Number of replications of the file that stays, by the first of them. Files that begin elsewhere
            stay too.
        spans : iterable of (int, int)
            First and count of the files that may exist.
        """
        for first, count in spans:
            if counts.get(first, count) != count:
                self.file(first, count).path.unlink(missing_ok=True)

    def is_undamaged(self, first: int, count: int) -> bool:
        """Return whether an existing file is undamaged; warn if it is not.

        Raises
        ------
        OSError
            If the file cannot be read.
        """
        file = self.file(first, count)
        try:
            file.verify(self.run)
        except DamagedError as damage:
            warnings.warn(
                f"'{file.path}' is damaged ({damage}): its replications are computed again",
                StoreWarning,
                stacklevel=2,
            )
            return False
        return True


def chunk_shape(variable: xr.Variable, replications: int) -> tuple[int, ...]:
    """Return the shape of chunks: all ticks of one node, lane, source or market in some replications.

    One node, or a few replications, can so be read without the rest.

    Parameters
    ----------
    variable : xarray.Variable
        Replication last.
    replications : int
        Number of replications in a file.
    """
    length = max(1, variable.shape[0]) if variable.dims[0] == "time" else 1
    fit = max(1, _CHUNK_BYTES // (length * variable.dtype.itemsize))
    count = min(_CHUNK_REPLICATIONS, 1 << (fit.bit_length() - 1), replications)
    return (length, *(1 for _ in variable.shape[1:-1]), count)
