"""The public call `marginal_value`: what a step of a number is worth (docs/decide.md, eq. D5-D7)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from diamondsim.analysis.comparable import require_comparable
from diamondsim.analysis.failed_scenarios import failure_attrs
from diamondsim.analysis.paired_runs import COMPARED_METRICS, ComparedMetric, metric_difference
from diamondsim.analysis.stated_numbers import InputStep, text_at
from diamondsim.arguments import ArgumentError, require_mapping
from diamondsim.arrays import FloatArray, IntArray
from diamondsim.errors import Problem, ScenarioError
from diamondsim.plan import Sampling
from diamondsim.results import Estimate, bounds, identity_in, mean, with_attrs
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation import KeptFailures, Progress, RunStore, monte_carlo_each
from diamondsim.simulation.executor_adapter import AnyExecutor

STEP_REPLICATIONS = 2048
"""Default number of replications of each run."""
MONEY = ("economic_loss", "holding_cost", "reserve_cost", "total")
"""What is added up over uses and reserves, in dollars."""
_USUAL = "scenario"


def marginal_value(
    scenario: Scenario,
    steps: Mapping[str, str],
    *,
    replications: int = STEP_REPLICATIONS,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    store: str | os.PathLike[str] | RunStore | None = None,
    executor: AnyExecutor | None = None,
) -> xr.Dataset:
    """Estimate what a step of a number or a date of a scenario changes.

    All runs share their random numbers, so that the change is that of pairs of replications. A number that is
    drawn keeps its distribution, which is shifted by the step.

    Parameters
    ----------
    scenario : Scenario
    steps : mapping of str to str
        The step by path, as for `Scenario.override`: ``{"inventory_policy.polishing.cover": "1 day"}``. With
        a sign the number is moved in that direction; without one in both, and the change is half of that
        between the two, for a step upwards. A date moves by a duration.
    replications : int
        Of each run.
    seed, workers, store, executor
        As for `monte_carlo`. A store keeps the replications of each run.
    progress : callable, optional
        Called with the number of replications done and the number requested, of all runs together.

    Returns
    -------
    xarray.Dataset
        - `change` (step, metric, region, use, bound): of the metrics of `compare`; below 0 is better;
        - `money` (step, item, bound): change of the economic loss over all uses that state one, of the cost
          of holding stock and reserves, and of their total, in USD; NaN where the scenario states no such
          value or cost.

        The coordinate `step` is the path; `step_size` the step as written, `direction` 1, -1 or 0 for both,
        and `stated` what the scenario states. A step whose run fails is left out; the attributes `failed` and
        `failures` have a line with the name of that run and a line with the reason.

    Raises
    ------
    TypeError
        If `scenario` or `steps` has the wrong type.
    ScenarioError
        With all problems of all steps: a path at which nothing is stated, a step that cannot be read or has
        another unit, a number that leaves its range.
    ValueError
        If a number is out of range.
    RuntimeError
        If the run of the scenario itself fails, or those of all steps.
    StoreError, OSError, concurrent.futures.BrokenExecutor
        As for `monte_carlo`.

    Examples
    --------
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    >>> found = ds.marginal_value(calm, {"inventory_policy.any.cover": "+1 day"}, replications=8)
    >>> found["change"].dims, found["direction"].item()
    (('step', 'metric', 'region', 'use', 'bound'), 1)
    """
    require_scenario(scenario)
    read = _read(steps)
    wanted = _scenarios(scenario, read)
    require_comparable(wanted, ())
    failures = KeptFailures(needed=[_USUAL])
    runs = monte_carlo_each(
        {name: (each, replications) for name, each in wanted.items()},
        seed=seed,
        workers=workers,
        progress=progress,
        store=store,
        executor=executor,
        failed=failures,
    )
    failures.raise_if_nothing_is_left(name for name in wanted if name != _USUAL)
    read = [step for step in read if all(_name(step, sign) in runs for sign in step.signs)]
    contrasts = [_Contrast.of(step, runs) for step in read]
    found = _dataset(scenario, read, contrasts, runs[_USUAL])
    return found.assign_attrs(failure_attrs(failures.texts()))


def _read(steps: Mapping[str, str]) -> list[InputStep]:
    require_mapping("steps", steps, "{'inventory_policy.any.cover': '1 day'}")
    if not steps:
        raise ArgumentError("steps", "expected at least one path with a step, found none")
    read: list[InputStep] = []
    problems: list[Problem] = []
    for path, text in steps.items():
        try:
            read.append(InputStep.read(path, str(text)))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return read


def _name(step: InputStep, sign: int) -> str:
    # A comparison takes no slash in a name, and a step may be a flow.
    return f"{step.path} {'+' if sign > 0 else '-'}{step.text}".replace("/", " per ")


def _scenarios(scenario: Scenario, steps: Sequence[InputStep]) -> dict[str, Scenario]:
    """Return the scenario and those with a step, by name."""
    found = {_USUAL: scenario}
    problems: list[Problem] = []
    for step in steps:
        refused: dict[int, ScenarioError] = {}
        for sign in step.signs:
            try:
                found[_name(step, sign)] = step.applied(scenario, sign)
            except ScenarioError as error:
                refused[sign] = error
        if not refused:
            continue
        sign, first = next(iter(refused.items()))
        other = "+" if sign < 0 else "-"
        is_possible = len(refused) < len(step.signs)
        hint = f"; '{other}{step.text}' moves it only the other way" if is_possible else ""
        problems += [replace(each, why=each.why + hint) for each in first.problems]
    if problems:
        raise ScenarioError(problems)
    return found


@dataclass(frozen=True)
class _Contrast:
    """Two runs whose difference, divided by `parts`, is the change of a step."""

    first: xr.Dataset
    second: xr.Dataset
    parts: int

    @classmethod
    def of(cls, step: InputStep, runs: Mapping[str, xr.Dataset]) -> _Contrast:
        stepped = [runs[_name(step, sign)] for sign in step.signs]
        return cls(stepped[0], runs[_USUAL], 1) if len(stepped) == 1 else cls(stepped[0], stepped[1], 2)

    @property
    def groups(self) -> IntArray | None:
        """The independent group of each replication, where they are quasi-random."""
        return Sampling(str(self.first.attrs["sampling"])).groups(self.first["replication"].values)

    def change(self, metric: ComparedMetric) -> FloatArray:
        """Return the change of a metric with its limits, (region, use, 3)."""
        arrays = [_grid(run, metric) for run in (self.first, self.second)]
        found = np.full((*arrays[0].shape[:2], 3), np.nan)
        for place in np.ndindex(found.shape[:2]):
            one, other = (array[place] for array in arrays)
            if np.isfinite(one).all() and np.isfinite(other).all():
                found[place] = bounds(metric_difference(metric, one, other, self.groups))
        return found / self.parts

    def money(self) -> Iterator[Estimate]:
        """Yield the change of each item of `MONEY`, in USD."""
        parts = [_in_dollars(self.first, name) - _in_dollars(self.second, name) for name in MONEY[:-1]]
        known = [part for part in parts if np.isfinite(part).all()]
        for part in [*parts, np.sum(known, axis=0) if known else parts[0]]:
            yield mean(part / self.parts, self.groups)


def _grid(run: xr.Dataset, metric: ComparedMetric) -> FloatArray:
    values = run[metric.sample].transpose("region", "use", "replication").values
    if not metric.event:
        return np.asarray(values)
    return np.where(np.isnan(values), np.nan, values > float(run.attrs["threshold"]))


def _in_dollars(run: xr.Dataset, name: str) -> FloatArray:
    """Return an item of a replication over all uses or reserves, (R,); NaN where nothing costs anything."""
    if name not in run:
        return np.full(run.sizes["replication"], np.nan)
    values = run[name].sum([dim for dim in run[name].dims if dim != "replication"])
    return np.asarray(values.where((values != 0).any()).values)


def _dataset(
    scenario: Scenario, steps: Sequence[InputStep], contrasts: Sequence[_Contrast], usual: xr.Dataset
) -> xr.Dataset:
    metrics = [each for each in COMPARED_METRICS if each.sample in usual]
    change = np.array([[contrast.change(metric) for metric in metrics] for contrast in contrasts])
    money = np.array([[bounds(item) for item in contrast.money()] for contrast in contrasts])
    variables = {
        "change": with_attrs(
            xr.Variable(("step", "metric", "region", "use", "bound"), change),
            "change of the metric with the step",
            "unit of the metric",
        ),
        "money": with_attrs(
            xr.Variable(("step", "item", "bound"), money), "change of costs with the step", "USD"
        ),
    }
    directions = [0 if len(step.signs) > 1 else step.signs[0] for step in steps]
    texts = {
        "step": ("step", [step.path for step in steps], "path of the number"),
        "step_size": ("step", [step.text for step in steps], "step as written"),
        "stated": ("step", [text_at(scenario, step.path) for step in steps], "what the scenario states"),
        "metric": ("metric", [metric.name for metric in metrics], "metric, of which less is better"),
        "metric_units": (
            "metric",
            [str(usual[metric.name].attrs["units"]) for metric in metrics],
            "unit of the metric",
        ),
        "item": ("item", [*MONEY], "what costs"),
    }
    coordinates = {
        **{
            name: xr.Variable(dim, np.array(labels, dtype=object), {"long_name": long_name})
            for name, (dim, labels, long_name) in texts.items()
        },
        "direction": xr.Variable(
            "step", directions, {"long_name": "1: up, -1: down, 0: both, halved", "units": "1"}
        ),
        **{
            name: usual[name]
            for name in ("region", "region_name", "use", "use_name", "unit", "volumes", "bound")
        },
    }
    attrs = {
        **identity_in(usual.attrs),
        **{name: usual.attrs[name] for name in ("threshold", "window_days")},
        "replications": usual.sizes["replication"],
        "runs": 1 + sum(len(step.signs) for step in steps),
    }
    return xr.Dataset(variables, coordinates, attrs)
