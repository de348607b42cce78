"""Whether the parts of a result belong together, as they no longer do where a part of a file is lost.

A missing chunk of a Zarr store is read as numbers that are not known, and a use that is not known to go short
would count as one that does not. Estimates are kept beside the replications from which they were made, so
that each tells when the other has changed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from diamondsim.arrays import BoolArray
from diamondsim.results.dataset import weights_of
from diamondsim.results.metrics import METRICS
from diamondsim.results.use_metrics import USE_METRICS

_TOLERANCE = 1e-6
"""Relative; estimates of weighted replications are rounded to fixed point on the way."""
_OF_EACH_QUARTER = ("quarter_demand_mean", "quarter_shortage_mean", "quarter_probability_of_shortage")
_ALWAYS_KNOWN = frozenset(metric.name for metric in USE_METRICS)
"""Metrics with a mean that each replication has; those of plants and prices may be unknown in some."""
_MOST_NAMED = 5


def require_whole(run: xr.Dataset) -> None:
    """Check that the result of a run is as it was written.

    Parameters
    ----------
    run : xarray.Dataset
        Of `monte_carlo`, or one of the runs of `compare`.

    Raises
    ------
    ValueError
        If estimates are not those of the replications, or something is not known that always is.

    Examples
    --------
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "60 days"})
    >>> run = ds.monte_carlo(calm, replications=8, workers=1)
    >>> require_whole(run)
    >>> require_whole(run.isel(replication=slice(0, 4)))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: expected a whole result, found ... lost or changed: it has 4 of 8 replications
    """
    found = [*_problems(run)]
    if found:
        rest = f"; and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise ValueError(
            "expected a whole result, found one of which parts are lost or changed: "
            f"{'; '.join(found[:_MOST_NAMED])}{rest}"
        )


def _problems(run: xr.Dataset) -> Iterator[str]:
    there = run.sizes["replication"]
    stated = int(run.attrs.get("replications", there))  # of a former result a report may do without
    if stated != there:
        yield f"it has {there:,} of {stated:,} replications"
        return  # estimates are then those of others
    for metric in METRICS.values():
        if metric.name in run and f"{metric.name}_mean" in run:
            yield from _other_means(run, run[metric.name].astype(float), f"{metric.name}_mean", metric.name)
    if "peak_shortfall" in run and "probability_of_shortage" in run:
        peak = run["peak_shortfall"]
        short = (peak > float(run.attrs["threshold"])).astype(float).where(peak.notnull())
        yield from _other_means(run, short, "probability_of_shortage", "peak_shortfall")
        if "first_shortage" in run:
            unknown = int(((short > 0) & run["first_shortage"].isnull()).sum())
            if unknown:
                yield f"'first_shortage' is not known in {unknown:,} replications of uses that go short"
    if "input_value" in run and run["input_value"].isnull().any():
        lost = int(run["input_value"].isnull().any("input").sum())
        yield f"'input_value' is not known in {lost:,} replications"
    yield from _unknown_quarters(run)


def _other_means(run: xr.Dataset, samples: xr.DataArray, estimate: str, source: str) -> Iterator[str]:
    """Yield a line if an estimate is not the mean of the replications."""
    weights, known = weights_of(run), samples.notnull()
    equal = np.ones(run.sizes["replication"])
    counted = xr.DataArray(equal if weights is None else weights, dims="replication")
    with np.errstate(invalid="ignore"):  # 0 / 0 where nothing is known
        sums = (samples.where(known, 0.0) * counted).sum("replication")
        means = sums / (known * counted).sum("replication")
    if source in _ALWAYS_KNOWN:
        means = means.where(known.all("replication"))
    given = run[estimate].sel(bound="estimate")
    means, given = xr.align(means.transpose(*given.dims), given, join="left")
    differs: BoolArray = ~np.isclose(means, given, rtol=_TOLERANCE, atol=1e-12, equal_nan=True)
    if differs.any():
        unknown = int((samples.isnull() & given.notnull()).any([*given.dims]).sum())
        why = f"{unknown:,} replications are not known" if unknown else "the replications have another mean"
        yield f"'{estimate}' is not that of '{source}' for {int(differs.sum()):,} of {differs.size:,}: {why}"


def _unknown_quarters(run: xr.Dataset) -> Iterator[str]:
    """Yield a line for each estimate by quarter that is not known of a use with a demand."""
    if "demand" not in run:
        return
    of_use = run["demand"].notnull().any("replication")
    for name in _OF_EACH_QUARTER:
        if name in run:
            estimate = run[name]
            estimate = estimate.sel(bound="estimate") if "bound" in estimate.dims else estimate
            unknown = int((estimate.isnull() & of_use).sum())
            if unknown:
                yield f"'{name}' is not known for {unknown:,} of {estimate.size:,} quarters of uses"
