"""The public call `paths_to_zarr`: the files of a folder as one Zarr store, for reading over a network."""

from __future__ import annotations

import os
import shutil
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from diamondsim.errors import StoreError
from diamondsim.extras import not_installed
from diamondsim.results import PART_SUFFIX
from diamondsim.simulation.paths.path_reading import files_of, open_paths
from diamondsim.simulation.paths.path_store import chunk_shape
from diamondsim.simulation.progress import Progress, ProgressReporter

if TYPE_CHECKING:
    import zarr

_CONVERTED = "converted_replications"
"""Attribute of an incomplete store; it is written with `run`, and removed when all is converted."""
_MISSING = {"f": np.nan, "i": -1}
"""The value of a missing chunk by kind of data: none that a path can have."""


def paths_to_zarr(
    folder: str | os.PathLike[str], store: str | os.PathLike[str], *, progress: Progress | None = None
) -> Path:
    """Write the paths of a folder as one Zarr store, format 3, with checksums (CRC-32C).

    The store gets its name when it is complete; an interrupted call can be repeated to resume. The store is
    read with `xarray.open_zarr`. Needs zarr, the extra `zarr` of this package.

    Parameters
    ----------
    folder : path
        Written by `write_paths`, with all its replications.
    store : path
        A folder that does not exist yet.
    progress : callable, optional
        Called with the number of replications done and the number requested.

    Returns
    -------
    pathlib.Path
        The store.

    Raises
    ------
    StoreError
        If the folder holds no paths, not all of them, variables under older names, or a damaged file; if
        `store` exists.
    ImportError
        If zarr is not installed.
    OSError
        If the machine fails, for example because the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> import diamondsim as ds
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = ds.write_paths(ds.load_scenario("calm"), f"{folder}/paths", replications=4)
    ...     ds.paths_to_zarr(f"{folder}/paths", f"{folder}/paths.zarr").name
    'paths.zarr'
    """
    if find_spec("zarr") is None:
        raise ImportError(not_installed("paths_to_zarr needs", "zarr", "zarr"))
    target = Path(store)
    if target.exists():
        raise StoreError(f"'{target}' exists: name another folder, or remove it")
    paths, files = open_paths(folder), files_of(folder)
    part = target.with_name(f".{target.name}{PART_SUFFIX}")
    group = _opened_or_created(part, paths, files[0].count)
    reporter = ProgressReporter(progress)
    reporter.total = paths.sizes["replication"]
    done = group.attrs.get(_CONVERTED, reporter.total)
    assert isinstance(done, int), "written by _convert"
    reporter.add(done)
    for file in files:
        if file.first >= done:
            _convert(group, paths, slice(file.first, file.first + file.count))
            reporter.add(file.count)
    if _CONVERTED in group.attrs:
        del group.attrs[_CONVERTED]
    _consolidate(part)
    part.rename(target)
    return target


def _consolidate(part: Path) -> None:
    """Put the metadata of all variables into one file, so that a remote store opens quickly."""
    import zarr  # noqa: PLC0415 - an extra

    with warnings.catch_warnings():  # readers that do not support it ignore it
        warnings.filterwarnings("ignore", message="Consolidated metadata is currently not part")
        zarr.consolidate_metadata(part)


def _convert(group: zarr.Group, paths: xr.Dataset, replications: slice) -> None:
    import zarr  # noqa: PLC0415 - an extra

    for name, array in paths.data_vars.items():
        target = group[str(name)]
        assert isinstance(target, zarr.Array), "created by _create"
        target[..., replications] = array.isel(replication=replications).values
    group.attrs[_CONVERTED] = replications.stop


def _opened_or_created(part: Path, paths: xr.Dataset, file_size: int) -> zarr.Group:
    """Return the unfinished store, or a new one if there is none or it is of other paths."""
    import zarr  # noqa: PLC0415 - an extra

    if part.exists():
        try:
            unfinished = zarr.open_group(part, mode="r+")
            if all(unfinished.attrs.get(name) == paths.attrs[name] for name in ("run", "replications")):
                return unfinished
        except (FileNotFoundError, ValueError):
            pass  # it was interrupted before anything was written
        shutil.rmtree(part)
    labels = paths.drop_vars([*paths.data_vars]).assign_attrs(run="")
    # The format has no strings of fixed length.
    texts = {name: array.astype(object) for name, array in labels.coords.items() if array.dtype.kind == "U"}
    labels = labels.assign_coords(texts)
    labels.to_zarr(part, zarr_format=3, consolidated=False)
    group = zarr.open_group(part, mode="r+")
    for name, array in paths.data_vars.items():
        _create(group, str(name), array, file_size)
    group.attrs.update({"run": paths.attrs["run"], _CONVERTED: 0})
    return group


def _create(group: zarr.Group, name: str, array: xr.DataArray, file_size: int) -> None:
    """Create one variable: a shard for each file of paths, in which every chunk has a checksum."""
    from zarr.codecs import BloscCodec, Crc32cCodec  # noqa: PLC0415 - an extra

    *before, _ = array.shape
    *chunk, replications = chunk_shape(array.variable, file_size)
    shard = -(-file_size // replications) * replications
    group.create_array(
        name,
        shape=array.shape,
        dtype=array.dtype,
        chunks=(*chunk, replications),
        shards=(*before, shard) if array.size else None,
        compressors=[BloscCodec(cname="zstd", clevel=1, shuffle="shuffle"), Crc32cCodec()],
        fill_value=_MISSING[array.dtype.kind],
        dimension_names=[str(dim) for dim in array.dims],
        attributes=dict(array.attrs),
    )
