"""Calls that are killed while they write paths go on where they were, and end with the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import diamondsim as ds
from tests.simulation.path_files import contents, files, write
from tests.simulation.test_store_killed import line_with

REPLICATIONS = 6_000
AT_WORK = """
import os, sys
import diamondsim as ds
from tests.simulation.small import short_ban

if __name__ == "__main__":
    scenario, write = short_ban(), ds.write_paths
    for line in sys.stdin:
        child = os.fork()  # by one that has no threads, and has imported everything
        if child == 0:
            told = lambda done, _total: print("done", done, flush=True)
            write(scenario, line.strip(), replications=6_000, seed=3, workers=1, progress=told)
            os._exit(0)
        print("child", child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes, so that it need not import for each")
@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.deep)])
def test_a_call_that_is_killed_at_any_moment_ends_with_the_same_bytes(tmp_path, scenario, kills):
    """Each kill comes at a random moment after a random number of files, and finds what the last one left."""
    rng = np.random.default_rng(11)
    folder = tmp_path / "paths"
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
            before = {file.name for file in files(folder)}
            print(folder, file=parent.stdin, flush=True)
            child = int(line_with(parent.stdout, "child"))
            for _ in range(len(before) + rng.integers(2)):
                line_with(parent.stdout, "done")
            time.sleep(rng.uniform(0.0, 0.2))
            os.kill(child, signal.SIGKILL)
            line_with(parent.stdout, "ended")
            there = {file.name for file in files(folder)}
            assert there >= before, "what is finished stays"
            gained += len(there) - len(before)
            if len(there) > 3:  # so that there is always something to interrupt
                for name in sorted(there)[rng.integers(2) :: 2]:
                    (folder / name).unlink()
        parent.stdin.close()
    assert gained > kills / 4
    expected = write(scenario, tmp_path / "expected", replications=REPLICATIONS)
    found = write(scenario, folder, replications=REPLICATIONS)
    assert contents(folder) == contents(tmp_path / "expected")
    assert found.identical(expected)
    assert ds.open_paths(folder, verify=True).identical(expected)
