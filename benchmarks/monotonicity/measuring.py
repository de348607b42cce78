"""What is measured of a case: the unmet share of each use in each replication, and the first shortage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

import diamondsim as ds
from benchmarks.declared_runs.cases import Case
from diamondsim.arrays import FloatArray

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Measured:
    """A run of one case.

    Attributes
    ----------
    uses : tuple of str
        `REGION.use`, of every use of every region.
    unmet : (use, replication) float array
        Shortage over demand, over the horizon. With prices: shortage and demand given up because of the
        price, over demand at the prices of the start.
    given_up : (use, replication) float array
        The part of it that is given up because of the price, as a share of demand with what is given up.
    peak : (use, replication) float array
        Largest shortfall over a window.
    first : (use, replication) float array
        Days from the start to the first short tick; NaN without a shortage.
    threshold : float
        A use is short in a replication if `peak` exceeds it.
    start : datetime.date
    """

    uses: tuple[str, ...]
    unmet: FloatArray
    given_up: FloatArray
    peak: FloatArray
    first: FloatArray
    threshold: float
    start: dt.date

    def row(self, use: str) -> int:
        """Return the number of a use."""
        return self.uses.index(use)

    def probability(self, use: str) -> float:
        """Return the share of replications in which a use is short."""
        return float(np.mean(self.peak[self.row(use)] > self.threshold))

    def short_within(self, use: str, since: dt.date, years: float) -> float:
        """Return the share in which the first shortage begins within some years of a date."""
        row, end = self.row(use), (since - self.start).days + years * DAYS_PER_YEAR
        return float(np.mean((self.peak[row] > self.threshold) & (self.first[row] < end)))

    def worst(self, use: str, share: float = 0.05) -> float:
        """Return the mean of the largest shortfalls: those of the worst replications."""
        values = np.sort(self.peak[self.row(use)])
        return float(values[-max(1, round(share * len(values))) :].mean())


def measure(case: Case, replications: int, seed: int = 0) -> Measured:
    """Run a case, in this process."""
    return measured_of(ds.monte_carlo(case.load(), replications=replications, seed=seed, workers=1))


def measured_of(results: xr.Dataset) -> Measured:
    """Return what is measured of the Dataset of a run."""
    known = results["demand"].notnull().all("replication").transpose("region", "use").values
    uses = [
        f"{region}.{use}"
        for region, row in zip(results["region"].values, known, strict=True)
        for use, has in zip(results["use"].values, row, strict=True)
        if has
    ]
    demand, shortage, peak, first = (
        _rows(results[name], known) for name in ("demand", "shortage", "peak_shortfall", "first_shortage")
    )
    given_up = np.nan_to_num(_rows(results["forgone"], known)) if "forgone" in results else 0.0 * demand
    unmet = shortage / np.where(demand > 0, demand, 1.0) * (1.0 - given_up) + given_up
    start = results["time"].values[0].astype("datetime64[D]").astype(dt.date)
    days = first * float(results.attrs["tick_days"])
    return Measured(tuple(uses), unmet, given_up, peak, days, float(results.attrs["threshold"]), start)


def chosen(selectors: Sequence[str], uses: Sequence[str]) -> list[str]:
    """Return the uses that some selectors name: `US.polishing`, `US.any` or `any`, in order."""
    found = []
    for use in uses:
        region = use.partition(".")[0]
        if any(selector in (use, f"{region}.any", "any") for selector in selectors):
            found.append(use)
    return found


def _rows(variable: xr.DataArray, known: FloatArray) -> FloatArray:
    return np.asarray(variable.transpose("region", "use", "replication").values[known], dtype=float)
