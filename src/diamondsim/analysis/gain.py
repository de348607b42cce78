"""The share of a metric's variance that is drawn once per replication, and the gain of quasi-random numbers.

Two runs share the numbers that are drawn once per replication and draw all others anew. The covariance of a
metric between them is the part of its variance that is per replication; the covariance of the means of their
independent groups is that part of the error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.plan import Plan, Sampling, compile_plan
from diamondsim.results import REGION_USE, Frame, Summary, recorded, settings_of, with_attrs
from diamondsim.sampling import BLOCK
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation.engine_choice import with_engine
from diamondsim.simulation.runner import BlockSimulator, RunSpec, Workspace

METHODS = ("sobol", "latin", "random")
GAIN_METRICS = ("shortage", "peak_shortfall", "fill_rate")
SHORT = "short"
"""Whether a use goes short; the mean is the probability of shortage."""

_NEW_SEEDS = (1 << 40, 1 << 41)  # Of the numbers drawn anew: larger than seeds that users choose.


def sampling_gain(
    scenario: Scenario,
    *,
    replications: int = 4096,
    seeds: int = 4,
    seed: int = 0,
    method: str = "sobol",
) -> xr.Dataset:
    """Measure the gain of a sampling method over plain random numbers.

    Parameters
    ----------
    scenario : Scenario
        Its own sampling method is ignored.
    replications : int
        Of each run; a multiple of 1,024.
    seeds : int
        Number of seeds over which the error is measured, with two runs each.
    seed : int
        First seed.
    method : str
        ``sobol``, ``latin`` or, as a check, ``random``.

    Returns
    -------
    xarray.Dataset
        By metric (`GAIN_METRICS` and `SHORT`), region and use; NaN where a metric never varies:

        - `per_replication_share`: share of the variance that is drawn once per replication;
        - `error_random`: standard error of the mean with plain random numbers;
        - `error`: standard error of the mean as measured with the method;
        - `gain`: their ratio;
        - `gain_per_replication`: that ratio for the part of the variance that is per replication; infinite if
          no error was measurable.

    Raises
    ------
    ScenarioError
        If the scenario cannot be compiled.
    ValueError
        If a number or the method is out of range.
    TypeError
        If `scenario` is not a Scenario.

    Examples
    --------
    >>> import diamondsim as ds
    >>> gain = ds.sampling_gain(ds.load_scenario("calm"), replications=1024, seeds=1)
    >>> gain.sizes["metric"]
    4
    """
    require_scenario(scenario)
    if method not in METHODS:
        raise ValueError(f"expected method to be one of {', '.join(METHODS)}, found {method!r}")
    if replications < BLOCK or replications % BLOCK:
        raise ValueError(f"expected replications to be a multiple of {BLOCK:,}, found {replications!r}")
    if seeds < 1 or seed < 0:
        raise ValueError(f"expected seeds >= 1 and seed >= 0, found seeds={seeds!r}, seed={seed!r}")
    if method == "latin" and seeds * replications < 2 * BLOCK:
        raise ValueError("the error of a single hypercube cannot be measured: use more seeds or replications")
    plan = compile_plan(scenario)
    plan = replace(plan, sampling=Sampling(method, plan.sampling.dimensions))
    asked = RunSpec(scenario, seed, 2 * seeds * replications)
    (spec,) = with_engine([asked], None, is_elsewhere=False)
    runner = _Runner(plan, scenario, replications, spec.engine)
    split = _Split()
    for number in range(seed, seed + seeds):
        first, second = (runner.run(number, anew + number) for anew in _NEW_SEEDS)
        split.add(first, second, plan.sampling)
    frame = Frame(plan, settings_of(scenario))
    return _dataset(split.results(), frame, plan, replications, seeds)


class _Runner:
    """Runs replications of one plan and keeps the metrics."""

    def __init__(self, plan: Plan, scenario: Scenario, replications: int, engine: str) -> None:
        self._plan = plan
        self._settings = settings_of(scenario)
        self._replications = replications
        self._simulator = BlockSimulator(plan, recorded(plan, self._settings), engine, Workspace())

    def run(self, seed: int, redraw_seed: int) -> FloatArray:
        """Return the (metric, pair, R) values of one run."""
        summary = Summary(self._plan, self._settings)
        for first in range(0, self._replications, BLOCK):
            for part, ledger in self._simulator.parts(
                seed=seed, first=first, count=BLOCK, redraw_seed=redraw_seed
            ):
                summary.add(part, ledger)
        values = [np.array([*summary.columns[name]]) for name in GAIN_METRICS]
        short = values[GAIN_METRICS.index("peak_shortfall")] > self._settings.threshold
        return np.array([*values, short.astype(np.float64)])


@dataclass
class _Split:
    """Sums over seeds from which variances and errors come, each (metric, pair)."""

    runs: int = 0
    count: int = 0
    variance: FloatArray | float = 0.0
    shared: FloatArray | float = 0.0
    groups: int = 0
    between: FloatArray | float = 0.0
    between_shared: FloatArray | float = 0.0

    def add(self, first: FloatArray, second: FloatArray, sampling: Sampling) -> None:
        """Add two runs that differ in the numbers drawn anew."""
        self.runs += 1
        self.count = first.shape[-1]
        deviations = [run - run.mean(axis=-1, keepdims=True) for run in (first, second)]
        self.variance = self.variance + (deviations[0] ** 2 + deviations[1] ** 2).mean(axis=-1) / 2
        self.shared = self.shared + (deviations[0] * deviations[1]).mean(axis=-1)
        labels = sampling.labels(np.arange(self.count))
        means = [
            np.array([run[..., labels == g].mean(axis=-1) for g in np.unique(labels)]) for run in deviations
        ]
        self.groups += len(means[0]) - 1
        self.between = self.between + (means[0] ** 2 + means[1] ** 2).sum(axis=0) / 2
        self.between_shared = self.between_shared + (means[0] * means[1]).sum(axis=0)

    def results(self) -> dict[str, FloatArray]:
        """Return the variables of the Dataset, each (metric, pair)."""
        variance, shared = np.array(self.variance) / self.runs, np.array(self.shared) / self.runs
        n_groups = self.groups / self.runs + 1  # of one run
        error = np.sqrt(np.array(self.between) / self.groups / n_groups)
        of_shared = np.array(self.between_shared) / self.groups / n_groups
        varies = variance > 0
        at_random = np.sqrt(variance / self.count)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(varies, shared / variance, np.nan)
            gain = np.where(varies, at_random / error, np.nan)
            on_shared = np.sqrt(np.maximum(shared, 0) / self.count / np.maximum(of_shared, 0))
        return {
            "per_replication_share": share,
            "error_random": np.where(varies, at_random, np.nan),
            "error": np.where(varies, error, np.nan),
            "gain": gain,
            "gain_per_replication": np.where(varies, on_shared, np.nan),
        }


_LONG_NAMES = {
    "per_replication_share": "share of the variance that is drawn once per replication",
    "error_random": "standard error of the mean with plain random numbers",
    "error": "standard error of the mean with the method",
    "gain": "ratio of the error with plain random numbers to the error with the method",
    "gain_per_replication": "the same ratio for the error due to numbers drawn once per replication",
}


def _dataset(
    results: Mapping[str, FloatArray], frame: Frame, plan: Plan, replications: int, seeds: int
) -> xr.Dataset:
    variables = {}
    for name, values in results.items():
        grid = frame.grid(REGION_USE, values.T, ("metric",)).transpose("metric", "region", "use")
        units = "unit of the metric" if name.startswith("error") else "1"
        variables[name] = with_attrs(grid, _LONG_NAMES[name], units)
    coordinates = frame.coordinates()
    kept = {name: coordinates[name] for name in ("region", "use", "region_name", "use_name")}
    metric = xr.DataArray([*GAIN_METRICS, SHORT], dims="metric", attrs={"long_name": "metric", "units": "1"})
    attrs = {
        "title": plan.title,
        "method": plan.sampling.method,
        "replications": replications,
        "seeds": seeds,
    }
    return xr.Dataset(variables, {"metric": metric, **kept}, attrs)
