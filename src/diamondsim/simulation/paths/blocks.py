"""Arrays that lie in many files, read where and when they are needed.

Owns how a place in the whole is found in the files, and what is said where one of them is damaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import h5py
import numpy as np
import numpy.typing as npt
from xarray.backends import BackendArray
from xarray.core import indexing

from diamondsim.errors import StoreError

Key: TypeAlias = tuple[int | slice | npt.NDArray[np.int64], ...]


@dataclass(frozen=True)
class Block:
    """A file with the replications [first, first + count)."""

    file: Path
    first: int
    count: int


class BlockedArray(BackendArray):
    """One variable over all files, replication last.

    Parameters
    ----------
    blocks : sequence of Block
        Without a gap, from replication 0 on.
    name : str
    shape : tuple of int
    dtype : numpy.dtype
    """

    def __init__(
        self, blocks: Sequence[Block], name: str, shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> None:
        self._blocks = tuple(blocks)
        self._name = name
        self.shape = shape
        self.dtype = dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        """Return some of it, for xarray."""
        # The HDF5 library takes one list of places beside slices.
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER_1VECTOR, self._read
        )

    def _read(self, key: Key) -> npt.NDArray[Any]:
        *before, last = key
        wanted = np.atleast_1d(np.arange(self.shape[-1])[last])
        parts = []
        for block in self._blocks:
            here = wanted[(wanted >= block.first) & (wanted < block.first + block.count)] - block.first
            if here.size:
                parts.append(self._read_from(block, (*before, _as_slice(here))))
        if not parts:
            return np.empty((*self.shape[:-1], 0), self.dtype)[(*before, slice(None))]
        found = np.concatenate(parts, axis=-1)
        return np.asarray(found[..., 0] if isinstance(last, int | np.integer) else found)

    def _read_from(self, block: Block, key: tuple[Any, ...]) -> npt.NDArray[Any]:
        try:
            with h5py.File(block.file) as netcdf:
                return np.asarray(netcdf[self._name][key])
        except FileNotFoundError:
            raise StoreError(
                f"'{block.file}' is gone: open the paths again; if that fails, write them again"
            ) from None
        except (OSError, KeyError) as error:
            raise StoreError(
                f"'{block.file}' is damaged or cannot be read ({error}): write the paths again as before, "
                "which computes anew what is damaged"
            ) from error


def _as_slice(places: npt.NDArray[np.int64]) -> slice | npt.NDArray[np.int64]:
    """Return ascending places as a slice where they are evenly spaced, which is read much faster."""
    steps = np.diff(places)
    if steps.size == 0:
        return slice(int(places[0]), int(places[0]) + 1)
    if (steps == steps[0]).all():
        return slice(int(places[0]), int(places[-1]) + 1, int(steps[0]))
    return places
