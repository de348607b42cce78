"""Executors as the caller makes them, the standard library's or a Dask client, asked in one way.

Owns how many blocks an executor can take, and what is said where it has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from typing import Protocol, TypeAlias, runtime_checkable

from diamondsim.simulation.block_file import Arrays
from diamondsim.simulation.parcel import Parcel, run_block
from diamondsim.simulation.processors import usable_processors

_RETRIES = 2
"""How often a cluster tries a block again that failed, such as where a worker had no memory left."""


@runtime_checkable
class DaskClient(Protocol):
    """What is used of a `dask.distributed.Client`, so that Dask need not be installed."""

    status: str

    @property
    def asynchronous(self) -> bool:
        """Whether it is for code of an event loop."""
        ...

    def get_executor(self, *, pure: bool, retries: int) -> Executor:
        """Return the cluster as an executor."""
        ...

    def nthreads(self) -> Mapping[str, int]:
        """Return the threads of each worker."""
        ...


AnyExecutor: TypeAlias = Executor | DaskClient


class Office:
    """Where blocks are handed in: an executor, which stays the caller's.

    Parameters
    ----------
    executor : concurrent.futures.Executor or dask.distributed.Client

    Raises
    ------
    TypeError
        Where it is neither, or a client for code of an event loop.
    """

    def __init__(self, executor: AnyExecutor) -> None:
        self._client = executor if isinstance(executor, DaskClient) else None
        if self._client is not None and self._client.asynchronous:
            raise TypeError("executor is a client made with asynchronous=True: make one without")
        given = executor if self._client is None else self._client.get_executor(pure=False, retries=_RETRIES)
        if not isinstance(given, Executor):
            raise TypeError(
                "executor is a concurrent.futures.Executor or a dask.distributed.Client, "
                f"found {type(given).__name__}"
            )
        self._executor = given

    def at_once(self) -> int:
        """Return how many blocks it runs at once, as far as it tells; a cluster may grow and shrink.

        Raises
        ------
        BrokenExecutor
            Where it has ended.
        """
        if self._client is None:
            told = getattr(self._executor, "_max_workers", None)  # nothing public tells it
            return told if isinstance(told, int) else usable_processors()
        self.require()
        try:
            return max(1, sum(self._client.nthreads().values()))
        except OSError as error:
            raise _ended(error) from error

    def hand_in(self, parcel: Parcel, first: int, count: int) -> Future[Arrays]:
        """Have the replications [first, first + count) run.

        Raises
        ------
        BrokenExecutor
            Where it has ended.
        """
        self.require()
        try:
            return self._executor.submit(run_block, parcel, first, count)
        except RuntimeError as error:  # after its shutdown
            raise _ended(error) from error

    def require(self) -> None:
        """Raise a BrokenExecutor where it is known to have ended."""
        if self._client is not None and self._client.status != "running":
            raise _ended(f"the client is {self._client.status}")


def has_failed(future: Future[Arrays]) -> bool:
    """Return whether nothing came of a block that is no longer under way."""
    return future.cancelled() or future.exception() is not None


def result_of(future: Future[Arrays]) -> Arrays:
    """Return what came of a block.

    Raises
    ------
    BrokenExecutor
        Where the executor has ended.
    Exception
        Whatever was raised where the block was run.
    """
    try:
        return future.result()
    except (BrokenExecutor, CancelledError) as error:
        raise _ended(error) from error


def _ended(why: object) -> BrokenExecutor:
    reason = str(why) or "it has dropped the blocks under way"
    return BrokenExecutor(f"the executor ended before the run did: {reason}")
