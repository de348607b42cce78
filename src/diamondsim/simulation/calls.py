"""The public call `monte_carlo`: many replications, and the estimates from them.

Owns how many replications each run has, and when a run ends.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import xarray as xr

from diamondsim.arguments import require_integer
from diamondsim.constants import MAX_REPLICATIONS
from diamondsim.plan import Exchange, on_same_dimensions
from diamondsim.results import ReplicationWeights, Summary, kept_inputs, provenance_of, summary_dataset
from diamondsim.sampling import BLOCK
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation.engine_choice import use_engine
from diamondsim.simulation.executor_adapter import AnyExecutor
from diamondsim.simulation.failed_run import RunFailed, concerns_every_run, raise_failure
from diamondsim.simulation.kept_workers import KeptWorkers
from diamondsim.simulation.precision import Precision
from diamondsim.simulation.progress import Progress
from diamondsim.simulation.run_store import RunStore
from diamondsim.simulation.runner import RunSpec
from diamondsim.simulation.staged_runs import StagedRuns, tasks_between
from diamondsim.simulation.worker_pool import Task

REPLICATIONS = 10_000
"""Default number of replications."""


def monte_carlo(  # noqa: PLR0913 - a run, and how it is computed
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | os.PathLike[str] | RunStore | None = None,
    until: Precision | None = None,
    executor: AnyExecutor | None = None,
    engine: str | None = None,
) -> xr.Dataset:
    """Simulate many replications.

    Parameters
    ----------
    scenario : Scenario
    replications : int, optional
        Number of replications, by default 10,000. Those of a smaller run are the first of a larger one, bit
        for bit with the same engine, for any number of workers.
    seed : int
        Root of all random numbers. Scenarios run with the same seed share their random numbers.
    workers : int, optional
        Maximum number of processes, by default the number of processors. Processes are started only if there
        is more than one block of 1,024 replications to compute. With an executor: maximum number of blocks
        in progress, by default twice as many as it runs at once.
    progress : callable, optional
        Called with the number of replications done and the number requested.
    store : path, optional
        Folder that keeps each block of 1,024 replications as soon as it is done. Blocks of the same run that
        are there already are used: an interrupted run is resumed, and a run with more replications is
        continued. A damaged file causes a `StoreWarning` and its block is computed again. The result is
        bit-identical to that without a store.
    until : Precision, optional
        Continue until an interval is narrow enough, instead of a number of replications. The attributes
        `until`, `until_half_width` and `until_reached` (1 or 0) of the result record the outcome.
    executor : concurrent.futures.Executor or dask.distributed.Client, optional
        Computes the blocks instead of this machine's processes, for example on other machines; the same
        version of diamondsim must be installed there. The store stays on this machine. The executor is not
        shut down. The result is bit-identical.
    engine : {"auto", "batch", "compiled"}, optional
        As for `use_engine`, which chooses it for any other call too; the result names it (`engine`). Engines
        agree to 1e-9.

    Returns
    -------
    xarray.Dataset
        Metrics by replication, region and use; bands over time; estimates with intervals: docs/results.md.
        What exceeds 256 MiB is in a temporary file, which is in the store if there is one.

    Raises
    ------
    ScenarioError
        If the scenario cannot be compiled.
    StoreError
        If the store has other content, keeps a run of another scenario, seed, version or code, or is used by
        another run; or if none asks for an engine and that of the store cannot be used.
    ValueError
        If a number is out of range or not an integer, or the scenario has no such metric as `until` names.
    OSError
        If the store cannot be written to, for example because the disk is full. Finished blocks stay in it.
    concurrent.futures.BrokenExecutor
        If a worker process or the executor ends before the run does, for example because memory ran out or a
        cluster lost its scheduler. Finished blocks stay in the store.
    TypeError
        If `scenario`, `executor` or `until` has the wrong type.
    ImportError
        If the compiled engine is asked for and numba is not installed.

    Examples
    --------
    >>> import diamondsim as ds
    >>> paths = ds.monte_carlo(ds.load_scenario("calm"), replications=4, seed=1)
    >>> paths.sizes["replication"]
    4
    """
    if until is not None and replications is not None:
        raise ValueError("give either replications or until; the limit for until is its own: most")
    if until is not None and not isinstance(until, Precision):
        raise TypeError(f"until: expected a Precision, found {type(until).__name__}")
    number = REPLICATIONS if replications is None else replications
    with contextlib.nullcontext() if engine is None else use_engine(engine):
        datasets = monte_carlo_each(
            {"": (scenario, number if until is None else until.most)},
            seed=seed,
            workers=workers,
            progress=progress,
            store=store,
            until=until,
            executor=executor,
        )
    return datasets[""]


def monte_carlo_each(  # noqa: PLR0913 - the options of monte_carlo, and those of several runs
    wanted: Mapping[str, tuple[Scenario, int]],
    *,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | os.PathLike[str] | RunStore | None = None,
    until: Precision | None = None,
    executor: AnyExecutor | None = None,
    weights: ReplicationWeights | None = None,
    exchanges: Mapping[str, Exchange] | None = None,
    failed: RunFailed = raise_failure,
    kept: KeptWorkers | None = None,
) -> dict[str, xr.Dataset]:
    """Simulate several scenarios with the same random numbers, as one job for the workers.

    A quasi-random number has the dimension that its name has in the first scenario.

    Parameters
    ----------
    wanted : mapping of str to (Scenario, int)
        Each scenario with its number of replications. A store belongs to the first; the others may change
        from call to call.
    seed, workers, store, executor
        As for `monte_carlo`.
    progress : callable, optional
        Counts the replications of all scenarios; with `until` the number requested may grow.
    until : Precision, optional
        Applies to the first scenario, whose number of replications is then the maximum. The others have as
        many as it has in the end, and no more than wanted.
    weights : ReplicationWeights, optional
        What each replication of the first scenario counts; the others are not weighted. Not together with a
        store, whose blocks hold counts of equal replications, or with `until`.
    exchanges : mapping of str to Exchange, optional
        By name of the scenario, which inputs have the draws of a second set. Not together with a store.
    failed : callable, optional
        Takes the name of a scenario that fails while it is simulated, and why; the others go on unless it
        raises. By default the first failure ends all.
    kept : KeptWorkers, optional
        Processes that several such calls use; by default each has its own.

    Returns
    -------
    dict of str to xarray.Dataset
        The result of `monte_carlo` for each scenario that did not fail.

    Raises
    ------
    ScenarioError, StoreError, ValueError, TypeError, OSError, BrokenExecutor
        As for `monte_carlo`.
    RunFailedError
        If a scenario fails, with its name.
    """
    assert weights is None or (store is None and until is None), "weights need all replications anew"
    assert not exchanges or store is None, "a store does not know of a second set of draws"
    specs = _specs(wanted, seed=seed, until=until)
    if exchanges:
        specs = [
            replace(spec, exchange=exchanges.get(name, spec.exchange))
            for name, spec in zip(wanted, specs, strict=True)
        ]
    if weights is not None:
        specs[0] = replace(specs[0], counts=weights.counts.tobytes())
    names, lost = [*wanted], set[int]()
    datasets: dict[str, xr.Dataset] = {}

    def lose(job: int, error: Exception) -> None:
        lost.add(job)
        failed(names[job], error)

    def finish(job: int, outcome: dict[str, str | float] | None = None) -> None:
        if job in lost:
            return
        try:
            weighting = weights if job == 0 else None
            datasets[names[job]] = _dataset(runs.specs[job], totals[job], outcome or {}, weighting, folder)
        except Exception as error:
            if concerns_every_run(error):
                raise
            lose(job, error)

    with StagedRuns(
        specs, workers=workers, progress=progress, store=store, executor=executor, kept=kept
    ) as runs:
        totals, folder = runs.totals, runs.folder
        for spec, total in zip(specs, totals, strict=True):
            total.columns.reserve(spec.replications)
        widths = None if until is None else until.half_widths(totals[0])  # refuses an unknown metric
        for tasks in _rounds(specs, until):
            runs.run(tasks, failed=lose, complete=finish if until is None else None)
            if until is not None:
                half_width, limit = widths = until.half_widths(totals[0])
                if half_width <= limit:
                    break
        if until is not None and widths is not None:
            finish(0, _outcome(until, *widths))
            for job in range(1, len(specs)):
                finish(job)
    return {name: datasets[name] for name in names if name in datasets}


def _dataset(
    spec: RunSpec,
    total: Summary,
    outcome: dict[str, str | float],
    weights: ReplicationWeights | None,
    scratch: Path | None,
) -> xr.Dataset:
    """Return the result of a run; `outcome` says how long it went on."""
    inputs = kept_inputs(
        spec.scenario, total.plan, seed=spec.seed, replications=total.replications, scratch=scratch
    )
    provenance = provenance_of(spec.scenario, spec.seed)
    return summary_dataset(total, provenance, {**outcome, "engine": spec.engine}, weights, inputs)


def _specs(
    wanted: Mapping[str, tuple[Scenario, int]], *, seed: int, until: Precision | None
) -> list[RunSpec]:
    """Return the runs, with valid numbers."""
    seed = require_integer("seed", seed, least=0)
    what = "replications" if until is None else "most"
    numbers = [require_integer(what, n, least=1, most=MAX_REPLICATIONS) for _, n in wanted.values()]
    for scenario, _ in wanted.values():
        require_scenario(scenario)
    scenarios = on_same_dimensions([scenario for scenario, _ in wanted.values()])
    return [RunSpec(scenario, seed, n) for scenario, n in zip(scenarios, numbers, strict=True)]


def _rounds(specs: Sequence[RunSpec], until: Precision | None) -> Iterator[list[Task]]:
    """Yield the tasks up to each number of replications at which a precision is checked.

    These numbers do not depend on the machine, so that a run ends at the same one everywhere. Further runs
    keep up with the first, so that they have no more replications than it has in the end.
    """
    most = specs[0].replications
    if until is None:
        tasks = [task for job, spec in enumerate(specs) for task in tasks_between(job, 0, spec.replications)]
        # A block of one scenario after that of another, for what they draw alike is then drawn once.
        yield sorted(tasks, key=lambda task: task.first)
        return
    begin, end = 0, min(BLOCK, most)
    while begin < end:
        yield [
            task
            for job, spec in enumerate(specs)
            for task in tasks_between(job, begin, min(end, spec.replications))
        ]
        begin, end = end, min(2 * end, most)


def _outcome(until: Precision, half_width: float, limit: float) -> dict[str, str | float]:
    return {
        "until": f"half-width of {until} at most {limit:g}, or {until.most:,} replications",
        "until_half_width": half_width,
        "until_reached": int(half_width <= limit),
    }
