"""The public call `monte_carlo`: many replications as estimates.

Owns the way from a Scenario through Plan, Draws and an engine to a Dataset.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

import xarray as xr

from diamondsim.plan import on_same_dimensions
from diamondsim.results import provenance_of, summary_dataset
from diamondsim.scenario import Scenario
from diamondsim.simulation.bench import Recipe
from diamondsim.simulation.executors import AnyExecutor, Office
from diamondsim.simulation.precision import Precision
from diamondsim.simulation.progress import Progress
from diamondsim.simulation.runs import run_all
from diamondsim.simulation.scenarios import require_scenario
from diamondsim.simulation.store import Store
from diamondsim.simulation.whole import whole_number

REPLICATIONS = 10_000
"""Replications of a run that does not say how many."""
MOST_REPLICATIONS = 10_000_000
"""Most replications of one run: what is kept of each takes some kilobytes, so that more is a slip."""


def monte_carlo(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | os.PathLike[str] | Store | None = None,
    until: Precision | None = None,
    executor: AnyExecutor | None = None,
) -> xr.Dataset:
    """Simulate many replications with the batch engine.

    Parameters
    ----------
    scenario : Scenario
    replications : int, optional
        How many, 10,000 by default. Those of a smaller run are the first of a larger one, bit for bit,
        whatever the workers.
    seed : int
        Root of all random numbers. Scenarios that are run with the same seed share their random numbers.
    workers : int, optional
        Processes; as many as there are processors by default. They are started only where there is work for
        more than one, each with a block of 1,024 replications. With an executor: how many blocks it has at a
        time, twice as many as it runs at once by default.
    progress : callable, optional
        Called with the number of replications done and the number wanted.
    store : path, optional
        Folder that keeps each block of 1,024 replications as soon as it is done. Where it has blocks of the
        same run, these are used: a run that was stopped, however that happened, goes on where it was, and one
        with more replications goes on from there. A damaged file is told of by a `StoreWarning` and its block
        computed anew. The result is the same, bit for bit, as without a store.
    until : Precision, optional
        Go on until an interval is narrow enough, in place of a number of replications. The attributes
        `until`, `until_half_width` and `until_reached` (1 or 0) say what came of it.
    executor : concurrent.futures.Executor or dask.distributed.Client, optional
        Runs the blocks in place of processes that are started here, on other machines for instance; the same
        version of diamondsim must be installed there. The store stays on this machine. The executor is not
        shut down, and gives the same result, bit for bit.

    Returns
    -------
    xarray.Dataset
        Metrics by replication, region and use; bands over time; estimates with intervals: docs/results.md.
        What does not fit into 256 MiB lies in a temporary file, in the store where there is one.

    Raises
    ------
    ScenarioError
        Where the scenario cannot be compiled.
    StoreError
        Where the store holds something else, or another scenario, seed, version or code, or another
        run is at work in it.
    ValueError
        Where a number is out of range or not whole, or where the scenario has no such metric as `until` says.
    OSError
        Where the store cannot be written to, such as on a full disk. What is finished stays in it.
    concurrent.futures.BrokenExecutor
        Where the executor ends before the run does, such as where a cluster loses its scheduler. What is
        finished stays in the store.
    TypeError
        Where the scenario or the executor is none, or `until` no Precision.

    Examples
    --------
    >>> import diamondsim as ds
    >>> paths = ds.monte_carlo(ds.load_scenario("calm"), replications=4, seed=1)
    >>> paths.sizes["replication"]
    4
    """
    if until is not None and replications is not None:
        raise ValueError("either replications or until; the most that until may take is its own: most")
    if until is not None and not isinstance(until, Precision):
        raise TypeError(f"until is a Precision, found {type(until).__name__}")
    number = REPLICATIONS if replications is None else replications
    wanted = {"": (scenario, number if until is None else until.most)}
    found = monte_carlo_each(
        wanted,
        seed=seed,
        workers=workers,
        progress=progress,
        store=store,
        until=until,
        executor=executor,
    )
    return found[""]


def monte_carlo_each(
    wanted: Mapping[str, tuple[Scenario, int]],
    *,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | os.PathLike[str] | Store | None = None,
    until: Precision | None = None,
    executor: AnyExecutor | None = None,
) -> dict[str, xr.Dataset]:
    """Simulate several scenarios on the same random numbers, as one job for the processes.

    With quasi-random numbers a name has the dimension that it has in the first scenario.

    Parameters
    ----------
    wanted : mapping of str to (Scenario, int)
        Each scenario with its number of replications. A store is for the first; the others may be others the
        next time.
    seed, workers, store, executor
        As for `monte_carlo`.
    progress : callable, optional
        Counts the replications of all; with `until` the number wanted may grow.
    until : Precision, optional
        Of the first scenario, whose number of replications is then the most.

    Returns
    -------
    dict of str to xarray.Dataset
        What `monte_carlo` returns for each.

    Raises
    ------
    ScenarioError, StoreError, ValueError, TypeError, OSError, BrokenExecutor
        As for `monte_carlo`.
    """
    seed = whole_number("seed", seed, least=0)
    what = "replications" if until is None else "most"
    numbers = [whole_number(what, n, least=1, most=MOST_REPLICATIONS) for _, n in wanted.values()]
    for scenario, _ in wanted.values():
        require_scenario(scenario)
    scenarios = on_same_dimensions([s for s, _ in wanted.values()])
    recipes = [Recipe(s, seed, n) for s, n in zip(scenarios, numbers, strict=True)]
    if workers is not None:
        workers = whole_number("workers", workers, least=1)
    office = None if executor is None else Office(executor)
    with contextlib.ExitStack() as stack:
        if store is not None and not isinstance(store, Store):
            store = stack.enter_context(Store(store))
        runs = run_all(recipes, workers=workers, progress=progress, store=store, until=until, office=office)
    reached = [{} if until is None else _reached(until, runs.half_width), *({} for _ in recipes[1:])]
    return {
        name: summary_dataset(summary, provenance_of(recipe.scenario, seed), more)
        for name, recipe, summary, more in zip(wanted, recipes, runs.summaries, reached, strict=True)
    }


def _reached(until: Precision, half_width: float | None) -> dict[str, str | float]:
    assert half_width is not None, "it is looked at in every run that has one to reach"
    return {
        "until": f"half-width of {until} at most {until.half_width:g}, or {until.most:,} replications",
        "until_half_width": half_width,
        "until_reached": int(half_width <= until.half_width),
    }
