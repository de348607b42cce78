"""Datasets on disk: one NetCDF file, whole or not there at all."""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import IO, Any

import xarray as xr

from diamondsim.results.whole_file import write_whole, written_whole

IN_MEMORY_BYTES = 256 * 2**20
"""A larger Dataset is written straight to the disk, variable by variable."""

_OVERHEAD_BYTES = 32 * 2**20
"""More than what names, attributes and the index of the chunks take in a file."""


def write_netcdf(dataset: xr.Dataset, path: str | os.PathLike[str]) -> Path:
    """Write a Dataset to a NetCDF file.

    The file is written under another name first, so that a full disk or an interruption leaves what was there
    before. Up to 256 MiB it is made in memory; above that room on the disk is taken for all of it beforehand,
    compression aside, where the system can do so. Every variable carries checksums.

    Parameters
    ----------
    dataset : xarray.Dataset
    path : path
        An existing file is replaced.

    Returns
    -------
    pathlib.Path
        Where the file lies.

    Raises
    ------
    OSError
        Where the folder is missing or cannot be written to, where `path` is a folder, or the disk is full.
    """
    target = Path(path)
    check_target(target)
    if dataset.nbytes <= IN_MEMORY_BYTES or not hasattr(os, "posix_fallocate"):
        write_whole(target, netcdf_content(dataset))
    else:
        with written_whole(target) as file:
            # To meet a full disk halfway ends the whole process inside the HDF5 library.
            os.posix_fallocate(file.fileno(), 0, int(1.02 * dataset.nbytes) + _OVERHEAD_BYTES)
            room = _Room(file)
            dataset.to_netcdf(room, engine="h5netcdf", encoding=_encoding(dataset))
            file.truncate(room.end)
    return target


def netcdf_content(
    dataset: xr.Dataset, chunks: Mapping[Hashable, tuple[int, ...]] | None = None
) -> memoryview:
    """Return a Dataset as the content of a NetCDF file, lightly compressed, with a checksum on every chunk.

    Parameters
    ----------
    dataset : xarray.Dataset
    chunks : mapping of str to tuple of int, optional
        Shape of the chunks of some variables; the HDF5 library chooses the others.

    Returns
    -------
    memoryview
    """
    encoding = _encoding(dataset)
    for name, shape in (chunks or {}).items():
        encoding[name] = {**encoding[name], "chunksizes": shape}
    return memoryview(dataset.to_netcdf(engine="h5netcdf", encoding=encoding))


def check_target(path: str | os.PathLike[str]) -> None:
    """Raise what `write_netcdf` would raise for this path, as far as it can be known beforehand.

    Raises
    ------
    FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError
    """
    target = Path(path)
    folder = target.parent
    if not folder.exists():
        raise FileNotFoundError(f"the folder '{folder}' does not exist")
    if not folder.is_dir():
        raise NotADirectoryError(f"'{folder}' is not a folder")
    if target.is_dir():
        raise IsADirectoryError(f"'{target}' is a folder; name a file in it")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"the folder '{folder}' cannot be written to")


class _Room:
    """A file that is larger than what was written to it, and says that it ends where the writing does."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.end = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; from the end, from that of what was written."""
        return (
            self._file.seek(offset + self.end) if whence == os.SEEK_END else self._file.seek(offset, whence)
        )

    def write(self, content: bytes) -> int:
        """Write here."""
        written = self._file.write(content)
        self.end = max(self.end, self._file.tell())
        return written

    def truncate(self, size: int) -> int:
        """Move the end; the room behind it is kept."""
        self.end = size
        return size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _encoding(dataset: xr.Dataset) -> dict[Hashable, dict[str, object]]:
    packed: dict[str, object] = {"zlib": True, "complevel": 1, "shuffle": True, "fletcher32": True}
    return {
        name: packed
        for name, variable in dataset.variables.items()
        if variable.dtype.kind in "fiub" and variable.ndim
    }
