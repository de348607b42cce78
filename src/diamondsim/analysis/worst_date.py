"""The public call `worst_start`: the date at which a control hurts a use most (docs/stress.md, T1-T3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import xarray as xr

from diamondsim.analysis.chance_best import chance_best
from diamondsim.analysis.failed_scenarios import failure_attrs
from diamondsim.analysis.question import require_question
from diamondsim.analysis.shifted_controls import first_binding, starting_at
from diamondsim.arguments import ArgumentError, require_integer
from diamondsim.arrays import FloatArray, IntArray
from diamondsim.errors import Problem, ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.results import (
    CONFIDENCE,
    Estimate,
    identity_of,
    label_coordinate,
    mean,
    paired_difference,
    proportion,
    with_attrs,
)
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation import KeptFailures, KeptWorkers, Progress, monte_carlo_each
from diamondsim.simulation.failed_run import RunFailed, raise_failure

STRESS_METRICS = ("probability_of_shortage", "shortage_mean")
_BOUNDS = ("estimate", "low", "high")
_MOST_STARTS = 100


def worst_start(  # noqa: PLR0913 - the question, and how it is run
    scenario: Scenario,
    control: str,
    *,
    starts: Sequence[dt.date],
    region: str,
    use: str,
    metric: str = "probability_of_shortage",
    replications: int = 512,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Find the date at which the beginning of a control hurts a use most.

    The control begins at each date in turn, with common random numbers. The worst of many estimates is too
    bad on average, because it was chosen for it; so the date that looks worst is run again with fresh draws
    (those of the next seed), beside the date that the scenario states.

    Parameters
    ----------
    scenario : Scenario
    control : str
        Id of a control; the first date inside the horizon at which its timeline announces it or lets it bind
        is moved, and its later dates by as many days.
    starts : sequence of datetime.date
        Inside the horizon; at most 100.
    region, use : str
    metric : str
        ``probability_of_shortage`` or ``shortage_mean``.
    replications : int
        Of each run.
    seed : int
        Root of all random numbers.
    workers, progress
        As for `monte_carlo`.

    Returns
    -------
    xarray.Dataset
        `bound` is ``estimate``, ``low``, ``high`` (95 %):

        - `value` (start, bound): the metric if the control begins at the date;
        - `chance_worst` (start): share of the resamples of replications in which the date is the worst;
        - `worst_value`, `stated_value` (bound): with fresh draws, at the date that looked worst and at the
          stated one; `difference` (bound): the first less the second, from pairs of replications.

        The attributes `worst` and `stated` are these dates. A date whose run fails is left out; the
        attributes `failed` and `failures` have a line with the date and a line with the reason.

    Raises
    ------
    ScenarioError
        If there is no such control, use, region or metric, a date is outside the horizon, or a scenario with
        another date cannot be run.
    ValueError
        If there is no date, there are more than 100, or a number is out of range.
    TypeError
        If `scenario` is not a Scenario.

    Examples
    --------
    >>> import datetime as dt
    >>> import diamondsim as ds
    >>> lapse = ds.load_scenario("lapse-2027").override({"horizon.length": "40 weeks"})
    >>> days = [dt.date(2027, 1, 11), dt.date(2027, 5, 10)]
    >>> found = ds.worst_start(lapse, "cn_55", starts=days, region="US", use="polishing", replications=32)
    >>> found["value"].dims, found.attrs["stated"]
    (('start', 'bound'), '2027-01-11')
    """
    require_scenario(scenario)
    replications = require_integer("replications", replications, least=2)
    if not 1 <= len(starts) <= _MOST_STARTS:
        raise ArgumentError("starts", f"expected from 1 to {_MOST_STARTS} dates, found {len(starts)}")
    plan = compile_plan(scenario)
    require_question(plan, region=region, use=use, metric=metric, metrics=STRESS_METRICS)
    stated = first_binding(scenario, control)
    days = sorted({*starts})
    end = plan.start + dt.timedelta(days=plan.n_ticks * plan.tick_days)
    outside = [
        Problem(argument="starts", why=f"expected a date from {plan.start} until before {end}, found {day}")
        for day in days
        if not plan.start <= day < end
    ]
    if outside:
        raise ScenarioError(outside)
    moved = {str(day): starting_at(scenario, control, day) for day in days}

    groups = plan.sampling.groups(np.arange(replications))
    units, failures = "1", KeptFailures()

    def samples(wanted: dict[str, Scenario], root: int, failed: RunFailed) -> FloatArray:
        nonlocal units
        runs = monte_carlo_each(
            {name: (each, replications) for name, each in wanted.items()},
            seed=root,
            workers=workers,
            progress=progress,
            failed=failed,
            kept=kept,
        )
        failures.raise_if_nothing_is_left(wanted)
        units = str(next(iter(runs.values()))[metric].attrs["units"])
        return np.array([_sample(run, region, use, metric) for run in runs.values()])

    with KeptWorkers() as kept:
        found = samples(moved, seed, failures)
        days = [day for day in days if str(day) not in failures.errors]
        worst = days[int(np.argmax(found.mean(axis=1)))]
        fresh = samples({"worst": moved[str(worst)], "stated": scenario}, seed + 1, raise_failure)
    (chances,) = chance_best([-found], seed=seed, groups=groups)
    coordinates = {
        "start": xr.Variable("start", np.array(days, dtype="datetime64[ns]"), {"long_name": "start"}),
        "bound": label_coordinate("bound", _BOUNDS, "estimate and limits"),
    }
    attrs = {
        **identity_of(scenario, seed),
        "control": control,
        "metric": metric,
        "region": region,
        "use": use,
        "worst": str(worst),
        "stated": str(stated),
        "replications": replications,
        "confidence": CONFIDENCE,
        **failure_attrs(failures.texts()),
    }
    return xr.Dataset(_variables(found, fresh, chances, metric, units, groups), coordinates, attrs)


