"""The Dataset of a run: metrics of each replication, bands over time, estimates over replications."""

from __future__ import annotations

import numpy as np
import xarray as xr

from diamondsim.results.frame import Frame, described
from diamondsim.results.metrics import METRICS
from diamondsim.results.over_replications import estimate_variables, metric_units
from diamondsim.results.over_time import band_variables
from diamondsim.results.provenance import Provenance
from diamondsim.results.summary import Summary


def summary_dataset(summary: Summary, provenance: Provenance) -> xr.Dataset:
    """Return the Dataset of a run.

    Parameters
    ----------
    summary : Summary
        Of all its replications, in order.
    provenance : Provenance

    Returns
    -------
    xarray.Dataset
        See docs/results.md.
    """
    plan, settings = summary.plan, summary.settings
    frame = Frame(plan, settings)
    metrics = summary.metrics()
    variables: dict[str, xr.Variable] = {}
    for name, metric in METRICS.items():
        grid = frame.grid(metrics[name], ("replication",)).transpose("replication", "region", "use")
        variables[name] = described(grid, metric.long_name, metric_units(name, frame))
    for name, dim, long_name, units in (
        ("first_output", "facility", "tick of first output; NaN where not by the end", "tick"),
        ("full_output", "facility", "tick of 90 % of the ramp; NaN where not by the end", "tick"),
        ("reserve_released", "reserve", "released over the horizon", "unit of the grade"),
    ):
        if len(metrics[name]):
            variables[name] = described(xr.Variable(("replication", dim), metrics[name].T), long_name, units)
    variables |= band_variables(summary.bands, frame)
    variables |= estimate_variables(metrics, frame, plan.n_ticks, settings.threshold)
    replication = xr.DataArray(
        np.arange(summary.replications), dims="replication", attrs={"long_name": "replication", "units": "1"}
    )
    attrs = provenance.attrs(plan) | {
        "replications": summary.replications,
        "threshold": settings.threshold,
        "window_days": settings.window_days,
        "tracked_origin": plan.tracked_region or "none",
    }
    return xr.Dataset(variables, {"replication": replication, **frame.coordinates()}, attrs)
