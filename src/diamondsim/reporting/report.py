"""What the report of a run says, before it is put into words or a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.plan.check import CheckReport
from diamondsim.reporting.legal_states import LegalStateRow
from diamondsim.reporting.pricing import PriceReport
from diamondsim.reporting.rows import Onset, UseRow, date_of
from diamondsim.results.estimates import Estimate


@dataclass(frozen=True)
class RunHead:
    """What identifies a run: its scenario, the law it assumes, its size.

    Attributes
    ----------
    title, as_of, legal_state, scenario_hash
        Of the scenario.
    legal_state_outdated : str or None
        Why the legal state may no longer hold; None where nothing says so.
    seed, replications : int
    sampling : str
        The method by which replications are spread.
    first_day, last_day : date
        The horizon, half-open.
    """

    title: str
    as_of: str
    legal_state: str
    legal_state_outdated: str | None
    scenario_hash: str
    seed: int
    replications: int
    sampling: str
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
            legal_state_outdated=str(attrs["legal_state_outdated"]) or None,
            scenario_hash=str(attrs["scenario_hash"]),
            seed=int(attrs["seed"]),
            replications=int(attrs["replications"]),
            sampling=str(attrs["sampling"]),
            first_day=date_of(times, 0),
            last_day=_end(times[0], len(times) * float(attrs["tick_days"])),
        )


def _end(start: np.datetime64, days: float) -> dt.date:
    """Return the day on which some days after the start end, the last of which need not be whole."""
    end: dt.date = (start + np.timedelta64(round(days * 86_400_000), "ms")).astype("datetime64[D]").item()
    return end


@dataclass(frozen=True)
class BaselineChanges:
    """Which changes of single values a baseline shares with the run that it stands beside.

    Attributes
    ----------
    made : tuple of str
        By path.
    controls : tuple of str
        Not made, because the baseline is what it is by its controls.
    misfits : tuple of str
        Not made, because the baseline has no place for them.
    """

    made: tuple[str, ...]
    controls: tuple[str, ...]
    misfits: tuple[str, ...]


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
class LeakageEffect:
    """What it changes for one use if no blocked goods take another way round, on the same draws.

    Attributes
    ----------
    place : str
        The use with its region, for a sentence.
    chance, chance_without : Estimate
        Probability of a shortage with and without leakage.
    more_often : Estimate
        The second less the first.
    onset, onset_without : Onset or None
    earlier_days : Estimate
        Median of how much earlier a shortage begins without leakage, where there is one with and without; n
        counts these replications.
    """

    region: str
    use: str
    place: str
    chance: Estimate
    chance_without: Estimate
    more_often: Estimate
    onset: Onset | None
    onset_without: Onset | None
    earlier_days: Estimate


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
    baseline_changes : BaselineChanges or None
    threshold, window_days : float
        What counts as a shortage; the window in whole ticks, and no longer than the horizon.
    rows : tuple of UseRow
    baseline_rows : dict of (region, use) to UseRow
    facilities : tuple of FacilityRow
    effects : tuple of FacilityEffect
        Empty where there is no facility or it was not asked for.
    leakage_effects : tuple of LeakageEffect
        Of the use most often hit and the one first hit; empty where nothing leaks or it was not asked for.
    tracked_origin : str
        Name of the region whose crystal is followed.
    origins : tuple of OriginRow
    check : CheckReport
        Of the scenario: what its numbers rest on.
    prices : PriceReport or None
        None where there are neither prices nor a reserve that costs something.
    legal_states : sequence of LegalStateRow
        Empty where the scenario names none.
    """

    head: RunHead
    baseline_head: RunHead | None
    baseline_changes: BaselineChanges | None
    threshold: float
    window_days: float
    rows: tuple[UseRow, ...]
    baseline_rows: dict[tuple[str, str], UseRow]
    facilities: tuple[FacilityRow, ...]
    effects: tuple[FacilityEffect, ...]
    leakage_effects: tuple[LeakageEffect, ...]
    tracked_origin: str
    origins: tuple[OriginRow, ...]
    check: CheckReport
    prices: PriceReport | None
    legal_states: Sequence[LegalStateRow] = ()


def rows_by_region(rows: Sequence[UseRow]) -> dict[str, list[UseRow]]:
    """Return the rows by name of the region, in order."""
    found: dict[str, list[UseRow]] = {}
    for row in rows:
        found.setdefault(row.region_name, []).append(row)
    return found
