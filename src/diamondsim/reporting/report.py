"""The content of a report, before it is formatted as sentences or tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from diamondsim.analysis import DecidingInput
from diamondsim.plan.check import CheckReport
from diamondsim.reporting.legal_state_rows import LegalStateRow
from diamondsim.reporting.margins import LeastCover
from diamondsim.reporting.observed_rows import ObservedReport
from diamondsim.reporting.price_report import PriceReport
from diamondsim.reporting.quarter_report import QuarterReport
from diamondsim.reporting.reserve_rows import ReserveUse
from diamondsim.reporting.use_rows import Onset, UseRow, date_of
from diamondsim.results import Estimate


@dataclass(frozen=True)
class RunHead:
    """The identification of a run: scenario, legal state, size.

    Attributes
    ----------
    title, as_of, legal_state, scenario_hash
        Of the scenario.
    legal_state_outdated : str or None
        Why the legal state may no longer apply; None if nothing suggests it.
    changes : tuple of str
        What was changed since the scenario was read, each as ``path=value``.
    seed, replications : int
    sampling : str
        The sampling method.
    first_day, last_day : date
        The horizon, half-open.
    """

    title: str
    as_of: str
    legal_state: str
    legal_state_outdated: str | None
    scenario_hash: str
    changes: tuple[str, ...]
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
            changes=tuple(str(attrs["changes"]).splitlines()),
            seed=int(attrs["seed"]),
            replications=int(attrs["replications"]),
            sampling=str(attrs["sampling"]),
            first_day=date_of(times, 0),
            last_day=_end(times[0], len(times) * float(attrs["tick_days"])),
        )


def _end(start: np.datetime64, days: float) -> dt.date:
    """Return the day on which a number of days from the start end; the last may be a part of a day."""
    end: dt.date = (start + np.timedelta64(round(days * 86_400_000), "ms")).astype("datetime64[D]").item()
    return end


@dataclass(frozen=True)
class BaselineChanges:
    """Which changes of single values a baseline shares with the run that it is compared with.

    Attributes
    ----------
    made : tuple of str
        Paths of the changes made.
    controls : tuple of str
        Not made: they concern controls, by which the baseline differs from the run.
    misfits : tuple of str
        Not made: they do not fit the baseline.
    compared : tuple of str
        Not made: the baseline is the scenario of the run, and differs by nothing but them.
    """

    made: tuple[str, ...]
    controls: tuple[str, ...]
    misfits: tuple[str, ...]
    compared: tuple[str, ...] = ()


@dataclass(frozen=True)
class FacilityRow:
    """A facility: its first output, and the uses that it cannot supply.

    Attributes
    ----------
    first_output : Onset or None
        Over the replications with output within the horizon.
    no_output : Estimate
        Probability of no output within the horizon: cancelled, or later.
    not_supplied : tuple of str
        Names of the uses that consume none of its grades.
    """

    facility: str
    first_output: Onset | None
    no_output: Estimate
    not_supplied: tuple[str, ...]


@dataclass(frozen=True)
class FacilityEffect:
    """The effect of the facilities on the unmet demand of a region, with the same draws.

    Attributes
    ----------
    region_name : str
    unmet_share : Estimate
        Unmet demand with the facilities as a share of that without them.
    unmet : float
        Mean unmet demand as a share of mean demand, with or without the facilities: the larger.
    """

    region_name: str
    unmet_share: Estimate
    unmet: float


@dataclass(frozen=True)
class DiversionEffect:
    """The effect of diversion on one use, with the same draws.

    Attributes
    ----------
    place : str
        The use and its region as they read inside a sentence.
    chance, chance_without : Estimate
        Probability of a shortage with and without diversion.
    more_often : Estimate
        The second less the first.
    onset, onset_without : Onset or None
    earlier_days : Estimate
        Median of how much earlier a shortage begins without diversion, over the `n` replications with a
        shortage in both runs.
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
class Deciding:
    """The uncertain inputs that move the chance of a shortage of one use most.

    Attributes
    ----------
    place : str
        The use and its region as they read inside a sentence.
    inputs : tuple of DecidingInput
        Largest change first.
    """

    region: str
    use: str
    place: str
    inputs: tuple[DecidingInput, ...]


@dataclass(frozen=True)
class Share:
    """A share, with the interval that holds 90 % of replications."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class OriginRow:
    """Share of a region's consumption of tracked origin, in the first and the last tick."""

    region_name: str
    start: Share
    end: Share


@dataclass(frozen=True)
class Report:
    """The content of the report of a run.

    Attributes
    ----------
    head : RunHead
    baseline_head : RunHead or None
    baseline_changes : BaselineChanges or None
    threshold, window_days : float
        Definition of a shortage; the window is in whole ticks and no longer than the horizon.
    rows : tuple of UseRow
    baseline_rows : dict of (region, use) to UseRow
    differences : dict of (region, use) to Estimate
        Probability of a shortage less that in the baseline, from pairs of replications.
    facilities : tuple of FacilityRow
    effects : tuple of FacilityEffect
        Empty if there is no facility, or the comparison was not requested.
    diversion_effects : tuple of DiversionEffect
        Of the use most often short and the one hit first; empty without diversion, or if not requested.
    deciding : Deciding or None
        Of the first use of the table that is hit; None if no use is.
    tracked_origin : str
        Name of the region whose crystal is tracked.
    origins : tuple of OriginRow
    check : CheckReport
        Of the scenario: balance and basis of its numbers.
    n_inputs : int
        Number of inputs that the Dataset keeps.
    prices : PriceReport or None
        None if there are neither prices nor a reserve with a cost.
    legal_states : sequence of LegalStateRow
        Empty if the scenario names none.
    quarters : QuarterReport or None
        Results by quarter.
    observed : ObservedReport or None
        What the run is conditioned on; None if on nothing.
    loss_unknown : dict of str to str
        Names, by id, of the uses that give neither a value nor a cost of delay: their loss is not known.
    reserves : tuple of ReserveUse
        What each reserve releases, when it is spent, and what it buys.
    least_cover : LeastCover or None
        The least stock that 95 % of the replications keep; None if no use has a stock.
    """

    head: RunHead
    baseline_head: RunHead | None
    baseline_changes: BaselineChanges | None
    threshold: float
    window_days: float
    rows: tuple[UseRow, ...]
    baseline_rows: dict[tuple[str, str], UseRow]
    differences: dict[tuple[str, str], Estimate]
    facilities: tuple[FacilityRow, ...]
    effects: tuple[FacilityEffect, ...]
    diversion_effects: tuple[DiversionEffect, ...]
    deciding: Deciding | None
    tracked_origin: str
    origins: tuple[OriginRow, ...]
    check: CheckReport
    n_inputs: int
    prices: PriceReport | None
    legal_states: Sequence[LegalStateRow] = ()
    quarters: QuarterReport | None = None
    observed: ObservedReport | None = None
    loss_unknown: Mapping[str, str] = field(default_factory=dict)
    reserves: tuple[ReserveUse, ...] = ()
    least_cover: LeastCover | None = None


def rows_by_region(rows: Sequence[UseRow]) -> dict[str, list[UseRow]]:
    """Return the rows by id of the region, in order."""
    by_region: dict[str, list[UseRow]] = {}
    for row in rows:
        by_region.setdefault(row.region, []).append(row)
    return by_region
