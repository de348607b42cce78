"""Exports after the Chinese controls of 2023, month by month, for comparison with the admitted flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import xarray as xr

from diamondsim.control_episodes import share_series
from diamondsim.results.admitted_flow import MONTHS

_SHOWN = ("gallium/all", "germanium/all")


@dataclass(frozen=True)
class Precedent:
    """One episode: exports to all destinations over those of a normal month, by month.

    Attributes
    ----------
    name : str
    effective : str
        First day of the control.
    source : str
    by_month : mapping of int to float
        Of the months in `MONTHS`: 1 is the first of the control, -1 the one before; without a report missing.
    """

    name: str
    effective: str
    source: str
    by_month: Mapping[int, float]


@cache
def precedents() -> tuple[Precedent, ...]:
    """Return gallium and germanium.

    Examples
    --------
    >>> gallium, germanium = precedents()
    >>> gallium.by_month[4] < germanium.by_month[5] < 1
    True
    """
    found = {series.name: series for series in share_series()}
    made = []
    for name in _SHOWN:
        series = found[name]
        # The series have a month 0, the last one before the control; MONTHS has none.
        shares = {m if m > 0 else m - 1: share for m, share in series.by_month.items()}
        by_month = {month: shares[month] for month in MONTHS if month in shares}
        source = f"docs/episodes.md; a normal month is {series.base_kg:,.0f} kg"
        made.append(Precedent(series.episode.episode, series.episode.in_force, source, by_month))
    return tuple(made)


def months_outside(precedent: Precedent, flow: xr.DataArray) -> tuple[tuple[int, ...], int]:
    """Return which months of a precedent lie outside the widest band of an admitted flow.

    Parameters
    ----------
    precedent : Precedent
    flow : xarray.DataArray
        (month, quantile), of all destinations.

    Returns
    -------
    outside : tuple of int
        Months of control whose share lies below the lowest or above the highest quantile.
    compared : int
        Number of months of control for which both are known.

    Examples
    --------
    >>> band = xr.DataArray([[0.0, 0.1], [0.0, 1.0]], {"month": [3, 5], "quantile": [0.05, 0.95]})
    >>> gallium, _ = precedents()  # 0.05 in month 3 and 1.34 in month 5
    >>> months_outside(gallium, band)
    ((5,), 2)
    """
    band = flow.isel(quantile=[0, -1]).dropna("month")
    limits = {int(month): band.sel(month=month).values for month in band["month"].values if month > 0}
    shares = {month: share for month, share in precedent.by_month.items() if month in limits}
    outside = [month for month, share in shares.items() if not limits[month][0] <= share <= limits[month][1]]
    return tuple(outside), len(shares)
