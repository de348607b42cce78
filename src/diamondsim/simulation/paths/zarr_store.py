"""The public call `paths_to_zarr`: the files of a folder as one Zarr store, to be read from afar."""

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
from diamondsim.results.storage import PART_SUFFIX
from diamondsim.simulation.paths.block import chunk_shape
from diamondsim.simulation.paths.opening import blocks_of, open_paths
from diamondsim.simulation.progress import Progress, Teller

if TYPE_CHECKING:
    import zarr

_CONVERTED = "converted_replications"
"""Attribute of a store that is not whole; it is written with `run`, and removed when all are converted."""
_MISSING = {"f": np.nan, "i": -1}
"""What a chunk reads as that is not there: nothing that a path can be."""


def paths_to_zarr(
    folder: str | os.PathLike[str], store: str | os.PathLike[str], *, progress: Progress | None = None
) -> Path:
    """Write the paths of a folder as one Zarr store, format 3, with checksums (CRC-32C).

    It has its name only once all is in it; a call that was stopped goes on where it was. `xarray.open_zarr`
    reads it. Needs zarr, the extra `zarr` of this package.

    Parameters
    ----------
    folder : path
        Of `write_paths`, with all its replications.
    store : path
        A folder that does not exist yet.
    progress : callable, optional
        Called with the number of replications done and the number wanted.

    Returns
    -------
    pathlib.Path
        Where the store lies.

    Raises
    ------
    StoreError
        Where the folder holds no paths, or not all of them, or a damaged file; where `store` exists.
    ImportError
        Where zarr is not installed.
    OSError
        Where the machine fails, such as a full disk.

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
        raise ImportError("paths_to_zarr needs zarr: pip install 'zarr>=3.1'")
    target = Path(store)
    if target.exists():
        raise StoreError(f"'{target}' exists: name another place, or remove it")
    paths, blocks = open_paths(folder), blocks_of(folder)
    part = target.with_name(f".{target.name}{PART_SUFFIX}")
    group = _begun(part, paths, blocks[0].count)
    tell = Teller(progress)
    tell.total = paths.sizes["replication"]
    done = group.attrs.get(_CONVERTED, tell.total)
    assert isinstance(done, int), "written by us"
    tell.more(done)
    for block in blocks:
        if block.first >= done:
            _convert(group, paths, slice(block.first, block.first + block.count))
            tell.more(block.count)
    if _CONVERTED in group.attrs:
        del group.attrs[_CONVERTED]
    _consolidate(part)
    part.rename(target)
    return target


def _consolidate(part: Path) -> None:
    """Put what describes all variables into one file, so that a store that is far away opens quickly."""
    import zarr  # noqa: PLC0415 - an extra

    with warnings.catch_warnings():  # readers that do not know of it may pass it over
        warnings.filterwarnings("ignore", message="Consolidated metadata is currently not part")
        zarr.consolidate_metadata(part)


def _convert(group: zarr.Group, paths: xr.Dataset, replications: slice) -> None:
    import zarr  # noqa: PLC0415 - an extra

    for name, array in paths.data_vars.items():
        room = group[str(name)]
        assert isinstance(room, zarr.Array), "made so"
        room[..., replications] = array.isel(replication=replications).values
    group.attrs[_CONVERTED] = replications.stop


def _begun(part: Path, paths: xr.Dataset, block: int) -> zarr.Group:
    """Return the store as far as it was written; where that is of other paths, a new one."""
    import zarr  # noqa: PLC0415 - an extra

    if part.exists():
        try:
            found = zarr.open_group(part, mode="r+")
            if all(found.attrs.get(name) == paths.attrs[name] for name in ("run", "replications")):
                return found
        except (FileNotFoundError, ValueError):
            pass  # it was stopped before there was anything in it
        shutil.rmtree(part)
    labels = paths.drop_vars([*paths.data_vars]).assign_attrs(run="")
    # Words of a fixed length have no place in the format.
    words = {name: array.astype(object) for name, array in labels.coords.items() if array.dtype.kind == "U"}
    labels = labels.assign_coords(words)
    labels.to_zarr(part, zarr_format=3, consolidated=False)
    group = zarr.open_group(part, mode="r+")
    for name, array in paths.data_vars.items():
        _make(group, str(name), array, block)
    group.attrs.update({"run": paths.attrs["run"], _CONVERTED: 0})
    return group


def _make(group: zarr.Group, name: str, array: xr.DataArray, block: int) -> None:
    """Make room for one variable: a file for each block, in which every chunk has a checksum."""
    from zarr.codecs import BloscCodec, Crc32cCodec  # noqa: PLC0415 - an extra

    *before, _ = array.shape
    *chunk, replications = chunk_shape(array.variable, block)
    blocks_up = -(-block // replications) * replications
    group.create_array(
        name,
        shape=array.shape,
        dtype=array.dtype,
        chunks=(*chunk, replications),
        shards=(*before, blocks_up) if array.size else None,
        compressors=[BloscCodec(cname="zstd", clevel=1, shuffle="shuffle"), Crc32cCodec()],
        fill_value=_MISSING[array.dtype.kind],
        dimension_names=[str(dim) for dim in array.dims],
        attributes=dict(array.attrs),
    )
