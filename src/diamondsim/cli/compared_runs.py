"""A run of a scenario together with the runs that it is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diamondsim.cli.comparisons import without_diversion, without_facilities, without_reserve
from diamondsim.cli.observed import COMPARED_REPLICATIONS, comparable

if TYPE_CHECKING:
    from diamondsim.conditioning import Observation
    from diamondsim.scenario import Scenario
    from diamondsim.simulation import Precision, Progress, RunStore
    from diamondsim.simulation.failed_run import RunFailed

BASELINE_REPLICATIONS = 10_240
"""The largest number of replications of the baseline: ten blocks. In a smaller run both have as many."""
EFFECT_REPLICATIONS = 512
"""The largest number of replications of the runs without facilities, diversion or a reserve."""

WITHOUT_FACILITIES = "without facilities"
WITHOUT_DIVERSION = "without diversion"
WITHOUT_RESERVE = "without reserve "
"""Beginning of the name of the run without the reserve that follows."""


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """How a scenario and those beside it are sampled: the arguments of `monte_carlo` that they share."""

    replications: int
    seed: int
    workers: int | None
    progress: Progress | None
    store: RunStore | None
    until: Precision | None


def run_compared(
    scenario: Scenario,
    baseline: Scenario | None,
    sampled: Sampled,
    figures: Sequence[Observation] | None,
    failed: RunFailed | None = None,
) -> dict[str, Any]:
    """Run a scenario, its baseline, and the scenario without its facilities, diversion or each reserve.

    Parameters
    ----------
    scenario, baseline : Scenario
        The baseline may be None.
    sampled : Sampled
    figures : sequence of Observation or None
        By which the scenario is weighted.
    failed : callable, optional
        As for `monte_carlo_each`.

    Returns
    -------
    dict of str to xarray.Dataset
        Results of ``scenario``, and of ``baseline``, ``without facilities``, ``without diversion`` and, for
        each reserve, ``without reserve NAME`` where there are any. All share their random numbers.
    """
    from diamondsim.conditioning import weigh, with_observations
    from diamondsim.simulation import monte_carlo_each
    from diamondsim.simulation.failed_run import raise_failure

    n, found = sampled.replications, None
    if figures is not None:
        found = weigh(
            scenario,
            figures,
            replications=n,
            seed=sampled.seed,
            workers=sampled.workers,
            progress=sampled.progress,
        )
    few = min(n, EFFECT_REPLICATIONS if figures is None else COMPARED_REPLICATIONS)
    wanted = {"scenario": (scenario, n)}
    if baseline is not None:
        wanted["baseline"] = (baseline, min(n, BASELINE_REPLICATIONS))
    if comparable(found, few):
        wanted |= {name: (each, few) for name, each in scenarios_without(scenario).items()}
    runs = monte_carlo_each(
        wanted,
        seed=sampled.seed,
        workers=sampled.workers,
        progress=sampled.progress,
        store=sampled.store,
        until=sampled.until,
        weights=None if found is None else found.weights,
        failed=failed or raise_failure,
    )
    if found is not None:
        runs["scenario"] = with_observations(runs["scenario"], found)
    return runs


@contextmanager
def one_engine(
    scenario: Scenario,
    baseline: Scenario | None,
    *,
    replications: int,
    seed: int,
    store: RunStore | None,
    others: bool,
) -> Iterator[None]:
    """Let the runs of `run_compared` and `others` beside them, if there are any, share one choice of engine.

    Without this, paths of the scenario alone could have another engine than its estimates.
    """
    if not others:
        yield
        return
    from diamondsim.simulation.engine_choice import decide_engine
    from diamondsim.simulation.runner import RunSpec

    specs = [RunSpec(scenario, seed, replications)]
    if baseline is not None:
        specs.append(RunSpec(baseline, seed, min(replications, BASELINE_REPLICATIONS)))
    few = min(replications, EFFECT_REPLICATIONS)
    specs += [RunSpec(each, seed, few) for each in scenarios_without(scenario).values()]
    with decide_engine(specs, store):
        yield


def scenarios_without(scenario: Scenario) -> dict[str, Scenario]:
    """Return a scenario without its facilities, its diversion and each of its reserves, if it has any.

    The names are those of `run_compared`.
    """
    others = {
        WITHOUT_FACILITIES: without_facilities(scenario),
        WITHOUT_DIVERSION: without_diversion(scenario),
        **{WITHOUT_RESERVE + name: without_reserve(scenario, name) for name in scenario.reserves},
    }
    return {name: other for name, other in others.items() if other is not None}


def runs_beside(runs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the runs beside a run, of those of `run_compared`, as arguments of `build_report`."""
    of_reserves = {
        name.removeprefix(WITHOUT_RESERVE): run
        for name, run in runs.items()
        if name.startswith(WITHOUT_RESERVE)
    }
    return {
        "baseline": runs.get("baseline"),
        "without_facilities": runs.get(WITHOUT_FACILITIES),
        "without_diversion": runs.get(WITHOUT_DIVERSION),
        "without_reserve": of_reserves or None,
    }
