"""The public calls: one replication told as a story, many replications as estimates.

Owns the way from a Scenario through Plan, Draws and an engine to a Dataset.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import xarray as xr

from diamondsim.engines import event
from diamondsim.plan import compile_plan
from diamondsim.results import provenance_of, summary_dataset, trace_dataset
from diamondsim.sampling import draw
from diamondsim.scenario import Scenario
from diamondsim.simulation.bench import Recipe
from diamondsim.simulation.workers import Progress, run_all

MOST_REPLICATIONS = 10_000_000
"""Most replications of one run: what is kept of each takes some kilobytes, so that more is a slip."""


@dataclass(frozen=True)
class Trace:
    """One replication in full.

    Attributes
    ----------
    dataset : xarray.Dataset
        Everything that happened by tick, see `diamondsim.results.trace_dataset`.
    events : tuple of diamondsim.engines.event.Event
        The event log, by tick.
    """

    dataset: xr.Dataset
    events: tuple[event.Event, ...]


def simulate(scenario: Scenario, *, seed: int = 0, replication: int = 0) -> Trace:
    """Simulate one replication with the event engine.

    It is the replication of that number of `monte_carlo` with the same seed.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Root of all random numbers.
    replication : int
        Number of the replication, from 0.

    Returns
    -------
    Trace

    Raises
    ------
    ScenarioError
        Where the scenario cannot be compiled, such as a balance that exceeds a capacity.
    ValueError
        Where `seed` or `replication` is negative or no whole number.

    Examples
    --------
    >>> import diamondsim as ds
    >>> trace = ds.simulate(ds.load_scenario("calm"), seed=1, replication=7)
    >>> trace.dataset.sizes["time"] > 100
    True
    """
    seed = _whole("seed", seed, least=0)
    replication = _whole("replication", replication, least=0)
    plan = compile_plan(scenario)
    draws = draw(plan, seed=seed, first=replication, count=1)
    ledger, events = event.run(plan, draws)
    return Trace(trace_dataset(plan, draws, ledger, provenance_of(scenario, seed)), events)


def monte_carlo(
    scenario: Scenario,
    *,
    replications: int = 10_000,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate many replications with the batch engine.

    Parameters
    ----------
    scenario : Scenario
    replications : int
        How many. Those of a smaller run are the first of a larger one, bit for bit, whatever the workers.
    seed : int
        Root of all random numbers. Scenarios that are run with the same seed share their random numbers.
    workers : int, optional
        Processes; as many as there are processors by default. They are started only where there is work for
        more than one, each with a block of 1,024 replications.
    progress : callable, optional
        Called with the number of replications done and the number wanted.

    Returns
    -------
    xarray.Dataset
        Metrics by replication, region and use; bands over time; estimates with intervals: docs/results.md.

    Raises
    ------
    ScenarioError
        Where the scenario cannot be compiled.
    ValueError
        Where a number is out of range or not whole.

    Examples
    --------
    >>> import diamondsim as ds
    >>> paths = ds.monte_carlo(ds.load_scenario("calm"), replications=4, seed=1)
    >>> paths.sizes["replication"]
    4
    """
    wanted = {"": (scenario, replications)}
    return monte_carlo_each(wanted, seed=seed, workers=workers, progress=progress)[""]


def monte_carlo_each(
    wanted: Mapping[str, tuple[Scenario, int]],
    *,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> dict[str, xr.Dataset]:
    """Simulate several scenarios on the same random numbers, as one job for the processes.

    Parameters
    ----------
    wanted : mapping of str to (Scenario, int)
        Each scenario with its number of replications.
    seed, workers, progress
        As for `monte_carlo`; progress counts the replications of all.

    Returns
    -------
    dict of str to xarray.Dataset
        What `monte_carlo` returns for each.

    Raises
    ------
    ScenarioError, ValueError
        As for `monte_carlo`.
    """
    seed = _whole("seed", seed, least=0)
    recipes = [
        Recipe(s, seed, _whole("replications", n, least=1, most=MOST_REPLICATIONS))
        for s, n in wanted.values()
    ]
    processes = usable_processors() if workers is None else _whole("workers", workers, least=1)
    summaries = run_all(recipes, workers=processes, progress=progress)
    return {
        name: summary_dataset(summary, provenance_of(recipe.scenario, seed))
        for name, recipe, summary in zip(wanted, recipes, summaries, strict=True)
    }


def usable_processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _whole(name: str, value: int, *, least: int, most: int | None = None) -> int:
    whole = not isinstance(value, bool) and hasattr(value, "__index__")
    if not whole or value.__index__() < least or (most is not None and value.__index__() > most):
        bounds = f"at least {least}" if most is None else f"{least} to {most}"
        raise ValueError(f"{name} is a whole number of {bounds}, found {value!r}")
    return value.__index__()
