"""What it changes if nothing that a control blocks takes another way round."""

from __future__ import annotations

import numpy as np
import xarray as xr

from diamondsim.reporting.content import LeakageEffect
from diamondsim.reporting.picking import first_hit, hit, most_often_short
from diamondsim.reporting.rows import UseRow, use_rows
from diamondsim.results.estimates import Estimate, quantile
from diamondsim.results.paired import paired_difference


def leakage_effects(dataset: xr.Dataset, without: xr.Dataset) -> tuple[LeakageEffect, ...]:
    """Compare a run with the same without leakage, on the replications that both have.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    without : xarray.Dataset
        Of the scenario with nothing re-routed, with the same seed and no more replications.

    Returns
    -------
    tuple of LeakageEffect
        Of the use that goes short most often and of the one that is first hit; where none is hit, of those
        that are without leakage. Empty where leakage changes nothing.
    """
    paired = dataset.isel(replication=slice(0, without.sizes["replication"]))
    if paired["shortage"].equals(without["shortage"]):
        return ()
    with_it, without_it = use_rows(paired), use_rows(without)
    named = hit(use_rows(dataset)) or hit(without_it)
    picked = dict.fromkeys(
        (row.region, row.use) for row in (most_often_short(named), first_hit(named)) if row is not None
    )
    rows, others = ({(row.region, row.use): row for row in found} for found in (with_it, without_it))
    return tuple(_effect(rows[key], others[key], paired, without) for key in picked)


def _effect(row: UseRow, other: UseRow, paired: xr.Dataset, without: xr.Dataset) -> LeakageEffect:
    here, there = (run.sel(region=row.region, use=row.use) for run in (paired, without))
    threshold, tick_days = float(paired.attrs["threshold"]), float(paired.attrs["tick_days"])
    short, short_without = (run["peak_shortfall"].values > threshold for run in (here, there))
    gained = here["first_shortage"].values - there["first_shortage"].values
    earlier = quantile(gained[short & short_without & ~np.isnan(gained)], 0.5)
    return LeakageEffect(
        region=row.region,
        use=row.use,
        place=row.place,
        chance=row.chance,
        chance_without=other.chance,
        more_often=paired_difference(short_without, short),
        onset=row.onset,
        onset_without=other.onset,
        earlier_days=Estimate(
            earlier.value * tick_days, earlier.low * tick_days, earlier.high * tick_days, earlier.n
        ),
    )
