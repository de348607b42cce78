"""Estimates over the replications of a run, as labelled variables with the limits of their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.plan import Sampling
from diamondsim.results.columns import Column
from diamondsim.results.estimates import proportion, sample_quantile
from diamondsim.results.estimators import Estimator, bounds
from diamondsim.results.frame import BOUNDS, Frame, with_attrs
from diamondsim.results.grid_layout import REGION_USE
from diamondsim.results.metric import Metric
from diamondsim.results.metrics import metrics_of
from diamondsim.results.sampling_error import Estimate, Groups, Weights
from diamondsim.results.survival import Survival, survival
from diamondsim.results.use_metrics import USE_METRICS

Samples: TypeAlias = Mapping[str, FloatArray]
"""The metrics (R,) of one use, by name."""


def estimate_variables(
    columns: Mapping[str, Column], frame: Frame, weights: Weights | None = None
) -> dict[str, xr.Variable]:
    """Return all estimates over the replications of a run.

    Parameters
    ----------
    columns : mapping of str to Column
        As `Summary.columns`; one sample is read at a time, so that memory need not hold them all.
    frame : Frame
    weights : (R,) float array, optional
        What each replication counts; equal by default.

    Returns
    -------
    dict of str to xarray.Variable
        `USE_ESTIMATES` (region, use, bound), and for each metric and each of its estimators `METRIC_SUFFIX`
        with the dimensions of the metric, those of the estimator and `bound`.
    """
    variables = _use_estimates(columns, frame, weights)
    for metric in metrics_of(frame.plan, frame.settings):
        if not len(columns[metric.name]):
            continue
        for estimator in metric.estimators:
            variable = _estimate(metric, estimator, columns[metric.name], frame, weights)
            variables[f"{metric.name}_{estimator.suffix}"] = variable
    return variables


def _estimate(
    metric: Metric[Any], estimator: Estimator, column: Column, frame: Frame, weights: Weights | None
) -> xr.Variable:
    estimates = [_of_sample(estimator, sample, frame.plan.sampling, weights) for sample in column]
    values = np.array([[bounds(estimate) for estimate in each] for each in estimates])
    if not estimator.dims:
        values = values[:, 0]  # its only estimate
    return with_attrs(
        frame.grid(metric.dims, values, (*estimator.dims, "bound")),
        f"{estimator.long_name}: {metric.long_name}",
        frame.units(metric.unit),
        **estimator.attrs,
        **metric.comment(frame.plan, frame.settings),
    )


def _of_sample(
    estimator: Estimator, sample: FloatArray, sampling: Sampling, weights: Weights | None
) -> Sequence[Estimate]:
    """Estimate over the replications in which a metric is known, or over all, as the estimator asks."""
    known = np.flatnonzero(~np.isnan(sample) | estimator.of_all)
    weights = None if weights is None else weights[known]
    return estimator.estimate(sample[known], sampling.groups(known), weights)


@dataclass(frozen=True)
class UseEstimate:
    """An estimate for each use of each region that needs several metrics.

    Attributes
    ----------
    name, long_name, unit : str
        Of the variable.
    estimate : callable
        Takes the metrics of one use, the Frame, the independent group of each replication, and what each
        replication counts.
    attrs : callable
        From the Frame, further attributes of the variable.
    priced : bool
        Whether only a scenario with prices has it.
    is_exact : bool
        Whether it has no interval, and so no `bound`.
    """

    name: str
    long_name: str
    unit: str
    estimate: Callable[[Samples, Frame, Groups | None, Weights | None], Estimate]
    attrs: Callable[[Frame], Mapping[str, float]] = lambda _frame: {}
    priced: bool = False
    is_exact: bool = False


def chance_of_shortage(
    metrics: Samples, threshold: float, groups: Groups | None = None, weights: Weights | None = None
) -> Estimate:
    """Estimate the probability that one use goes short, from its `peak_shortfall` (R,)."""
    return proportion(metrics["peak_shortfall"] > threshold, groups, weights)


def chance_of_unmet_need(
    metrics: Samples, threshold: float, groups: Groups | None = None, weights: Weights | None = None
) -> Estimate:
    """Estimate the probability of a shortage of which demand given up counts, from `peak_unmet_need` (R,)."""
    return proportion(metrics["peak_unmet_need"] > threshold, groups, weights)


def shortage_depth(metrics: Samples, threshold: float, weights: Weights | None = None) -> Estimate:
    """Estimate the median `peak_shortfall` (R,) of one use among the replications that go short (eq. R23a).

    Parameters
    ----------
    metrics : dict of str to (R,) float array
        With `peak_shortfall`.
    threshold : float
        A use goes short in a replication if its peak shortfall exceeds this.
    weights : (R,) float array, optional
        What each replication counts; equal by default.

    Returns
    -------
    Estimate
        As a share of demand; n is 0 if no replication goes short.
    """
    peaks = metrics["peak_shortfall"]
    short = peaks > threshold
    return sample_quantile(peaks[short], 0.5, None if weights is None else weights[short])


def time_to_survive(metrics: Samples, n_ticks: int, weights: Weights | None = None) -> Survival:
    """Return the time from the loss of inflow to the first short tick, among replications that lose it.

    Parameters
    ----------
    metrics : dict of str to (R,) float array
        With `inflow_lost` and `time_to_survive`, ticks.
    n_ticks : int
        Horizon.
    weights : (R,) float array, optional
        What each replication counts; equal by default.

    Returns
    -------
    Survival
        In ticks; censored at the end of the horizon.
    """
    lost = metrics["inflow_lost"]
    loses_inflow = ~np.isnan(lost)
    times = metrics["time_to_survive"][loses_inflow]
    failed = ~np.isnan(times)
    weights = None if weights is None else weights[loses_inflow]
    return survival(np.where(failed, times, n_ticks - lost[loses_inflow]), failed, weights)


def shortage_duration(
    metrics: Samples, n_ticks: int, threshold: float, weights: Weights | None = None
) -> Survival:
    """Return the length of the first shortage of one use in ticks, among replications that go short.

    Parameters
    ----------
    metrics : dict of str to (R,) float array
        With `peak_shortfall`, `first_shortage` and `recovery`.
    n_ticks : int
        Horizon; a shortage that is not over by then is censored.
    threshold : float
        A use goes short in a replication if its peak shortfall exceeds this.
    weights : (R,) float array, optional
        What each replication counts; equal by default.

    Returns
    -------
    Survival
    """
    short = (metrics["peak_shortfall"] > threshold) & ~np.isnan(metrics["first_shortage"])
    begin = metrics["first_shortage"][short]
    over = ~np.isnan(metrics["recovery"][short])
    weights = None if weights is None else weights[short]
    return survival(np.where(over, metrics["recovery"][short], n_ticks) - begin, over, weights)


def _survival_ticks(frame: Frame) -> float:
    return frame.settings.survival_period_days / frame.plan.tick_days


def _of_curve(
    name: str, what: str, curve: Callable[[Samples, Frame, Weights | None], Survival]
) -> tuple[UseEstimate, ...]:
    """Return what is told of a time of which some are censored: median, follow-up, and what lasts longer."""
    return (
        UseEstimate(
            f"{name}_median",
            f"median {what} (Kaplan-Meier)",
            "tick",
            lambda metrics, frame, _groups, weights: curve(metrics, frame, weights).quantile(0.5),
        ),
        UseEstimate(
            f"{name}_follow_up",
            f"longest {what} for which enough replications are watched",
            "tick",
            lambda metrics, frame, _groups, weights: Estimate(
                curve(metrics, frame, weights).follow_up, math.nan, math.nan, 0
            ),
            is_exact=True,
        ),
        UseEstimate(
            f"{name}_beyond",
            f"share in which the {what} exceeds the follow-up (Kaplan-Meier)",
            "1",
            lambda metrics, frame, _groups, weights: curve(metrics, frame, weights).beyond,
        ),
    )


USE_ESTIMATES = (
    UseEstimate(
        "probability_of_shortage",
        "probability that the shortfall over a window exceeds the threshold",
        "1",
        lambda metrics, frame, groups, weights: chance_of_shortage(
            metrics, frame.settings.threshold, groups, weights
        ),
        lambda frame: {"threshold": frame.settings.threshold},
    ),
    UseEstimate(
        "probability_of_unmet_need",
        "probability that what is short or given up over a window exceeds the threshold",
        "1",
        lambda metrics, frame, groups, weights: chance_of_unmet_need(
            metrics, frame.settings.threshold, groups, weights
        ),
        lambda frame: {"threshold": frame.settings.threshold},
        priced=True,
    ),
    UseEstimate(
        "shortage_depth_median",
        "median of the largest share of demand unmet over a window, among replications that go short",
        "1",
        lambda metrics, frame, _groups, weights: shortage_depth(metrics, frame.settings.threshold, weights),
        lambda frame: {"threshold": frame.settings.threshold},
    ),
    *_of_curve(
        "time_to_survive",
        "time from the loss of inflow to the first short tick",
        lambda metrics, frame, weights: time_to_survive(metrics, frame.plan.n_ticks, weights),
    ),
    UseEstimate(
        "time_to_survive_restricted_mean",
        "mean time from the loss of inflow to the first short tick, counted up to a limit",
        "tick",
        lambda metrics, frame, _groups, weights: time_to_survive(
            metrics, frame.plan.n_ticks, weights
        ).restricted_mean(_survival_ticks(frame)),
        lambda frame: {"restricted_to": _survival_ticks(frame)},
    ),
    *_of_curve(
        "shortage_duration",
        "length of the first shortage among replications that go short",
        lambda metrics, frame, weights: shortage_duration(
            metrics, frame.plan.n_ticks, frame.settings.threshold, weights
        ),
    ),
)
"""The estimates for each use of each region that need several metrics."""


def _use_estimates(
    columns: Mapping[str, Column], frame: Frame, weights: Weights | None
) -> dict[str, xr.Variable]:
    samples = [_OneUse(columns, row) for row in range(len(frame.region_uses))]
    count = len(samples[0]["fill_rate"]) if samples else 0
    groups = frame.plan.sampling.groups(np.arange(count))
    variables = {}
    for each in USE_ESTIMATES:
        if each.priced and frame.plan.prices is None:
            continue
        estimates = [bounds(each.estimate(metrics, frame, groups, weights)) for metrics in samples]
        values = np.array(estimates).reshape(-1, len(BOUNDS))
        grid = (
            frame.grid(REGION_USE, values[:, 0])
            if each.is_exact
            else frame.grid(REGION_USE, values, ("bound",))
        )
        variables[each.name] = with_attrs(grid, each.long_name, each.unit, **each.attrs(frame))
    return variables


class _OneUse(Mapping[str, FloatArray]):
    """The metrics of one use, read when needed."""

    def __init__(self, columns: Mapping[str, Column], row: int) -> None:
        self._columns = columns
        self._row = row

    def __getitem__(self, name: str) -> FloatArray:
        return self._columns[name][self._row]

    def __iter__(self) -> Iterator[str]:
        return (metric.name for metric in USE_METRICS)

    def __len__(self) -> int:
        return len(USE_METRICS)
