"""The effect of diversion: a run compared with the same run without diversion."""

from __future__ import annotations

import numpy as np
import xarray as xr

from diamondsim.reporting.headline_uses import first_hit, hit, most_often_short
from diamondsim.reporting.report import DiversionEffect
from diamondsim.reporting.use_rows import UseRow, rows_of_uses
from diamondsim.results import Estimate, paired_difference, sample_quantile, weights_of


def diversion_effects(dataset: xr.Dataset, without: xr.Dataset) -> tuple[DiversionEffect, ...]:
    """Compare a run with the same run without diversion, on the replications that both have.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    without : xarray.Dataset
        Of the scenario without diversion, with the same seed and no more replications.

    Returns
    -------
    tuple of DiversionEffect
        Of the use that goes short most often and of the one hit first; if none is hit, of those hit without
        diversion. Empty if diversion changes nothing.
    """
    paired = dataset.isel(replication=slice(0, without.sizes["replication"]))
    if paired["shortage"].equals(without["shortage"]):
        return ()
    if "weight" in paired:  # without diversion, each replication stands for what it stands for with it
        without = without.assign(weight=paired["weight"])
    rows_with, rows_without = rows_of_uses(paired), rows_of_uses(without)
    is_whole = paired.sizes["replication"] == dataset.sizes["replication"]
    named = hit(rows_with if is_whole else rows_of_uses(dataset)) or hit(rows_without)
    picked = dict.fromkeys(
        (row.region, row.use) for row in (most_often_short(named), first_hit(named)) if row is not None
    )
    rows, others = ({(row.region, row.use): row for row in some} for some in (rows_with, rows_without))
    return tuple(_effect(rows[key], others[key], paired, without) for key in picked)


def _effect(row: UseRow, other: UseRow, paired: xr.Dataset, without: xr.Dataset) -> DiversionEffect:
    diverted, direct = (run.sel(region=row.region, use=row.use) for run in (paired, without))
    threshold, tick_days = float(paired.attrs["threshold"]), float(paired.attrs["tick_days"])
    short, short_without = (run["peak_shortfall"].values > threshold for run in (diverted, direct))
    earlier_ticks = diverted["first_shortage"].values - direct["first_shortage"].values
    both = short & short_without & ~np.isnan(earlier_ticks)
    weights = weights_of(paired)
    earlier = sample_quantile(earlier_ticks[both], 0.5, None if weights is None else weights[both])
    return DiversionEffect(
        region=row.region,
        use=row.use,
        place=row.place,
        chance=row.chance,
        chance_without=other.chance,
        more_often=paired_difference(short_without, short, weights),
        onset=row.onset,
        onset_without=other.onset,
        earlier_days=Estimate(
            earlier.value * tick_days, earlier.low * tick_days, earlier.high * tick_days, earlier.n
        ),
    )
