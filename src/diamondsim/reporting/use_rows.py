"""The results for each use of each region, read from the Dataset of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.plan import Sampling
from diamondsim.reporting.formatting import place
from diamondsim.results import (
    RISK_LEVEL,
    USE_METRICS,
    Estimate,
    chance_of_shortage,
    conditional_value_at_risk,
    sample_quantile,
    shortage_depth,
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
    depth_if_short : Estimate
        Median peak shortfall of the replications that go short; n is 0 if none does.
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
    depth_if_short: Estimate
    days_survived: Estimate
    survived_follow_up: FollowUp
    days_short: Estimate
    short_follow_up: FollowUp

    @property
    def place(self) -> str:
        """The use and its region as they read inside a sentence."""
        mark = " (assumed volumes)" if self.assumed_volumes else ""
        return f"{place(self.use_name, self.region_name)}{mark}"


@dataclass(frozen=True)
class _Run:
    """What all uses of a run share: its horizon, what counts as a shortage, and its replications."""

    times: npt.NDArray[np.datetime64]
    n_ticks: int
    tick_days: float
    threshold: float
    groups: IntArray | None
    weights: FloatArray | None


def rows_of_uses(dataset: xr.Dataset) -> tuple[UseRow, ...]:
    """Return a row for each use that a region has, by region and use.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `monte_carlo`.

    Returns
    -------
    tuple of UseRow
    """
    sampling = Sampling(str(dataset.attrs.get("sampling", "random")))
    run = _Run(
        times=dataset["time"].values,
        n_ticks=int(dataset.attrs["n_ticks"]),
        tick_days=float(dataset.attrs["tick_days"]),
        threshold=float(dataset.attrs["threshold"]),
        groups=sampling.groups(dataset["replication"].values),
        weights=weights_of(dataset),
    )
    rows = []
    for r, u in np.ndindex(dataset.sizes["region"], dataset.sizes["use"]):
        # Bare variables: a part of the Dataset would bring its labels and hundreds of others along.
        samples = {
            m.name: np.asarray(dataset.variables[m.name][{"region": r, "use": u}].values, dtype=float)
            for m in USE_METRICS
        }
        if np.isnan(samples["shortage"][0]):
            continue
        row = _row(
            samples,
            run,
            region=str(dataset["region"].values[r]),
            use=str(dataset["use"].values[u]),
            region_name=str(dataset["region_name"].values[r]),
            use_name=str(dataset["use_name"].values[u]),
            assumed_volumes=str(dataset["volumes"].values[u]) == "assumed",
        )
        rows.append(row)
    return tuple(rows)


def _row(
    samples: Mapping[str, FloatArray],
    run: _Run,
    *,
    region: str,
    use: str,
    region_name: str,
    use_name: str,
    assumed_volumes: bool,
) -> UseRow:
    """Return the row of a use, whose metrics are (R,) each."""
    weights = run.weights
    survived = time_to_survive(samples, run.n_ticks, weights)
    duration = shortage_duration(samples, run.n_ticks, run.threshold, weights)
    begins = np.where(samples["peak_shortfall"] > run.threshold, samples["first_shortage"], np.nan)
    return UseRow(
        region=region,
        use=use,
        region_name=region_name,
        use_name=use_name,
        assumed_volumes=assumed_volumes,
        chance=chance_of_shortage(samples, run.threshold, run.groups, weights),
        onset=onset_of(begins, run.times, weights),
        half_short=_half_of(begins, run.times, weights),
        depth=conditional_value_at_risk(samples["peak_shortfall"], RISK_LEVEL, run.groups, weights),
        depth_if_short=shortage_depth(samples, run.threshold, weights),
        days_survived=_times(survived.quantile(0.5), run.tick_days),
        survived_follow_up=FollowUp(run.tick_days * survived.follow_up, survived.beyond),
        days_short=_times(duration.quantile(0.5), run.tick_days),
        short_follow_up=FollowUp(run.tick_days * duration.follow_up, duration.beyond),
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
