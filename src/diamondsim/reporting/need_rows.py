"""What each use needs and does not get: short, or given up because of its price (eq. R37)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.reporting.baseline_differences import need_differences
from diamondsim.results import Estimate, sample_size, weights_of

NOTABLE_NEED = 0.005
"""A use with less unmet need is not listed."""


@dataclass(frozen=True)
class NeedRow:
    """The unmet need of one use of one region, as shares of its normal demand over the horizon.

    Attributes
    ----------
    region, use : str
        Ids; `region_name` and `use_name` are for people.
    short, given_up : float
        Means over the replications: what is short, and what is given up because of its price.
    need : Estimate
        Mean of both together.
    chance : Estimate
        Probability that both together exceed the threshold over a window.
    baseline_need : float or None
        `need` of the baseline, if that has prices.
    above_baseline : Estimate or None
        Mean of `need` less that of the baseline, from pairs of replications.
    """

    region: str
    use: str
    region_name: str
    use_name: str
    short: float
    given_up: float
    need: Estimate
    chance: Estimate
    baseline_need: float | None
    above_baseline: Estimate | None


def need_rows(dataset: xr.Dataset, baseline: xr.Dataset | None = None) -> tuple[NeedRow, ...]:
    """Return a row for each use with notable unmet need, by region and use; none without prices.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `monte_carlo`.
    baseline : xarray.Dataset, optional
        Of another scenario, with the same seed.
    """
    if "unmet_need" not in dataset:
        return ()
    if baseline is not None and "unmet_need" not in baseline:
        baseline = None
    return tuple(_rows(dataset, baseline))


def _rows(dataset: xr.Dataset, baseline: xr.Dataset | None) -> Iterator[NeedRow]:
    weights, n = weights_of(dataset), sample_size(dataset)
    differences = {} if baseline is None else need_differences(dataset, baseline)
    for region in dataset["region"].values:
        for use in dataset["use"].values:
            one_use = dataset.sel(region=region, use=use)
            shares = one_use["unmet_need"].values
            before = None if baseline is None else _mean_need(baseline, str(region), str(use))
            if np.isnan(shares).all() or max(_average(shares, weights), before or 0.0) < NOTABLE_NEED:
                continue
            short, part = need_parts(one_use)
            yield NeedRow(
                region=str(region),
                use=str(use),
                region_name=str(one_use["region_name"].item()),
                use_name=str(one_use["use_name"].item()),
                short=_average(short, weights),
                given_up=_average(part, weights),
                need=_estimate(one_use["unmet_need_mean"], n),
                chance=_estimate(one_use["probability_of_unmet_need"], n),
                baseline_need=before,
                above_baseline=differences.get((str(region), str(use))),
            )


def need_parts(one_use: xr.Dataset) -> tuple[FloatArray, FloatArray]:
    """Return what is short and what is given up in each replication, as shares of normal demand.

    Parameters
    ----------
    one_use : xarray.Dataset
        One use of one region, with prices.
    """
    shares, shortage, given_up = (one_use[name].values for name in ("unmet_need", "shortage", "given_up"))
    unmet = shortage + given_up
    part = shares * np.where(unmet > 0, given_up / np.where(unmet > 0, unmet, 1.0), 0.0)
    return shares - part, part


def _average(values: FloatArray, weights: FloatArray | None) -> float:
    return float(values.mean() if weights is None else np.average(values, weights=weights))


def _mean_need(dataset: xr.Dataset, region: str, use: str) -> float | None:
    if region not in dataset["region"].values or use not in dataset["use"].values:
        return None
    value = float(dataset["unmet_need_mean"].sel(region=region, use=use, bound="estimate").item())
    return None if np.isnan(value) else value


def _estimate(variable: xr.DataArray, n: int) -> Estimate:
    value, low, high = map(float, variable.values)
    return Estimate(value, low, high, n)
