"""Processes of our own that do tasks, and end with the run.

Results do not depend on their number. Threads would gain nothing: the arrays that fit the cache are so small
that threads spend their time waiting for the interpreter's lock.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import connection
from types import ModuleType
from typing import Any, Generic, Protocol, TypeVar

from diamondsim.simulation.bench import Report
from diamondsim.simulation.block_file import Arrays
from diamondsim.simulation.progress import Teller
from diamondsim.simulation.work import Task

_POLL_SECONDS = 0.2
R_co = TypeVar("R_co", covariant=True)


class Made(Protocol):
    """What came of a task, as far as it travels."""

    def arrays(self) -> Arrays:
        """Return it as arrays."""
        ...


class Maker(Protocol[R_co]):
    """One who does tasks."""

    def do(self, task: Task, report: Report, /) -> Made:
        """Do a task."""
        ...

    def restored(self, task: Task, arrays: Arrays, /) -> R_co:
        """Return what came of a task that another process did."""
        ...


class Work(Protocol):
    """What there is to do, as it travels to another process."""

    def desk(self) -> Maker[object]:
        """Return one who does it."""
        ...


class Processes(Generic[R_co]):
    """Processes at work on one job; each keeps its blocks by itself, as soon as they are done.

    Parameters
    ----------
    job : Work
    desk : Maker
        Of this process.
    number : int
        How many.
    tell : Teller
    """

    def __init__(self, job: Work, desk: Maker[R_co], *, number: int, tell: Teller) -> None:
        context = multiprocessing.get_context("spawn")
        self._number = number
        self._desk = desk
        self._tell = tell
        self._done, self._stop = context.Value("q", 0), context.Event()
        self._told = 0
        self._pool = ProcessPoolExecutor(
            number, mp_context=context, initializer=_start, initargs=(job, self._done, self._stop)
        )

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, R_co]]:
        """Yield what came of the tasks in their order, with no more than a few under way or waiting."""
        waiting: deque[tuple[Task, Future[Arrays]]] = deque()
        for task in tasks:
            with _starting():
                waiting.append((task, self._pool.submit(_work, task)))
            if len(waiting) > self._number:
                yield self._next(waiting)
        while waiting:
            yield self._next(waiting)

    def _next(self, waiting: deque[tuple[Task, Future[Arrays]]]) -> tuple[Task, R_co]:
        task, future = waiting.popleft()
        while not wait([future], timeout=_POLL_SECONDS).done:
            self._report()
        arrays = future.result()
        self._report()
        return task, self._desk.restored(task, arrays)

    def _report(self) -> None:
        done = self._done.value
        self._told, news = done, done - self._told
        self._tell.more(news)

    def end(self) -> None:
        """Where all is done this stops nobody; else the processes look here between two parts."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _starting() -> Iterator[None]:
    """Let processes start that know nothing of the caller's script and are deaf to its interruption.

    They would import the script, although nothing of it is needed, and one that is not guarded by
    ``if __name__ == "__main__"`` would start the run again in each of them. And each would report the
    interruption.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    # What is blocked here is blocked in the new process from its start; here it is only late.
    blockable = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if blockable else set()
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if blockable:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


_desk: Maker[object] | None = None
_shared: list[Any] = []


def _start(job: Work, done: Any, stop: Any) -> None:
    """Make a new process ready: what it is to run, and when it is to end."""
    global _desk  # noqa: PLW0603 - a process of the pool has no other place for what it keeps
    _desk = job.desk()
    _shared[:] = [done, stop]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller says when to stop
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "started by a pool"
    connection.wait([parent.sentinel])
    os._exit(1)


def _work(task: Task) -> Arrays:
    done, stop = _shared
    assert _desk is not None, "made when the process started"

    def report(replications: int) -> bool:
        with done.get_lock():
            done.value += replications
        return not stop.is_set()

    return _desk.do(task, report).arrays()
