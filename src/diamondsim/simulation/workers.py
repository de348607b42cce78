"""The work on blocks, here or spread over processes.

Results do not depend on the number of processes. Threads would gain nothing: the arrays that fit the cache
are so small that threads spend their time waiting for the interpreter's lock.
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
from types import ModuleType, TracebackType
from typing import Any, Self

from diamondsim.results import Summary
from diamondsim.sampling import BLOCK
from diamondsim.simulation.block_file import Arrays
from diamondsim.simulation.progress import Teller
from diamondsim.simulation.work import Desk, Job, Task

_POLL_SECONDS = 0.2


class Crew:
    """Some processes, which start when there is enough to do and end with the crew.

    Parameters
    ----------
    job : Job
    desk : Desk
        Of this process.
    workers : int
        Most processes; with one, all happens in this process.
    tell : Teller
    """

    def __init__(self, job: Job, desk: Desk, *, workers: int, tell: Teller) -> None:
        self._job = job
        self._desk = desk
        self._workers = workers
        self._tell = tell
        self._pool: _Pool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.end()

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Summary]]:
        """Do some tasks, and yield each with what came of it."""
        enough = sum(task.count for task in tasks) > BLOCK  # less is done before a process has started
        if self._pool is None and enough and min(self._workers, len(tasks)) > 1:
            self._pool = _Pool(self._job, min(self._workers, len(tasks)))
        if self._pool is not None:
            for task, arrays in self._pool.run(tasks, self._tell):
                yield task, self._desk.restored(task, arrays)
            return
        for task in tasks:
            yield task, self._desk.do(task, self._tell.more)


class _Pool:
    """Processes at work on one job."""

    def __init__(self, job: Job, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._processes = processes
        self._done, self._stop = context.Value("q", 0), context.Event()
        self._told = 0
        self._pool = ProcessPoolExecutor(
            processes, mp_context=context, initializer=_start, initargs=(job, self._done, self._stop)
        )

    def run(self, tasks: Sequence[Task], tell: Teller) -> Iterator[tuple[Task, Arrays]]:
        """Yield what came of the tasks in their order, with no more than a few under way or waiting."""
        waiting: deque[tuple[Task, Future[Arrays]]] = deque()
        for task in tasks:
            with _starting():
                waiting.append((task, self._pool.submit(_work, task)))
            if len(waiting) > self._processes:
                yield self._next(waiting, tell)
        while waiting:
            yield self._next(waiting, tell)

    def _next(self, waiting: deque[tuple[Task, Future[Arrays]]], tell: Teller) -> tuple[Task, Arrays]:
        task, future = waiting.popleft()
        while not wait([future], timeout=_POLL_SECONDS).done:
            self._report(tell)
        part = future.result()
        self._report(tell)
        return task, part

    def _report(self, tell: Teller) -> None:
        done = self._done.value
        self._told, news = done, done - self._told
        tell.more(news)

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


_desk: Desk | None = None
_shared: list[Any] = []


def _start(job: Job, done: Any, stop: Any) -> None:
    """Make a new process ready: what it is to run, and when it is to end."""
    global _desk  # noqa: PLW0603 - a process of the pool has no other place for what it keeps
    _desk = Desk(job)
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
