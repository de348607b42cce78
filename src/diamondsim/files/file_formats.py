"""The formats of files by the end of their names, and what each needs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from diamondsim.errors import nearest
from diamondsim.extras import not_installed
from diamondsim.results import check_place


@dataclass(frozen=True)
class FileFormat:
    """A format in which a result can be saved.

    Attributes
    ----------
    suffix : str
        How the name of a file ends.
    name : str
        What people call the format.
    module : str or None
        Module without which it cannot be written; None if the package always has what it takes.
    extra : str
        The extra of this package that installs it.
    """

    suffix: str
    name: str
    module: str | None = None
    extra: str = ""


FORMATS = (
    FileFormat(".nc", "NetCDF"),
    FileFormat(".zarr", "Zarr", "zarr", "zarr"),
    FileFormat(".csv", "CSV"),
    FileFormat(".parquet", "Parquet", "pyarrow", "parquet"),
    FileFormat(".xlsx", "Excel", "xlsxwriter", "excel"),
)


def check_file(path: str | os.PathLike[str]) -> FileFormat:
    """Return the format of a file by its name; raise what `save` would, as far as it is known beforehand.

    Raises
    ------
    ValueError
        If the name ends in no suffix of `FORMATS`.
    ImportError
        If the library for the format is not installed.
    FileNotFoundError, NotADirectoryError, IsADirectoryError, FileExistsError, PermissionError
        If there is no place for the file. A Zarr store is a folder, and no existing one is replaced.

    Examples
    --------
    >>> check_file("out.csv").name
    'CSV'
    >>> check_file("out.xls")
    Traceback (most recent call last):
    ValueError: expected .nc, .zarr, .csv, .parquet or .xlsx at the end of 'out.xls'; did you mean '.xlsx'?
    """
    target = Path(path)
    store = target.suffix.lower() == ".zarr"
    if store and os.path.lexists(target):
        raise FileExistsError(f"'{target}' exists: name another folder, or remove it")
    check_place(target)
    by_suffix = {each.suffix: each for each in FORMATS}
    found = by_suffix.get(target.suffix.lower())
    if found is None:
        *most, last = by_suffix
        close = nearest(target.suffix, by_suffix) if target.suffix else None
        hint = f"; did you mean '{close}'?" if close else ""
        raise ValueError(f"expected {', '.join(most)} or {last} at the end of '{target.name}'{hint}")
    if found.module is not None and find_spec(found.module) is None:
        raise ImportError(not_installed(f"'{target.name}': {found.name} needs", found.module, found.extra))
    return found
