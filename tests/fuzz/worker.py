"""Judge inputs in a process of their own, so that one that hangs or ends it is told like any other."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.fuzz.file_bytes import byte_mutant
from tests.fuzz.set_texts import set_text
from tests.fuzz.structures import structural_mutant
from tests.fuzz.verdicts import Verdict, judge_content, judge_file, judge_set

LIMIT_SECONDS = 20.0
LIMIT_BYTES = 4 * 2**30
_START_SECONDS = 300.0


def judge(kind: str, number: int, folder: Path) -> Verdict:
    """Judge the input of some kind with a number; every fifth thoroughly."""
    return KINDS[kind](number, folder, number % 5 == 0)


KINDS: dict[str, Callable[[int, Path, bool], Verdict]] = {
    "structure": lambda number, _, thorough: judge_content(structural_mutant(number), thorough=thorough),
    "bytes": lambda number, folder, thorough: judge_file(byte_mutant(number), folder, thorough=thorough),
    "set": lambda number, _, thorough: judge_set(*set_text(number), thorough=thorough),
}
"""The kinds of inputs."""


def verdicts(
    kind: str, numbers: range, *, limit: float = LIMIT_SECONDS
) -> Iterator[tuple[int, Verdict, float]]:
    """Yield the number of each input, its verdict, and the seconds taken."""
    connection, process = None, None
    try:
        for number in numbers:
            if connection is None:
                connection, process = _start(kind)
            began = time.monotonic()
            connection.send(number)
            try:
                verdict = connection.recv() if connection.poll(limit) else None
                why = f"took more than {limit:g} s"
            except EOFError:
                verdict, why = None, "ended its process"
            yield number, verdict or Verdict("failed", why), time.monotonic() - began
            if verdict is None:
                _stop(process)
                connection, process = None, None
    finally:
        _stop(process)


def _start(kind: str) -> tuple[Connection, Any]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, kind), daemon=True)
    process.start()
    there.close()
    assert here.poll(_START_SECONDS), "the process does not start"
    assert here.recv() == "ready"
    return here, process


def _stop(process: Any) -> None:
    if process is not None:
        process.kill()
        process.join()


def _serve(connection: Connection, kind: str) -> None:
    _limit_memory()
    with tempfile.TemporaryDirectory() as folder:
        connection.send("ready")
        while True:
            connection.send(judge(kind, connection.recv(), Path(folder)))


def _limit_memory() -> None:
    """Let an input that takes gigabytes end in a MemoryError, where the system can do so."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
