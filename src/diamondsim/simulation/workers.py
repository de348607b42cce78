"""Many replications of one or several scenarios, block by block, over processes.

Owns the order in which blocks are merged, the progress, and the stop half-way. Results do not depend on the
number of processes. Threads would gain nothing: the arrays that fit the cache are so small that threads spend
their time waiting for the interpreter's lock.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import connection
from types import ModuleType
from typing import Any, TypeAlias

from diamondsim.results import Summary
from diamondsim.sampling import BLOCK
from diamondsim.simulation.bench import Bench, Recipe, Room

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of replications done and the number wanted, by the caller's own thread."""

_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class _Task:
    recipe: int
    first: int
    count: int


def run_all(recipes: Sequence[Recipe], *, workers: int, progress: Progress | None) -> list[Summary]:
    """Run all replications of some recipes.

    Parameters
    ----------
    recipes : sequence of Recipe
    workers : int
        Processes; with one, or where there is no more than a block to do, all happens in this process.
    progress : callable, optional

    Returns
    -------
    list of Summary
        One for each recipe.

    Raises
    ------
    ScenarioError
        Where a scenario cannot be compiled.
    """
    room = Room()
    benches = [Bench(recipe, room) for recipe in recipes]
    totals = [bench.summary() for bench in benches]
    tasks = [
        _Task(number, first, min(BLOCK, recipe.replications - first))
        for number, recipe in enumerate(recipes)
        for first in range(0, recipe.replications, BLOCK)
    ]
    total = sum(task.count for task in tasks)
    tell = _Teller(total, progress)
    processes = min(workers, len(tasks))
    if processes > 1 and total > BLOCK:  # less is done before a process has started
        parts = _by_processes(recipes, tasks, processes, tell)
    else:
        parts = _here(benches, tasks, tell)
    with closing(parts):
        for task, part in zip(tasks, parts, strict=True):
            totals[task.recipe].merge(part)
    return totals


class _Teller:
    """Tells the caller how far the work is."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._done = 0

    def more(self, replications: int) -> bool:
        """Say that some more are done; the work goes on."""
        self.so_far(self._done + replications)
        return True

    def so_far(self, done: int) -> None:
        """Say how many are done, if there is news."""
        if self._progress is not None and done > self._done:
            self._progress(done, self._total)
        self._done = max(done, self._done)


def _here(benches: Sequence[Bench], tasks: Sequence[_Task], tell: _Teller) -> Generator[Summary, None, None]:
    for task in tasks:
        yield benches[task.recipe].run(task.first, task.count, tell.more)


def _by_processes(
    recipes: Sequence[Recipe], tasks: Sequence[_Task], workers: int, tell: _Teller
) -> Generator[Summary, None, None]:
    """Yield the parts in the order of the tasks, with no more than a few under way or waiting."""
    context = multiprocessing.get_context("spawn")
    done, stop = context.Value("q", 0), context.Event()
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_start, initargs=(tuple(recipes), done, stop)
    )
    waiting: deque[Future[Summary]] = deque()

    def next_part() -> Summary:
        while True:
            try:
                part = waiting[0].result(timeout=_POLL_SECONDS)
            except TimeoutError:
                tell.so_far(done.value)
            else:
                tell.so_far(done.value)
                waiting.popleft()
                return part

    try:
        for task in tasks:
            with _starting():
                waiting.append(pool.submit(_work, task))
            if len(waiting) > workers:
                yield next_part()
        while waiting:
            yield next_part()
    finally:
        # Where all is done this stops nobody; else the processes look here between two parts.
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


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


_benches: dict[int, Bench] = {}
_room = Room()
_recipes: tuple[Recipe, ...] = ()
_shared: list[Any] = []


def _start(recipes: tuple[Recipe, ...], done: Any, stop: Any) -> None:
    """Make a new process ready: what it is to run, and when it is to end."""
    global _recipes  # noqa: PLW0603 - a process of the pool has no other place for what it keeps
    _recipes = recipes
    _shared[:] = [done, stop]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller says when to stop
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "started by a pool"
    connection.wait([parent.sentinel])
    os._exit(1)


def _work(task: _Task) -> Summary:
    done, stop = _shared

    def report(replications: int) -> bool:
        with done.get_lock():
            done.value += replications
        return not stop.is_set()

    if task.recipe not in _benches:
        _benches[task.recipe] = Bench(_recipes[task.recipe], _room)
    return _benches[task.recipe].run(task.first, task.count, report)
