"""Results as they were saved in NetCDF or Zarr, read back whole."""

from __future__ import annotations

import os
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import xarray as xr

from diamondsim.extras import not_installed

_SUFFIXES = (".nc", ".zarr")
"""Ends of the names of files that hold a whole result."""


def read_result_file(path: str | os.PathLike[str]) -> xr.Dataset | xr.DataTree:
    """Return the result that `save` or the option `-o` of a command wrote, in memory.

    Parameters
    ----------
    path : path
        Its name ends in ``.nc`` or ``.zarr``.

    Returns
    -------
    xarray.Dataset or xarray.DataTree
        A DataTree if the file holds groups, as that of a comparison does.

    Raises
    ------
    ValueError
        If the name ends otherwise.
    ImportError
        If the library for the format is not installed.
    OSError
        If the file is missing, not readable, damaged or of another format.
    """
    source = Path(path)
    if source.suffix.lower() not in _SUFFIXES:
        raise ValueError(f"expected a name that ends in {' or '.join(_SUFFIXES)}, found '{source.name}'")
    if source.suffix.lower() == ".zarr":
        if find_spec("zarr") is None:
            raise ImportError(not_installed(f"'{source.name}': Zarr needs", "zarr", "zarr"))
        if not source.is_dir():
            raise FileNotFoundError(2, "no such folder", str(source))
        return _whole(source, "zarr")
    # Opened by Python, the file is not locked, as file systems without locks would refuse.
    return _whole(BytesIO(source.read_bytes()), "h5netcdf")


def _whole(source: Path | BytesIO, engine: str) -> xr.Dataset | xr.DataTree:
    try:
        with xr.open_datatree(source, engine=engine) as tree:
            loaded = tree.load()
    except (ValueError, KeyError) as error:
        raise OSError(f"it holds no result: {error}") from None
    return loaded if loaded.children else loaded.to_dataset()
