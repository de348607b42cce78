"""Datasets and DataTrees as NetCDF files that are either complete or absent."""

from __future__ import annotations

import io
import os
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import IO, Any

import xarray as xr

from diamondsim.results.atomic_files import atomic_file, atomic_write

SUFFIX = ".nc"
IN_MEMORY_BYTES = 256 * 2**20
"""Size in bytes above which a Dataset is written to disk variable by variable."""
_OVERHEAD_BYTES = 32 * 2**20
"""Upper bound on the space for names, attributes and chunk indices, bytes."""


def write_netcdf(dataset: xr.Dataset | xr.DataTree, path: str | os.PathLike[str]) -> Path:
    """Write a Dataset, or a DataTree with a group for each node, to a NetCDF file.

    The file is written under a temporary name first, so that a full disk or an interruption leaves an
    existing file unchanged. A Dataset of up to 256 MiB is encoded in memory; for a larger one its
    uncompressed size is allocated on disk first, if the system supports it. Every variable carries checksums.

    Parameters
    ----------
    dataset : xarray.Dataset or xarray.DataTree
        Each group of a tree has all its labels, also those that it shares with the root.
    path : path
        Its name ends in ``.nc``. An existing file is replaced.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    ValueError
        If the name does not end in ``.nc``.
    OSError
        If the folder is missing or not writable, `path` is a folder, or the disk is full.
    """
    target = Path(path)
    check_target(target)
    if dataset.nbytes <= IN_MEMORY_BYTES or not hasattr(os, "posix_fallocate"):
        atomic_write(target, netcdf_content(dataset))
    else:
        with atomic_file(target) as file:
            # The HDF5 library aborts the whole process if the disk fills up while it writes.
            os.posix_fallocate(file.fileno(), 0, int(1.02 * dataset.nbytes) + _OVERHEAD_BYTES)
            target_file = _PreallocatedFile(file)
            if isinstance(dataset, xr.DataTree):
                dataset.to_netcdf(target_file, **_tree_options(dataset))
            else:
                dataset.to_netcdf(target_file, engine="h5netcdf", encoding=_encoding(dataset))
            file.truncate(target_file.end)
    return target


def read_netcdf(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read a Dataset that `write_netcdf` wrote into memory.

    Raises
    ------
    OSError
        If the file is missing, not readable, damaged or of another format.
    """
    # Opened by Python, the file is not locked, as file systems without locks would refuse; and the message
    # for a missing file is shorter.
    with Path(path).open("rb") as file:
        try:
            return xr.load_dataset(file, engine="h5netcdf")
        except ValueError as error:  # a stream of another format; of a path this is an OSError
            raise OSError(f"no NetCDF-4 file: {error}") from None


def netcdf_content(
    dataset: xr.Dataset | xr.DataTree, chunks: Mapping[Hashable, tuple[int, ...]] | None = None
) -> bytes:
    """Return the content of a NetCDF file, lightly compressed, with a checksum for every chunk.

    Parameters
    ----------
    dataset : xarray.Dataset or xarray.DataTree
    chunks : mapping of str to tuple of int, optional
        Chunk shapes of some variables of a Dataset; the HDF5 library chooses the others.

    Returns
    -------
    bytes
    """
    # The view that xarray returns by itself may outlive its buffer, of which Python 3.13 complains.
    buffer = io.BytesIO()
    if isinstance(dataset, xr.DataTree):
        assert not chunks, "the library chooses those of a tree"
        dataset.to_netcdf(buffer, **_tree_options(dataset))
        return buffer.getvalue()
    encoding = _encoding(dataset)
    for name, shape in (chunks or {}).items():
        encoding[name] = {**encoding[name], "chunksizes": shape}
    dataset.to_netcdf(buffer, engine="h5netcdf", encoding=encoding)
    return buffer.getvalue()


def check_target(path: str | os.PathLike[str]) -> None:
    """Raise the error that `write_netcdf` would raise for this path, as far as it can be known in advance.

    Raises
    ------
    ValueError, FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError
    """
    check_place(path)
    if Path(path).suffix.lower() != SUFFIX:
        name = Path(path).name
        raise ValueError(f"expected a name that ends in {SUFFIX}, for a NetCDF file, found '{name}'")


def check_place(path: str | os.PathLike[str]) -> None:
    """Raise the error that writing a file of any format to this path would raise, as far as it is known.

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


class _PreallocatedFile:
    """A file that is larger than its content; its end, as seen by a writer, is the end of the content."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.end = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position; the reference for the end is the end of the content."""
        return (
            self._file.seek(offset + self.end) if whence == os.SEEK_END else self._file.seek(offset, whence)
        )

    def write(self, content: bytes) -> int:
        """Write at the position and return the number of bytes written."""
        written = self._file.write(content)
        self.end = max(self.end, self._file.tell())
        return written

    def truncate(self, size: int) -> int:
        """Set the end of the content; the allocated space behind it is kept."""
        self.end = size
        return size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _tree_options(tree: xr.DataTree) -> dict[str, Any]:
    encoding = {node.path: _encoding(node.to_dataset(inherit=False)) for node in tree.subtree}
    # With all its labels, a group can be opened alone.
    return {"engine": "h5netcdf", "encoding": encoding, "write_inherited_coords": True}


def _encoding(dataset: xr.Dataset) -> dict[Hashable, dict[str, object]]:
    packed: dict[str, object] = {"zlib": True, "complevel": 1, "shuffle": True, "fletcher32": True}
    return {
        name: packed
        for name, variable in dataset.variables.items()
        if variable.dtype.kind in "fiub" and variable.ndim
    }
