"""A job in a process of its own that reports its peak memory: `python -m benchmarks.memory_job JOB`."""

from __future__ import annotations

import json
import re
import resource
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from subprocess import run
from typing import Any

import diamondsim as ds
from benchmarks.scale import SEED
from diamondsim.results import provenance_of, summary_dataset
from diamondsim.sampling import BLOCK
from diamondsim.simulation.runner import RunSpec, ScenarioRunner, Workspace

ROOT = Path(__file__).resolve().parents[1]
STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Job:
    """What to run.

    Attributes
    ----------
    scenario : str
        Name or path.
    changes : dict
        Overrides of the scenario.
    replications : int
    region, use : str
        Use whose shortages are reported.
    workers : int
    folder : str
        Folder of the store, or for what exceeds memory; none if empty.
    engine : str
        As for `monte_carlo`.
    one_block : bool
        Compute one block and merge it as often as there are blocks: the memory of the caller of a long run,
        without waiting for the run.
    """

    scenario: str
    replications: int
    region: str
    use: str
    changes: dict[str, str] = field(default_factory=dict)
    workers: int = 1
    folder: str = ""
    engine: str = "batch"
    one_block: bool = False


def run_in_new_process(job: Job) -> dict[str, Any]:
    """Run a job in a new process and return its report."""
    return report_of_new_process("benchmarks.memory_job", asdict(job))


def report_of_new_process(module: str, job: dict[str, Any]) -> dict[str, Any]:
    """Run a module with a job as its argument in a new process and return the report that it prints."""
    command = [sys.executable, "-m", module, json.dumps(job)]
    finished = run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert finished.returncode == 0, finished.stderr
    return dict(json.loads(finished.stdout))


def main(job: Job) -> dict[str, Any]:
    scenario = ds.load_scenario(job.scenario).override(job.changes)
    if job.one_block:
        dataset = _merge_one_block_repeatedly(scenario, job)
    else:
        dataset = ds.monte_carlo(
            scenario,
            replications=job.replications,
            seed=SEED,
            workers=job.workers,
            store=job.folder or None,
            engine=job.engine,
        )
    shortage = dataset["shortage"].sel(region=job.region, use=job.use)
    own, worker = peaks()
    return {
        "own_peak_bytes": own,
        "worker_peak_bytes": worker,
        "dataset_bytes": dataset.nbytes,
        "replications": dataset.sizes["replication"],
        "first_shortages": shortage[:FIRST].values.tolist(),
        "last_shortages": shortage[-FIRST:].values.tolist(),
        "over_50": int((shortage > 50).sum()),
    }


FIRST = 16
"""Number of shortages reported from either end."""


def _merge_one_block_repeatedly(scenario: ds.Scenario, job: Job) -> Any:
    runner = ScenarioRunner(RunSpec(scenario, SEED, job.replications, engine=job.engine), Workspace())
    arrays = runner.run(0, BLOCK, lambda _done: True).arrays()
    total = runner.summary(Path(job.folder))
    total.columns.reserve(job.replications)
    for first in range(0, job.replications - BLOCK + 1, BLOCK):
        total.merge(runner.summary().restore(arrays), first=first)
    return summary_dataset(total, provenance_of(scenario, SEED))


def peaks() -> tuple[int, int]:
    """Return the peaks of resident memory, of this process and of its largest worker, in bytes.

    The peak of getrusage includes that of the parent at the time of the fork. The parent of a worker is this
    process, which is small then; the parent of this process may be of any size.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    own, worker = (
        unit * resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    if STATUS.exists():
        match = re.search(r"^VmHWM:\s+(\d+) kB", STATUS.read_text(encoding="ascii"), flags=re.MULTILINE)
        own = 1024 * int(match[1]) if match else own
    return own, worker


if __name__ == "__main__":
    print(json.dumps(main(Job(**json.loads(sys.argv[1])))))
