"""Runs that are killed go on where they were, with the same bits."""

from __future__ import annotations

import os

import numpy as np
import pytest

from diamondsim.simulation import monte_carlo
from tests.simulation.killing import at_work
from tests.simulation.small import blocks

WORK = """ds.monte_carlo(
        scenario, replications=20_000, seed=3, workers=int(words[1]), store=words[0], progress=told
    )"""


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
    with at_work(WORK) as worker:
        for _ in range(kills):
            before = set(blocks(folder))
            parts = len(before) + int(rng.integers(3))
            worker.kill_at_work(folder, workers, parts=parts, seconds=rng.uniform(0.0, 0.15))
            there = set(blocks(folder))
            assert there >= before, "what is finished stays"
            gained += len(there) - len(before)
            if len(there) > 12:  # so that there is always something to interrupt
                for file in sorted(there)[rng.integers(4) :: 2]:
                    file.unlink()
    assert gained > kills / 4
    expected = monte_carlo(scenario, replications=20_000, seed=3, workers=1)
    assert monte_carlo(scenario, replications=20_000, seed=3, workers=1, store=folder).identical(expected)
    assert list(folder.rglob("*.part")) == []
