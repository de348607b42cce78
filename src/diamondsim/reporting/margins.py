"""How far a run in which no use is hit is from a shortage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.reporting.formatting import days, month, percent, percent_range, place
from diamondsim.reporting.use_rows import UseRow, date_of

LITTLE_UNMET = 0.001
"""Share of demand below which what is unmet is next to nothing, so that a ratio of it says nothing."""
_LOW = 0.05


@dataclass(frozen=True)
class LeastCover:
    """The least stock that 95 % of the replications keep.

    Attributes
    ----------
    region, use : str
        Ids of the use with the fewest days.
    place : str
        The use and its region as they read inside a sentence.
    days : float
        Days of expected demand: the 5 % quantile over the replications, at the time when it is lowest.
    day : datetime.date
        That time.
    """

    region: str
    use: str
    place: str
    days: float
    day: dt.date


def least_cover(dataset: xr.Dataset) -> LeastCover | None:
    """Return the least stock that 95 % of the replications keep; None if no use has a stock.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`.
    """
    low = dataset["cover_band"].sel(quantile=_LOW).transpose("time", "region", "use").values
    if not np.isfinite(low).any():
        return None
    t, r, u = np.unravel_index(np.argmin(np.where(np.isfinite(low), low, np.inf)), low.shape)
    return LeastCover(
        region=str(dataset["region"].values[r]),
        use=str(dataset["use"].values[u]),
        place=place(str(dataset["use_name"].values[u]), str(dataset["region_name"].values[r])),
        days=float(low[t, r, u]),
        day=date_of(dataset["time"].values, float(t)),
    )


def margin_sentences(
    rows: Sequence[UseRow], cover: LeastCover | None, *, window_days: float
) -> Iterator[str]:
    """Yield how large shortfalls are at most, and how low stocks fall.

    Parameters
    ----------
    rows : sequence of UseRow
    cover : LeastCover or None
    window_days : float
        Over which a shortfall is measured.
    """
    deepest = max(rows, key=lambda row: row.depth.value, default=None)
    if deepest is not None and deepest.depth.value >= LITTLE_UNMET:
        limits = percent_range(deepest.depth.low, deepest.depth.high)
        yield (
            f"Nearest to a shortage: {deepest.place}. In the worst 5 % of replications, an average of "
            f"{percent(deepest.depth.value)} [{limits}] of its demand is unmet over the worst "
            f"{window_days:g} days."
        )
    elif deepest is not None:
        yield (
            f"In the worst 5 % of replications, less than {percent(LITTLE_UNMET)} of the demand of any use "
            f"is unmet over the worst {window_days:g} days."
        )
    if cover is not None:
        yield (
            f"Least stock: {cover.place}. At any time 95 % of the replications have {days(cover.days)} of "
            f"its demand in stock or more; that is lowest in {month(cover.day)}."
        )
