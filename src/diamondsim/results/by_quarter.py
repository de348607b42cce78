"""Results by calendar quarter as labelled variables (docs/results.md, eq. R15-R19)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.results.bands import Bands, facility_units
from diamondsim.results.estimates import probability
from diamondsim.results.estimators import QUANTILES, bounds
from diamondsim.results.frame import Frame, label_coordinate, with_attrs
from diamondsim.results.grid_layout import REGION_USE
from diamondsim.results.histogram import Histogram
from diamondsim.results.inflow import LegalStates
from diamondsim.results.metric import UNIT_OF_USE
from diamondsim.results.moments import Moments
from diamondsim.results.quarter_grid import QuarterGrid
from diamondsim.results.quarters import Quarters

_OF_USES = (
    ("demand", "new demand in the quarter", UNIT_OF_USE),
    ("shortage", "new demand of the quarter not met in its tick", UNIT_OF_USE),
    ("forgone", "demand given up in the quarter for its price", UNIT_OF_USE),
    ("shortfall", "share of the quarter's demand unmet, worst grade", "1"),
)
_RANGES = {"forgone": (-math.inf, math.inf), "shortfall": (0.0, 1.0)}
"""Where a quantity may lie; one that is not listed is at least 0."""


def quarter_coordinates(grid: QuarterGrid) -> dict[str, xr.DataArray]:
    """Return the coordinates of the dimension `quarter`."""
    quarters = grid.quarters
    dates = {
        "quarter_start": ([q.start for q in quarters], "first day of the quarter"),
        "quarter_end": ([q.end for q in quarters], "first day after the quarter"),
    }
    days = xr.DataArray(
        [quarter.days for quarter in quarters],
        dims="quarter",
        attrs={"long_name": "days of the quarter that the horizon covers", "units": "day"},
    )
    covered = xr.DataArray(
        [quarter.covered for quarter in quarters],
        dims="quarter",
        attrs={"long_name": "share of the quarter's days that the horizon covers", "units": "1"},
    )
    return {
        "quarter": label_coordinate("quarter", [q.label for q in quarters], "calendar quarter"),
        **{
            name: label_coordinate("quarter", np.array(days_of, dtype="datetime64[s]"), long_name)
            for name, (days_of, long_name) in dates.items()
        },
        "quarter_days": days,
        "quarter_covered": covered,
    }


def quarter_variables(
    quarters: Quarters,
    bands: Bands,
    legal_states: LegalStates,
    frame: Frame,
    effective: float | None = None,
) -> dict[str, xr.Variable]:
    """Return everything that is known of the quarters, by name.

    Parameters
    ----------
    quarters : Quarters
    bands : Bands
        Of the same replications: the states of the controls.
    legal_states : LegalStates
        Of the same replications.
    frame : Frame
        Of the same Plan.
    effective : float, optional
        Effective sample size of weighted replications.

    Returns
    -------
    dict of str to xarray.Variable
        `quarter_NAME_mean` (quarter, ..., bound) and `quarter_NAME_quantiles` (quarter, ..., quantile) of
        `demand`, `shortage`, `shortfall` (region, use), with prices of `forgone`, and of `facility_output`
        (facility);
        `quarter_probability_of_shortage` (quarter, region, use, bound); `quarter_control_probability`
        (quarter, control, state), `quarter_control_in_force` (quarter, control) and
        `quarter_legal_state_probability` (quarter, legal_state).
    """
    return (
        _uses(quarters, frame, effective)
        | _outputs(quarters, bands, effective)
        | _states(quarters.grid, bands)
        | _legal_states(quarters.grid, legal_states)
    )


def _uses(quarters: Quarters, frame: Frame, effective: float | None) -> dict[str, xr.Variable]:
    variables = {}
    for name, long_name, unit in _OF_USES:
        if name in quarters.moments:
            mean = _on_grid(
                frame, _means(quarters.moments[name], effective, *_RANGES.get(name, (0.0,))), "bound"
            )
            variables[f"quarter_{name}_mean"] = with_attrs(mean, f"mean of: {long_name}", frame.units(unit))
    for name, histograms in (("shortage", quarters.shortage), ("shortfall", [quarters.shortfall])):
        long_name, unit = next((words, unit) for key, words, unit in _OF_USES if key == name)
        variables[f"quarter_{name}_quantiles"] = with_attrs(
            _on_grid(frame, _quantiles(histograms), "quantile"),
            f"quantiles of: {long_name}",
            frame.units(unit),
            quantile_error="; ".join(dict.fromkeys(h.axis.error for h in histograms)),
        )
    count = quarters.moments["demand"].count
    chances = np.array(
        [[bounds(probability(int(n), count, effective)) for n in row] for row in quarters.short]
    )
    variables["quarter_probability_of_shortage"] = with_attrs(
        _on_grid(frame, chances.reshape(*quarters.short.shape, 3), "bound"),
        "probability that the shortfall of the quarter exceeds the threshold",
        "1",
        threshold=frame.settings.threshold,
    )
    return variables


def _outputs(quarters: Quarters, bands: Bands, effective: float | None) -> dict[str, xr.Variable]:
    if not quarters.output:
        return {}
    units = facility_units(bands)
    unit = units[0] if len(set(units)) == 1 else "unit of the grade"
    long_name = "output in the quarter, all grades"
    error = "; ".join(dict.fromkeys(h.axis.error for h in quarters.output))
    mean = xr.Variable(("quarter", "facility", "bound"), _means(quarters.moments["output"], effective))
    quantiles = xr.Variable(("quarter", "facility", "quantile"), _quantiles(quarters.output))
    return {
        "quarter_facility_output_mean": with_attrs(mean, f"mean of: {long_name}", unit),
        "quarter_facility_output_quantiles": with_attrs(
            quantiles, f"quantiles of: {long_name}", unit, quantile_error=error
        ),
    }


def _states(grid: QuarterGrid, bands: Bands) -> dict[str, xr.Variable]:
    if not bands.plan.controls:
        return {}
    state = xr.Variable(("quarter", "control", "state"), grid.mean(bands.control_state) / bands.replications)
    force = xr.Variable(("quarter", "control"), grid.mean(bands.control_in_force) / bands.replications)
    return {
        "quarter_control_probability": with_attrs(
            state, "probability of each state of a control, mean over the days of the quarter", "1"
        ),
        "quarter_control_in_force": with_attrs(
            force,
            "probability that a control is in force, together with the control that it requires, mean over "
            "the days of the quarter",
            "1",
        ),
    }


def _legal_states(grid: QuarterGrid, legal_states: LegalStates) -> dict[str, xr.Variable]:
    if not legal_states.counts.shape[1]:
        return {}
    share = grid.mean(legal_states.counts) / legal_states.replications
    return {
        "quarter_legal_state_probability": with_attrs(
            xr.Variable(("quarter", "legal_state"), share),
            "probability of each legal state, mean over the days of the quarter",
            "1",
        )
    }


def _on_grid(frame: Frame, values: FloatArray, last: str) -> xr.Variable:
    """Arrange values (quarter, use, last) by region and use."""
    grid = frame.grid(REGION_USE, np.moveaxis(values, 1, 0), ("quarter", last))
    return grid.transpose("quarter", "region", "use", last)


def _means(
    moments: Moments, effective: float | None, least: float = 0.0, most: float = math.inf
) -> FloatArray:
    """Return the means with their limits, (row, entity, 3), of quantities within a range."""
    _, rows, entities = moments.sums.shape
    values = [
        [bounds(moments.mean(row, entity, effective).within(least, most)) for entity in range(entities)]
        for row in range(rows)
    ]
    return np.array(values).reshape(rows, entities, 3)


def _quantiles(histograms: Sequence[Histogram]) -> FloatArray:
    """Return the quantiles, (row, entity, level)."""
    return np.concatenate([histogram.quantiles(QUANTILES) for histogram in histograms], axis=1)
