"""Executors, those of the standard library and Dask clients, behind one interface.

Owns how many blocks an executor is given at a time, and the error for one that has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from typing import Protocol, TypeAlias, runtime_checkable

from diamondsim.simulation.block_store import Arrays
from diamondsim.simulation.worker import PackedRun, run_block
from diamondsim.simulation.worker_processes import WorkerDiedError, usable_processors

_RETRIES = 2
"""How often a cluster repeats a block that failed, for example because a worker ran out of memory."""


@runtime_checkable
class DaskClient(Protocol):
    """The part of `dask.distributed.Client` that is used, so that Dask need not be installed."""

    status: str

    @property
    def asynchronous(self) -> bool:
        """Whether the client is for coroutines."""
        ...

    def get_executor(self, *, pure: bool, retries: int) -> Executor:
        """Return the cluster as an executor."""
        ...

    def nthreads(self) -> Mapping[str, int]:
        """Return the number of threads of each worker."""
        ...


AnyExecutor: TypeAlias = Executor | DaskClient


class ExecutorAdapter:
    """Gives blocks to an executor; does not shut it down.

    Parameters
    ----------
    executor : concurrent.futures.Executor or dask.distributed.Client

    Raises
    ------
    TypeError
        If it is neither, or a client for coroutines.
    """

    def __init__(self, executor: AnyExecutor) -> None:
        self._client = executor if isinstance(executor, DaskClient) else None
        if self._client is not None and self._client.asynchronous:
            raise TypeError("executor is a client made with asynchronous=True: make one without")
        given = executor if self._client is None else self._client.get_executor(pure=False, retries=_RETRIES)
        if not isinstance(given, Executor):
            raise TypeError(
                "executor: expected a concurrent.futures.Executor or a dask.distributed.Client, "
                f"found {type(given).__name__}"
            )
        self._executor = given

    def capacity(self) -> int:
        """Return how many blocks the executor runs at once, if known; a cluster may grow and shrink.

        Raises
        ------
        BrokenExecutor
            If the executor has ended.
        """
        if self._client is None:
            threads = getattr(self._executor, "_max_workers", None)  # no public attribute has it
            return threads if isinstance(threads, int) else usable_processors()
        self.require_running()
        try:
            return max(1, sum(self._client.nthreads().values()))
        except OSError as error:
            raise _ended(error) from error

    def submit(self, packed: PackedRun, first: int, count: int) -> Future[Arrays]:
        """Schedule the replications [first, first + count).

        Raises
        ------
        BrokenExecutor
            If the executor has ended.
        """
        self.require_running()
        try:
            return self._executor.submit(run_block, packed, first, count)
        except RuntimeError as error:  # after its shutdown
            raise _ended(error) from error

    def require_running(self) -> None:
        """Raise a BrokenExecutor if the executor is known to have ended."""
        if self._client is not None and self._client.status != "running":
            raise _ended(f"the client is {self._client.status}")


def has_failed(future: Future[Arrays]) -> bool:
    """Return whether a block that is no longer in progress has no result."""
    return future.cancelled() or future.exception() is not None


def result_of(future: Future[Arrays]) -> Arrays:
    """Return the result of a block.

    Raises
    ------
    BrokenExecutor
        If the executor has ended.
    Exception
        Any exception raised by the worker.
    """
    try:
        return future.result()
    except WorkerDiedError:  # its text says all
        raise
    except (BrokenExecutor, CancelledError) as error:
        raise _ended(error) from error


def _ended(why: object) -> BrokenExecutor:
    reason = str(why) or "it has dropped the blocks in progress"
    return BrokenExecutor(f"the executor ended before the run did: {reason}")
