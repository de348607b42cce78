"""A run of a scenario together with the runs that it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
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
    paired = comparable(found, few)
    wanted = {
        "scenario": (scenario, n),
        "baseline": (baseline, min(n, BASELINE_REPLICATIONS)),
        "without facilities": (without_facilities(scenario) if paired else None, few),
        "without diversion": (without_diversion(scenario) if paired else None, few),
    }
    for name in scenario.reserves:
        wanted[WITHOUT_RESERVE + name] = (without_reserve(scenario, name) if paired else None, few)
    runs = monte_carlo_each(
        {what: (each, number) for what, (each, number) in wanted.items() if each is not None},
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
