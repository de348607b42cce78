"""What a comparison says of each use in each scenario, as texts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.reporting.bound_values import limits
from diamondsim.reporting.few_replications import FEW
from diamondsim.reporting.formatting import chance, difference, month, percent
from diamondsim.reporting.harmed_uses import unmet_difference
from diamondsim.reporting.use_rows import onset_of
from diamondsim.results import Estimate, ratio

_CHANCE, _SHORTAGE = "probability_of_shortage", "shortage_mean"
_OF_RUN = ["shortage", "demand", "peak_shortfall", "first_shortage", "time"]
_NOTABLE = 0.01
"""A use that is short less often in every scenario is not shown."""
_SMALL = 0.01
"""Smaller differences of shares have two decimals, as small shares have."""
NONE = "-"


@dataclass(frozen=True)
class ComparedUseRow:
    """One use in one scenario of a comparison; `NONE` where there is nothing to say.

    Attributes
    ----------
    scenario : str
    chance, less : str
        Chance of a shortage, and less that of the reference in percentage points, with 95 % intervals.
    begins, begins_range : str
        Month in which the first shortage begins: median and 10-90 % range of the replications that go short.
        The range is empty if it is one month, or unknown.
    unmet, unmet_less : str
        Share of demand that is unmet, and less that of the reference in percentage points, likewise.
    best, best_unmet : str
        Share of the resamples in which the scenario has the lowest chance, and the lowest mean shortage.
    """

    scenario: str
    chance: str
    less: str
    begins: str
    begins_range: str
    unmet: str
    unmet_less: str
    best: str
    best_unmet: str

    @property
    def begins_text(self) -> str:
        """Median and range on one line."""
        return f"{self.begins} {self.begins_range}".rstrip()


def compared_uses(found: xr.DataTree) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return region and use of what the table shows, and of what is rarely short in every scenario.

    Parameters
    ----------
    found : xarray.DataTree
        From `compare`.
    """
    root = found.to_dataset().sel(metric=_CHANCE)
    highest = root["value"].sel(bound="estimate").max("scenario")
    shown = [pair for pair in comparable_uses(root) if highest.sel(pair) >= _NOTABLE]
    return shown, [pair for pair in comparable_uses(root) if highest.sel(pair) < _NOTABLE]


def comparable_uses(root: xr.Dataset) -> list[dict[str, str]]:
    """Return the regions and uses that can be compared.

    Parameters
    ----------
    root : xarray.Dataset
        Of a comparison, of the chance of a shortage.
    """
    reference = root["difference"].isel(scenario=0).sel(bound="estimate")
    return [
        {"region": str(r), "use": str(u)}
        for r in root["region"].values
        for u in root["use"].values
        if not np.isnan(reference.sel(region=r, use=u))
    ]


def compared_use_rows(found: xr.DataTree, pair: dict[str, str]) -> Iterator[ComparedUseRow]:
    """Yield what the comparison says of a use in each scenario, the reference first.

    Parameters
    ----------
    found : xarray.DataTree
        From `compare`.
    pair : dict
        Region and use.
    """
    root = found.to_dataset().sel(pair)
    runs = {str(name): found[str(name)].to_dataset()[_OF_RUN].sel(pair) for name in root["scenario"].values}
    chances, shortages = root.sel(metric=_CHANCE), root.sel(metric=_SHORTAGE)
    reference = str(root.attrs["reference"])
    tied, tied_unmet = tied_scenarios(chances), tied_scenarios(shortages)
    for name, run in runs.items():
        row = chances.sel(scenario=name)
        is_reference = name == reference
        begins, begins_range = _begins(run)
        yield ComparedUseRow(
            scenario=name,
            chance=chance(*limits(row["value"])),
            less=NONE if is_reference else difference(*limits(row["difference"])),
            begins=begins,
            begins_range=begins_range,
            unmet=share_text(_unmet(run)),
            unmet_less=NONE if is_reference else points_text(unmet_difference(run, runs[reference])),
            best=_best(chances, name, tied),
            best_unmet=_best(shortages, name, tied_unmet),
        )


def tied_scenarios(one: xr.Dataset) -> set[str]:
    """Return the scenarios that share the lowest value of a metric of a use in every resample.

    Parameters
    ----------
    one : xarray.Dataset
        Of a comparison, of one metric and use.
    """
    lowest = one["value"].sel(bound="estimate")
    at_best = lowest.values == lowest.min().item()
    shares = one["chance_best"].values[at_best]
    is_tie = at_best.sum() > 1 and np.ptp(shares) == 0
    return {str(name) for name in one["scenario"].values[at_best]} if is_tie else set()


def _best(one: xr.Dataset, name: str, tied: set[str]) -> str:
    return "tie" if name in tied else percent(float(one["chance_best"].sel(scenario=name)))


def _begins(run: xr.Dataset) -> tuple[str, str]:
    """Return the median month of the first shortage and its range, as the table of a run has them."""
    is_short = run["peak_shortfall"].values > float(run.attrs["threshold"])
    begins = np.where(is_short, run["first_shortage"].values, np.nan)
    onset = onset_of(begins, run["time"].values)
    # A single path has one onset; of several, fewer than this give no range.
    if onset is None or (np.count_nonzero(is_short) < FEW and is_short.size > 1):
        return NONE, ""
    if onset.early == onset.late:
        return month(onset.median), ""
    return month(onset.median), f"({month(onset.early)}..{month(onset.late)})"


def _unmet(run: xr.Dataset) -> Estimate:
    """Return mean shortage over mean demand of a use (eq. R26)."""
    return ratio(*(np.asarray(run[name].values, dtype=float) for name in ("shortage", "demand")))


def share_text(share: Estimate) -> str:
    """Return a mean share with its interval in percent; a single replication has none.

    Examples
    --------
    >>> share_text(Estimate(0.278, 0.261, 0.296, 1024)), share_text(Estimate(0.0, 0.0, 0.0, 1024))
    ('27.8 % [26.1, 29.6]', '0 %')
    """
    if share.value == share.high == 0 or math.isnan(share.low) or math.isnan(share.high):
        return percent(share.value)
    return chance(share.value, share.low, share.high)


def points_text(less: Estimate) -> str:
    """Return a difference of mean shares with its interval in percentage points; a small one in hundredths.

    Examples
    --------
    >>> points_text(Estimate(-0.166, -0.18, -0.152, 1024))
    '-16.6 [-18.0, -15.2]'
    >>> points_text(Estimate(-0.0028, -0.003, -0.0025, 1024))
    '-0.28 [-0.30, -0.25]'
    """
    return difference(less.value, less.low, less.high, digits=2 if abs(less.value) < _SMALL else 1)
