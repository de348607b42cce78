"""The public call `sobol_indices`: first-order and total indices of groups of inputs, by a design of runs.

Owns the runs: two independent sets of draws, and for each group the first set with the draws of the second
for this group alone. The estimators are in `sobol_estimators`; docs/sensitivity.md, section 7.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import scipy
import xarray as xr

from diamondsim.analysis.chosen_metric import (
    AS_RANKS,
    LONGEST_IF_NONE,
    SHORTAGE,
    ChosenMetric,
    choose_metric,
    require_metric,
)
from diamondsim.analysis.input_groups import InputGroup, input_groups
from diamondsim.analysis.sobol_estimators import BOOTSTRAP_RESAMPLES, SobolIndices, sobol_estimates
from diamondsim.arguments import require_integer
from diamondsim.arrays import FloatArray
from diamondsim.plan import Exchange, compile_plan
from diamondsim.results import CONFIDENCE, identity_in, label_coordinate, with_attrs
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation import Progress, monte_carlo, monte_carlo_each

DESIGN_REPLICATIONS = 1024
"""Default number of replications of each run of a design."""
MOST_DESIGN_REPLICATIONS = 16_384
_LEAST = 40
_LEAST_DIFFERENT = 20
_BOUNDS = ("estimate", "low", "high")
_FIRST, _SECOND = "first set", "second set"


def sobol_indices(  # noqa: PLR0913 - what is asked, and how it is run
    scenario: Scenario,
    *,
    region: str,
    use: str,
    metric: str = SHORTAGE,
    groups: Mapping[str, str | Iterable[str]] | None = None,
    replications: int = DESIGN_REPLICATIONS,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Estimate first-order and total Sobol' indices of groups of inputs, from runs made for it.

    With K groups it takes K + 3 runs: two with independent draws, and one for each group, and for everything
    that is in no group, in which its draws are exchanged for those of the second.

    Parameters
    ----------
    scenario : Scenario
        With random draws, not quasi-random ones.
    region, use : str
        The use.
    metric : str
        ``short`` (whether the use goes short), or the name of any metric of uses. Of `first_shortage` and
        `time_to_survive` the ranks among all runs are explained; a replication without one counts as the
        longest.
    groups : mapping of str to str or iterable of str, optional
        Paths of uncertain inputs by name of the group; ``*`` stands for any characters. All that is drawn of
        an input in a replication is exchanged, in every spell of a control. By default a group for each
        section of the scenario.
    replications : int
        Of each run, at most 16,384.
    seed : int
        Root of all random numbers.
    workers : int, optional
        Number of processes; the number of processors by default.
    progress : callable, optional
        Called with the number of replications done and the number requested, of all runs together.

    Returns
    -------
    xarray.Dataset
        By `group`, largest total index first; `bound` is ``estimate``, ``low``, ``high`` (95 %, bootstrap):

        - `first_order` (group, bound): share of the variance that the group explains alone;
        - `total` (group, bound): share that it explains alone or together with others;
        - `first_order_sum` (bound);
        - `inputs` (group): number of inputs that are drawn once in the group.

        What cannot be estimated is NaN, and a line of the attribute `warnings` says why.

    Raises
    ------
    ScenarioError
        If the scenario cannot be compiled; with all problems of the groups.
    ValueError
        If there is no such metric, region or use, a metric is not known in every replication, a number is out
        of range, or draws are quasi-random.
    TypeError
        If `scenario` is not a Scenario, or `groups` no mapping.

    Examples
    --------
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    >>> found = ds.sobol_indices(calm, region="US", use="polishing", metric="demand",
    ...                          groups={"stocks": "inventory_policy.*.cover"}, replications=64)
    >>> found["total"].dims, sorted(found["group"].values.tolist())
    (('group', 'bound'), ['everything else', 'stocks'])
    """
    require_scenario(scenario)
    replications = require_integer("replications", replications, least=1, most=MOST_DESIGN_REPLICATIONS)
    if scenario.sampling.method != "random":
        raise ValueError(
            f"scenario: expected sampling.method random, found {scenario.sampling.method}: two sets of "
            "quasi-random draws are not independent replication by replication"
        )
    found = input_groups(compile_plan(scenario), groups)
    _require_asked(scenario, metric, region, use, seed)
    exchanges = {_SECOND: Exchange(others=True), **{_run_of(group): group.exchange for group in found}}
    runs = monte_carlo_each(
        dict.fromkeys([_FIRST, *exchanges], (scenario, replications)),
        seed=seed,
        workers=workers,
        progress=progress,
        exchanges=exchanges,
    )
    chosen = _chosen([*runs.values()], metric, region, use)
    values = np.array([each.values for each in chosen])
    warnings = _warnings(chosen[0], values)
    if len(warnings) == 1 and warnings[0].endswith("nothing is estimated"):
        k = len(found)
        missing = np.full((3, k), math.nan)
        indices = SobolIndices(missing, missing, missing[:, 0])
    else:
        indices = sobol_estimates(values[0], values[1], values[2:], seed=seed)
    return _dataset(runs[_FIRST], chosen[0], found, indices, warnings)


