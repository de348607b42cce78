"""Peak memory of a run, in the calling process and in a worker, and the answers of the run."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("resource", reason="the peak of a process is read from getrusage, which Windows lacks")

import diamondsim as ds
from benchmarks.cases import THEORY, BenchmarkCase, case_of, question
from benchmarks.memory_job import FIRST, Job, run_in_new_process
from benchmarks.scale import NAME, SEED
from diamondsim.sampling import BLOCK

pytestmark = pytest.mark.benchmark(group="memory")
MILLION = 1_000_000
WORKERS = 2
MOST_BYTES = 2 * 2**30

# A ban with a mean of 20 days against 10 days of stock, over 60 ticks: little work, but as many results as
# any.
SHORT_BAN = {
    "horizon.length": "60 days",
    "inventory_policy.u.opening": "10 days",
    "inventory_policy.u.cover": "10 days",
    "controls.ban.sojourn.banned": "exponential(20 days)",
}


@pytest.fixture
def measured(benchmark, note):
    """Return a function that runs a job in a new process, records its memory and returns its results."""

    def run(phase: str, case: BenchmarkCase, job: Job) -> dict:
        found = benchmark.pedantic(run_in_new_process, args=(job,), rounds=1)
        workers = job.workers if found["worker_peak_bytes"] else 0
        note(
            phase,
            case,
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
    case = case_of("textbook, 60 days", ds.load_scenario(path).override(SHORT_BAN))
    found = measured("run with a store" if kept else "run", case, job)
    # Goods of the last day before the ban still arrive: a shortage of half a day begins after 10 or 11 days.
    chance, error = found["over_50"] / replications, 4 * math.sqrt(0.25 / replications)
    assert math.exp(-11.5 / 20) - error < chance < math.exp(-9.5 / 20) + error


def test_a_shipped_scenario(measured, scale, case, engine, longer):
    years = scale.years * longer
    changes = {"horizon.length": f"{years} yr"}
    job = Job(NAME, scale.shipped, "US", "polishing", changes, WORKERS, engine=engine)
    case = case if longer == 1 else question(years)
    found = measured(f"run, {engine} engine", case, job)
    here = ds.monte_carlo(case.scenario, replications=FIRST, seed=SEED, engine=engine)["shortage"]
    assert found["first_shortages"] == here.sel(region="US", use="polishing").values.tolist()


@pytest.mark.big
def test_a_million_of_a_shipped_scenario_would_fit(measured, scale, case, tmp_path):
    """One process computes the block and merges: its peak is an upper bound of that of a worker."""
    changes = {"horizon.length": f"{scale.years} yr"}
    replications = MILLION // BLOCK * BLOCK
    job = Job(NAME, replications, "US", "polishing", changes, folder=str(tmp_path), one_block=True)
    found = measured("one block, merged again and again", case, job)
    assert found["dataset_bytes"] > 2 * MOST_BYTES
    here = ds.monte_carlo(case.scenario, replications=BLOCK, seed=SEED, workers=1)["shortage"]
    shortages = here.sel(region="US", use="polishing").values.tolist()
    assert found["first_shortages"] == shortages[:FIRST]
    assert found["last_shortages"] == shortages[-FIRST:]
