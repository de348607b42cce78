"""Prices and costs of the replications, and what they say together, as labelled variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.plan import Sampling
from diamondsim.results.columns import Column
from diamondsim.results.estimates import mean, quantile
from diamondsim.results.frame import BOUNDS, QUANTILES, Frame, described
from diamondsim.results.over_replications import bounds
from diamondsim.results.prices import PRICE_METRICS

FloatArray: TypeAlias = npt.NDArray[np.float64]
Spread: TypeAlias = Callable[[FloatArray, tuple[str, ...]], xr.Variable]
"""Gives values (entity, ...) the dimensions of the entities, before some further ones."""

_HELD = "cost of holding the reserve over the horizon"


def price_variables(metrics: Mapping[str, Column], frame: Frame) -> dict[str, xr.Variable]:
    """Return what is known of prices in each replication, and estimates over them.

    Parameters
    ----------
    metrics : mapping of str to Column
        As `Summary.columns` gives them, with `PRICE_METRICS`.
    frame : Frame

    Returns
    -------
    dict of str to xarray.Variable
        Each of `PRICE_METRICS` (replication, ...), and `NAME_mean` (..., bound) and `NAME_quantiles`
        (..., quantile, bound) of all but ticks, over the replications in which it is known. What is said of
        facilities is left out where none has a cost.
    """
    costed = any(facility.cost is not None for facility in frame.plan.facilities)
    variables: dict[str, xr.Variable] = {}
    for name, metric in PRICE_METRICS.items():
        if "facility" in metric.dims and not costed:
            continue
        unit = frame.price_unit if metric.unit == "price" else metric.unit
        spread = _spread(metric.dims, frame)
        each = xr.Variable((*metric.dims, "replication"), metrics[name].grid)
        variables |= _of(
            name,
            metrics[name],
            each,
            described_as=(metric.long_name, unit),
            spread=spread,
            sampling=frame.plan.sampling,
        )
    return variables


def holding_variables(cost: Column, sampling: Sampling) -> dict[str, xr.Variable]:
    """Return what it costs to hold each reserve, and estimates over replications.

    Parameters
    ----------
    cost : Column
        By reserve.
    sampling : Sampling
        Of the plan.
    """

    def spread(values: FloatArray, extra: tuple[str, ...]) -> xr.Variable:
        return xr.Variable(("reserve", *extra), values)

    each = xr.Variable(("reserve", "replication"), cost.grid)
    return _of("reserve_cost", cost, each, described_as=(_HELD, "USD"), spread=spread, sampling=sampling)


def _spread(dims: tuple[str, ...], frame: Frame) -> Spread:
    if dims == ("grade", "zone"):
        return frame.market_grid
    if dims == ("region", "use"):
        return frame.grid
    assert frame.plan.prices is not None, "there are no prices"
    sizes = {"facility": len(frame.plan.facilities), "zone": len(frame.plan.prices.zones)}

    def of_facilities(values: FloatArray, extra: tuple[str, ...]) -> xr.Variable:
        return xr.Variable((*dims, *extra), values.reshape(*(sizes[d] for d in dims), *values.shape[1:]))

    return of_facilities


def _of(
    name: str,
    values: Column,
    each: xr.Variable,
    *,
    described_as: tuple[str, str],
    spread: Spread,
    sampling: Sampling,
) -> dict[str, xr.Variable]:
    long_name, unit = described_as
    variables = {name: described(each.transpose("replication", ...), long_name, unit)}
    if unit != "tick":
        means = np.array([_mean(row, sampling) for row in values]).reshape(-1, len(BOUNDS))
        levels = [list(_quantiles(values, level)) for level in QUANTILES]
        quantiles = np.array(levels).reshape(len(QUANTILES), -1, len(BOUNDS)).swapaxes(0, 1)
        variables[f"{name}_mean"] = described(spread(means, ("bound",)), f"mean of: {long_name}", unit)
        variables[f"{name}_quantiles"] = described(
            spread(quantiles, ("quantile", "bound")), f"quantiles of: {long_name}", unit
        )
    return variables


def _mean(row: FloatArray, sampling: Sampling) -> tuple[float, float, float]:
    known = np.flatnonzero(~np.isnan(row))
    return bounds(mean(row[known], sampling.groups(known)))


def _quantiles(values: Column, level: float) -> Iterator[tuple[float, float, float]]:
    for row in values:
        yield bounds(quantile(row[~np.isnan(row)], level))
