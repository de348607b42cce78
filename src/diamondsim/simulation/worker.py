"""Computes blocks in a worker: a thread of a worker process, or any thread in which an executor runs them.

Owns the form in which a run is sent to workers, and what a worker keeps from one block to the next. A worker
may be on another machine; all that it needs is the same version of diamondsim.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from diamondsim._version import __version__
from diamondsim.simulation.block_store import Arrays, BlockStore
from diamondsim.simulation.run_manifest import code_hash
from diamondsim.simulation.runner import PartDone, Workspace

_MAX_RUNNERS = 8
"""Compiled scenarios that a thread keeps; the blocks of a run come one scenario after the other."""

R_co = TypeVar("R_co", bound="BlockResult", covariant=True)


class BlockResult(Protocol):
    """The result of a block."""

    @property
    def replications(self) -> int:
        """Number of replications."""
        ...

    def arrays(self) -> Arrays:
        """Return the result as arrays, to be sent or stored."""
        ...


class Runner(Protocol[R_co]):
    """Computes blocks of one run."""

    def run(self, first: int, count: int, part_done: PartDone, /) -> R_co:
        """Compute the replications [first, first + count), or fewer if `part_done` returns False."""
        ...

    def restore(self, arrays: Arrays, /) -> R_co:
        """Return the result whose `arrays` these are."""
        ...


class Spec(Protocol):
    """Everything that a run is computed from; can be pickled."""

    def runner(self, workspace: Workspace, /) -> Runner[BlockResult]:
        """Return a runner for the run."""
        ...


@dataclass(frozen=True)
class PackedRun:
    """A run as it is sent with each of its blocks: about 20 kB; the result of a block is megabytes.

    Attributes
    ----------
    key : str
        Identifies the run, so that a worker compiles its scenario once.
    version, code : str
        Version of diamondsim and hash of its code where the run was packed.
    content : bytes
    block_store : BlockStore or None
        Where the worker keeps finished blocks; None if it may not share a disk with the caller.
    """

    key: str
    version: str
    code: str
    content: bytes
    block_store: BlockStore | None

    @classmethod
    def of(cls, spec: Spec, block_store: BlockStore | None = None) -> Self:
        """Pack a run."""
        content = zlib.compress(pickle.dumps(spec))
        return cls(hashlib.sha256(content).hexdigest(), __version__, code_hash(), content, block_store)


class Worker(threading.local):
    """The compiled runs of a thread, which share one workspace."""

    def __init__(self) -> None:
        self._workspace = Workspace()
        self._runners: OrderedDict[str, Runner[BlockResult]] = OrderedDict()

    def runner(self, packed: PackedRun) -> Runner[BlockResult]:
        """Return the runner of a run, compiled at the first call."""
        if packed.key not in self._runners:
            if len(self._runners) == _MAX_RUNNERS:
                self._runners.popitem(last=False)
            spec: Spec = pickle.loads(zlib.decompress(packed.content))
            self._runners[packed.key] = spec.runner(self._workspace)
        self._runners.move_to_end(packed.key)
        return self._runners[packed.key]


_worker = Worker()


def run_block(
    packed: PackedRun, first: int, count: int, *, part_done: PartDone = lambda _replications: True
) -> Arrays:
    """Compute the replications [first, first + count) of a run in the thread that calls this.

    Parameters
    ----------
    packed : PackedRun
    first, count : int
    part_done : callable, optional

    Returns
    -------
    mapping of str to array
        The arrays of the result.

    Raises
    ------
    RuntimeError
        If the code of diamondsim differs from that of the caller, since results would not be comparable.
    OSError
        If the block cannot be stored.
    """
    if packed.code != code_hash():
        raise RuntimeError(
            f"diamondsim {__version__} of the worker and diamondsim {packed.version} of the caller are "
            "not the same code: install the same version on all machines"
        )
    result = _worker.runner(packed).run(first, count, part_done)
    arrays = result.arrays()
    if packed.block_store is not None and result.replications == count:
        packed.block_store.write(first, count, arrays)
    return arrays
