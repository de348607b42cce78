"""The public call `open_paths`: many files as one Dataset, read where they are needed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import xarray as xr
from xarray.core.indexing import LazilyIndexedArray

from diamondsim.errors import StoreError
from diamondsim.simulation.block_file import DamagedError
from diamondsim.simulation.manifest import FORMAT
from diamondsim.simulation.paths.block import require_whole
from diamondsim.simulation.paths.blocks import Block, BlockedArray
from diamondsim.simulation.paths.folder import MANIFEST
from diamondsim.simulation.paths.manifest import PathsManifest
from diamondsim.simulation.paths.shelf import PathsShelf


def open_paths(
    folder: str | os.PathLike[str], *, unfinished: bool = False, verify: bool = False
) -> xr.Dataset:
    """Open what `write_paths` wrote.

    Numbers are read from the files when they are used, and only those that are; `.load()` reads all that is
    selected, `.chunk()` makes Dask arrays of it. Every chunk that is read is held against its checksum.

    Parameters
    ----------
    folder : path
    unfinished : bool
        Open what is there of paths that are not all written: the first replications up to the first gap.
    verify : bool
        Look at every byte of every file first.

    Returns
    -------
    xarray.Dataset
        (time, node | lane | source | market | control | desk, replication), with names, units and provenance.

    Raises
    ------
    StoreError
        Where the folder holds no paths, where some are missing, where the first file is damaged or, with
        `verify`, any. A damaged chunk is found when it is read.

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
    blocks = blocks_of(folder, unfinished=unfinished)
    # Labels have no checksums of their own, and are those of the first file.
    _verify(blocks if verify else blocks[:1], _manifest_of(Path(folder)).key)
    return _opened(blocks)


def blocks_of(folder: str | os.PathLike[str], *, unfinished: bool = False) -> list[Block]:
    """Return the files of a folder of paths, in their order.

    Raises
    ------
    StoreError
        As `open_paths`.
    """
    place = Path(folder)
    manifest = _manifest_of(place)
    # What is read late is read from the same place wherever the process has gone since.
    shelf = PathsShelf(place.absolute(), manifest.key)
    blocks = [Block(shelf.file(first, count), first, count) for first, count in shelf.leading()]
    there = sum(block.count for block in blocks)
    if not there or (there < manifest.replications and not unfinished):
        further = sum(shelf.counts().values()) - there
        also = f" and {further:,} after a gap" if further else ""
        raise StoreError(
            f"'{place}' holds the first {there:,} of {manifest.replications:,} replications{also}: write "
            "the paths again as before, which goes on from there"
            + (", or pass unfinished=True" * bool(there))
        )
    return blocks


def _manifest_of(folder: Path) -> PathsManifest:
    file = folder / MANIFEST
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(f"'{folder}' holds no paths: there is no '{MANIFEST}'") from None
    manifest = PathsManifest.read(content)
    if manifest is None:
        raise StoreError(f"'{file}' is damaged: write the paths again as before, which mends it")
    if manifest.format != FORMAT:
        raise StoreError(
            f"'{folder}' was written by diamondsim {manifest.diamondsim} in format {manifest.format}: open "
            "it with that one"
        )
    return manifest


def _verify(blocks: list[Block], run: str) -> None:
    damaged = []
    for block in blocks:
        try:
            require_whole(block.file, run=run, first=block.first, count=block.count)
        except DamagedError as damage:
            damaged.append(f"'{block.file}': {damage}")
    if damaged:
        raise StoreError(
            f"damaged: {'; '.join(damaged)}. Write the paths again as before, which computes anew what is "
            "damaged"
        )


def _opened(blocks: list[Block]) -> xr.Dataset:
    """Return all blocks as one Dataset, with the labels of the first."""
    replications = sum(block.count for block in blocks)
    with xr.open_dataset(blocks[0].file, engine="h5netcdf") as first:
        labels = first.drop_vars([*first.data_vars, "replication"]).load()
        variables = {
            str(name): xr.Variable(
                variable.dims,
                LazilyIndexedArray(
                    BlockedArray(blocks, str(name), (*variable.shape[:-1], replications), variable.dtype)
                ),
                variable.attrs,
            )
            for name, variable in first.data_vars.items()
        }
        words = first["replication"].attrs
    attrs = labels.attrs | {"replications": replications}
    del attrs["first_replication"]
    dataset = xr.Dataset(variables, labels.coords, attrs)
    return dataset.assign_coords(replication=("replication", np.arange(replications), words))
