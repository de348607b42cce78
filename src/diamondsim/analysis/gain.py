"""How much of a metric's variance is drawn once in a replication, and what quasi-random numbers gain on it.

Two runs with the same numbers drawn once, and all others anew, share what is per replication: the covariance
of a metric between them is that part of its variance, and the covariance of the means of their independent
groups that part of the error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.engines import batch
from diamondsim.plan import Plan, Sampling, compile_plan
from diamondsim.results import Summary, recorded, settings_of
from diamondsim.results.frame import Frame, described
from diamondsim.sampling import BLOCK, draw
from diamondsim.scenario import Scenario
from diamondsim.simulation.runner import Workspace

FloatArray: TypeAlias = npt.NDArray[np.float64]

METHODS = ("sobol", "latin", "random")
METRICS = ("shortage", "peak_shortfall", "fill_rate")
SHORT = "short"
"""Whether a use is short: its mean is the probability of shortage."""

_PART = 256  # Replications at a time.
_ANEW = (1 << 40, 1 << 41)  # Roots of what is drawn anew: no seed that anybody would choose.


def sampling_gain(
    scenario: Scenario,
    *,
    replications: int = 4096,
    seeds: int = 4,
    seed: int = 0,
    method: str = "sobol",
) -> xr.Dataset:
    """Measure what a method of sampling gains over plain random numbers.

    Parameters
    ----------
    scenario : Scenario
        Its own method does not matter.
    replications : int
        Of each run; a multiple of 1,024.
    seeds : int
        Seeds over which the error is measured, with two runs each.
    seed : int
        The first of them.
    method : str
        ``sobol``, ``latin`` or, as a check, ``random``.

    Returns
    -------
    xarray.Dataset
        By metric (`METRICS` and `SHORT`), region and use; NaN where a metric never varies:

        - `per_replication_share`: share of the variance that is drawn once in a replication;
        - `error_random`: standard error of the mean with plain random numbers;
        - `error`: the same as measured with the method;
        - `gain`: their ratio;
        - `gain_per_replication`: that ratio on the part of the variance that is per replication, infinite
          where no error was left to be seen.

    Raises
    ------
    ScenarioError
        Where the scenario cannot be compiled.
    ValueError
        Where a number or the method is out of range.

    Examples
    --------
    >>> import diamondsim as ds
    >>> gain = ds.sampling_gain(ds.load_scenario("calm"), replications=1024, seeds=1)
    >>> gain.sizes["metric"]
    4
    """
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, found {method!r}")
    if replications < BLOCK or replications % BLOCK:
        raise ValueError(f"replications is a multiple of {BLOCK:,}, found {replications!r}")
    if seeds < 1 or seed < 0:
        raise ValueError(f"seeds >= 1 and seed >= 0 are wanted, found seeds={seeds!r}, seed={seed!r}")
    if method == "latin" and seeds * replications < 2 * BLOCK:
        raise ValueError("one hypercube has no error to be seen: more seeds or replications are wanted")
    plan = compile_plan(scenario)
    plan = replace(plan, sampling=Sampling(method, plan.sampling.dimensions))
    runner = _Runner(plan, scenario, replications)
    split = _Split()
    for number in range(seed, seed + seeds):
        one, other = (runner.run(number, anew + number) for anew in _ANEW)
        split.add(one, other, plan.sampling)
    frame = Frame(plan, settings_of(scenario))
    return _dataset(split.results(), frame, plan, replications, seeds)


class _Runner:
    """Runs replications of one plan and keeps the metrics."""

    def __init__(self, plan: Plan, scenario: Scenario, replications: int) -> None:
        self._plan = plan
        self._settings = settings_of(scenario)
        self._replications = replications
        record = recorded(plan, self._settings)
        self._ledger = Workspace().ledger(plan, _PART, record)

    def run(self, seed: int, seed_anew: int) -> FloatArray:
        """Return the (metric, pair, R) values of one run."""
        plan = self._plan
        summary = Summary(plan, self._settings)
        for first in range(0, self._replications, BLOCK):
            draws = draw(plan, seed=seed, first=first, count=BLOCK, seed_anew=seed_anew)
            for begin in range(0, BLOCK, _PART):
                part = draws.select(slice(begin, begin + _PART))
                summary.add(part, batch.run(plan, part, ledger=self._ledger))
        values = [np.array([*summary.columns[name]]) for name in METRICS]
        short = values[METRICS.index("peak_shortfall")] > self._settings.threshold
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

    def add(self, one: FloatArray, other: FloatArray, sampling: Sampling) -> None:
        """Take in two runs that differ in what is drawn anew."""
        self.runs += 1
        self.count = one.shape[-1]
        apart = [run - run.mean(axis=-1, keepdims=True) for run in (one, other)]
        self.variance = self.variance + (apart[0] ** 2 + apart[1] ** 2).mean(axis=-1) / 2
        self.shared = self.shared + (apart[0] * apart[1]).mean(axis=-1)
        labels = sampling.labels(np.arange(self.count))
        means = [np.array([run[..., labels == g].mean(axis=-1) for g in np.unique(labels)]) for run in apart]
        self.groups += len(means[0]) - 1
        self.between = self.between + (means[0] ** 2 + means[1] ** 2).sum(axis=0) / 2
        self.between_shared = self.between_shared + (means[0] * means[1]).sum(axis=0)

    def results(self) -> dict[str, FloatArray]:
        """Return the variables of the Dataset, each (metric, pair)."""
        variance, shared = np.array(self.variance) / self.runs, np.array(self.shared) / self.runs
        each = self.groups / self.runs + 1  # groups of a run
        error = np.sqrt(np.array(self.between) / self.groups / each)
        of_shared = np.array(self.between_shared) / self.groups / each
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
    "per_replication_share": "share of the variance that is drawn once in a replication",
    "error_random": "standard error of the mean with plain random numbers",
    "error": "standard error of the mean with the method",
    "gain": "how many times smaller the error is",
    "gain_per_replication": "how many times smaller the error is of what is drawn once in a replication",
}


def _dataset(
    results: Mapping[str, FloatArray], frame: Frame, plan: Plan, replications: int, seeds: int
) -> xr.Dataset:
    variables = {}
    for name, values in results.items():
        grid = frame.grid(values.T, ("metric",)).transpose("metric", "region", "use")
        units = "unit of the metric" if name.startswith("error") else "1"
        variables[name] = described(grid, _LONG_NAMES[name], units)
    coordinates = frame.coordinates()
    kept = {name: coordinates[name] for name in ("region", "use", "region_name", "use_name")}
    metric = xr.DataArray([*METRICS, SHORT], dims="metric", attrs={"long_name": "metric", "units": "1"})
    attrs = {
        "title": plan.title,
        "method": plan.sampling.method,
        "replications": replications,
        "seeds": seeds,
    }
    return xr.Dataset(variables, {"metric": metric, **kept}, attrs)
