"""The public call `compare`: several scenarios with common random numbers, and by how much they differ."""

from __future__ import annotations

import os
from collections.abc import Mapping

import xarray as xr

from diamondsim._version import __version__
from diamondsim.analysis.comparable import require_comparable
from diamondsim.analysis.failed_scenarios import failure_attrs
from diamondsim.analysis.paired_runs import COMPARISON_NAMES, comparison_dataset
from diamondsim.scenario import Scenario
from diamondsim.simulation import KeptFailures, Progress, RunStore, monte_carlo_each
from diamondsim.simulation.executor_adapter import AnyExecutor

COMPARISON_REPLICATIONS = 4096
"""Default number of replications of each scenario: differences of pairs need fewer than probabilities."""


def compare(
    scenarios: Mapping[str, Scenario],
    *,
    replications: int = COMPARISON_REPLICATIONS,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | os.PathLike[str] | RunStore | None = None,
    executor: AnyExecutor | None = None,
) -> xr.DataTree:
    """Simulate scenarios with common random numbers and estimate how much each differs from the first.

    Replication k of every scenario has the same draws wherever the scenarios share an uncertain input, so
    that the differences are those of pairs, with narrow intervals.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        Two or more, by name; the first is the reference. They have the same horizon, tick, measure of a
        shortage (`metrics`), sampling method, regions and uses.
    replications : int
        Of each scenario.
    seed, workers, store, executor
        As for `monte_carlo`. A store keeps the replications of each scenario.
    progress : callable, optional
        Called with the number of replications done and the number requested, of all scenarios together.

    Returns
    -------
    xarray.DataTree
        A node for each scenario, by its name, with the Dataset of `monte_carlo`; the comparison in the root,
        with the formulas of docs/compare.md:

        - `value` (metric, scenario, region, use, bound): what `monte_carlo` estimates for each scenario;
        - `difference` (metric, scenario, region, use, bound): less that of the reference, from pairs;
        - `variance_saved` (metric, scenario, region, use): share of the variance of a difference of
          independent runs that common random numbers take away;
        - `chance_best` (metric, scenario, region, use): share of the resamples in which the scenario has the
          lowest value, ties shared;
        - `dominated_by` (metric, scenario, other_scenario): whether the other scenario is better in some use
          and worse in none; `dominated` (metric, scenario): whether any is;
        - `money` and `money_difference` (item, scenario, bound), where a scenario states a value or a cost:
          mean economic loss and costs of stock, deliveries and reserves over the horizon, all uses together,
          with their total, in USD; and each less that of the reference, from pairs. An item of a use counts
          if all scenarios state it; `comment` says what counts.
        - `unmet_need` and `unmet_need_difference` (scenario, region, use, bound), where any scenario has
          prices: mean share of normal demand that is short or given up, and less that of the reference.

        `metric` is `probability_of_shortage`, `shortage_mean`, `economic_loss_mean` and, if every scenario
        has prices, `unmet_need_mean`; of each, lower is better. NaN where a region does not have a use.

        A scenario that fails while it is simulated is left out, and the others are compared without it. The
        attributes `failed` and `failures` have a line with its name and a line with the reason; both are
        empty if none failed.

    Raises
    ------
    TypeError
        If `scenarios` is no mapping of names to Scenarios.
    ScenarioError
        With all problems of all scenarios: names, scenarios that cannot be compiled or compared.
    ValueError
        If a number is out of range or not an integer.
    RuntimeError
        If the reference fails while it is simulated.
    StoreError, OSError, concurrent.futures.BrokenExecutor
        As for `monte_carlo`.

    Examples
    --------
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    >>> found = ds.compare({"calm": calm, "more": calm.override({"demand.US.polishing": "60 Mct/yr"})},
    ...                    replications=8)
    >>> list(found.children), found["difference"].dims
    (['calm', 'more'], ('metric', 'scenario', 'region', 'use', 'bound'))
    >>> found["calm"]["shortage"].sizes["replication"]
    8
    """
    require_comparable(scenarios, COMPARISON_NAMES)
    failures = KeptFailures(needed=[*scenarios][:1])
    runs = monte_carlo_each(
        {name: (scenario, replications) for name, scenario in scenarios.items()},
        seed=seed,
        workers=workers,
        progress=progress,
        store=store,
        executor=executor,
        failed=failures,
    )
    first = next(iter(runs.values()))
    # Nodes of a tree share the labels of its root, in their order.
    order = {name: first[name].values for name in ("region", "use")}
    runs = {
        name: run
        if all((run[dim].values == labels).all() for dim, labels in order.items())
        else run.sel(order)
        for name, run in runs.items()
    }
    attrs = {**failure_attrs(failures.texts()), "diamondsim_version": __version__}
    root = comparison_dataset(runs).assign_attrs(attrs)
    return xr.DataTree.from_dict({"/": root, **runs})
