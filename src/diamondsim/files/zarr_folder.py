"""A Dataset or DataTree as a Zarr store, format 3, with a checksum for every chunk."""

from __future__ import annotations

import os
import shutil
import warnings
from pathlib import Path
from typing import Any

import xarray as xr

from diamondsim.results import PART_SUFFIX


def write_zarr(dataset: xr.Dataset | xr.DataTree, target: Path) -> Path:
    """Write a Dataset, or a DataTree with a group for each node, to a Zarr store, a folder.

    Parameters
    ----------
    dataset : xarray.Dataset or xarray.DataTree
    target : pathlib.Path
        Does not exist yet; it gets its name when it is complete.

    Returns
    -------
    pathlib.Path
        `target`.

    Raises
    ------
    OSError
        If `target` exists, or the machine fails; nothing is then left behind.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}{PART_SUFFIX}")
    try:
        with warnings.catch_warnings():  # readers that do not support it ignore it
            warnings.filterwarnings("ignore", message="Consolidated metadata is currently not part")
            if isinstance(dataset, xr.DataTree):
                nodes = {node.path: _storable(node.to_dataset()) for node in dataset.subtree}
                tree = xr.DataTree.from_dict(nodes)
                encoding = {path: _encoding(node) for path, node in nodes.items()}
                tree.to_zarr(part, zarr_format=3, encoding=encoding, write_inherited_coords=True)
            else:
                stored = _storable(dataset)
                stored.to_zarr(part, zarr_format=3, encoding=_encoding(stored))
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _storable(dataset: xr.Dataset) -> xr.Dataset:
    """Return a Dataset with texts of any length: the format has none of a fixed one."""
    texts = {name: each.astype(object) for name, each in dataset.variables.items() if each.dtype.kind in "UT"}
    return dataset.assign(texts).set_coords([name for name in texts if name in dataset.coords])


def _encoding(dataset: xr.Dataset) -> dict[Any, dict[str, object]]:
    from zarr.codecs import BloscCodec, Crc32cCodec  # noqa: PLC0415 - an extra

    packed: dict[str, object] = {
        "compressors": [BloscCodec(cname="zstd", clevel=1, shuffle="shuffle"), Crc32cCodec()]
    }
    return {
        name: packed
        for name, variable in dataset.variables.items()
        if variable.dtype.kind in "fiub" and variable.ndim
    }
