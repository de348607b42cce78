"""What compared scenarios need and do not get, where only some of them have prices (docs/compare.md)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.plan import Sampling
from diamondsim.results import bounds, mean, with_attrs


def need_variables(runs: Mapping[str, xr.Dataset]) -> dict[str, xr.Variable]:
    """Return the unmet need of each use in each scenario, and by how much it differs from the first.

    Parameters
    ----------
    runs : mapping of str to xarray.Dataset
        Of `monte_carlo`, by name of the scenario, with the same random numbers, regions and uses; the first
        is the reference.

    Returns
    -------
    dict of str to xarray.Variable
        `unmet_need` and `unmet_need_difference`, (scenario, region, use, bound), as shares of normal demand;
        empty if no scenario has prices. Without prices nothing is given up, and what is short is the need.
    """
    if not any("unmet_need" in run for run in runs.values()):
        return {}
    first = next(iter(runs.values()))
    groups = Sampling(str(first.attrs["sampling"])).groups(first["replication"].values)
    samples = np.stack([_need(run) for run in runs.values()])
    need, difference = (np.full((*samples.shape[:-1], 3), np.nan) for _ in range(2))
    for s, r, u in np.ndindex(need.shape[:-1]):
        one, reference = samples[s, r, u], samples[0, r, u]
        if np.isfinite([one, reference]).all():
            need[s, r, u] = bounds(mean(one, groups).within(0.0, 1.0))
            difference[s, r, u] = bounds(mean(one - reference, groups)) if s else 0.0
    dims = ("scenario", "region", "use", "bound")
    long_name = "mean share of normal demand that is short or given up because of its price"
    return {
        "unmet_need": with_attrs(xr.Variable(dims, need), long_name, "1"),
        "unmet_need_difference": with_attrs(
            xr.Variable(dims, difference), f"{long_name}, less that of the reference, from pairs", "1"
        ),
    }


def _need(run: xr.Dataset) -> FloatArray:
    """Return the unmet need of each replication, (region, use, replication)."""
    dims = ("region", "use", "replication")
    if "unmet_need" in run:
        return np.asarray(run["unmet_need"].transpose(*dims).values, dtype=float)
    short, demand = (
        np.asarray(run[name].transpose(*dims).values, dtype=float) for name in ("shortage", "demand")
    )
    return short / np.where(demand > 0, demand, 1.0)
