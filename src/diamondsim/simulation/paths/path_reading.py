"""The public call `open_paths`: many files as one Dataset, read when they are needed."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import xarray as xr
from xarray.core.indexing import LazilyIndexedArray

from diamondsim.errors import StoreError
from diamondsim.results import RENAMED_VARIABLES
from diamondsim.simulation.block_store import DamagedError
from diamondsim.simulation.paths.file_array import FileArray
from diamondsim.simulation.paths.path_folder import PATHS_MANIFEST, PathsManifest
from diamondsim.simulation.paths.path_store import PathFile, PathStore
from diamondsim.simulation.run_manifest import FORMAT


def open_paths(
    folder: str | os.PathLike[str], *, unfinished: bool = False, verify: bool = False
) -> xr.Dataset:
    """Open the paths that `write_paths` wrote.

    Only the values that are used are read, when they are used; `.load()` reads a whole selection, `.chunk()`
    turns it into Dask arrays. The checksum of every chunk that is read is checked.

    Parameters
    ----------
    folder : path
    unfinished : bool
        Open paths of which some are missing: the replications up to the first gap.
    verify : bool
        Check every byte of every file first.

    Returns
    -------
    xarray.Dataset
        (time, node | lane | source | market | control | licensing_rule, replication), with names, units
        and provenance.

    Raises
    ------
    StoreError
        If the folder holds no paths, or variables under older names; if some paths are missing; if the first
        file or, with `verify`, any file is damaged. Otherwise damage is detected when a chunk is read.

    Examples
    --------
    >>> import tempfile
    >>> import diamondsim as ds
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = ds.write_paths(ds.load_scenario("calm"), folder, replications=4)
    ...     paths = ds.open_paths(folder)
    ...     float(paths["shortage"].sel(replication=3, node="US.polishing.micron").max())
    0.0
    """
    files = files_of(folder, unfinished=unfinished)
    # Labels have no checksums and are taken from the first file.
    _verify(files if verify else files[:1], _manifest_of(Path(folder)).key)
    return _dataset_of(files)


def files_of(folder: str | os.PathLike[str], *, unfinished: bool = False) -> list[PathFile]:
    """Return the files of a folder of paths, by replication.

    Raises
    ------
    StoreError
        As for `open_paths`.
    """
    manifest = _manifest_of(Path(folder))
    # Values are read late, when the working directory may be another one.
    store = PathStore(Path(folder).absolute(), manifest.key)
    files = store.leading()
    leading = sum(file.count for file in files)
    if not leading or (leading < manifest.replications and not unfinished):
        further = sum(store.counts().values()) - leading
        also = f" and {further:,} after a gap" if further else ""
        raise StoreError(
            f"'{folder}' holds the first {leading:,} of {manifest.replications:,} replications{also}: write "
            "the paths again as before to add the rest" + (", or pass unfinished=True" * bool(leading))
        )
    return files


def _manifest_of(folder: Path) -> PathsManifest:
    file = folder / PATHS_MANIFEST
    if file.is_dir():
        raise StoreError(f"'{file}' is a folder, expected a file")
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(f"'{folder}' holds no paths: there is no '{PATHS_MANIFEST}'") from None
    manifest = PathsManifest.read(content)
    if manifest is None:
        raise StoreError(f"'{file}' is damaged: write the paths again as before, which repairs it")
    if manifest.format != FORMAT:
        raise StoreError(
            f"'{folder}' was written by diamondsim {manifest.diamondsim} in format {manifest.format}: open "
            "it with that version"
        )
    renamed = [
        f"'{name}' is now '{RENAMED_VARIABLES[name]}'"
        for name in manifest.variables.split(",")
        if name in RENAMED_VARIABLES
    ]
    if renamed:
        raise StoreError(
            f"'{folder}' was written by an earlier version, with older names of variables: "
            f"{', '.join(renamed)}. Write the paths again, to another folder"
        )
    return manifest


def _verify(files: list[PathFile], run: str) -> None:
    damaged = []
    for file in files:
        try:
            file.verify(run)
        except DamagedError as damage:
            damaged.append(f"'{file.path}': {damage}")
    if damaged:
        raise StoreError(
            f"damaged: {'; '.join(damaged)}. Write the paths again as before, which computes what is damaged "
            "again"
        )


def _dataset_of(files: list[PathFile]) -> xr.Dataset:
    """Return all files as one Dataset, with the labels of the first."""
    replications = sum(file.count for file in files)
    # xarray puts a filter of its own in front of the caller's, for the whole process. A file opened by Python
    # is not locked, as file systems without locks would refuse.
    with (
        warnings.catch_warnings(),
        files[0].path.open("rb") as file,
        xr.open_dataset(file, engine="h5netcdf") as first,
    ):
        labels = first.drop_vars([*first.data_vars, "replication"]).load()
        variables = {
            str(name): xr.Variable(
                variable.dims,
                LazilyIndexedArray(
                    FileArray(files, str(name), (*variable.shape[:-1], replications), variable.dtype)
                ),
                variable.attrs,
            )
            for name, variable in first.data_vars.items()
        }
        replication_attrs = first["replication"].attrs
    attrs = labels.attrs | {"replications": replications}
    del attrs["first_replication"]
    dataset = xr.Dataset(variables, labels.coords, attrs)
    return dataset.assign_coords(replication=("replication", np.arange(replications), replication_attrs))
