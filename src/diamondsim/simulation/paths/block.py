"""The paths of some replications as a NetCDF file that proves itself.

Behind the content of the file stand 64 characters more, the SHA-256 of all before them, which NetCDF readers
pass over. Every chunk has a checksum besides, which is looked at whenever the chunk is read, by any reader.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import h5py
import xarray as xr

from diamondsim.results import netcdf_content
from diamondsim.results.storage import atomic_file
from diamondsim.simulation.block_file import DamagedError

_DIGEST_CHARS = 64
_PIECE_BYTES = 2**20
_CHUNK_BYTES = 2**19
"""Most that a chunk takes: the HDF5 library keeps one MiB of chunks of each variable at hand."""
_CHUNK_REPLICATIONS = 128


def write_block(target: Path, dataset: xr.Dataset, run: str) -> None:
    """Write the paths of some replications, whole or not at all.

    Parameters
    ----------
    target : pathlib.Path
    dataset : xarray.Dataset
        Of `diamondsim.results.paths_dataset`.
    run : str
        Key of the run to which they belong.

    Raises
    ------
    OSError
        Where there is no room, or the folder is gone. What was there before stays.
    """
    dataset.attrs |= {
        "run": run,
        "first_replication": int(dataset["replication"][0]),
        "replications": dataset.sizes["replication"],
    }
    # Writing straight to a full disk would end the whole process inside the HDF5 library.
    count = dataset.sizes["replication"]
    chunks = {
        name: chunk_shape(array.variable, count) for name, array in dataset.data_vars.items() if array.size
    }
    content = netcdf_content(dataset, chunks)
    try:
        with atomic_file(target) as file:
            file.write(content)
            file.write(hashlib.sha256(content).hexdigest().encode())
    except OSError as error:
        why = error.strerror or str(error)
        raise OSError(error.errno, f"cannot keep finished paths in '{target.parent}': {why}") from error


def require_whole(file: Path, *, run: str, first: int, count: int) -> None:
    """Look at every byte of a file.

    Raises
    ------
    FileNotFoundError
    DamagedError
        Where not every byte is as it was written, or the paths are of another run or other replications.
    OSError
        Where the machine does not let it be read.
    """
    found, left = hashlib.sha256(), file.stat().st_size - _DIGEST_CHARS
    with file.open("rb") as content:
        while left > 0 and (piece := content.read(min(left, _PIECE_BYTES))):
            found.update(piece)
            left -= len(piece)
        if found.hexdigest().encode() != content.read():
            raise DamagedError("its checksum does not fit")
    with h5py.File(file) as netcdf:
        attrs = netcdf.attrs
        if (attrs["run"], attrs["first_replication"], attrs["replications"]) != (run, first, count):
            raise DamagedError("it is that of another run or of other replications")


def chunk_shape(variable: xr.Variable, replications: int) -> tuple[int, ...]:
    """Return the shape of chunks: all ticks of one node, lane, source or market in some replications.

    So one place, or a few replications, can be read without the rest.

    Parameters
    ----------
    variable : xarray.Variable
        Replication last.
    replications : int
        Of a file.
    """
    length = max(1, variable.shape[0]) if variable.dims[0] == "time" else 1
    fit = max(1, _CHUNK_BYTES // (length * variable.dtype.itemsize))
    count = min(_CHUNK_REPLICATIONS, 1 << (fit.bit_length() - 1), replications)
    return (length, *(1 for _ in variable.shape[1:-1]), count)