def _variables(
    found: FloatArray,
    fresh: FloatArray,
    chances: FloatArray,
    metric: str,
    units: str,
    groups: IntArray | None,
) -> dict[str, xr.Variable]:
    """Return the estimates of each date from `found`, and of the worst and the stated one from `fresh`."""
    is_event = metric == STRESS_METRICS[0]
    by_start = [_limits(_estimate(row, is_event, groups)) for row in found]
    worst, stated = (_limits(_estimate(row, is_event, groups)) for row in fresh)
    difference = _limits(_difference(fresh, is_event, groups))
    variables = {
        "value": (("start", "bound"), by_start, f"{metric} if the control begins then", units),
        "chance_worst": (("start",), chances, "share of resamples in which the date is the worst", "1"),
        "worst_value": (("bound",), worst, "at the date that looked worst, fresh draws", units),
        "stated_value": (("bound",), stated, "at the stated date, fresh draws", units),
        "difference": (("bound",), difference, "worst less stated, from pairs of fresh draws", units),
    }
    return {
        name: with_attrs(xr.Variable(dims, numbers), long_name, unit)
        for name, (dims, numbers, long_name, unit) in variables.items()
    }


def _sample(run: xr.Dataset, region: str, use: str, metric: str) -> FloatArray:
    """Return what is averaged, by replication."""
    of_use = run.sel(region=region, use=use)
    if metric == "shortage_mean":
        return np.asarray(of_use["shortage"].values, dtype=float)
    return np.asarray(of_use["peak_shortfall"].values > float(run.attrs["threshold"]), dtype=float)


def _estimate(sample: FloatArray, is_event: bool, groups: IntArray | None) -> Estimate:
    return proportion(sample > 0, groups) if is_event else mean(sample, groups).within(0.0)


def _difference(pair: FloatArray, is_event: bool, groups: IntArray | None) -> Estimate:
    return paired_difference(pair[0] > 0, pair[1] > 0) if is_event else mean(pair[0] - pair[1], groups)


def _limits(estimate: Estimate) -> list[float]:
    return [estimate.value, estimate.low, estimate.high]
