"""Calls that are killed while they write paths go on where they were, and end with the same bytes."""

from __future__ import annotations

import os

import numpy as np
import pytest

import diamondsim as ds
from tests.simulation.killing import at_work
from tests.simulation.path_files import contents, files, write

REPLICATIONS = 12_000  # so many that a call never ends before it is killed
WORK = """ds.write_paths(scenario, words[0], replications=12_000, seed=3, workers=1, progress=told)"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes, so that it need not import for each")
@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.deep)])
def test_a_call_that_is_killed_at_any_moment_ends_with_the_same_bytes(tmp_path, scenario, kills):
    """Each kill comes at a random moment after a random number of files, and finds what the last one left."""
    rng = np.random.default_rng(11)
    folder = tmp_path / "paths"
    gained = 0
    with at_work(WORK) as worker:
        for _ in range(kills):
            before = {file.name for file in files(folder)}
            parts = len(before) + int(rng.integers(2))
            worker.kill_at_work(folder, parts=parts, seconds=rng.uniform(0.0, 0.2))
            there = {file.name for file in files(folder)}
            assert there >= before, "what is finished stays"
            gained += len(there) - len(before)
            if len(there) > 3:  # so that there is always something to interrupt
                for name in sorted(there)[rng.integers(2) :: 2]:
                    (folder / name).unlink()
    assert gained > kills / 4
    expected = write(scenario, tmp_path / "expected", replications=REPLICATIONS)
    found = write(scenario, folder, replications=REPLICATIONS)
    assert contents(folder) == contents(tmp_path / "expected")
    assert found.identical(expected)
    assert ds.open_paths(folder, verify=True).identical(expected)