def _run_of(group: InputGroup) -> str:
    return f"exchanged {group.name}"


def _require_asked(scenario: Scenario, metric: str, region: str, use: str, seed: int) -> None:
    """Refuse a wrong name before all the runs."""
    require_metric(
        monte_carlo(scenario, replications=1, seed=seed, workers=1), metric, region=region, use=use
    )


def _chosen(runs: Sequence[xr.Dataset], metric: str, region: str, use: str) -> list[ChosenMetric]:
    """Return the metric in each run; ranks are those among all runs."""
    chosen = [choose_metric(run, metric, region, use) for run in runs]
    if metric not in LONGEST_IF_NONE:
        return chosen
    times = np.array([run[metric].sel(region=region, use=use).values for run in runs], dtype=np.float64)
    ranks = scipy.stats.rankdata(np.where(np.isnan(times), np.inf, times)).reshape(times.shape)
    return [
        ChosenMetric(each.name, each.long_name, region, use, row, AS_RANKS)
        for each, row in zip(chosen, ranks, strict=True)
    ]


def _warnings(chosen: ChosenMetric, values: FloatArray) -> list[str]:
    n, sets = values.shape[1], values[:2]
    if n < _LEAST:
        return [f"expected {_LEAST} replications or more, found {n}: nothing is estimated"]
    if sets.min() == sets.max():
        return [f"{chosen.subject} is the same in all {2 * n:,} replications: nothing is estimated"]
    different = sets.size - int(np.unique(sets, return_counts=True)[1].max())
    if different < _LEAST_DIFFERENT:
        return [
            f"only {different} of {sets.size:,} replications differ from the most common value of "
            f"{chosen.subject}: the intervals are too narrow"
        ]
    return []


def _dataset(
    run: xr.Dataset,
    chosen: ChosenMetric,
    groups: Sequence[InputGroup],
    indices: SobolIndices,
    warnings: Sequence[str],
) -> xr.Dataset:
    variables = {
        "first_order": (("group", "bound"), indices.first_order.T, "share of the variance explained alone"),
        "total": (("group", "bound"), indices.total.T, "share explained alone or together with others"),
        "first_order_sum": (("bound",), indices.first_order_sum, "sum of the first-order indices"),
        "inputs": (("group",), [len(group.inputs) for group in groups], "inputs that are drawn once"),
    }
    made = {
        name: with_attrs(xr.Variable(dims, values), long_name, "1")
        for name, (dims, values, long_name) in variables.items()
    }
    names = np.array([group.name for group in groups], dtype=object)
    coordinates = {
        "group": xr.Variable("group", names, {"long_name": "group of inputs"}),
        "bound": label_coordinate("bound", _BOUNDS, "estimate and limits"),
    }
    attrs = identity_in(run.attrs) | {
        "metric": chosen.name,
        "metric_long_name": chosen.long_name,
        "region": chosen.region,
        "use": chosen.use,
        "treatment": chosen.treatment,
        "replications": len(chosen.values),
        "runs": len(groups) + 2,
        "resamples": BOOTSTRAP_RESAMPLES,
        "confidence": CONFIDENCE,
        "warnings": "\n".join(warnings),
    }
    order = np.argsort(-np.nan_to_num(indices.total[0], nan=-1.0), kind="stable")
    return xr.Dataset(made, coordinates, attrs).isel(group=order)
