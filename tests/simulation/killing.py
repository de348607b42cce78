"""A process that does some work again and again, in children that can be killed on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

AT_WORK = """
import os, sys
import diamondsim as ds
from tests.simulation.small import short_ban

scenario, ready = short_ban(), (ds.monte_carlo, ds.write_paths)
told = lambda done, _total: print("done", done, flush=True)

def work(words):
    {work}

if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()  # by one that has no threads, and has imported everything
        if child == 0:
            work(line.split())
            os._exit(0)
        print("child", child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)
"""


@dataclass
class Worker:
    """The process; `ask` and `said` are its ends."""

    ask: IO[str]
    said: IO[str]

    def kill_at_work(self, *words: object, parts: int, seconds: float) -> None:
        """Let a child begin with some words, and kill it some time after it has told of some parts."""
        print(*words, file=self.ask, flush=True)
        child = int(self._line_with("child"))
        for _ in range(parts):
            self._line_with("done")
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        self._line_with("ended")

    def _line_with(self, word: str) -> str:
        """Return what follows a word, on the next line that begins with it."""
        for line in self.said:
            if line.startswith(word):
                return line.removeprefix(word).strip()
        raise AssertionError(f"it ended without saying {word!r}")


@contextmanager
def at_work(work: str) -> Iterator[Worker]:
    """Start the process; `work` is an expression of `ds`, `scenario`, `told` and the `words` of a line."""
    with subprocess.Popen(
        [sys.executable, "-c", AT_WORK.replace("{work}", work)],
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        yield Worker(parent.stdin, parent.stdout)
        parent.stdin.close()
