"""A job in a process of its own, which tells what memory it took: `python -m benchmarks.fresh JOB`."""

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
        To the scenario.
    replications : int
    region, use : str
        Whose shortages are told.
    workers : int
    folder : str
        Of the store, or for what does not fit the memory; none where it is empty.
    one_block : bool
        Compute one block and merge it again and again, as often as there are blocks: what the caller of a
        long run takes, without waiting for the run.
    """

    scenario: str
    replications: int
    region: str
    use: str
    changes: dict[str, str] = field(default_factory=dict)
    workers: int = 1
    folder: str = ""
    one_block: bool = False


def in_a_fresh_process(job: Job) -> dict[str, Any]:
    """Run a job and return what it tells."""
    command = [sys.executable, "-m", "benchmarks.fresh", json.dumps(asdict(job))]
    done = run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def main(job: Job) -> dict[str, Any]:
    scenario = ds.load_scenario(job.scenario).override(job.changes)
    if job.one_block:
        dataset = _one_block_again_and_again(scenario, job)
    else:
        dataset = ds.monte_carlo(
            scenario, replications=job.replications, seed=SEED, workers=job.workers, store=job.folder or None
        )
    shortage = dataset["shortage"].sel(region=job.region, use=job.use)
    own, worker = _peaks()
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
"""How many shortages are told from either end."""


def _one_block_again_and_again(scenario: ds.Scenario, job: Job) -> Any:
    bench = ScenarioRunner(RunSpec(scenario, SEED, job.replications), Workspace())
    arrays = bench.run(0, BLOCK, lambda _done: True).arrays()
    total = bench.summary(Path(job.folder))
    total.columns.reserve(job.replications)
    for first in range(0, job.replications - BLOCK + 1, BLOCK):
        total.merge(bench.summary().restore(arrays), first=first)
    return summary_dataset(total, provenance_of(scenario, SEED))


def _peaks() -> tuple[int, int]:
    """Return the peaks of resident memory, of this process and of its largest worker, in bytes.

    What getrusage says of a process begins with what the process took that started it. For a worker that is
    this one, small at that time; for this one it may be anything.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    own, worker = (
        unit * resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    if STATUS.exists():
        said = re.search(r"^VmHWM:\s+(\d+) kB", STATUS.read_text(encoding="ascii"), flags=re.MULTILINE)
        own = 1024 * int(said[1]) if said else own
    return own, worker


if __name__ == "__main__":
    print(json.dumps(main(Job(**json.loads(sys.argv[1])))))
