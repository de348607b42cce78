"""Processes of this machine as an executor of the standard library.

Each thread of the executor starts one process and exchanges pickled messages with it over pipes. Processes of
`multiprocessing`, and so of `concurrent.futures.ProcessPoolExecutor`, import the caller's ``__main__``, and
cannot be started inside those of another pool; these do neither, so that scripts need no guard.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar

_T = TypeVar("_T")

_CODE = (
    f"import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from {__name__} import serve; serve()"
)


def usable_processors(control_group: Path = Path("/sys/fs/cgroup")) -> int:
    """Return the number of processors that this process may use.

    Parameters
    ----------
    control_group : Path
        Where Linux tells the processor time that a container may take.
    """
    number = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(control_group)
    return number if quota is None else max(1, min(number, math.ceil(quota)))


def _quota(control_group: Path) -> float | None:
    """Return the processors to whose time a container is limited; None where there is no limit."""
    second, first = control_group / "cpu.max", control_group / "cpu"
    try:
        # Version 2 of control groups has both numbers in one file, version 1 a file for each.
        if second.exists():
            most, period = second.read_text(encoding="ascii").split()
        else:
            most = (first / "cpu.cfs_quota_us").read_text(encoding="ascii")
            period = (first / "cpu.cfs_period_us").read_text(encoding="ascii")
        quota = float(most) / float(period)
    except (OSError, ValueError, ZeroDivisionError):  # No control groups, or "max", which is no limit.
        return None
    return quota if quota > 0 else None


_READY = b"\ndiamondsim worker ready\n"
"""What a worker process writes before its first answer."""


class WorkerDiedError(BrokenExecutor):
    """A worker process ended before its work was done."""


class WorkerProcesses(ThreadPoolExecutor):
    """Runs functions in processes, which are started when they are needed.

    A function is called with its arguments and `part_done`, a callable for its progress: it takes a number of
    replications and returns False once the executor is shut down.

    Parameters
    ----------
    number : int
        Maximum number of processes.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number, thread_name_prefix="diamondsim", initializer=_block_interruption)
        self._of_thread = threading.local()
        self._lock = threading.Lock()
        self._processes: list[_Process] = []
        self._stopped = False
        self._replications = 0

    def submit(self, fn: Callable[..., _T], /, *args: Any, **kwargs: Any) -> Future[_T]:
        """Schedule a call in one of the processes.

        Its future raises a `WorkerDiedError` if the process ends before the call returns.
        """
        return super().submit(self._call, (fn, args, kwargs))

    def progress(self) -> int:
        """Return the number of replications that were reported since the last call."""
        with self._lock:
            replications, self._replications = self._replications, 0
        return replications

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop the processes; calls in progress return after their current part."""
        super().shutdown(wait=False, cancel_futures=cancel_futures)  # before a call goes to a stopped process
        with self._lock:
            self._stopped = True
            started = [*self._processes]
        for process in started:
            process.stop()
        if wait:
            super().shutdown(wait=True)
            for process in self._processes:
                process.close()

    def _call(self, call: tuple[Callable[..., _T], tuple[Any, ...], dict[str, Any]]) -> _T:
        process = getattr(self._of_thread, "process", None) or self._start()
        result: _T = process.call(call, self._count)
        return result

    def _start(self) -> _Process:
        process = self._of_thread.process = _Process()
        with self._lock:
            self._processes.append(process)
            stopped = self._stopped
        if stopped:
            process.stop()
        return process

    def _count(self, replications: int) -> None:
        with self._lock:
            self._replications += replications


class _Process:
    """A process that executes calls one after the other, seen from the caller's side."""

    def __init__(self) -> None:
        options = [*(f"-W{option}" for option in sys.warnoptions), *(["-O"] * sys.flags.optimize)]
        self._popen = subprocess.Popen(
            [sys.executable, *options, "-P", "-c", _CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._requests, self._answers = self._popen.stdin, self._popen.stdout
        self._lock = threading.Lock()
        self._is_ready = False
        self._send(sys.path)

    def call(self, call: tuple[Any, ...], count: Callable[[int], None]) -> Any:
        """Execute a call and return its result; `count` receives the replications of each part."""
        self._send(pickle.dumps(call))
        try:
            self._skip_startup_output()
            while isinstance(answer := pickle.load(self._answers), int):
                count(answer)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise WorkerDiedError(
                f"a worker process ended unexpectedly (exit code {self._popen.wait()}); if memory ran out, "
                "use fewer workers"
            ) from None
        result, error = answer
        if error is not None:
            raise pickle.loads(error)
        return result

    def _skip_startup_output(self) -> None:
        """Skip what code that runs when Python starts, such as sitecustomize, has printed."""
        while not self._is_ready and (line := self._answers.readline()):
            self._is_ready = line.endswith(_READY[1:])

    def stop(self) -> None:
        """Ask the process to end after its current part."""
        self._send(None)

    def close(self) -> None:
        """Wait for the process to end."""
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()
        self._popen.wait()

    def _send(self, message: object) -> None:
        with self._lock, contextlib.suppress(OSError):  # the missing answer shows that the process has died
            pickle.dump(message, self._requests)
            self._requests.flush()


def _block_interruption() -> None:
    """Let processes that this thread starts ignore Ctrl-C from their first moment; the caller stops them."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def serve() -> None:
    """Execute calls from standard input until there are no more; the other side is `_Process`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    _redirect_output()
    answers.write(_READY)
    answers.flush()
    calls: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    stopped = threading.Event()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, calls, stopped), daemon=True).start()

    def part_done(replications: int) -> bool:
        _answer(answers, replications)
        return not stopped.is_set()

    while (call := calls.get()) is not None:
        _answer(answers, _result_of(call, part_done))
    os._exit(0)  # nothing is left to be cleaned up, which takes a while


def _redirect_output() -> None:
    """Send whatever is printed to standard error, so that it does not mix with the answers."""
    try:
        os.dup2(2, 1)
    except OSError:  # there is no standard error
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _receive(requests: IO[bytes], calls: queue.SimpleQueue[bytes | None], stopped: threading.Event) -> None:
    """Queue the calls as they arrive, and end this process if the caller's process has ended."""
    try:
        while (call := pickle.load(requests)) is not None:
            calls.put(call)
    except (EOFError, OSError, pickle.UnpicklingError):
        os._exit(1)
    stopped.set()
    calls.put(None)


def _result_of(call: bytes, part_done: Callable[[int], bool]) -> tuple[Any, bytes | None]:
    """Return the result of a call, or the error that it raised, pickled."""
    try:
        function, args, kwargs = pickle.loads(call)
        return function(*args, **kwargs, part_done=part_done), None
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller is to know
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return None, _pickled(error)


def _pickled(error: Exception) -> bytes:
    try:
        content = pickle.dumps(error)
        pickle.loads(content)  # some can be written and not read
    except Exception:  # noqa: BLE001 - exceptions of libraries fail in any way
        return pickle.dumps(RuntimeError("".join(traceback.format_exception(error))))
    return content


def _answer(answers: IO[bytes], message: object) -> None:
    try:
        pickle.dump(message, answers)
        answers.flush()
    except OSError:
        os._exit(1)  # the caller's process has ended
