"""Several scenarios with probabilities as one answer, and how far they differ (docs/mixture.md).

The intervals cover sampling error alone; how far the scenarios lie apart is told beside them, not inside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.arguments import ArgumentError, require_attributes
from diamondsim.arrays import FloatArray
from diamondsim.errors import Problem, ScenarioError
from diamondsim.results import of_node, with_attrs

_ROUNDING = 1e-9
"""Largest distance of the sum of the probabilities from 1 that counts as rounding."""


@dataclass(frozen=True)
class _Mixed:
    """An estimate that is mixed: the variable with its interval, and each replication's part of it."""

    name: str
    of: str
    long_name: str

    @property
    def between(self) -> str:
        return f"share of the variance behind the {self.long_name} that goes with which scenario holds"


_MIXED = (
    _Mixed("probability_of_shortage", "peak_shortfall", "probability of a shortage"),
    _Mixed("shortage_mean", "shortage", "mean shortage"),
    _Mixed("fill_rate_mean", "fill_rate", "mean fill rate"),
    _Mixed("economic_loss_mean", "economic_loss", "mean economic loss"),
)
_SAME_ATTRS = ("threshold", "window_days", "tick_days", "n_ticks")


def mixture(
    runs: Mapping[str, xr.Dataset] | Mapping[str, xr.DataTree], probabilities: Mapping[str, float]
) -> xr.Dataset:
    """Join the results of several scenarios, of which one will hold.

    Parameters
    ----------
    runs : mapping of str to xarray.Dataset or xarray.DataTree
        Results of `monte_carlo` by name of the scenario, two or more, such as the ``children`` of `compare`.
        With the same seed and number of replications their random numbers are common, which the intervals
        allow for.
    probabilities : mapping of str to float
        That each scenario holds; they add up to 1.

    Returns
    -------
    xarray.Dataset
        By region and use, with `bound` (estimate, low, high): `probability_of_shortage`, `shortage_mean`,
        `fill_rate_mean` and `economic_loss_mean` of the mixture; `NAME_by_scenario` of each scenario; and
        `NAME_between` without `bound`, the share of the variance between replications that goes with which
        scenario holds (NaN where nothing varies). The coordinate `probability` is by `scenario`.

    Raises
    ------
    ScenarioError
        With all problems at once: names or probabilities that do not fit, or runs that cannot be mixed.
    TypeError
        If a run is no Dataset.

    Examples
    --------
    >>> import diamondsim as ds
    >>> scenario = ds.load_scenario("reinstated-2027").override({"horizon.length": "1 yr"})
    >>> other = scenario.override({"inventory_policy.polishing.cover": "20 days"})
    >>> runs = {"usual": scenario, "low stocks": other}
    >>> found = ds.mixture(
    ...     {name: ds.monte_carlo(each, replications=64, seed=1) for name, each in runs.items()},
    ...     {"usual": 0.7, "low stocks": 0.3},
    ... )
    >>> polishing = found.sel(region="US", use="polishing", bound="estimate")
    >>> by_scenario = polishing["probability_of_shortage_by_scenario"]
    >>> bool(polishing["probability_of_shortage"] == 0.7 * by_scenario[0] + 0.3 * by_scenario[1])
    True
    """
    runs = _mixable(runs, probabilities)
    names = list(runs)
    weights = np.array([float(probabilities[name]) for name in names])
    first = runs[names[0]]
    are_paired = _are_paired([*runs.values()])
    variables: dict[str, xr.Variable] = {}
    for mixed in _MIXED:
        parts = [_Part.of(runs[name], mixed) for name in names]
        limits = np.stack([part.estimate for part in parts])
        correlation = _correlations(parts, are_paired)
        units = str(first[mixed.name].attrs["units"])
        grid = (*_GRID, "bound")
        found = {
            "": (grid, _combine(weights, limits, correlation), f"{mixed.long_name} of the mixture", units),
            "_by_scenario": (("scenario", *grid), limits, f"{mixed.long_name} of a scenario", units),
            "_between": (_GRID, _between(weights, parts), mixed.between, "1"),
        }
        variables |= {
            mixed.name + ending: with_attrs(xr.Variable(dims, values), long_name, unit)
            for ending, (dims, values, long_name, unit) in found.items()
        }
    probability = xr.Variable(
        "scenario", weights, {"long_name": "probability that a scenario holds", "units": "1"}
    )
    kept = ("region", "use", "bound", "region_name", "use_name", "unit", "volumes")
    coordinates = {name: first[name].variable for name in kept}
    labels = xr.Variable("scenario", np.array(names, dtype=object), {"long_name": "scenario"})
    attrs = {
        "title": "mixture of scenarios",
        "paired": int(are_paired),
        **{name: first.attrs[name] for name in _SAME_ATTRS},
        "scenario_hashes": " ".join(str(runs[name].attrs.get("scenario_hash", "")) for name in names),
    }
    return xr.Dataset(variables, {**coordinates, "scenario": labels, "probability": probability}, attrs)


