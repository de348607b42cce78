"""Differences between runs that share their random numbers (docs/compare.md, eq. C1-C5).

Samples of a metric are (scenario, replication) arrays: element k of each row comes from replication k.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.analysis.chance_best import RESAMPLES, chance_best
from diamondsim.analysis.compared_costs import cost_variables
from diamondsim.analysis.unmet_needs import need_variables
from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.plan import Sampling
from diamondsim.results import Estimate, bounds, mean, paired_difference

CONFIDENCE_OF_DIFFERENCES = 0.95


@dataclass(frozen=True)
class ComparedMetric:
    """A metric in which scenarios are compared; lower is better.

    Attributes
    ----------
    name : str
        Of the estimate in the Dataset of a run.
    sample : str
        The variable by replication that it is estimated from.
    event : bool
        Whether it is the probability that the sample exceeds the threshold, and not its mean.
    unit : str
        Empty: that of the use.
    """

    name: str
    sample: str
    event: bool = False
    unit: str = ""


COMPARED_METRICS = (
    ComparedMetric("probability_of_shortage", "peak_shortfall", event=True, unit="1"),
    ComparedMetric("shortage_mean", "shortage"),
    ComparedMetric("economic_loss_mean", "economic_loss", unit="USD"),
    ComparedMetric("unmet_need_mean", "unmet_need", unit="1"),
)

_LONG_NAMES = {
    "value": ("estimate of the metric", "bound"),
    "difference": ("estimate of the metric less that of the reference, from pairs of replications", "bound"),
    "variance_saved": ("share of the variance of the difference that common random numbers take away", ""),
    "chance_best": ("share of resamples in which the scenario has the lowest value; ties shared", ""),
}
_DIMS = ("metric", "scenario", "region", "use")
_OF_RUNS = ("region", "region_name", "use", "use_name", "unit", "volumes", "bound")
"""Coordinates that the comparison has from the runs."""
COMPARISON_NAMES = (
    *(*_LONG_NAMES, "dominated", "dominated_by"),
    *("metric", "metric_units", "scenario", "scenario_title", "other_scenario", *_OF_RUNS),
    *("item", "money", "money_difference", "unmet_need", "unmet_need_difference"),
)
"""Names of everything in the root, which no scenario can have."""


def comparison_dataset(runs: Mapping[str, xr.Dataset]) -> xr.Dataset:
    """Compare runs of several scenarios with the same seed and number of replications.

    Parameters
    ----------
    runs : mapping of str to xarray.Dataset
        Of `monte_carlo`, by name of the scenario, with the same regions and uses in the same order; the first
        is the reference.

    Returns
    -------
    xarray.Dataset
        The root of the result of `compare`.
    """
    first = next(iter(runs.values()))
    metrics = [metric for metric in COMPARED_METRICS if all(metric.sample in run for run in runs.values())]
    shape = (len(metrics), len(runs), first.sizes["region"], first.sizes["use"])
    found = {
        name: np.full((*shape, 3) if bound else shape, np.nan) for name, (_, bound) in _LONG_NAMES.items()
    }
    groups = Sampling(str(first.attrs["sampling"])).groups(first["replication"].values)
    dominated = np.zeros((*shape[:2], len(runs)), dtype=bool)
    for m, metric in enumerate(metrics):
        for s, run in enumerate(runs.values()):
            found["value"][m, s] = run[metric.name].transpose("region", "use", "bound").values
        samples = dict(_samples(metric, runs))
        for (r, u), each in samples.items():
            for s in range(len(runs)):
                found["difference"][m, s, r, u] = bounds(metric_difference(metric, each[s], each[0], groups))
            found["variance_saved"][m, :, r, u] = variance_saved(each)
        if samples:
            best = chance_best([*samples.values()], seed=int(first.attrs["seed"]), groups=groups)
            for (r, u), shares in zip(samples, best, strict=True):
                found["chance_best"][m, :, r, u] = shares
        dominated[m] = dominated_by(metric, samples, len(runs), groups)
    found["difference"][:, 0] = np.where(np.isnan(found["difference"][:, 0]), np.nan, 0.0)
    return _labelled(found, dominated, metrics, runs)


def variance_saved(samples: FloatArray) -> FloatArray:
    """Return what pairing with the first row saves of the variance of a difference (eq. C3).

    Parameters
    ----------
    samples : (scenario, replication) array

    Returns
    -------
    (scenario,) array
        1: the pairs always differ by the same; 0: pairing saves nothing; below 0: it harms. NaN for the first
        row, where neither varies, and from a single replication.

    Examples
    --------
    >>> variance_saved(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
    array([nan,  1., -1.])
    """
    saved = np.full(len(samples), np.nan)
    if samples.shape[1] < 2:
        return saved
    variances = np.var(samples, axis=1, ddof=1)
    of_pairs = np.var(samples[1:] - samples[0], axis=1, ddof=1)
    apart = variances[1:] + variances[0]
    np.divide(apart - of_pairs, apart, out=saved[1:], where=apart > 0)
    return saved


def dominated_by(
    metric: ComparedMetric,
    samples: Mapping[tuple[int, int], FloatArray],
    n_scenarios: int,
    groups: IntArray | None = None,
) -> BoolArray:
    """Return which scenarios dominate which (eq. C5).

    Parameters
    ----------
    metric : ComparedMetric
    samples : mapping of (int, int) to (scenario, replication) array
        By region and use.
    n_scenarios : int
    groups : (replication,) int array, optional
        Independent group of each replication.

    Returns
    -------
    (scenario, scenario) bool array
        Whether the scenario of the row is dominated by that of the column.
    """
    pairs = [*itertools.combinations(range(n_scenarios), 2)]
    # Any of the differences may look clear by chance, so "better" allows for their number; "worse" does not,
    # since a doubt must count against the scenario that is said to dominate.
    strict = 1 - (1 - CONFIDENCE_OF_DIFFERENCES) / max(1, len(pairs) * len(samples))
    found = np.zeros((n_scenarios, n_scenarios), dtype=bool)
    for a, b in pairs:
        wide = [metric_difference(metric, each[a], each[b], groups, strict) for each in samples.values()]
        usual = [metric_difference(metric, each[a], each[b], groups) for each in samples.values()]
        found[a, b] = any(e.low > 0 for e in wide) and not any(e.high < 0 for e in usual)
        found[b, a] = any(e.high < 0 for e in wide) and not any(e.low > 0 for e in usual)
    return found


def _samples(
    metric: ComparedMetric, runs: Mapping[str, xr.Dataset]
) -> Iterator[tuple[tuple[int, int], FloatArray]]:
    """Yield region, use and sample of a metric wherever every run knows it in every replication."""
    arrays = [run[metric.sample].transpose("region", "use", "replication").values for run in runs.values()]
    thresholds = [float(run.attrs["threshold"]) for run in runs.values()]
    for r, u in np.ndindex(arrays[0].shape[:2]):
        sample = np.array([array[r, u] for array in arrays])
        if sample.size and np.isfinite(sample).all():
            yield (r, u), (sample > np.array(thresholds)[:, None]).astype(float) if metric.event else sample


def metric_difference(
    metric: ComparedMetric,
    one: FloatArray,
    other: FloatArray,
    groups: IntArray | None = None,
    confidence: float = CONFIDENCE_OF_DIFFERENCES,
) -> Estimate:
    """Return the metric of one scenario less that of another (eq. C1, C2).

    Parameters
    ----------
    metric : ComparedMetric
    one, other : (replication,) float array
        Samples of the two scenarios, of a probability 1 or 0.
    groups : (replication,) int array, optional
        Independent group of each replication.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
    """
    if metric.event:
        return paired_difference(one > 0, other > 0, confidence=confidence)
    return mean(one - other, groups, confidence=confidence)


def _labelled(
    found: Mapping[str, FloatArray],
    dominated: BoolArray,
    metrics: list[ComparedMetric],
    runs: Mapping[str, xr.Dataset],
) -> xr.Dataset:
    first = next(iter(runs.values()))
    variables = {
        name: xr.Variable(
            (*_DIMS, "bound") if bound else _DIMS,
            found[name],
            {"long_name": long_name, "units": "unit of the metric" if bound else "1"},
        )
        for name, (long_name, bound) in _LONG_NAMES.items()
    }
    by = {"long_name": "whether the other scenario is better in some use and worse in none", "units": "1"}
    known = {"long_name": "whether some scenario is better in some use and worse in none", "units": "1"}
    variables["dominated"] = xr.Variable(_DIMS[:2], dominated.any(axis=-1), known)
    variables["dominated_by"] = xr.Variable((*_DIMS[:2], "other_scenario"), dominated, by)
    variables.update(cost_variables(runs))
    variables.update(need_variables(runs))
    units = [str(first[metric.name].attrs["units"]) for metric in metrics]
    titles = [str(run.attrs["title"]) for run in runs.values()]
    coordinates = {
        "metric": _texts("metric", [metric.name for metric in metrics], "metric, of which less is better"),
        "metric_units": _texts("metric", units, "unit of the metric"),
        "scenario": _texts("scenario", [*runs], "scenario; the first is the reference"),
        "other_scenario": _texts("other_scenario", [*runs], "the other scenario of a pair"),
        "scenario_title": _texts("scenario", titles, "title of the scenario"),
        **{name: first[name] for name in _OF_RUNS},
    }
    attrs = {
        "title": f"Comparison of {len(runs)} scenarios",
        "reference": next(iter(runs)),
        "replications": first.sizes["replication"],
        "resamples": RESAMPLES,
        "confidence": CONFIDENCE_OF_DIFFERENCES,
        **{name: first.attrs[name] for name in ("seed", "sampling", "threshold", "window_days")},
    }
    return xr.Dataset(variables, coordinates, attrs)


def _texts(dim: str, texts: list[str], long_name: str) -> xr.DataArray:
    return xr.DataArray(np.array(texts, dtype=object), dims=dim, attrs={"long_name": long_name})
