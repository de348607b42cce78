"""A recipe as it travels to an executor, and what is done with it where it arrives.

Owns what an executor's processes and threads keep from one block to the next. They may be on other machines:
nothing is asked of them but the same diamondsim.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Self

from diamondsim._version import __version__
from diamondsim.simulation.bench import Bench, Recipe, Room
from diamondsim.simulation.block_file import Arrays
from diamondsim.simulation.identity import code

_MOST_BENCHES = 8
"""Recipes that a thread keeps ready; a run takes them one after the other."""


@dataclass(frozen=True)
class Parcel:
    """A recipe, packed: some 20 kB, against megabytes of results of each block.

    Attributes
    ----------
    key : str
        By which it is known again, so that its scenario is compiled once.
    version, code : str
        Of diamondsim, where it was packed: the version, and the hash of what computes.
    content : bytes
    """

    key: str
    version: str
    code: str
    content: bytes

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """Pack a recipe."""
        content = zlib.compress(pickle.dumps(recipe))
        return cls(hashlib.sha256(content).hexdigest(), __version__, code(), content)


class _Kept(threading.local):
    """What a thread keeps: benches share a room, in which only one block can be at work."""

    def __init__(self) -> None:
        self._room = Room()
        self._benches: OrderedDict[str, Bench] = OrderedDict()

    def bench(self, parcel: Parcel) -> Bench:
        if parcel.key not in self._benches:
            if len(self._benches) == _MOST_BENCHES:
                self._benches.popitem(last=False)
            recipe = pickle.loads(zlib.decompress(parcel.content))
            assert isinstance(recipe, Recipe), "packed by `of`"
            self._benches[parcel.key] = Bench(recipe, self._room)
        self._benches.move_to_end(parcel.key)
        return self._benches[parcel.key]


_kept = _Kept()


def run_block(parcel: Parcel, first: int, count: int) -> Arrays:
    """Run the replications [first, first + count) of a recipe, wherever this is called.

    Parameters
    ----------
    parcel : Parcel
    first, count : int

    Returns
    -------
    mapping of str to array
        What `Summary.arrays` says of them.

    Raises
    ------
    RuntimeError
        Where this is another diamondsim: its numbers would not fit those of others.
    """
    if parcel.code != code():
        raise RuntimeError(
            f"diamondsim {__version__} where a block is run and {parcel.version} where it is asked for are "
            "not the same code: install the same on all machines"
        )
    return _kept.bench(parcel).run(first, count, lambda _done: True).arrays()
