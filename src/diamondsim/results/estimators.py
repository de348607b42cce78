"""What may be estimated of one metric over the replications: mean, quantiles, value at risk and its tail.

Owns how the variables are named and described; `estimates` owns the formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.results.estimates import (
    conditional_value_at_risk,
    mean,
    proportion,
    sample_quantile,
    value_at_risk,
)
from diamondsim.results.sampling_error import Estimate, Groups, Weights

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
RISK_LEVEL = 0.95


@dataclass(frozen=True)
class Estimator:
    """An estimate, with its interval, of the distribution of a metric.

    Attributes
    ----------
    suffix : str
        Of the variable `METRIC_suffix`.
    long_name : str
        What it says of the metric, before the name of the metric in words.
    estimate : callable
        Takes a sample (n,) without NaN, the independent group of each replication, if they are not drawn
        independently, and what each counts, if not equally much; returns one Estimate for each index along
        `dims`.
    dims : tuple of str
        Dimensions of the estimates, besides those of the metric and `bound`.
    attrs : mapping of str to float
        Further attributes of the variable.
    of_all : bool
        Whether `estimate` takes the sample of all replications, those with NaN too.
    """

    suffix: str
    long_name: str
    estimate: Callable[[FloatArray, Groups | None, Weights | None], Sequence[Estimate]]
    dims: tuple[str, ...] = ()
    attrs: Mapping[str, float] = field(default_factory=dict)
    of_all: bool = False


def bounds(estimate: Estimate) -> tuple[float, float, float]:
    """Return an estimate in the order of the dimension `bound`."""
    return estimate.value, estimate.low, estimate.high


def _mean(sample: FloatArray, groups: Groups | None, weights: Weights | None) -> Sequence[Estimate]:
    return [mean(sample, groups, weights)]


def _amount_mean(sample: FloatArray, groups: Groups | None, weights: Weights | None) -> Sequence[Estimate]:
    return [mean(sample, groups, weights).within(0.0)]


def _share_mean(sample: FloatArray, groups: Groups | None, weights: Weights | None) -> Sequence[Estimate]:
    return [mean(sample, groups, weights).within(0.0, 1.0)]


def _quantiles(sample: FloatArray, _groups: Groups | None, weights: Weights | None) -> Sequence[Estimate]:
    order = None if weights is None else np.argsort(sample, kind="stable")
    ordered = np.sort(sample) if order is None else sample[order]  # sorting it again is fast
    weights = None if weights is None else weights[order]
    return [sample_quantile(ordered, level, weights) for level in QUANTILES]


def _value_at_risk(sample: FloatArray, _groups: Groups | None, weights: Weights | None) -> Sequence[Estimate]:
    return [value_at_risk(sample, RISK_LEVEL, weights)]


def _conditional_value_at_risk(
    sample: FloatArray, groups: Groups | None, weights: Weights | None
) -> Sequence[Estimate]:
    return [conditional_value_at_risk(sample, RISK_LEVEL, groups, weights)]


def _chance_of_any(sample: FloatArray, groups: Groups | None, weights: Weights | None) -> Sequence[Estimate]:
    return [proportion(sample > 0, groups, weights)]


def _chance_known(sample: FloatArray, groups: Groups | None, weights: Weights | None) -> Sequence[Estimate]:
    return [proportion(~np.isnan(sample), groups, weights)]


MEAN = Estimator("mean", "mean of", _mean)
AMOUNT_MEAN = Estimator("mean", "mean of", _amount_mean)
SHARE_MEAN = Estimator("mean", "mean of", _share_mean)
AT_QUANTILES = Estimator("quantiles", "quantiles of", _quantiles, ("quantile",))
VALUE_AT_RISK = Estimator("var", "value at risk of", _value_at_risk, attrs={"level": RISK_LEVEL})
CONDITIONAL_VALUE_AT_RISK = Estimator(
    "cvar", "mean of the worst replications of", _conditional_value_at_risk, attrs={"level": RISK_LEVEL}
)
CHANCE_OF_ANY = Estimator("probability", "probability of more than nothing:", _chance_of_any)
CHANCE_KNOWN = Estimator("probability", "probability that it happens:", _chance_known, of_all=True)
"""For the tick of an event, which is NaN where there is none."""
DISTRIBUTION = (MEAN, AT_QUANTILES)
AMOUNT_DISTRIBUTION = (AMOUNT_MEAN, AT_QUANTILES)
"""For what cannot be negative."""
SHARE_DISTRIBUTION = (SHARE_MEAN, AT_QUANTILES)
"""For what lies between 0 and 1."""
LOSS = (*AMOUNT_DISTRIBUTION, VALUE_AT_RISK, CONDITIONAL_VALUE_AT_RISK)
"""For a loss: it cannot be negative, large values are bad, and the tail matters."""
LOSS_OF_SHARE = (*SHARE_DISTRIBUTION, VALUE_AT_RISK, CONDITIONAL_VALUE_AT_RISK)
