"""Results by calendar quarter, read from the Dataset of a run as series of numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.results import unit_symbol


@dataclass(frozen=True)
class QuarterEstimates:
    """An estimate for each quarter, with the limits of its interval."""

    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class QuarterUse:
    """One use of one region, by quarter.

    Attributes
    ----------
    region, use, region_name, use_name, unit : str
    chance : QuarterEstimates
        Probability that more than the threshold of the quarter's demand is unmet.
    shortfall : QuarterEstimates
        Share of the quarter's demand unmet, worst grade: the mean.
    shortfall_quantiles : dict of str to tuple of float
        Its quantiles over replications, by level.
    demand, shortage : QuarterEstimates
        Means, in `unit`.
    forgone : QuarterEstimates or None
        Demand given up for its price, mean in `unit`; None without prices.
    """

    region: str
    use: str
    region_name: str
    use_name: str
    unit: str
    chance: QuarterEstimates
    shortfall: QuarterEstimates
    shortfall_quantiles: dict[str, tuple[float, ...]]
    demand: QuarterEstimates
    shortage: QuarterEstimates
    forgone: QuarterEstimates | None


@dataclass(frozen=True)
class QuarterReport:
    """Results by quarter.

    Attributes
    ----------
    quarter : tuple of str
        Labels, such as `2027Q1`.
    start : tuple of date
    covered : tuple of float
        Share of each quarter's days that the horizon covers.
    threshold : float
        A quarter is short if more than this share of its demand is unmet.
    uses : tuple of QuarterUse
    control_states : dict
        By control and state, its probability in each quarter, as a mean over its days.
    control_in_force : dict
        By control.
    legal_states : dict
        By legal state, likewise.
    facility_output : dict of str to QuarterEstimates
        Means, in the unit of the facility's first grade.
    facility_unit : str
    """

    quarter: tuple[str, ...]
    start: tuple[dt.date, ...]
    covered: tuple[float, ...]
    threshold: float
    uses: tuple[QuarterUse, ...]
    control_states: dict[str, dict[str, tuple[float, ...]]]
    control_in_force: dict[str, tuple[float, ...]]
    legal_states: dict[str, tuple[float, ...]]
    facility_output: dict[str, QuarterEstimates]
    facility_unit: str


def quarter_report(dataset: xr.Dataset) -> QuarterReport:
    """Read the results by quarter from the Dataset of `monte_carlo`."""
    chance = dataset["quarter_probability_of_shortage"]
    has_control = "quarter_control_in_force" in dataset
    has_output = "quarter_facility_output_mean" in dataset
    return QuarterReport(
        quarter=tuple(map(str, dataset["quarter"].values)),
        start=tuple(day.astype("datetime64[D]").item() for day in dataset["quarter_start"].values),
        covered=_series(dataset["quarter_covered"]),
        threshold=float(chance.attrs["threshold"]),
        uses=tuple(_uses(dataset)),
        control_states={
            control: {
                state: _series(dataset["quarter_control_probability"].sel(control=control, state=state))
                for state in map(str, dataset["state"].values)
            }
            for control in map(str, dataset["control"].values)
        },
        control_in_force=_by_name(dataset["quarter_control_in_force"], "control") if has_control else {},
        legal_states=_by_name(dataset["quarter_legal_state_probability"], "legal_state")
        if "quarter_legal_state_probability" in dataset
        else {},
        facility_output={
            facility: _estimates(dataset["quarter_facility_output_mean"].sel(facility=facility))
            for facility in map(str, dataset["facility"].values)
        }
        if has_output
        else {},
        facility_unit=unit_symbol(dataset["quarter_facility_output_mean"].attrs["units"])
        if has_output
        else "",
    )


_READ = (
    *("shortage", "region_name", "use_name", "unit"),
    *("quarter_probability_of_shortage", "quarter_shortfall_mean", "quarter_shortfall_quantiles"),
    *("quarter_demand_mean", "quarter_shortage_mean", "quarter_forgone_mean"),
)
"""The variables of a run from which the quarters of a use are made."""


def _uses(dataset: xr.Dataset) -> Iterator[QuarterUse]:
    read = dataset[[name for name in _READ if name in dataset.variables]]  # a run has hundreds of others
    for region in range(read.sizes["region"]):
        for use in range(read.sizes["use"]):
            one = read.isel(region=region, use=use)
            if not np.isnan(one["shortage"].values[0]):
                yield _use(one)


def _use(one: xr.Dataset) -> QuarterUse:
    quantiles = one["quarter_shortfall_quantiles"]
    return QuarterUse(
        region=str(one["region"].item()),
        use=str(one["use"].item()),
        region_name=str(one["region_name"].item()),
        use_name=str(one["use_name"].item()),
        unit=str(one["unit"].item()),
        chance=_estimates(one["quarter_probability_of_shortage"]),
        shortfall=_estimates(one["quarter_shortfall_mean"]),
        shortfall_quantiles={
            f"{float(level):g}": _series(quantiles.sel(quantile=level))
            for level in quantiles["quantile"].values
        },
        demand=_estimates(one["quarter_demand_mean"]),
        shortage=_estimates(one["quarter_shortage_mean"]),
        forgone=_estimates(one["quarter_forgone_mean"]) if "quarter_forgone_mean" in one else None,
    )


def _estimates(variable: xr.DataArray) -> QuarterEstimates:
    return QuarterEstimates(*(_series(variable.sel(bound=bound)) for bound in ("estimate", "low", "high")))


def _by_name(variable: xr.DataArray, dim: str) -> dict[str, tuple[float, ...]]:
    return {str(name): _series(variable.sel({dim: name})) for name in variable[dim].values}


def _series(variable: xr.DataArray) -> tuple[float, ...]:
    return tuple(map(float, variable.values))
