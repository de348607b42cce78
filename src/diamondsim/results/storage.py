"""Datasets on disk: one NetCDF file, whole or not there at all."""

from __future__ import annotations

import os
from pathlib import Path

import xarray as xr

from diamondsim.results.whole_file import write_whole


def write_netcdf(dataset: xr.Dataset, path: str | os.PathLike[str]) -> Path:
    """Write a Dataset to a NetCDF file.

    The file is made in memory and written under another name first, so that a full disk or an interruption
    leaves what was there before. Every variable carries checksums.

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
    write_whole(target, _serialised(dataset))
    return target


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


def _serialised(dataset: xr.Dataset) -> memoryview:
    packed = {"zlib": True, "complevel": 1, "shuffle": True, "fletcher32": True}
    numeric = {
        name: packed
        for name, variable in dataset.variables.items()
        if variable.dtype.kind in "fiub" and variable.ndim
    }
    # Writing straight to a full disk ends the whole process inside the HDF5 library.
    return memoryview(dataset.to_netcdf(engine="h5netcdf", encoding=numeric))
