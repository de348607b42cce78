"""What the report of a run says, before it is put into words or a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import xarray as xr

from diamondsim.plan.check import CheckReport
from diamondsim.reporting.rows import Onset, UseRow, date_of
from diamondsim.results.estimates import Estimate


@dataclass(frozen=True)
class RunHead:
    """What identifies a run: its scenario, the law it assumes, its size."""

    title: str
    as_of: str
    legal_state: str
    scenario_hash: str
    seed: int
    replications: int
    first_day: dt.date
    last_day: dt.date

    @classmethod
    def of(cls, dataset: xr.Dataset) -> RunHead:
        """Read it from the attributes of a Dataset."""
        attrs, times = dataset.attrs, dataset["time"].values
        return cls(
            title=str(attrs["title"]),
            as_of=str(attrs["as_of"]),
            legal_state=str(attrs["legal_state"]),
            scenario_hash=str(attrs["scenario_hash"]),
            seed=int(attrs["seed"]),
            replications=int(attrs["replications"]),
            first_day=date_of(times, 0),
            last_day=date_of(times, len(times) - 1) + dt.timedelta(days=int(attrs["tick_days"])),
        )


@dataclass(frozen=True)
class FacilityRow:
    """A facility: when it makes something, and what it cannot make.

    Attributes
    ----------
    first_output : Onset or None
        Among replications in which it comes within the horizon.
    no_output : Estimate
        Probability that it makes nothing within the horizon: cancelled, or later.
    not_supplied : tuple of str
        Names of the uses that need none of its grades.
    """

    facility: str
    first_output: Onset | None
    no_output: Estimate
    not_supplied: tuple[str, ...]


@dataclass(frozen=True)
class FacilityEffect:
    """Unmet demand of a region with the facilities, as a share of that without them, on the same draws."""

    region_name: str
    unmet_share: Estimate


@dataclass(frozen=True)
class Share:
    """A share with the band in which 90 % of replications lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class OriginRow:
    """Share of a region's consumption that has the tracked origin, in the first and the last tick."""

    region_name: str
    start: Share
    end: Share


@dataclass(frozen=True)
class Report:
    """All that is said about a run.

    Attributes
    ----------
    head : RunHead
    baseline_head : RunHead or None
    threshold, window_days : float
        What counts as a shortage.
    rows : tuple of UseRow
    baseline_rows : dict of (region, use) to UseRow
    facilities : tuple of FacilityRow
    effects : tuple of FacilityEffect
        Empty where there is no facility or it was not asked for.
    tracked_origin : str
        Name of the region whose crystal is followed.
    origins : tuple of OriginRow
    check : CheckReport
        Of the scenario: what its numbers rest on.
    """

    head: RunHead
    baseline_head: RunHead | None
    threshold: float
    window_days: float
    rows: tuple[UseRow, ...]
    baseline_rows: dict[tuple[str, str], UseRow]
    facilities: tuple[FacilityRow, ...]
    effects: tuple[FacilityEffect, ...]
    tracked_origin: str
    origins: tuple[OriginRow, ...]
    check: CheckReport


def rows_by_region(rows: Sequence[UseRow]) -> dict[str, list[UseRow]]:
    """Return the rows by name of the region, in order."""
    found: dict[str, list[UseRow]] = {}
    for row in rows:
        found.setdefault(row.region_name, []).append(row)
    return found
