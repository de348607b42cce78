"""Every quantile of the package, at a level that the observations reach exactly.

Six of twelve replications are half of them, whatever their weights are divided by. In floating-point numbers
twelve weights of 1/12 add up to a little less, and the product of the factors of a survival curve may end on
either side of a half. The next observation is then a wrong median.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from diamondsim.backtesting.scoring import weighted_quantiles
from diamondsim.reporting.use_rows import values_at
from diamondsim.results.estimates import sample_quantile
from diamondsim.results.survival import survival

Array = np.ndarray
Quantile = Callable[[Array, float, Array | None], float]


def of_survival(times: Array, level: float, weights: Array | None) -> float:
    return survival(times, np.ones(len(times), dtype=bool), weights).quantile(level).value


def of_a_forecast(values: Array, level: float, weights: Array | None) -> float:
    share = np.full(len(values), 1 / len(values)) if weights is None else weights / weights.sum()
    return float(weighted_quantiles(values, share, np.array([level]))[0])


QUANTILES: dict[str, Quantile] = {
    "estimate": lambda sample, level, weights: sample_quantile(sample, level, weights).value,
    "survival": of_survival,
    "report": lambda sample, level, weights: values_at(sample, [level], weights)[0],
    "forecast": of_a_forecast,
}
WEIGHTS: dict[str, Callable[[int], Array | None]] = {
    "none": lambda _: None,
    "ones": np.ones,
    "shares": lambda n: np.full(n, 1 / n),
    "tenths": lambda n: np.full(n, 0.1),
}


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS)
@pytest.mark.parametrize("quantile", QUANTILES.values(), ids=QUANTILES)
def test_the_median_of_one_to_n_is_n_over_two(quantile, weights):
    found = {n: quantile(np.arange(1.0, n + 1), 0.5, weights(n)) for n in range(2, 402, 2)}
    assert {n: median for n, median in found.items() if median != n / 2} == {}


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS)
@pytest.mark.parametrize("quantile", QUANTILES.values(), ids=QUANTILES)
def test_nineteen_twentieths_of_n_are_reached_by_their_last(quantile, weights):
    found = {n: quantile(np.arange(1.0, n + 1), 0.95, weights(n)) for n in range(20, 2020, 20)}
    assert {n: value for n, value in found.items() if value != n * 19 // 20} == {}


@pytest.mark.parametrize("quantile", QUANTILES.values(), ids=QUANTILES)
@pytest.mark.parametrize("n", [100_000, 1_000_000])
def test_the_median_of_many_replications_of_two_values_is_the_smaller(quantile, n):
    halves = np.repeat([10.0, 20.0], n // 2)
    assert quantile(halves, 0.5, np.full(n, 1 / n)) == 10


def test_a_weighted_survival_curve_of_many_times_reaches_a_half():
    n = 100_000
    assert of_survival(np.arange(1.0, n + 1), 0.5, np.full(n, 1 / n)) == n / 2


@pytest.mark.parametrize("quantile", QUANTILES.values(), ids=QUANTILES)
def test_the_quantiles_at_the_ends_are_the_least_and_the_greatest(quantile):
    values = np.arange(1.0, 13.0)
    for weights in WEIGHTS.values():
        assert quantile(values, 1e-6, weights(12)) == 1
        assert quantile(values, 1.0, weights(12)) == 12
