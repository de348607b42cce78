"""Runs that are killed go on where they were, with the same bits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from diamondsim.simulation import monte_carlo
from tests.simulation.small import blocks

AT_WORK = """
import os, sys
import diamondsim as ds
from tests.simulation.small import short_ban

def work(folder, workers):
    told = lambda done, _total: print("done", done, flush=True)
    ds.monte_carlo(scenario, replications=20_000, seed=3, workers=workers, store=folder, progress=told)

if __name__ == "__main__":
    scenario, _ = short_ban(), ds.monte_carlo
    for line in sys.stdin:
        folder, workers = line.split()
        child = os.fork()  # by one that has no threads, and has imported everything
        if child == 0:
            work(folder, int(workers))
            os._exit(0)
        print("child", child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes, so that it need not import for each")
@pytest.mark.parametrize(
    "kills, workers",
    [(20, 1), pytest.param(100, 1, marks=pytest.mark.deep), pytest.param(25, 2, marks=pytest.mark.deep)],
)
def test_a_run_that_is_killed_at_any_moment_ends_with_the_same_bits(tmp_path, scenario, kills, workers):
    """Each kill comes at a random moment after a random number of parts, and finds what the last one left."""
    rng = np.random.default_rng(7)
    folder = tmp_path / "run"
    gained = 0
    with subprocess.Popen(
        [sys.executable, "-c", AT_WORK],
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        for _ in range(kills):
            before = set(blocks(folder))
            print(folder, workers, file=parent.stdin, flush=True)
            child = int(line_with(parent.stdout, "child"))
            for _ in range(len(before) + rng.integers(3)):
                line_with(parent.stdout, "done")
            time.sleep(rng.uniform(0.0, 0.15))
            os.kill(child, signal.SIGKILL)
            line_with(parent.stdout, "ended")
            there = set(blocks(folder))
            assert there >= before, "what is finished stays"
            gained += len(there) - len(before)
            if len(there) > 12:  # so that there is always something to interrupt
                for file in sorted(there)[rng.integers(4) :: 2]:
                    file.unlink()
        parent.stdin.close()
    assert gained > kills / 4
    expected = monte_carlo(scenario, replications=20_000, seed=3, workers=1)
    assert monte_carlo(scenario, replications=20_000, seed=3, workers=1, store=folder).identical(expected)
    assert list(folder.rglob("*.part")) == []


def line_with(stream: IO[str], word: str) -> str:
    """Read on to a line that begins with a word, and return what follows it."""
    for line in stream:
        if line.startswith(word):
            return line.removeprefix(word)
    raise AssertionError(f"it ended without {word!r}")
