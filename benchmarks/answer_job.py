"""One call of an analysis in a process of its own: `python -m benchmarks.answer_job JOB`.

Reports how long the call took, its peak memory, and what shows that the answer is right.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import xarray as xr

import diamondsim as ds
from benchmarks.memory_job import FIRST, peaks, report_of_new_process
from benchmarks.scale import NAME, SEED

REGION, USE = "US", "polishing"
CHANCE = 0.1
"""Highest chance of a shortage of the reserve that is sized."""
COVERS = ("40 days", "60 days", "80 days")
"""Stocks of those who polish in the scenarios that are compared with the stated one."""


@dataclass(frozen=True)
class AnswerJob:
    """What to ask.

    Attributes
    ----------
    call : str
        A name in `CALLS`.
    replications : int
        Of a plain run, and of whatever has as many.
    sizing_replications : int
        Of each size.
    years : float
        Horizon.
    workers : int
    """

    call: str
    replications: int
    sizing_replications: int
    years: float
    workers: int


def run_in_new_process(job: AnswerJob) -> dict[str, Any]:
    """Make a call in a new process and return its report."""
    return report_of_new_process("benchmarks.answer_job", asdict(job))


def scenario_of(years: float) -> ds.Scenario:
    """Return the scenario of the main question with a horizon of some years."""
    return ds.load_scenario(NAME).override({"horizon.length": f"{years} yr"})


def scenarios_of(years: float) -> dict[str, ds.Scenario]:
    """Return the scenarios that are compared; the first is that of the plain run."""
    usual = scenario_of(years)
    others = {f"cover {cover}": usual.override({f"inventory_policy.{USE}.cover": cover}) for cover in COVERS}
    return {"as stated": usual, **others}


def main(job: AnswerJob) -> dict[str, Any]:
    call = CALLS[job.call]
    begin = time.perf_counter()
    report = call(job)
    seconds = time.perf_counter() - begin
    own, worker = peaks()
    return {"seconds": seconds, "own_peak_bytes": own, "worker_peak_bytes": worker, **report}


def _run(job: AnswerJob) -> xr.Dataset:
    return ds.monte_carlo(
        scenario_of(job.years), replications=job.replications, seed=SEED, workers=job.workers
    )


def _plain(job: AnswerJob) -> dict[str, Any]:
    return {"first_shortages": _first(_run(job))}


def _compare(job: AnswerJob) -> dict[str, Any]:
    found = ds.compare(scenarios_of(job.years), replications=job.replications, seed=SEED, workers=job.workers)
    of_use = found.to_dataset().sel(metric="shortage_mean", region=REGION, use=USE, bound="estimate")
    return {
        "first_shortages": {name: _first(found[name]) for name in found.children},
        "means": of_use["value"].values.tolist(),
        "changes": of_use["difference"].values.tolist(),
    }


def _sensitivity(job: AnswerJob) -> dict[str, Any]:
    run = _run(job)
    begin = time.perf_counter()
    found = ds.sensitivity(run, region=REGION, use=USE, metric="demand")
    added = time.perf_counter() - begin
    largest = found.isel(input=0)
    return {
        "first_shortages": _first(run),
        "seconds_added": added,
        "largest": str(largest["input"].item()),
        "share_of_largest": largest["first_order"].values.tolist(),
    }


def _size_reserve(job: AnswerJob) -> dict[str, Any]:
    found = ds.size_reserve(
        scenario_of(job.years),
        region=REGION,
        use=USE,
        chance=CHANCE,
        grade="micron",
        serves=[USE],
        replications=job.sizing_replications,
        seed=SEED,
        workers=job.workers,
    )
    answers = found["answer"].sel(bound="estimate").values
    sizes = found["simulated_opening"].values[:, 0]
    opening = found["opening"].values[0].tolist()
    return {
        "opening": opening,
        "answers_from_opening": answers[sizes >= opening[0]].tolist(),
        "answers_below": answers[sizes < opening[0]].tolist(),
        "sizes": len(sizes),
        "simulated_replications": int((len(sizes) + found.sizes["check"]) * job.sizing_replications),
    }


CALLS: dict[str, Callable[[AnswerJob], dict[str, Any]]] = {
    "plain run": _plain,
    "compare": _compare,
    "sensitivity": _sensitivity,
    "size_reserve": _size_reserve,
}


def _first(run: Any) -> list[float]:
    return list(np.asarray(run["shortage"].sel(region=REGION, use=USE))[:FIRST].tolist())


if __name__ == "__main__":
    print(json.dumps(main(AnswerJob(**json.loads(sys.argv[1])))))
