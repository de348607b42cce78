"""All metrics of a replication, and what follows from their declarations: the Ledger fields to record.

To add a metric, add its declaration to `use_metrics`, `reserve_metrics`, `plant_metrics` or `price_metrics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from diamondsim.arrays import IntArray
from diamondsim.ledger import FIELDS, EntityKind, NodeGroups
from diamondsim.plan import NodeKind, Plan
from diamondsim.results.bands import band_fields
from diamondsim.results.grid_layout import REGION_USE, RESERVE, GridLayout, grid_layouts
from diamondsim.results.metric import Metric, MetricInputs, Undeclared
from diamondsim.results.plant_metrics import FACILITY_METRICS
from diamondsim.results.price_metrics import PRICE_METRICS
from diamondsim.results.region_uses import nodes_of_region
from diamondsim.results.reserve_metrics import RESERVE_METRICS
from diamondsim.results.settings import Settings
from diamondsim.results.use_metrics import USE_METRICS

BLOCK_METRICS: tuple[Metric[MetricInputs], ...] = (*FACILITY_METRICS, *RESERVE_METRICS, *PRICE_METRICS)
"""The metrics that are computed for all entities of a block at once."""
_ALL: tuple[Metric[Any], ...] = (*USE_METRICS, *BLOCK_METRICS)
METRICS: Mapping[str, Metric[Any]] = {metric.name: metric for metric in _ALL}
"""Every metric by name."""
assert len(METRICS) == len(_ALL), "two metrics have the same name"


def metrics_of(plan: Plan, settings: Settings) -> tuple[Metric[Any], ...]:
    """Return the metrics that a scenario has."""
    return tuple(metric for metric in METRICS.values() if metric.exists(plan, settings))


def metric_layouts(plan: Plan, settings: Settings) -> dict[str, GridLayout]:
    """Return the layout of each metric that a scenario has, by name."""
    layouts = grid_layouts(plan)
    return {metric.name: layouts[metric.dims] for metric in metrics_of(plan, settings)}


def undeclared_of(plan: Plan, settings: Settings, estimate: str) -> Undeclared | None:
    """Return for what an estimate, such as ``economic_loss_mean``, is NaN in a scenario, and why, or None."""
    for metric in metrics_of(plan, settings):
        if estimate in {f"{metric.name}_{estimator.suffix}" for estimator in metric.estimators}:
            return metric.undeclared(plan, settings)
    return None


def recordable(*, priced: bool) -> tuple[str, ...]:
    """Return the fields of the Ledger that results may read, in the order of the Ledger.

    Parameters
    ----------
    priced : bool
        Of scenarios with prices.

    Returns
    -------
    tuple of str
    """
    metrics = (metric for metric in METRICS.values() if priced or not metric.priced)
    fields = {field for metric in metrics for field in metric.fields}
    fields |= band_fields(priced=priced, reserves=True, facilities=True)
    return tuple(field for field in FIELDS if field in fields)


RECORDED = recordable(priced=False)
"""The fields of the Ledger that results may read without prices."""


def recorded(plan: Plan, settings: Settings) -> tuple[str, ...]:
    """Return the fields of the Ledger that results read in one scenario; recording more only costs time.

    Parameters
    ----------
    plan : Plan
    settings : Settings

    Returns
    -------
    tuple of str
        In the order of the Ledger: what its metrics and its bands over time read.
    """
    fields = band_fields(
        priced=plan.prices is not None, reserves=bool(plan.reserves), facilities=bool(plan.facilities)
    )
    for metric in metrics_of(plan, settings):
        fields |= metric.recorded(plan, settings)
    return tuple(field for field in FIELDS if field in fields)


def read_of(plan: Plan) -> dict[EntityKind, IntArray]:
    """Return the nodes and sources whose Ledger results read: uses, reserves and facilities.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of str to (n,) int array
        For `Ledger.empty`.
    """
    made_by_facility = [source.facility is not None for source in plan.sources]
    return {
        "node": np.flatnonzero((plan.node_kind == NodeKind.USE) | (plan.node_kind == NodeKind.RESERVE)),
        "source": np.flatnonzero(made_by_facility),
    }


def summed(plan: Plan) -> dict[str, NodeGroups]:
    """Return the fields of which results read only sums over nodes, with the nodes of each sum.

    Consumption and its origin are needed by region only, unless a metric reads them for each use.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of str to tuple of tuple of int
        For `Ledger.empty`.
    """
    regions = tuple(nodes for region in plan.regions if (nodes := nodes_of_region(plan, region)))
    reserves = tuple((reserve.node,) for reserve in plan.reserves)
    sums = {"tracked": regions, "from_reserve": regions, "used": regions + reserves}
    by_node = _fields_of(REGION_USE, plan) | (_fields_of(RESERVE, plan) - {"used"})
    return {field: groups for field, groups in sums.items() if field not in by_node}


def _fields_of(dims: tuple[str, ...], plan: Plan) -> set[str]:
    """Return the fields that the metrics of some dimensions may read, one node at a time."""
    metrics = (m for m in METRICS.values() if m.dims == dims and (plan.prices is not None or not m.priced))
    return {field for metric in metrics for field in metric.fields}
