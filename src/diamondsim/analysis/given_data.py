"""Which inputs drive a metric, from the replications of a run alone (docs/sensitivity.md)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.analysis.chosen_metric import SHORTAGE, ChosenMetric, choose_metric
from diamondsim.analysis.first_order import FirstOrder, first_order, number_of_bins, sum_of
from diamondsim.analysis.pawn import PAWN_REPLICATIONS, Pawn
from diamondsim.analysis.rank_regression import LEAST_FREEDOM, RankRegression, rank_regression
from diamondsim.analysis.run_inputs import input_values, require_inputs
from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.results import CONFIDENCE, identity_in, label_coordinate, with_attrs

LEAST_REPLICATIONS = 40
"""With fewer there are no estimates."""
LEAST_DIFFERENT = 20
"""Replications that must differ from the most common value of a metric, for the estimates to mean much."""
LEAST_R2 = 0.6
"""Share of the variance of ranks below which a rank regression does not rank inputs."""
_MOST_NEEDED = 10_000_000
_BOUNDS = ("estimate", "low", "high")


def sensitivity(
    dataset: xr.Dataset,
    *,
    region: str | None = None,
    use: str | None = None,
    metric: str | xr.DataArray = SHORTAGE,
) -> xr.Dataset:
    """Estimate how much each uncertain input drives a metric, from the replications of a run.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`; its `input_value` (replication, input) holds what was drawn.
    region, use : str, optional
        The use; needed for a metric that is named.
    metric : str or xarray.DataArray
        ``short`` (whether the use goes short), the name of any metric of uses in the Dataset, or an array by
        replication. Of `first_shortage` and `time_to_survive` the ranks are explained; a replication without
        one counts as the longest.

    Returns
    -------
    xarray.Dataset
        By `input`, largest first-order index first, with the coordinates of inputs of the Dataset; `bound` is
        ``estimate``, ``low``, ``high`` (95 %):

        - `first_order` (input, bound): share of the variance of the metric that the input explains alone;
        - `first_order_sum` (bound): that of all inputs together, each alone;
        - `pawn`, `pawn_threshold`, `distinguishable` (input): the PAWN index, what an input without
          influence rarely exceeds, and whether the index exceeds it;
        - `srrc` (input, bound), `prcc` (input): standardised rank regression coefficient, partial rank
          correlation; `rank_r2`: how much of the variance of ranks the regression explains.

        What cannot be estimated is NaN, and a line of the attribute `warnings` says why. `n_needed` is the
        number of replications at which the two largest indices would differ clearly.

    Raises
    ------
    ValueError
        If the Dataset has no inputs, is weighted, or has no such metric, region or use, or if the metric is
        not known in every replication.

    Examples
    --------
    >>> import diamondsim as ds
    >>> run = ds.monte_carlo(ds.load_scenario("reinstated-2027"), replications=256, seed=0)
    >>> found = ds.sensitivity(run, region="US", use="polishing")
    >>> found["first_order"].dims, found.attrs["metric"], found.attrs["n_needed"] > 0
    (('input', 'bound'), 'short', True)
    """
    require_inputs(dataset)
    chosen = choose_metric(dataset, metric, region, use)
    values = input_values(dataset).T
    names = [str(name) for name in dataset["input"].values]
    varies = (values != values[:, :1]).any(axis=1)
    why_not = _why_not(chosen, len(names))
    if why_not:
        varies = np.zeros_like(varies)
    found = _Found.of(values, varies, chosen.values)
    order = found.order(names)
    warnings = [why_not] if why_not else [*_warnings(chosen, found, varies, [names[k] for k in order])]
    if dataset.attrs.get("sampling", "random") != "random":
        warnings.append("the replications are quasi-random, the intervals are those of independent ones")
    return _dataset(dataset, chosen, found, order, warnings)


@dataclass(frozen=True)
class _Found:
    """What was estimated; entries of inputs that do not vary are NaN or None."""

    indices: tuple[FirstOrder | None, ...]
    estimates: FloatArray
    pawn: FloatArray
    thresholds: FloatArray
    pawn_bins: int
    regression: RankRegression | None
    standardised: FloatArray
    partial: FloatArray

    @classmethod
    def of(cls, values: FloatArray, varies: BoolArray, metric: FloatArray) -> _Found:
        """Estimate from the (K, n) values of inputs and the (n,) metric."""
        k = len(values)
        estimates, standardised = np.full((3, k), np.nan), np.full((3, k), np.nan)
        pawn, thresholds, partial = np.full((3, k), np.nan)
        if not varies.any():
            return cls((None,) * k, estimates, pawn, thresholds, 0, None, standardised, partial)
        indices = [first_order(row, metric) if own else None for row, own in zip(values, varies, strict=True)]
        distances = Pawn(metric[:PAWN_REPLICATIONS], compared=int(varies.sum()))
        for j in np.flatnonzero(varies):
            index = indices[j]
            assert index is not None
            estimate = index.estimate(0.0, 1.0)
            estimates[:, j] = estimate.value, estimate.low, estimate.high
            classes = distances.classes(values[j, :PAWN_REPLICATIONS])
            pawn[j], thresholds[j] = distances.index(classes), distances.threshold(classes)
        regression = rank_regression(values[varies].T, metric)
        if regression is not None:
            standardised[:, varies], partial[varies] = regression.standardised, regression.partial
        return cls(
            tuple(indices), estimates, pawn, thresholds, distances.bins, regression, standardised, partial
        )

    def order(self, names: Sequence[str]) -> list[int]:
        """Return the inputs by their index; those without one last, and equals by name."""
        return sorted(range(len(names)), key=lambda j: (*_descending(self.indices[j]), names[j]))

    def ranked(self) -> list[FirstOrder]:
        """Return the indices that there are, largest first."""
        return sorted((each for each in self.indices if each is not None), key=_descending)

    def first_order_sum(self) -> tuple[float, float, float]:
        """Return the sum of all indices: estimate, low, high."""
        ranked = self.ranked()
        if not ranked:
            return (math.nan,) * 3
        estimate = sum_of(ranked).estimate(0.0)
        return estimate.value, estimate.low, estimate.high

    def n_needed(self) -> int:
        """Return how many replications tell the first two inputs apart; 0 for fewer inputs (eq. S5)."""
        ranked = self.ranked()
        if len(ranked) < 2:
            return 0
        difference = ranked[0].plus(ranked[1], -1.0)
        estimate, n = difference.estimate(), len(difference.without)
        if difference.index <= 0:
            return _MOST_NEEDED
        needed = n * ((estimate.high - estimate.value) / difference.index) ** 2
        return min(_MOST_NEEDED, max(1, math.ceil(needed)))


def _descending(index: FirstOrder | None) -> tuple[bool, float]:
    return (index is None, 0.0 if index is None else -index.index)


def _why_not(chosen: ChosenMetric, inputs: int) -> str:
    """Return why nothing can be estimated; "" if something can."""
    n, values = len(chosen.values), chosen.values
    if not inputs:
        return "the scenario has no uncertain input that is drawn once"
    if n < LEAST_REPLICATIONS:
        return f"expected {LEAST_REPLICATIONS} replications or more, found {n}: nothing is estimated"
    if values.min() == values.max():
        return f"{chosen.subject} is the same in all {n:,} replications: there is no variance to explain"
    return ""


def _warnings(chosen: ChosenMetric, found: _Found, varies: BoolArray, ordered: Sequence[str]) -> list[str]:
    warnings, n, k = [], len(chosen.values), int(varies.sum())
    different = n - int(np.unique(chosen.values, return_counts=True)[1].max())
    if different < LEAST_DIFFERENT:
        warnings.append(
            f"only {different} of {n:,} replications differ from the most common value of {chosen.subject}: "
            "the intervals are too narrow"
        )
    if k < len(varies):
        warnings.append(f"{len(varies) - k} of {len(varies)} inputs do not vary and are left out")
    needed = found.n_needed()
    if needed > n:
        first, second = ordered[:2]
        number = f"about {needed:,} replications would" if needed < _MOST_NEEDED else "no run would"
        warnings.append(
            f"{n:,} replications do not tell the first two inputs apart, {first} and {second}: {number}"
        )
    if k and not (found.pawn > found.thresholds).any():
        warnings.append("the PAWN index of no input exceeds what chance alone gives")
    if found.regression is None and k:
        warnings.append(
            f"there is no rank regression: {k} inputs take {k + LEAST_FREEDOM + 1} replications or more"
            if n < k + LEAST_FREEDOM + 1
            else "there is no rank regression: the ranks of one input follow from those of others"
        )
    elif found.regression is not None and found.regression.r2 < LEAST_R2:
        warnings.append(
            f"the rank regression explains {100 * found.regression.r2:.0f} % of the variance of ranks, less "
            f"than {100 * LEAST_R2:.0f} %: its coefficients tell directions and do not rank the inputs"
        )
    return warnings


def _dataset(
    dataset: xr.Dataset, chosen: ChosenMetric, found: _Found, order: Sequence[int], warnings: Sequence[str]
) -> xr.Dataset:
    bounds, inputs = ("input", "bound"), ("input",)
    r2 = math.nan if found.regression is None else found.regression.r2
    variables = {
        "first_order": (bounds, found.estimates.T, "share of the variance that the input explains alone"),
        "first_order_sum": (("bound",), [*found.first_order_sum()], "sum of the first-order indices"),
        "pawn": (inputs, found.pawn, "PAWN index: median distance of conditional distributions"),
        "pawn_threshold": (inputs, found.thresholds, "PAWN index that chance alone rarely exceeds"),
        "distinguishable": (inputs, found.pawn > found.thresholds, "whether the PAWN index exceeds chance"),
        "srrc": (bounds, found.standardised.T, "standardised rank regression coefficient"),
        "prcc": (inputs, found.partial, "partial rank correlation coefficient"),
        "rank_r2": ((), r2, "share of the variance of ranks that the regression explains, adjusted"),
    }
    made = {
        name: with_attrs(xr.Variable(dims, values), long_name, "1")
        for name, (dims, values, long_name) in variables.items()
    }
    about = {name: c for name, c in dataset["input_value"].coords.items() if c.dims == inputs}
    bound = label_coordinate("bound", _BOUNDS, "estimate and limits")
    n = len(chosen.values)
    attrs = identity_in(dataset.attrs) | {
        "metric": chosen.name,
        "metric_long_name": chosen.long_name,
        "region": chosen.region,
        "use": chosen.use,
        "treatment": chosen.treatment,
        "replications": n,
        "confidence": CONFIDENCE,
        "bins": number_of_bins(n),
        "pawn_bins": found.pawn_bins,
        "pawn_replications": min(n, PAWN_REPLICATIONS),
        "n_needed": found.n_needed(),
        "warnings": "\n".join(warnings),
    }
    return xr.Dataset(made, {**about, "bound": bound}, attrs).isel(input=list(order))
