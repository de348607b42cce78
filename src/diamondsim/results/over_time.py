"""Bands over time as labelled variables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from diamondsim.plan import Plan
from diamondsim.results.bands import Bands, facility_units
from diamondsim.results.estimates import probability
from diamondsim.results.estimators import QUANTILES
from diamondsim.results.frame import Frame, with_attrs
from diamondsim.results.grid_layout import MARKET, REGION_USE
from diamondsim.results.histogram import Histogram
from diamondsim.results.inflow import LegalStates

_BESIDE_BAND = (
    "exact to seven digits of the scale, while quantiles are off by up to the quantile_error of the band: "
    "where replications agree the mean may lie that far outside the band"
)


def band_variables(bands: Bands, frame: Frame) -> dict[str, xr.Variable]:
    """Return bands, means and probabilities over time, by name.

    Parameters
    ----------
    bands : Bands
    frame : Frame
        Of the same Plan.

    Returns
    -------
    dict of str to xarray.Variable
        `NAME_band` (time, ..., quantile) and `NAME_mean` (time, ...) of `shortfall` and `cover`
        (region, use), `tracked_share` (region), `facility_output` (facility) and `reserve_stock` (reserve),
        with prices of `price` and `price_usd` (grade, zone);
        `control_probability` (time, control, state) and `control_in_force` (time, control).
    """
    plan = bands.plan
    variables: dict[str, xr.Variable] = {}
    for name, histogram, long_name, units in (
        ("shortfall", bands.shortfall, "share of the tick's demand unmet, worst grade", "1"),
        ("cover", bands.cover, "stock in days of expected demand, scarcest grade", "day"),
    ):
        quantiles = np.moveaxis(histogram.quantiles(QUANTILES), 1, 0)
        band = frame.grid(REGION_USE, quantiles, ("time", "quantile")).transpose(
            "time", "region", "use", "quantile"
        )
        mean = frame.grid(REGION_USE, histogram.means().T, ("time",)).transpose("time", "region", "use")
        error = histogram.axis.error
        variables[f"{name}_band"] = with_attrs(band, f"{long_name}: quantiles", units, quantile_error=error)
        variables[f"{name}_mean"] = with_attrs(mean, f"{long_name}: mean", units, beside_band=_BESIDE_BAND)
    if plan.tracked_region is not None:
        meaning = (
            f"share of consumption, in {plan.grade_units[0]}, that is crystal from {plan.tracked_region}"
        )
        variables |= _by_entity("tracked_share", "region", [bands.tracked], meaning, ["1"])
    variables |= _by_entity(
        "facility_output",
        "facility",
        bands.facility_output,
        "output per tick, all grades",
        facility_units(bands),
    )
    variables |= _by_entity(
        "reserve_stock",
        "reserve",
        bands.reserve_stock,
        "stock at the end of the tick",
        [_unit(plan, [plan.nodes[reserve.node].grade]) for reserve in plan.reserves],
    )
    return variables | _prices(bands, frame) | _states(bands)


def legal_state_variables(
    legal_states: LegalStates, effective: float | None = None
) -> dict[str, xr.Variable]:
    """Return `legal_state_probability` (time, legal_state, bound); nothing if no legal state is named.

    Of weighted replications, `effective` is the effective sample size.
    """
    counts = legal_states.counts
    if not counts.shape[1]:
        return {}
    hits, where = np.unique(counts, return_inverse=True)
    estimates = [probability(int(n), legal_states.replications, effective) for n in hits]
    bounds = np.array([[e.value, e.low, e.high] for e in estimates])[where.reshape(counts.shape)]
    variable = xr.Variable(("time", "legal_state", "bound"), bounds)
    return {"legal_state_probability": with_attrs(variable, "probability of each legal state", "1")}


def _prices(bands: Bands, frame: Frame) -> dict[str, xr.Variable]:
    if bands.plan.prices is None:
        return {}
    return _by_market("price", [bands.price], "price, as a multiple of its start", "1", frame) | (
        _by_market("price_usd", bands.price_usd, "price of a unit", frame.price_unit, frame)
    )


def _by_market(
    name: str, histograms: Sequence[Histogram], long_name: str, units: str, frame: Frame
) -> dict[str, xr.Variable]:
    quantiles = np.concatenate([h.quantiles(QUANTILES) for h in histograms], axis=1)
    means = np.concatenate([h.means() for h in histograms], axis=1)
    band = frame.grid(MARKET, np.moveaxis(quantiles, 1, 0), ("time", "quantile"))
    mean = frame.grid(MARKET, means.T, ("time",))
    error = "; ".join(dict.fromkeys(h.axis.error for h in histograms))
    return {
        f"{name}_band": with_attrs(
            band.transpose("time", "grade", "zone", "quantile"),
            f"{long_name}: quantiles",
            units,
            quantile_error=error,
        ),
        f"{name}_mean": with_attrs(
            mean.transpose("time", "grade", "zone"),
            f"{long_name}: mean",
            units,
            beside_band=_BESIDE_BAND,
        ),
    }


def _by_entity(
    name: str, dim: str, histograms: Sequence[Histogram], long_name: str, units: Sequence[str]
) -> dict[str, xr.Variable]:
    if not histograms:
        return {}
    unit = units[0] if len(set(units)) == 1 else "unit of the grade"
    quantiles = np.concatenate([h.quantiles(QUANTILES) for h in histograms], axis=1)
    means = np.concatenate([h.means() for h in histograms], axis=1)
    error = "; ".join(dict.fromkeys(h.axis.error for h in histograms))
    band = xr.Variable(("time", dim, "quantile"), quantiles)
    return {
        f"{name}_band": with_attrs(band, f"{long_name}: quantiles", unit, quantile_error=error),
        f"{name}_mean": with_attrs(
            xr.Variable(("time", dim), means), f"{long_name}: mean", unit, beside_band=_BESIDE_BAND
        ),
    }


def _states(bands: Bands) -> dict[str, xr.Variable]:
    if not bands.plan.controls:
        return {}
    state = xr.Variable(("time", "control", "state"), bands.control_state / bands.replications)
    force = xr.Variable(("time", "control"), bands.control_in_force / bands.replications)
    return {
        "control_probability": with_attrs(state, "probability of each state of a control", "1"),
        "control_in_force": with_attrs(
            force, "probability that a control is in force, together with the control that it requires", "1"
        ),
    }


def _unit(plan: Plan, grades: Sequence[str]) -> str:
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    return unit_of[grades[0]] if grades else ""
