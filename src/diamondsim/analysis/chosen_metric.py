"""The metric of which an analysis of a run explains the differences: one number a replication.

Owns how flags, counts and times that are not known become such numbers (docs/sensitivity.md, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
import xarray as xr

from diamondsim.analysis.labels import require_label
from diamondsim.arguments import ArgumentError, require_attributes
from diamondsim.arrays import FloatArray
from diamondsim.errors import nearest

SHORTAGE = "short"
"""The metric that is 1 where a use goes short: its `peak_shortfall` exceeds the threshold."""
LONGEST_IF_NONE = ("first_shortage", "time_to_survive")
_OF_SHORTAGES = ("threshold", "window_days")
_PLACES = ("region", "use")
AS_IT_IS = "as it is"
AS_FLAG = "1 where it holds, else 0"
AS_RANKS = "ranks, with the replications that have none tied for the longest time"


@dataclass(frozen=True)
class ChosenMetric:
    """A metric of one use, or of a run.

    Attributes
    ----------
    name, long_name : str
    region, use : str
        Empty where the metric is not of a use.
    values : (n,) float array
        Finite.
    treatment : str
        What was made of the metric of the Dataset.
    """

    name: str
    long_name: str
    region: str
    use: str
    values: FloatArray
    treatment: str

    @property
    def subject(self) -> str:
        """The metric and the use in one text."""
        return f"{self.name} of {self.region}.{self.use}" if self.use else self.name


def choose_metric(
    dataset: xr.Dataset, metric: str | xr.DataArray, region: str | None, use: str | None
) -> ChosenMetric:
    """Return the metric that a user names, as numbers.

    Raises
    ------
    ValueError
        If the Dataset has no such metric, region or use, or lacks attributes, or the metric is not one known
        number a replication.
    """
    if isinstance(metric, xr.DataArray):
        return _given(dataset, metric, region, use)
    require_metric(dataset, metric, region=region, use=use)
    variable = dataset[_source(metric)].sel(region=region, use=use)
    values = np.asarray(variable.values, dtype=np.float64)
    long_name, treatment = str(variable.attrs.get("long_name", metric)), AS_IT_IS
    if metric in LONGEST_IF_NONE:
        values, treatment = scipy.stats.rankdata(np.where(np.isnan(values), np.inf, values)), AS_RANKS
    _require_known(f"{metric} of {region}.{use}", values, str(variable.attrs.get("comment", "")))
    if metric == SHORTAGE:
        require_attributes("dataset", dataset.attrs, _OF_SHORTAGES)
        threshold, window = (float(dataset.attrs[name]) for name in _OF_SHORTAGES)
        values, treatment = (values > threshold).astype(np.float64), AS_FLAG
        long_name = f"whether more than {100 * threshold:.3g} % of demand is unmet within {window:g} days"
    return ChosenMetric(metric, long_name, str(region), str(use), values, treatment)


def require_metric(dataset: xr.Dataset, metric: str, *, region: str | None, use: str | None) -> None:
    """Refuse a name that is no metric of uses in a Dataset, and a region or use that it does not have.

    Raises
    ------
    ValueError
        With the nearest name.
    """
    names = metric_names(dataset)
    if metric not in names:
        raise ArgumentError("metric", _unknown(dataset, metric, names))
    if region is None or use is None:
        raise ValueError(f"expected region and use, found region={region!r}, use={use!r}")
    for dimension, label in zip(_PLACES, (region, use), strict=True):
        require_label(dataset, dimension, label)
    known = dataset["demand" if "demand" in dataset else _source(metric)].notnull().any("replication")
    if not known.sel(region=region, use=use):
        own = [str(each) for each in known["use"].values if known.sel(region=region, use=each)]
        raise ArgumentError("use", f"{region} has no {use!r}; it has {', '.join(own) or 'none'}")


def _source(metric: str) -> str:
    return "peak_shortfall" if metric == SHORTAGE else metric


def metric_names(dataset: xr.Dataset) -> tuple[str, ...]:
    """Return the names of the metrics of a Dataset that uses have, in the order of their use in messages."""
    own = [str(name) for name, variable in dataset.items() if {*variable.dims} == {"replication", *_PLACES}]
    flag = [SHORTAGE] if "peak_shortfall" in own else []
    return (*flag, *own)


def _given(dataset: xr.Dataset, metric: xr.DataArray, region: str | None, use: str | None) -> ChosenMetric:
    if region is not None or use is not None:
        raise ValueError("region and use belong to the name of a metric, not to an array")
    n = dataset.sizes["replication"]
    if metric.dims != ("replication",) or metric.size != n:
        shape = ", ".join(f"{name}: {size}" for name, size in metric.sizes.items())
        raise ArgumentError("metric", f"expected an array (replication: {n}), found ({shape})")
    name = "metric" if metric.name is None else str(metric.name)
    values = np.asarray(metric.values, dtype=np.float64)
    _require_known(name, values)
    treatment = AS_FLAG if metric.dtype == np.bool_ else AS_IT_IS
    return ChosenMetric(name, str(metric.attrs.get("long_name", name)), "", "", values, treatment)


def _require_known(subject: str, values: FloatArray, comment: str = "") -> None:
    unknown = int(np.count_nonzero(~np.isfinite(values)))
    if unknown:
        raise ArgumentError(
            "metric",
            f"{subject} is no known, finite number in {unknown:,} of {len(values):,} replications; expected "
            f"one in each: name {', '.join(LONGEST_IF_NONE)} or another metric, or pass an array in which "
            f"each replication has one{f' ({comment})' if comment else ''}",
        )


def _unknown(dataset: xr.Dataset, metric: str, names: tuple[str, ...]) -> str:
    if metric in dataset and "replication" in dataset[metric].dims:
        dims = ", ".join(map(str, dataset[metric].dims))
        return f"{metric!r} is by {dims}, not by region and use; pass one array by replication of it"
    close = nearest(metric, names)
    hint = f"did you mean {close!r}?" if close else f"expected one of {', '.join(names)}"
    return f"the dataset has no metric {metric!r} of uses; {hint}"
