"""The most memory that a run takes, in the process that calls and in one that works, and what it says."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("resource", reason="the peak of a process is read from getrusage, which Windows lacks")

import diamondsim as ds
from benchmarks.fresh import FIRST, Job, in_a_fresh_process
from benchmarks.scale import NAME, SEED
from benchmarks.worlds import THEORY, World, world_of
from diamondsim.sampling import BLOCK

pytestmark = pytest.mark.benchmark(group="memory")
MILLION = 1_000_000
WORKERS = 2
MOST_BYTES = 2 * 2**30

# A ban of 20 days in the mean against 10 days of stock, over 60 ticks: little work, as many numbers as any.
SHORT_BAN = {
    "horizon.length": "60 days",
    "inventory_policy.u.opening": "10 days",
    "inventory_policy.u.cover": "10 days",
    "controls.ban.sojourn.banned": "exponential(20 days)",
}


@pytest.fixture
def measured(benchmark, note):
    """Return a function that runs a job in a fresh process, notes what it took and returns what it told."""

    def run(case: str, world: World, job: Job) -> dict:
        found = benchmark.pedantic(in_a_fresh_process, args=(job,), rounds=1)
        workers = job.workers if found["worker_peak_bytes"] else 0
        note(
            case,
            world,
            replications=found["replications"],
            workers=workers,
            peak_bytes=found["own_peak_bytes"],
            worker_peak_bytes=found["worker_peak_bytes"] if workers else 0,
            dataset_bytes=found["dataset_bytes"],
        )
        assert found["own_peak_bytes"] + workers * found["worker_peak_bytes"] < MOST_BYTES
        assert found["replications"] == job.replications
        return found

    return run


@pytest.fixture(params=["some", pytest.param("million", marks=pytest.mark.big)])
def replications(request, scale) -> int:
    return MILLION if request.param == "million" else scale.kept


@pytest.mark.parametrize("kept", [False, True], ids=["plain", "store"])
def test_a_textbook_case(measured, replications, kept, tmp_path):
    path = THEORY / "exponential-ban.yaml"
    job = Job(str(path), replications, "home", "u", SHORT_BAN, WORKERS, str(tmp_path / "run") if kept else "")
    world = world_of("textbook, 60 days", ds.load_scenario(path).override(SHORT_BAN))
    found = measured("run with a store" if kept else "run", world, job)
    # The last day's goods still arrive: a shortage of half a day or more begins after 10 or 11 days of ban.
    chance, error = found["over_50"] / replications, 4 * math.sqrt(0.25 / replications)
    assert math.exp(-11.5 / 20) - error < chance < math.exp(-9.5 / 20) + error


def test_a_shipped_scenario(measured, scale, world):
    changes = {"horizon.length": f"{scale.years} yr"}
    job = Job(NAME, scale.blocks[0] * BLOCK, "US", "polishing", changes, WORKERS)
    found = measured("run", world, job)
    here = ds.monte_carlo(world.scenario, replications=FIRST, seed=SEED)["shortage"]
    assert found["first_shortages"] == here.sel(region="US", use="polishing").values.tolist()


@pytest.mark.big
def test_a_million_of_a_shipped_scenario_would_fit(measured, scale, world, tmp_path):
    """The process that computes the block is also the one that merges: its peak bounds that of a worker."""
    changes = {"horizon.length": f"{scale.years} yr"}
    replications = MILLION // BLOCK * BLOCK
    job = Job(NAME, replications, "US", "polishing", changes, folder=str(tmp_path), one_block=True)
    found = measured("one block, merged again and again", world, job)
    assert found["dataset_bytes"] > 2 * MOST_BYTES
    here = ds.monte_carlo(world.scenario, replications=BLOCK, seed=SEED, workers=1)["shortage"]
    shortages = here.sel(region="US", use="polishing").values.tolist()
    assert found["first_shortages"] == shortages[:FIRST]
    assert found["last_shortages"] == shortages[-FIRST:]
