"""The results for each use of each region, read from the Dataset of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.plan import Sampling
from diamondsim.reporting.formatting import place
from diamondsim.results import (
    RISK_LEVEL,
    USE_METRICS,
    Estimate,
    chance_of_shortage,
    conditional_value_at_risk,
    sample_quantile,
    shortage_duration,
    time_to_survive,
    weights_of,
)


@dataclass(frozen=True)
class Onset:
    """Onset of shortage in the replications that go short: median and 10-90 % range."""

    median: dt.date
    early: dt.date
    late: dt.date


@dataclass(frozen=True)
class FollowUp:
    """How long a time was watched in enough replications, in days, and the share that lasted longer."""

    days: float
    beyond: Estimate


@dataclass(frozen=True)
class UseRow:
    """One use of one region in one run.

    Attributes
    ----------
    region, use : str
        Ids; `region_name` and `use_name` are for people.
    assumed_volumes : bool
        Whether its volumes are assumed rather than estimated.
    chance : Estimate
        Probability of a shortage.
    onset : Onset or None
        None if no replication goes short.
    half_short : datetime.date or None
        Day by which the first shortage has begun in half of all replications; None if fewer go short.
    depth : Estimate
        Mean peak shortfall of the worst 5 % of replications.
    days_survived : Estimate
        Median time from the loss of inflow to shortage (Kaplan-Meier); infinite if more than half last longer
        than the follow-up; n is 0 if no inflow is lost.
    survived_follow_up : FollowUp
        Of the time without the inflow.
    days_short : Estimate
        Median length of the first shortage (Kaplan-Meier); infinite likewise.
    short_follow_up : FollowUp
        Of the length of the first shortage.
    """

    region: str
    use: str
    region_name: str
    use_name: str
    assumed_volumes: bool
    chance: Estimate
    onset: Onset | None
    half_short: dt.date | None
    depth: Estimate
    days_survived: Estimate
    survived_follow_up: FollowUp
    days_short: Estimate
    short_follow_up: FollowUp

    @property
    def place(self) -> str:
        """The use and its region as they read inside a sentence."""
        mark = " (assumed volumes)" if self.assumed_volumes else ""
        return f"{place(self.use_name, self.region_name)}{mark}"


_READ = (*(m.name for m in USE_METRICS), "region_name", "use_name", "volumes", "time", "weight")
"""The variables of a run from which rows are made."""


def use_rows(dataset: xr.Dataset) -> tuple[UseRow, ...]:
    """Return a row for each use that a region has, by region and use.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `monte_carlo`.

    Returns
    -------
    tuple of UseRow
    """
    rows = []
    read = dataset[[name for name in _READ if name in dataset.variables]]  # a run has hundreds of others
    for r in range(read.sizes["region"]):
        for u in range(read.sizes["use"]):
            one_use = read.isel(region=r, use=u)
            if not np.isnan(one_use["shortage"].values[0]):
                rows.append(_row(one_use))
    return tuple(rows)


def _row(one_use: xr.Dataset) -> UseRow:
    samples = {m.name: np.asarray(one_use[m.name].values, dtype=float) for m in USE_METRICS}
    n_ticks, tick_days = int(one_use.attrs["n_ticks"]), float(one_use.attrs["tick_days"])
    threshold, weights = float(one_use.attrs["threshold"]), weights_of(one_use)
    groups = Sampling(str(one_use.attrs.get("sampling", "random"))).groups(one_use["replication"].values)
    survived = time_to_survive(samples, n_ticks, weights)
    duration = shortage_duration(samples, n_ticks, threshold, weights)
    begins = np.where(samples["peak_shortfall"] > threshold, samples["first_shortage"], np.nan)
    times = one_use["time"].values
    return UseRow(
        region=str(one_use["region"].item()),
        use=str(one_use["use"].item()),
        region_name=str(one_use["region_name"].item()),
        use_name=str(one_use["use_name"].item()),
        assumed_volumes=str(one_use["volumes"].item()) == "assumed",
        chance=chance_of_shortage(samples, threshold, groups, weights),
        onset=onset_of(begins, times, weights),
        half_short=_half_of(begins, times, weights),
        depth=conditional_value_at_risk(samples["peak_shortfall"], RISK_LEVEL, groups, weights),
        days_survived=_times(survived.quantile(0.5), tick_days),
        survived_follow_up=FollowUp(tick_days * survived.follow_up, survived.beyond),
        days_short=_times(duration.quantile(0.5), tick_days),
        short_follow_up=FollowUp(tick_days * duration.follow_up, duration.beyond),
    )


def onset_of(
    ticks: FloatArray, times: npt.NDArray[np.datetime64], weights: FloatArray | None = None
) -> Onset | None:
    """Return the median and 10-90 % range of some ticks (R,) as dates, NaN left out; None if there are none.

    `weights` (R,) says what each replication counts, if not all the same.
    """
    counts = ~np.isnan(ticks) if weights is None else ~np.isnan(ticks) & (weights > 0)
    if not counts.any():
        return None
    share = None if weights is None else weights[counts]
    early, median, late = values_at(ticks[counts], (0.1, 0.5, 0.9), share)
    return Onset(*(date_of(times, tick) for tick in (median, early, late)))


def values_at(
    sample: FloatArray, levels: Sequence[float], weights: FloatArray | None = None
) -> tuple[float, ...]:
    """Return the smallest values that at least some shares of a sample, or of its weight, do not exceed.

    numpy's weighted quantile takes the next value where the weights up to one add up to the share but for
    rounding: 7 for the median of 1 to 12 with weights of 1/12.

    Examples
    --------
    >>> twelve = np.arange(1.0, 13.0)
    >>> values_at(twelve, [0.5]), values_at(twelve, [0.5], np.full(12, 1 / 12))
    ((6.0,), (6.0,))
    """
    if weights is not None:
        return tuple(sample_quantile(sample, level, weights).value for level in levels)
    return tuple(map(float, np.quantile(sample, levels, method="inverted_cdf")))


def _half_of(
    begins: FloatArray, times: npt.NDArray[np.datetime64], weights: FloatArray | None
) -> dt.date | None:
    """Return the day by which half of all replications have begun; NaN where one never does; or None."""
    first = np.where(np.isnan(begins), np.inf, begins)
    (middle,) = values_at(first, (0.5,), weights)
    return None if np.isinf(middle) else date_of(times, middle)


def date_of(times: npt.NDArray[np.datetime64], tick: float) -> dt.date:
    """Return the day on which a tick begins; it may lie outside the horizon."""
    step = times[1] - times[0] if len(times) > 1 else np.timedelta64(0, "s")
    day: dt.date = (times[0] + int(tick) * step).astype("datetime64[D]").item()
    return day


def _times(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(estimate.value * factor, estimate.low * factor, estimate.high * factor, estimate.n)
