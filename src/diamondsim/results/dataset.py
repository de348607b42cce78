"""The Dataset of a run: metrics of each replication, bands over time, estimates over replications."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from diamondsim.results.frame import Frame, described
from diamondsim.results.metrics import METRICS
from diamondsim.results.over_replications import estimate_variables, metric_units
from diamondsim.results.over_time import band_variables
from diamondsim.results.priced import holding_variables, price_variables
from diamondsim.results.provenance import Provenance
from diamondsim.results.summary import Summary


def summary_dataset(
    summary: Summary, provenance: Provenance, more: Mapping[str, str | float] | None = None
) -> xr.Dataset:
    """Return the Dataset of a run.

    Parameters
    ----------
    summary : Summary
        Of all its replications. The Dataset shows its numbers and does not copy them: nothing may be added
        to it later.
    provenance : Provenance
    more : mapping, optional
        Further attributes.

    Returns
    -------
    xarray.Dataset
        See docs/results.md.
    """
    plan, settings, columns = summary.plan, summary.settings, summary.columns
    frame = Frame(plan, settings)
    variables: dict[str, xr.Variable] = {}
    for name, metric in METRICS.items():
        each = xr.Variable(("region", "use", "replication"), columns[name].grid)
        variables[name] = described(
            each.transpose("replication", ...), metric.long_name, metric_units(name, frame)
        )
    for name, dim, long_name, units in (
        ("first_output", "facility", "tick of first output; NaN where not by the end", "tick"),
        ("full_output", "facility", "tick of 90 % of the ramp; NaN where not by the end", "tick"),
        ("reserve_released", "reserve", "released over the horizon", "unit of the grade"),
    ):
        if len(columns[name]):
            each = xr.Variable((dim, "replication"), columns[name].grid)
            variables[name] = described(each.transpose("replication", ...), long_name, units)
    variables |= band_variables(summary.bands, frame)
    variables |= summary.legal_states.variables()
    variables |= _estimates(summary, frame)
    replication = xr.DataArray(
        np.arange(summary.replications), dims="replication", attrs={"long_name": "replication", "units": "1"}
    )
    attrs = provenance.attrs(plan) | {
        "replications": summary.replications,
        "threshold": settings.threshold,
        "window_days": settings.window_days,
        "tracked_origin": plan.tracked_region or "none",
        **(more or {}),
    }
    return xr.Dataset(variables, {"replication": replication, **frame.coordinates()}, attrs)


def interval_dataset(summary: Summary) -> xr.Dataset:
    """Return what the replications so far say together: the variables of `summary_dataset` with an interval.

    Parameters
    ----------
    summary : Summary
        More may be added to it later; that of no replications has the names, and no numbers.

    Returns
    -------
    xarray.Dataset
        With the dimension `bound`, without `time` and `quantile`.
    """
    frame = Frame(summary.plan, summary.settings)
    variables = {
        name: variable
        for name, variable in _estimates(summary, frame).items()
        if "bound" in variable.dims and "quantile" not in variable.dims
    }
    return xr.Dataset(variables, frame.coordinates())


def _estimates(summary: Summary, frame: Frame) -> dict[str, xr.Variable]:
    plan, settings, columns = summary.plan, summary.settings, summary.columns
    variables = estimate_variables(columns, frame, plan.n_ticks, settings.threshold)
    if settings.reserves:
        variables |= holding_variables(columns["reserve_cost"], plan.sampling)
    if plan.prices is not None:
        variables |= price_variables(columns, frame)
    return variables
