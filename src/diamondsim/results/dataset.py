"""The Dataset of a run: metrics of each replication, bands over time, estimates over replications."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.results.by_quarter import quarter_coordinates, quarter_variables
from diamondsim.results.frame import Frame, with_attrs
from diamondsim.results.metrics import metrics_of
from diamondsim.results.over_replications import estimate_variables
from diamondsim.results.over_time import band_variables, legal_state_variables
from diamondsim.results.replication_weights import ReplicationWeights
from diamondsim.results.run_provenance import Provenance
from diamondsim.results.summary import Summary


# What is too small for a float is 0, whatever the caller has numpy do about it.
@np.errstate(under="ignore")
def summary_dataset(
    summary: Summary,
    provenance: Provenance,
    more: Mapping[str, str | float] | None = None,
    weights: ReplicationWeights | None = None,
    inputs: xr.Dataset | None = None,
) -> xr.Dataset:
    """Return the Dataset of a run.

    Parameters
    ----------
    summary : Summary
        Of all replications. The Dataset refers to its arrays and does not copy them: nothing may be added
        to it afterwards.
    provenance : Provenance
    more : mapping, optional
        Further attributes.
    weights : ReplicationWeights, optional
        With whose counts the Summary was filled: every estimate follows them, and the Dataset has `weight`.
    inputs : xarray.Dataset, optional
        What the replications drew (`kept_inputs`), to be kept with the results.

    Returns
    -------
    xarray.Dataset
        See docs/results.md.
    """
    plan, settings, columns = summary.plan, summary.settings, summary.columns
    frame = Frame(plan, settings)
    variables: dict[str, xr.Variable] = {}
    for metric in metrics_of(plan, settings):
        if len(columns[metric.name]):
            grid = xr.Variable((*metric.dims, "replication"), columns[metric.name].grid)
            variables[metric.name] = with_attrs(
                grid.transpose("replication", ...),
                metric.long_name,
                frame.units(metric.unit),
                **metric.comment(plan, settings),
            )
    variables |= band_variables(summary.bands, frame)
    share, effective = (None, None) if weights is None else (weights.share, weights.effective)
    variables |= quarter_variables(summary.quarters, summary.bands, summary.legal_states, frame, effective)
    variables |= legal_state_variables(summary.legal_states, effective)
    variables |= estimate_variables(columns, frame, share)
    if share is not None:
        weight = xr.Variable("replication", share)
        variables["weight"] = with_attrs(weight, "what each replication counts of the whole", "1")
    replication = xr.DataArray(
        np.arange(summary.replications), dims="replication", attrs={"long_name": "replication", "units": "1"}
    )
    attrs = provenance.attrs(plan) | {
        "replications": summary.replications,
        "threshold": settings.threshold,
        "window_days": settings.window_days,
        "tracked_origin": plan.tracked_region or "none",
        **({} if effective is None else {"effective_size": effective}),
        **(more or {}),
    }
    coordinates = frame.coordinates() | quarter_coordinates(summary.quarters.grid)
    dataset = xr.Dataset(variables, {"replication": replication, **coordinates}, attrs)
    return dataset if inputs is None else dataset.merge(inputs, combine_attrs="override")


def interval_dataset(summary: Summary) -> xr.Dataset:
    """Return the estimates from the replications so far: the variables of `summary_dataset` with an interval.

    Parameters
    ----------
    summary : Summary
        More may be added to it later. A Summary of no replications gives the names without numbers.

    Returns
    -------
    xarray.Dataset
        With the dimension `bound`, without `time` and `quantile`.
    """
    frame = Frame(summary.plan, summary.settings)
    variables = {
        name: variable
        for name, variable in estimate_variables(summary.columns, frame).items()
        if "bound" in variable.dims and "quantile" not in variable.dims
    }
    return xr.Dataset(variables, frame.coordinates())


def weights_of(dataset: xr.Dataset) -> FloatArray | None:
    """Return what each replication of a Dataset counts, (R,); None if all count the same."""
    return np.asarray(dataset["weight"].values, dtype=float) if "weight" in dataset else None


def sample_size(dataset: xr.Dataset) -> int:
    """Return the number of replications of a Dataset, of weighted ones the effective number, rounded down."""
    return int(dataset.attrs.get("effective_size", dataset.sizes["replication"]))


def of_node(node: xr.DataTree) -> xr.Dataset:
    """Return the Dataset of a node of `compare`, without the labels of dimensions that only the root has."""
    whole = node.to_dataset()
    parts = (*whole.data_vars.values(), *node.to_dataset(inherit=False).coords.values())
    dims = {dim for variable in parts for dim in variable.dims}
    return whole.drop_vars([name for name in whole.coords if not dims.issuperset(whole[name].dims)])
