"""Estimates over the replications of a Dataset, as labelled variables with the limits of their intervals."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.results.estimates import (
    Estimate,
    Groups,
    expected_shortfall,
    mean,
    proportion,
    quantile,
    value_at_risk,
)
from diamondsim.results.frame import BOUNDS, QUANTILES, Frame, described
from diamondsim.results.metrics import METRICS
from diamondsim.results.survival import Survival, survival

FloatArray: TypeAlias = npt.NDArray[np.float64]
Samples: TypeAlias = Mapping[str, FloatArray]
"""The numbers (R,) of one use, by name."""

LOSSES = ("shortage", "peak_shortfall", "economic_loss")
RISK_LEVEL = 0.95


def estimate_variables(
    metrics: Mapping[str, Sequence[FloatArray]], frame: Frame, n_ticks: int, threshold: float
) -> dict[str, xr.Variable]:
    """Return what the replications say about each use of each region.

    Parameters
    ----------
    metrics : mapping of str to sequence of (R,) float array
        As `Summary.columns` gives them, one for each pair; read when needed.
    frame : Frame
    n_ticks : int
        Horizon; what was not seen by then is censored.
    threshold : float
        A use is short in a replication where its peak shortfall exceeds this.

    Returns
    -------
    dict of str to xarray.Variable
        `probability_of_shortage`, `fill_rate_mean`, `time_to_survive_median` and `shortage_duration_median`
        (region, use, bound); for each of `LOSSES` `NAME_mean`, `NAME_var`, `NAME_cvar` (region, use, bound)
        and `NAME_quantiles` (region, use, quantile, bound).
    """
    per_pair = [_OfPair(metrics, i) for i in range(len(frame.pairs))]
    groups = groups_of(frame, per_pair)

    def each(one: Callable[[Samples], Estimate], long_name: str, units: str, **more: float) -> xr.Variable:
        values = np.array([bounds(one(samples)) for samples in per_pair]).reshape(-1, 3)
        return described(frame.grid(values, ("bound",)), long_name, units, **more)

    found = {
        "probability_of_shortage": each(
            lambda m: chance_of_shortage(m, threshold, groups),
            "probability that the shortfall over some window exceeds the threshold",
            "1",
            threshold=threshold,
        ),
        "fill_rate_mean": each(
            lambda m: mean(m["fill_rate"], groups), "mean share of demand met in its tick", "1"
        ),
        "time_to_survive_median": each(
            lambda m: time_to_survive(m, n_ticks).quantile(0.5),
            "median time without the lost inflow until the first short tick (Kaplan-Meier)",
            "tick",
        ),
        "shortage_duration_median": each(
            lambda m: shortage_duration(m, n_ticks, threshold).quantile(0.5),
            "median length of the first shortage where a use goes short (Kaplan-Meier)",
            "tick",
        ),
    }
    for name in LOSSES:
        found |= _loss(name, per_pair, frame, each, groups)
    return found


def groups_of(frame: Frame, per_pair: Sequence[Samples]) -> Groups | None:
    """Return the independent group of each replication, (R,); None where they are drawn independently."""
    count = len(per_pair[0]["fill_rate"]) if per_pair else 0
    return frame.plan.sampling.groups(np.arange(count))


class _OfPair(Mapping[str, FloatArray]):
    """What was measured of one pair: read anew each time, so that memory never holds it all."""

    def __init__(self, metrics: Mapping[str, Sequence[FloatArray]], pair: int) -> None:
        self._metrics = metrics
        self._pair = pair

    def __getitem__(self, name: str) -> FloatArray:
        return self._metrics[name][self._pair]

    def __iter__(self) -> Iterator[str]:
        return iter(METRICS)

    def __len__(self) -> int:
        return len(METRICS)


def _loss(
    name: str,
    per_pair: Sequence[Samples],
    frame: Frame,
    each: Callable[..., xr.Variable],
    groups: Groups | None,
) -> dict[str, xr.Variable]:
    what, units = METRICS[name].long_name, metric_units(name, frame)
    levels = [_levels(m[name]) for m in per_pair]
    spread = frame.grid(np.array(levels).reshape(-1, len(QUANTILES), len(BOUNDS)), ("quantile", "bound"))
    tail = {"approval_rate": RISK_LEVEL}
    return {
        f"{name}_mean": each(lambda m: mean(m[name], groups), f"mean of: {what}", units),
        f"{name}_quantiles": described(spread, f"quantiles of: {what}", units),
        f"{name}_var": each(
            lambda m: value_at_risk(m[name], RISK_LEVEL), f"value at risk: {what}", units, **tail
        ),
        f"{name}_cvar": each(
            lambda m: expected_shortfall(m[name], RISK_LEVEL, groups),
            f"mean of the worst: {what}",
            units,
            **tail,
        ),
    }


def _levels(sample: FloatArray) -> list[tuple[float, float, float]]:
    ordered = np.sort(sample)  # once: what is in order is soon in order again
    return [bounds(quantile(ordered, level)) for level in QUANTILES]


def metric_units(name: str, frame: Frame) -> str:
    """Return the `units` of a metric over all uses."""
    unit = METRICS[name].unit
    return frame.quantity_unit if unit == "use" else unit


def chance_of_shortage(metrics: Samples, threshold: float, groups: Groups | None = None) -> Estimate:
    """Estimate the probability that one use goes short, from its `peak_shortfall` (R,)."""
    return proportion(metrics["peak_shortfall"] > threshold, groups)


def time_to_survive(metrics: Samples, n_ticks: int) -> Survival:
    """Return how long one use lasts on its stock after its inflow is lost, among replications that lose it.

    Parameters
    ----------
    metrics : dict of str to (R,) float array
        With `inflow_lost` and `time_to_survive`, ticks.
    n_ticks : int
        Horizon.

    Returns
    -------
    Survival
        In ticks; censored at the end of the horizon.
    """
    lost = metrics["inflow_lost"]
    seen = ~np.isnan(lost)
    times = metrics["time_to_survive"][seen]
    failed = ~np.isnan(times)
    return survival(np.where(failed, times, n_ticks - lost[seen]), failed)


def shortage_duration(metrics: Samples, n_ticks: int, threshold: float) -> Survival:
    """Return how long the first shortage of one use lasts, in ticks, among replications that go short.

    Parameters
    ----------
    metrics : dict of str to (R,) float array
        With `peak_shortfall`, `first_shortage` and `recovery`.
    n_ticks, threshold
        As in `estimate_variables`.
    """
    seen = (metrics["peak_shortfall"] > threshold) & ~np.isnan(metrics["first_shortage"])
    begin = metrics["first_shortage"][seen]
    over = ~np.isnan(metrics["recovery"][seen])
    return survival(np.where(over, metrics["recovery"][seen], n_ticks) - begin, over)


def bounds(estimate: Estimate) -> tuple[float, float, float]:
    """Return an estimate in the order of the dimension `bound`."""
    return dataclasses.astuple(estimate)[:3]
