"""Executors that do what a test needs."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any


def two_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2)


def two_processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


class Watched(ThreadPoolExecutor):
    """Two threads; tells which blocks they were given, by the first replication, and how many at a time."""

    def __init__(self) -> None:
        super().__init__(2)
        self.given: list[int] = []
        self.futures: list[Future[Any]] = []
        self.most = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **how: Any) -> Future[Any]:
        self.most = max(self.most, 1 + sum(not future.done() for future in self.futures))
        future = super().submit(fn, *args, **how)
        self.given.append(args[1])
        self.futures.append(future)
        return future


class FirstComesLast(ThreadPoolExecutor):
    """Two threads, one of which keeps the first block back until five others are done."""

    def __init__(self) -> None:
        super().__init__(2)
        self._others = threading.Semaphore(0)
        self._waits_for = 5

    def submit(self, fn: Callable[..., Any], /, *args: Any, **how: Any) -> Future[Any]:
        others, self._waits_for = self._waits_for, 0

        def do() -> Any:
            for _ in range(others):
                assert self._others.acquire(timeout=60)
            done = fn(*args, **how)
            self._others.release()
            return done

        return super().submit(do)
