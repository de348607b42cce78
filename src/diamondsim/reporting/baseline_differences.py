"""By how much a run differs from its baseline, pair by pair of replications with the same random numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from diamondsim.arrays import BoolArray
from diamondsim.results import Estimate, mean, paired_difference, weights_of

_RANDOM_NUMBERS = ("seed", "sampling")
_HORIZON = {"tick_days": "ticks of {} days", "n_ticks": "{} ticks"}
_MEASURES = {"threshold": "a shortage above {} of demand", "window_days": "a window of {} days"}
"""What two runs must have in common, else their chances are those of two different things."""


def require_same_measure(run: xr.Dataset, other: xr.Dataset, *, horizon: bool = True) -> None:
    """Check that another run has the same measure of a shortage and, if wanted, the same horizon.

    Raises
    ------
    ValueError
        If it has not, with all that differs.
    """
    wrong = [
        f"expected {words.format(run.attrs[name])}, as in the run, found {other.attrs[name]}"
        for name, words in ((_HORIZON if horizon else {}) | _MEASURES).items()
        if name in other.attrs and run.attrs[name] != other.attrs[name]
    ]
    start, found = (str(each["time"].values[0])[:10] for each in (run, other))
    if horizon and start != found:
        wrong.append(f"expected a start on {start}, as in the run, found {found}")
    if wrong:
        raise ValueError("; ".join(wrong))


def require_same_random_numbers(run: xr.Dataset, other: xr.Dataset) -> None:
    """Check that two runs have the same random numbers, so that their replications are pairs.

    Raises
    ------
    ValueError
    """
    for name in _RANDOM_NUMBERS:
        expected, found = run.attrs[name], other.attrs[name]
        if expected != found:
            raise ValueError(f"expected the {name} of the run, {expected}, found {found}")


def chance_differences(dataset: xr.Dataset, baseline: xr.Dataset) -> dict[tuple[str, str], Estimate]:
    """Return the probability of a shortage less that in the baseline, by region and use (eq. R27).

    Parameters
    ----------
    dataset, baseline : xarray.Dataset
        Of `monte_carlo`. They are compared on the replications that both have.

    Returns
    -------
    dict of (str, str) to Estimate
        Of the uses that both have. Empty if one of the two is weighted by observations, since those say
        nothing about the other, or if they do not share their random numbers.
    """
    pairs = _pairs(dataset, baseline, "peak_shortfall")
    return {key: paired_difference(_short(one), _short(other)) for key, one, other in pairs}


def need_differences(dataset: xr.Dataset, baseline: xr.Dataset) -> dict[tuple[str, str], Estimate]:
    """Return the mean share of need unmet less that in the baseline, otherwise as `chance_differences`."""
    pairs = _pairs(dataset, baseline, "unmet_need")
    return {key: mean(one.values - other.values) for key, one, other in pairs}


def _share_random_numbers(dataset: xr.Dataset, baseline: xr.Dataset) -> bool:
    """Return whether two runs have the same random numbers, and each replication counts the same in both."""
    same = all(dataset.attrs.get(name) == baseline.attrs.get(name) for name in _RANDOM_NUMBERS)
    return same and weights_of(dataset) is None and weights_of(baseline) is None


def _pairs(
    dataset: xr.Dataset, baseline: xr.Dataset, variable: str
) -> Iterator[tuple[tuple[str, str], xr.DataArray, xr.DataArray]]:
    """Yield a variable of each use in both runs, in the replications that both have."""
    have_it = variable in dataset and variable in baseline
    if not have_it or not _share_random_numbers(dataset, baseline):
        return
    n = min(run.sizes["replication"] for run in (dataset, baseline))
    for region in _both(dataset, baseline, "region"):
        for use in _both(dataset, baseline, "use"):
            one, other = (
                run[variable]
                .sel(region=region, use=use)
                .isel(replication=slice(0, n))
                .assign_attrs(run.attrs)
                for run in (dataset, baseline)
            )
            if not np.isnan(one.values[0]) and not np.isnan(other.values[0]):
                yield (region, use), one, other


def _both(dataset: xr.Dataset, baseline: xr.Dataset, dimension: str) -> list[str]:
    others = set(baseline[dimension].values)
    return [str(name) for name in dataset[dimension].values if name in others]


def _short(peak_shortfall: xr.DataArray) -> BoolArray:
    short: BoolArray = peak_shortfall.values > float(peak_shortfall.attrs["threshold"])
    return short
