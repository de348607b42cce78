"""Arrays that are spread over many files and read when they are needed.

Owns the mapping from replications to files, and the error for a file that is damaged or gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import h5py
import numpy as np
import numpy.typing as npt
from xarray.backends import BackendArray
from xarray.core import indexing

from diamondsim.errors import StoreError
from diamondsim.simulation.paths.path_store import PathFile

Key: TypeAlias = tuple[int | slice | npt.NDArray[np.int64], ...]


class FileArray(BackendArray):
    """One variable of all files, replication last.

    Parameters
    ----------
    files : sequence of PathFile
        All replications from 0 on, in order and without a gap.
    name : str
    shape : tuple of int
    dtype : numpy.dtype
    """

    def __init__(
        self, files: Sequence[PathFile], name: str, shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> None:
        self._files = tuple(files)
        self._name = name
        self.shape = shape
        self.dtype = dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        """Return a selection, as xarray asks for it."""
        # The HDF5 library accepts one list of positions besides slices.
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER_1VECTOR, self._read
        )

    def _read(self, key: Key) -> npt.NDArray[Any]:
        *before, last = key
        wanted = np.atleast_1d(np.arange(self.shape[-1])[last])
        parts = []
        for file in self._files:
            in_file = wanted[(wanted >= file.first) & (wanted < file.first + file.count)] - file.first
            if in_file.size:
                parts.append(self._read_from(file, (*before, _as_slice(in_file))))
        if not parts:
            return np.empty((*self.shape[:-1], 0), self.dtype)[(*before, slice(None))]
        values = np.concatenate(parts, axis=-1)
        return np.asarray(values[..., 0] if isinstance(last, int | np.integer) else values)

    def _read_from(self, file: PathFile, key: tuple[Any, ...]) -> npt.NDArray[Any]:
        try:
            # A finished file does not change, so it needs no lock, which some file systems refuse.
            with h5py.File(file.path, locking=False) as netcdf:
                return np.asarray(netcdf[self._name][key])
        except FileNotFoundError:
            raise StoreError(
                f"'{file.path}' is gone: open the paths again; if that fails, write them again"
            ) from None
        except (OSError, KeyError) as error:
            raise StoreError(
                f"'{file.path}' is damaged or cannot be read ({error}): write the paths again as before, "
                "which computes what is damaged again"
            ) from error


def _as_slice(positions: npt.NDArray[np.int64]) -> slice | npt.NDArray[np.int64]:
    """Return ascending positions as a slice if they are evenly spaced, which is read much faster."""
    steps = np.diff(positions)
    if steps.size == 0:
        return slice(int(positions[0]), int(positions[0]) + 1)
    if (steps == steps[0]).all():
        return slice(int(positions[0]), int(positions[-1]) + 1, int(steps[0]))
    return positions
