"""The milestones of the facilities of a run: when each is reached, and in what share of the replications."""

from __future__ import annotations

import numpy as np
import xarray as xr

from diamondsim.html_report.answer import last_included
from diamondsim.html_report.page_parts import PageTable, long_day, with_month_names
from diamondsim.reporting import Report, are_few, chance, month, onset_of, short_in
from diamondsim.results import proportion, weights_of

_MILESTONES = {"first_output": "first output", "full_output": "90 % of the ramp"}


def milestones(dataset: xr.Dataset, report: Report) -> PageTable | None:
    """Return the milestones of the facilities as a table; None if the scenario has none.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    report : Report
        Of the same run.
    """
    if not report.facilities or any(name not in dataset for name in _MILESTONES):
        return None
    weights, few = weights_of(dataset), are_few(report)
    rows = []
    for facility in report.facilities:
        for name, words in _MILESTONES.items():
            ticks = dataset[name].sel(facility=facility.facility).values.astype(float)
            onset = onset_of(ticks, dataset["time"].values, weights)
            reached = proportion(~np.isnan(ticks), weights=weights)
            share = short_in(reached) if few else chance(reached.value, reached.low, reached.high)
            spread = "-" if onset is None else f"{month(onset.early)}..{month(onset.late)}"
            middle = "-" if onset is None else month(onset.median)
            rows.append((f"{facility.facility}: {words}", *map(with_month_names, (middle, spread)), share))
    by = long_day(last_included(report))
    head = (
        "Milestone",
        "Median of those that reach it",
        "10-90 % of those that reach it",
        f"Reached by {by}",
    )
    return PageTable.of("Milestones of the plant", head, rows)
