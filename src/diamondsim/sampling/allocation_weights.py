"""The weights of lanes in rationing: value added and nearness (model.md, eq. 39a, 39b)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.plan import NodeKind, Plan
from diamondsim.sampling.numbers import Numbers

LARGEST_WEIGHT = 1e100
"""Weights are kept between this and its inverse: engines multiply them by quantities, and add them."""


def allocation_weights(plan: Plan, numbers: Numbers) -> FloatArray:
    """Return the weights of all lanes (L, R).

    Parameters
    ----------
    plan : Plan
    numbers : mapping of str to array
        As `draw_numbers` returns them.
    """
    exponent, home_preference = numbers["value_exponent"], numbers["home_preference"]
    with np.errstate(over="ignore", under="ignore"):
        weight = np.power(_relative_value(plan, numbers), exponent)[plan.lane_node]
        _prefer_home(plan, weight, home_preference[0])
    return np.clip(weight, 1 / LARGEST_WEIGHT, LARGEST_WEIGHT)


def _prefer_home(plan: Plan, weight: FloatArray, home_preference: FloatArray) -> None:
    for lane, (s, n) in enumerate(zip(plan.lane_source.tolist(), plan.lane_node.tolist(), strict=True)):
        if plan.sources[s].region == plan.nodes[n].region:
            weight[lane] *= home_preference


def _relative_value(plan: Plan, numbers: Numbers) -> FloatArray:
    """Return the value added of each node over the mean of its grade; 1 where there is none."""
    value = _values(plan, numbers)
    relative = np.ones_like(value)
    for grade in plan.grades:
        rows = [n for n, node in enumerate(plan.nodes) if node.grade == grade]
        uses = [n for n in rows if plan.node_kind[n] == NodeKind.USE]
        mean = _mean(value, numbers["base_flow"], uses)
        for n in rows:
            known = (value[n] > 0.0) & (mean > 0.0)
            relative[n][known] = value[n][known] / mean[known]
    return relative


def _values(plan: Plan, numbers: Numbers) -> FloatArray:
    """Return the value added of each node (N, R), nan where there is none.

    A reserve has that of the first use it serves. A feed stock has the mean of the uses that buy what is made
    from it, by contract flow, for a unit of feed.
    """
    value: FloatArray = numbers["value_added"].copy()
    for reserve in plan.reserves:
        if reserve.serves:
            value[reserve.node] = value[reserve.serves[0]]
    is_use = plan.node_kind == NodeKind.USE
    flow = numbers["contract_share"] * numbers["base_flow"][plan.lane_node]
    for s, feed in enumerate(plan.source_feed.tolist()):
        if feed >= 0:
            lanes = np.flatnonzero((plan.lane_source == s) & is_use[plan.lane_node]).tolist()
            value[feed] = _mean(value[plan.lane_node], flow, lanes) * numbers["feed_yield"][s]
    return value


def _mean(values: FloatArray, weights: FloatArray, rows: list[int]) -> FloatArray:
    """Return the weighted mean over some rows, (R,); nan where there is none, or one of them is nan."""
    # One after the other: the order in which numpy sums depends on the number of replications.
    total = np.zeros(values.shape[1])
    weight = np.zeros(values.shape[1])
    for row in rows:
        total += weights[row] * values[row]
        weight += weights[row]
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0.0)