_GRID = ("region", "use")


@dataclass(frozen=True)
class _Part:
    """One scenario's share in an estimate.

    Attributes
    ----------
    estimate : (region, use, 3) array
        Estimate and limits.
    sample : (region, use, R) array
        What each replication adds to it.
    weights : (R,) array or None
        What each replication counts; None if all count the same.
    """

    estimate: FloatArray
    sample: FloatArray
    weights: FloatArray | None

    @classmethod
    def of(cls, run: xr.Dataset, mixed: _Mixed) -> _Part:
        sample = run[mixed.of].transpose(*_GRID, "replication").values
        if mixed.name == "probability_of_shortage":
            is_use = ~np.isnan(sample)
            sample = np.where(is_use, sample > float(run.attrs["threshold"]), np.nan)
        estimate = run[mixed.name].transpose(*_GRID, "bound").values
        weights = np.asarray(run["weight"].values, dtype=float) if "weight" in run else None
        return cls(estimate, sample, weights)

    @property
    def mean(self) -> FloatArray:
        return np.asarray(np.average(self.sample, axis=-1, weights=self.weights))

    @property
    def variance(self) -> FloatArray:
        deviation = self.sample - self.mean[..., None]
        return np.asarray(np.average(deviation * deviation, axis=-1, weights=self.weights))


def _are_paired(runs: Sequence[xr.Dataset]) -> bool:
    """Say whether replication k of all runs has the same random numbers."""
    return len({(run.attrs["seed"], run.sizes["replication"]) for run in runs}) == 1


def _correlations(parts: Sequence[_Part], are_paired: bool) -> FloatArray:
    """Return the correlation of the estimates of each two scenarios, (region, use, K, K) (eq. M3)."""
    n, shape = len(parts), parts[0].mean.shape
    correlation = np.broadcast_to(np.eye(n), (*shape, n, n)).copy()
    if not are_paired:
        return correlation
    for j in range(n):
        for k in range(j):
            first, second = parts[j], parts[k]
            spread = np.sqrt(first.variance * second.variance)
            product = (first.sample - first.mean[..., None]) * (second.sample - second.mean[..., None])
            # Where a scenario never varies, or weights replications, nothing is known: the widest interval.
            is_known = (spread > 0) & (first.weights is None) & (second.weights is None)
            found = np.divide(product.mean(axis=-1), spread, out=np.ones(shape), where=is_known)
            correlation[..., j, k] = correlation[..., k, j] = np.clip(found, -1.0, 1.0)
    return correlation


def _combine(weights: FloatArray, limits: FloatArray, correlation: FloatArray) -> FloatArray:
    """Return the estimate of the mixture and its limits, (region, use, 3) (eq. M1, M2)."""
    value = np.einsum("k,kru->ru", weights, limits[..., 0])
    distances = [
        weights[:, None, None] * (sign * (limits[..., 0] - limits[..., side]))
        for side, sign in ((1, 1.0), (2, -1.0))
    ]
    below, above = (
        np.sqrt(np.maximum(np.einsum("jru,rujk,kru->ru", d, correlation, d), 0.0)) for d in distances
    )
    # The limits lie within those of the largest correlation, 1, but for rounding, which could pass 0 or 1.
    least, most = (np.einsum("k,kru->ru", weights, limits[..., side]) for side in (1, 2))
    return np.stack([value, np.maximum(value - below, least), np.minimum(value + above, most)], axis=-1)


