"""A million replications in a fresh process: what they take at most, and whether they say the right thing."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("resource", reason="the peak of a process is read from getrusage, which Windows lacks")

THEORY = Path(__file__).resolve().parents[1] / "tests" / "theory"
REPLICATIONS = 1_000_000
WORKERS = 2
MOST_BYTES = 2 * 2**30

# A ban of 20 days in the mean against 10 days of stock, over 60 ticks: little work, as many numbers as any.
SCRIPT = """
import json, resource, sys
import diamondsim as ds

path, replications, workers, store = sys.argv[1:]
changes = {
    "horizon.length": "60 days",
    "habits.u.opening": "10 days",
    "habits.u.cover": "10 days",
    "controls.ban.stay.banned": "exponential(20 days)",
}
scenario = ds.load_scenario(path).override(changes)
paths = ds.monte_carlo(
    scenario, replications=int(replications), seed=1, workers=int(workers), store=store or None
)
peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
here = paths.sel(region="home", use="u")
short = int((here["shortage"] > 50).sum())
print(json.dumps({
    "peaks": peaks,
    "replications": paths.sizes["replication"],
    "bytes": paths.nbytes,
    "short": short,
    "chance": here["probability_of_shortage"].values.tolist(),
}))
"""

# Of a shipped scenario a million would take hours: one block is run, and stands for all of them.
SHIPPED = """
import json, resource, sys
import diamondsim as ds
from diamondsim.results import provenance_of, summary_dataset
from diamondsim.sampling import BLOCK
from diamondsim.simulation.bench import Bench, Recipe, Room

name, replications, scratch = sys.argv[1], int(sys.argv[2]), sys.argv[3]
scenario = ds.load_scenario(name)
bench = Bench(Recipe(scenario, 1, replications), Room())
arrays = bench.run(0, BLOCK, lambda done: True).arrays()
total = bench.summary(scratch)
total.columns.reserve(replications)
for first in range(0, replications - BLOCK + 1, BLOCK):
    total.merge(bench.summary().restore(arrays), first=first)
paths = summary_dataset(total, provenance_of(scenario, 1))
before = paths["shortage"].isel(replication=slice(0, BLOCK))
after = paths["shortage"].isel(replication=slice(-BLOCK, None))
print(json.dumps({
    "peaks": [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0],
    "replications": paths.sizes["replication"],
    "bytes": paths.nbytes,
    "same": before.drop_vars("replication").identical(after.drop_vars("replication")),
}))
"""


def in_a_fresh_process(script: str, *words: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, words)], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def noted(benchmark: Any, found: dict[str, Any]) -> tuple[int, int]:
    """Note the peaks of resident memory and return them: of the process, of its largest worker, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    own, worker = (unit * int(peak) for peak in found["peaks"])
    benchmark.extra_info |= {
        "replications": found["replications"],
        "peak_bytes": own,
        "peak_bytes_of_a_worker": worker,
        "dataset_bytes": found["bytes"],
    }
    sizes = ", ".join(f"{size / 2**20:.0f} MiB" for size in (own, worker, found["bytes"]))
    print(f"this process, a worker, the Dataset: {sizes}")
    return own, worker


@pytest.mark.parametrize("kept", [False, True], ids=["plain", "store"])
def test_a_million_replications_fit_into_two_gibibytes(benchmark, kept, tmp_path):
    words = (THEORY / "exponential-ban.yaml", REPLICATIONS, WORKERS, tmp_path / "run" if kept else "")
    found = benchmark.pedantic(in_a_fresh_process, args=(SCRIPT, *words), rounds=1)
    own, worker = noted(benchmark, found)
    assert own + WORKERS * worker < MOST_BYTES
    assert found["replications"] == REPLICATIONS
    # The last day's goods still arrive: a shortage of half a day or more begins after 10 or 11 days of ban.
    chance = found["short"] / REPLICATIONS
    assert math.exp(-11.5 / 20) - 0.002 < chance < math.exp(-9.5 / 20) + 0.002


def test_a_million_replications_of_a_shipped_scenario_would_fit_too(benchmark, tmp_path):
    """The process that runs a block is also the one that merges: its peak bounds that of a worker."""
    words = ("reinstated-2027", REPLICATIONS, tmp_path)
    found = benchmark.pedantic(in_a_fresh_process, args=(SHIPPED, *words), rounds=1)
    own, _ = noted(benchmark, found)
    assert own < MOST_BYTES
    assert found["bytes"] > 2 * MOST_BYTES
    assert found["same"]
