"""The public call `value_of_information`: what knowing an input is worth (docs/decide.md, eq. D8-D11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim._version import __version__
from diamondsim.analysis.comparable import require_comparable
from diamondsim.analysis.failed_scenarios import failures_in
from diamondsim.analysis.labels import require_label
from diamondsim.analysis.paired_runs import COMPARED_METRICS, COMPARISON_NAMES, ComparedMetric
from diamondsim.analysis.partial_information import partial_information, perfect_information
from diamondsim.analysis.question import require_question, unit_of_estimate
from diamondsim.analysis.question_problems import collected
from diamondsim.analysis.scenario_identities import identity_coordinates
from diamondsim.arguments import ArgumentError, require_attributes
from diamondsim.arrays import FloatArray
from diamondsim.errors import Problem, ScenarioError, nearest
from diamondsim.plan import compile_plan
from diamondsim.results import bounds, mean, proportion, with_attrs
from diamondsim.sampling import resample_counts
from diamondsim.scenario import Scenario
from diamondsim.units import number_in_unit, share_within

RESAMPLES_OF_INFORMATION = 200
_LEAST_REPLICATIONS = 4
_FEW = 1000
"""With fewer replications the attribute `warnings` says so."""
_MOST_MEMBERS = 4096
"""More replications are not resampled one by one but in this many groups."""
_BOUNDS = ("estimate", "low", "high")
_OF_A_COMPARISON = ("seed", "failed", "failures")
_OF_A_RUN = ("seed", "sampling", "threshold")
"""Attributes that are read."""


def value_of_information(
    comparison: xr.DataTree,
    *,
    region: str,
    use: str,
    metric: str = "shortage_mean",
    costs: Mapping[str, float | str] | None = None,
) -> xr.Dataset:
    """Estimate what it is worth to know an uncertain input before one of several scenarios is chosen.

    The decision takes the scenario with the lowest expected metric. Who knows an input beforehand takes the
    best for its value; what that saves in the mean is the expected value of partial perfect information.

    Parameters
    ----------
    comparison : xarray.DataTree
        Of `compare`; its scenarios are the alternatives of the decision.
    region, use : str
        The use that is asked about.
    metric : str
        ``shortage_mean``, ``probability_of_shortage``, ``economic_loss_mean``, or ``unmet_need_mean`` of
        scenarios with prices; lower is better.
    costs : mapping of str to float or str, optional
        What each scenario costs, by name: a number in the unit of the metric, or a text such as ``"30%"``,
        ``"3 Mct"``, ``"2 MUSD"``; 0 by default. Without costs the scenario
        that is best is often best whatever the inputs are, and nothing is worth knowing.

    Returns
    -------
    xarray.Dataset
        By `input`, the most valuable first, with `input_path`, where the scenario states it:

        - `information` (input, bound): what knowing the input is worth, with its 95 % interval;
        - `perfect_information` (bound): what knowing everything that is drawn would be worth: at least as
          much as any input;
        - `expected` (scenario, bound): the mean of the metric, with the cost.

        The attribute `chosen` is the scenario that is best without information; `failed` and `failures` are
        those of `compare`.

    Raises
    ------
    TypeError
        If `comparison` is no DataTree of `compare`.
    ValueError
        If it has too few replications, lacks attributes, or has no such metric, region or use, or
        quasi-random replications.
    ScenarioError
        If a cost belongs to no scenario, or cannot be read.

    Examples
    --------
    >>> import diamondsim as ds
    >>> usual = ds.load_scenario("reinstated-2027").override({"horizon.length": "1 yr"})
    >>> stock = usual.override({"inventory_policy.polishing.cover": "90 days"})
    >>> compared = ds.compare({"usual": usual, "stock": stock}, replications=128, workers=1)
    >>> found = ds.value_of_information(compared, region="US", use="polishing", costs={"stock": 1e5})
    >>> found["information"].dims, found["expected"].dims
    (('input', 'bound'), ('scenario', 'bound'))
    """
    runs, failures = _runs(comparison), failures_in(comparison.attrs)
    first = next(iter(runs.values()))
    chosen = _metric(comparison, metric)
    require_label(first, "region", region)
    require_label(first, "use", use)
    unit = chosen.unit or str(comparison.to_dataset()["unit"].sel(use=use).item())
    given = _costs(runs, costs, unit, failures)
    samples = _samples(runs, chosen, region, use)
    losses = samples + np.array(given)[:, None]
    inputs = _Inputs.of(runs)
    n = losses.shape[1]
    groups = np.arange(n) % _MOST_MEMBERS
    drawn = resample_counts(
        min(n, _MOST_MEMBERS), seed=int(first.attrs["seed"]), resamples=RESAMPLES_OF_INFORMATION
    )
    counts = drawn[:, groups]
    differences = losses - losses[0]
    found = np.array(
        [bounds(partial_information(values, differences, counts)) for values in inputs.values]
    ).reshape(-1, len(_BOUNDS))
    order = sorted(range(len(found)), key=lambda k: (-found[k, 0], inputs.names[k]))
    estimates = {
        "information": (("input", "bound"), found[list(order)], "expected value of knowing the input"),
        "perfect_information": (
            ("bound",),
            np.array(bounds(perfect_information(differences))),
            "value of knowing everything",
        ),
        "expected": (
            ("scenario", "bound"),
            _expected(samples, chosen, given),
            f"{chosen.name} with the cost",
        ),
    }
    return _dataset(comparison, chosen, (region, use), estimates, inputs, order)


@dataclass(frozen=True)
class _Inputs:
    """The inputs that vary, (input, n), each as the first scenario that has it draws it."""

    names: list[str]
    paths: list[str]
    distributions: list[str]
    values: list[FloatArray]

    @classmethod
    def of(cls, runs: Mapping[str, xr.Dataset]) -> _Inputs:
        names, paths, distributions = list[str](), list[str](), list[str]()
        values = list[FloatArray]()
        for run in runs.values():
            drawn = run["input_value"].transpose("input", "replication")
            for k, name in enumerate(map(str, drawn["input"].values)):
                row = np.asarray(drawn.values[k], dtype=float)
                if name not in names and np.ptp(row) > 0:
                    names.append(name)
                    paths.append(str(drawn["input_path"].values[k]))
                    distributions.append(str(drawn["input_distribution"].values[k]))
                    values.append(row)
        return cls(names, paths, distributions, values)


def _runs(comparison: xr.DataTree) -> dict[str, xr.Dataset]:
    found: object = comparison
    if not (isinstance(found, xr.DataTree) and "reference" in found.attrs):
        raise TypeError(f"comparison: expected the DataTree of compare, found a {type(found).__name__}")
    failed = "".join(f"; {name!r} failed: {why}" for name, why in failures_in(comparison.attrs).items())
    if comparison.sizes["scenario"] < 2:
        raise ValueError(f"comparison: expected two or more scenarios to choose from, found one{failed}")
    names = [str(name) for name in comparison.to_dataset()["scenario"].values]
    runs = {name: comparison[name].to_dataset() for name in names}
    require_attributes("comparison", comparison.attrs, _OF_A_COMPARISON, call="compare")
    for name, run in runs.items():
        require_attributes(f"comparison[{name!r}]", run.attrs, _OF_A_RUN)
    first = next(iter(runs.values()))
    n = first.sizes["replication"]
    if n < _LEAST_REPLICATIONS:
        raise ValueError(f"comparison: expected at least {_LEAST_REPLICATIONS} replications, found {n}")
    if str(first.attrs["sampling"]) != "random":
        raise ValueError(
            f"comparison: expected sampling.method random, found {first.attrs['sampling']}: the intervals "
            "need independent replications"
        )
    return runs


def _metric(comparison: xr.DataTree, metric: str) -> ComparedMetric:
    names = [str(name) for name in comparison.to_dataset()["metric"].values]
    if metric not in names:
        close = nearest(metric, names)
        hint = f"did you mean {close!r}?" if close else f"expected one of {', '.join(names)}"
        raise ArgumentError("metric", f"the comparison has no {metric!r}; {hint}")
    return next(each for each in COMPARED_METRICS if each.name == metric)


def require_decision(
    scenarios: Mapping[str, Scenario],
    *,
    region: str,
    use: str,
    metric: str,
    costs: Mapping[str, float | str],
) -> None:
    """Refuse what cannot be asked about a comparison of some scenarios, before anything is simulated.

    Raises
    ------
    ScenarioError
        With all problems: scenarios that cannot be compared; costs of none of them; a metric, a region or a
        use that they do not have.
    """
    require_comparable(scenarios, COMPARISON_NAMES)
    plans = [compile_plan(scenario) for scenario in scenarios.values()]
    priced = all(plan.prices is not None for plan in plans)
    metrics = [each.name for each in COMPARED_METRICS if priced or each.sample != "unmet_need"]
    problems: list[Problem] = []
    unit = "1"
    with collected(problems):
        require_question(plans[0], region=region, use=use, metric=metric, metrics=metrics)
        unit = unit_of_estimate(plans[0], metric, region=region, use=use)
    with collected(problems):
        _costs(scenarios, costs, unit)
    if problems:
        raise ScenarioError(problems)


def _costs(
    scenarios: Mapping[str, object],
    costs: Mapping[str, float | str] | None,
    unit: str,
    failed: Collection[str] = (),
) -> list[float]:
    """Return the cost of each scenario in a unit; that of one that failed counts for nothing."""
    given = {name: cost for name, cost in (costs or {}).items() if name not in failed}
    problems = [
        Problem(
            why=f"there is no scenario {name!r}",
            argument="costs",
            allowed=", ".join(scenarios),
            suggestion=nearest(name, [*scenarios]),
        )
        for name in given
        if name not in scenarios
    ]
    read: dict[str, float] = {}
    for name, cost in given.items():
        try:
            if unit == "1":
                read[name] = share_within("costs", cost, -1, 1, "[]")
            else:
                read[name] = number_in_unit("costs", cost, unit)
        except ArgumentError as error:
            problems.append(Problem(argument="costs", path=name, why=error.why))
    if problems:
        raise ScenarioError(problems)
    return [read.get(name, 0.0) for name in scenarios]


def _samples(runs: Mapping[str, xr.Dataset], metric: ComparedMetric, region: str, use: str) -> FloatArray:
    """Return the metric of each scenario in each replication, (scenario, n)."""
    samples = [
        np.asarray(run[metric.sample].sel(region=region, use=use).values, dtype=float)
        for run in runs.values()
    ]
    if not np.isfinite(samples).all():
        raise ArgumentError("use", f"{metric.name} of {region}.{use} is not known in every replication")
    if metric.event:
        samples = [
            (sample > float(run.attrs["threshold"])).astype(float)
            for sample, run in zip(samples, runs.values(), strict=True)
        ]
    return np.array(samples)


def _expected(samples: FloatArray, metric: ComparedMetric, costs: Sequence[float]) -> FloatArray:
    """Return the estimate of the metric of each scenario, with its cost, (scenario, bound)."""
    estimates = [proportion(sample > 0) if metric.event else mean(sample).within(0.0) for sample in samples]
    return np.asarray(np.array([bounds(each) for each in estimates]) + np.array(costs)[:, None])


def _dataset(
    comparison: xr.DataTree,
    metric: ComparedMetric,
    place: tuple[str, str],
    estimates: Mapping[str, tuple[tuple[str, ...], FloatArray, str]],
    inputs: _Inputs,
    order: Sequence[int],
) -> xr.Dataset:
    root = comparison.to_dataset()
    units = metric.unit or str(root["unit"].sel(use=place[1]).item())
    names = [str(name) for name in root["scenario"].values]
    n = int(comparison[names[0]].sizes["replication"])
    variables = {
        key: with_attrs(xr.Variable(dims, values), long_name, units)
        for key, (dims, values, long_name) in estimates.items()
    }
    texts = {
        "input": ("input", [inputs.names[k] for k in order], "input that a replication draws once"),
        "input_path": ("input", [inputs.paths[k] for k in order], "where the scenario states it"),
        "input_distribution": (
            "input",
            [inputs.distributions[k] for k in order],
            "distribution as the scenario states it",
        ),
        "scenario": ("scenario", names, "alternative of the decision"),
        "bound": ("bound", [*_BOUNDS], "estimate and the limits of its interval"),
    }
    coordinates = {
        name: xr.Variable(dim, np.array(labels, dtype=object), {"long_name": long_name})
        for name, (dim, labels, long_name) in texts.items()
    }
    runs = {name: comparison[name].attrs for name in names}
    attrs = {
        "title": f"Value of information before a choice of {len(names)} scenarios",
        "metric": metric.name,
        "region": place[0],
        "use": place[1],
        "chosen": names[int(np.argmin(estimates["expected"][1][:, 0]))],
        "replications": n,
        "resamples": RESAMPLES_OF_INFORMATION,
        "warnings": "" if n >= _FEW else f"{n:,} replications are few: use {_FEW:,} or more",
        "seed": int(comparison.attrs["seed"]),
        **{name: comparison.attrs[name] for name in ("failed", "failures")},
        "diamondsim_version": __version__,
    }
    return xr.Dataset(variables, {**coordinates, **identity_coordinates(runs)}, attrs)