def _between(weights: FloatArray, parts: Sequence[_Part]) -> FloatArray:
    """Return the share of the variance between scenarios (region, use) (eq. M4)."""
    means = np.stack([part.mean for part in parts])
    within = np.einsum("k,kru->ru", weights, np.stack([part.variance for part in parts]))
    middle = np.einsum("k,kru->ru", weights, means)
    between = np.einsum("k,kru->ru", weights, (means - middle) ** 2)
    total = within + between
    return np.asarray(np.divide(between, total, out=np.full_like(total, math.nan), where=total > 0))


def _mixable(
    given: Mapping[str, xr.Dataset] | Mapping[str, xr.DataTree], probabilities: Mapping[str, float]
) -> dict[str, xr.Dataset]:
    """Return the Datasets of runs, if they can be mixed."""
    runs = {name: of_node(run) if isinstance(run, xr.DataTree) else run for name, run in given.items()}
    for name, run in runs.items():
        if not isinstance(run, xr.Dataset):
            raise TypeError(f"runs: expected Datasets of monte_carlo, found {type(run).__name__} as {name!r}")
    problems = [*_problems_of_probabilities(list(runs), probabilities), *_problems_of_runs(runs)]
    if problems:
        raise ScenarioError([Problem(why=why) for why in problems])
    return runs


def require_probabilities(names: Sequence[str], probabilities: Mapping[str, float]) -> None:
    """Check that scenarios have probabilities that add up to 1, before anything is simulated.

    Raises
    ------
    ScenarioError
        With all problems.
    """
    problems = _problems_of_probabilities(names, probabilities)
    if problems:
        raise ScenarioError([Problem(why=why) for why in problems])


def _problems_of_probabilities(names: Sequence[str], probabilities: Mapping[str, float]) -> list[str]:
    if len(names) < 2:
        return [f"a mixture needs two or more scenarios, found {len(names)}"]
    problems = [f"{name!r} has no probability" for name in names if name not in probabilities]
    problems += [f"there is no run of {name!r}" for name in probabilities if name not in names]
    values = {name: float(each) for name, each in probabilities.items()}
    problems += [
        f"the probability of {name!r}: expected more than 0 and at most 1, found {value:g}"
        for name, value in values.items()
        if not 0 < value <= 1
    ]
    total = math.fsum(values.values())
    if not problems and abs(total - 1) > _ROUNDING:
        problems.append(f"expected the probabilities to add up to 1, found {total:.12g}")
    return problems


def _problems_of_runs(runs: Mapping[str, xr.Dataset]) -> list[str]:
    """Return why runs cannot be mixed."""
    needed = {name for mixed in _MIXED for name in (mixed.name, mixed.of)}
    foreign = [
        f"{name!r}: expected the result of monte_carlo, with all its replications"
        for name, run in runs.items()
        if not needed <= {*run.data_vars}
    ]
    for name, run in runs.items():
        try:
            require_attributes(repr(name), run.attrs, (*_SAME_ATTRS, "seed"))
        except ArgumentError as error:
            foreign.append(str(error))
    if foreign:
        return foreign
    problems = []
    described = {
        name: {
            **{attr: f"{run.attrs[attr]:g}" for attr in _SAME_ATTRS},
            "first day": str(run["time"].values[0])[:10],
            # With prices demand is given up instead of going short: the same word would mean two things.
            "prices": "prices" if "grade" in run.dims else "no prices",
            **{dim: ", ".join(map(str, run[dim].values)) for dim in _GRID},
        }
        for name, run in runs.items()
    }
    (first, reference), *others = described.items()
    for name, found in others:
        problems += [
            f"{what}: expected the same in all runs, found {reference[what]} in {first!r} and "
            f"{found[what]} in {name!r}"
            for what in reference
            if found[what] != reference[what]
        ]
    return problems
