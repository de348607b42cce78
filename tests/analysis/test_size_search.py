"""The search for the smallest size along a line, and for the cheapest mix, on known functions."""

from __future__ import annotations

import math

import pytest

from diamondsim.analysis.cheapest_mix import cheapest_mix
from diamondsim.analysis.size_search import GRID, Line
from tests.analysis.known_curves import KnownRuns, chance_at_most, survives_at_least

TOLERANCE = 0.05


def search(function, target, most=1000.0, **limits):
    runs = KnownRuns(lambda sizes: function(sizes[0]), target, **limits)
    found = Line(runs, lambda size: (size,), TOLERANCE).search([share * most for share in GRID])
    return runs, found


@pytest.mark.parametrize("mean", [20, 90, 360])
@pytest.mark.parametrize("limit", [0.1, 0.5])
def test_an_exponential_chance_is_met_where_it_is_and_so_are_its_limits(mean, limit):
    runs, found = search(lambda size: math.exp(-size / mean), chance_at_most(limit))
    exact = {"size": -mean * math.log(limit)}
    exact["low"], exact["high"] = (-mean * math.log(limit / factor) for factor in (0.9, 1.1))
    assert exact["size"] <= found.size <= exact["size"] * (1 + TOLERANCE) + 1
    assert exact["low"] * (1 - 2 * TOLERANCE) - 1 <= found.low <= exact["low"]
    assert exact["high"] <= found.high <= exact["high"] * (1 + 2 * TOLERANCE) + 1
    assert found.monotone
    assert runs.answers[found.size,][0] <= limit, "what is found has been simulated"


@pytest.mark.parametrize("most", [20, 92])
@pytest.mark.parametrize("limit", [0.05, 0.1, 0.2, 0.3])
@pytest.mark.parametrize(
    "curve",
    [lambda x: 0.436 / (1 + x / 2.5), lambda x: 0.8 * math.exp(-x / 3), lambda x: max(0, 0.8 - x / 9)],
)
def test_a_search_takes_no_longer_than_six_runs(curve, limit, most):
    """22 sizes and 2 for the check, of 1,024 replications each, are as much as 6 runs of 4,096."""
    target = chance_at_most(limit)
    runs = KnownRuns(lambda sizes: curve(sizes[0]), target, low=0.85, high=1.15)
    Line(runs, lambda size: (size,), TOLERANCE).search([share * most for share in GRID])
    assert len(runs.answers) <= 22


def test_a_step_is_found_within_the_tolerance():
    runs, found = search(lambda size: 1.0 if size < 333 else 0.0, chance_at_most(0.3))
    assert 333 <= found.size <= 333 * (1 + TOLERANCE)
    assert len(runs.answers) <= 18


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_a_size_close_to_nothing_ends_the_search(share):
    _, found = search(lambda size: 1.0 if size < share * 1e-9 else 0.0, chance_at_most(0.3))
    assert 0 < found.size < 1


def test_a_target_that_the_largest_size_misses_is_not_reached():
    _, found = search(lambda size: 0.5 - size / 10_000, chance_at_most(0.3))
    assert math.isnan(found.size)


def test_a_target_that_is_met_without_any_stock_needs_none():
    _, found = search(lambda _: 0.1, chance_at_most(0.3))
    assert (found.size, found.low, found.high) == (0.0, 0.0, 0.0)


def test_a_limit_that_never_meets_the_target_is_infinite():
    _, found = search(lambda size: 0.5 * math.exp(-size / 2000), chance_at_most(0.32), high=1.2)
    assert 0.5 * math.exp(-found.size / 2000) <= 0.32
    assert math.isinf(found.high)


def test_of_an_answer_that_goes_back_and_forth_the_last_miss_counts():
    def wave(size):
        return 0.1 if 200 <= size < 300 or size >= 700 else 0.9

    _, found = search(wave, chance_at_most(0.3))
    assert 700 <= found.size <= 700 * (1 + TOLERANCE)
    assert not found.monotone


@pytest.mark.parametrize("beyond", [500, math.inf])
def test_a_time_to_survive_has_to_be_long_and_may_have_no_end(beyond):
    _, found = search(lambda size: 2 * size if size < beyond else math.inf, survives_at_least(800))
    assert 400 <= found.size <= 400 * (1 + TOLERANCE)
    # Of a time the upper limit is the better one.
    assert 800 / 2.2 * (1 - 2 * TOLERANCE) <= found.low <= 800 / 2.2
    assert 800 / 1.8 <= found.high <= 800 / 1.8 * (1 + 2 * TOLERANCE)


def mix(function, prices, target=None):
    runs = KnownRuns(function, target or chance_at_most(0.3))

    def cost(sizes):
        return sum(price * size for price, size in zip(prices, sizes, strict=True))

    return cheapest_mix(runs, (100.0,) * len(prices), cost, TOLERANCE)


@pytest.mark.parametrize("prices", [(1, 1), (1, 5), (5, 1)])
def test_stocks_that_are_needed_together_are_made_equal(prices):
    """The weaker one decides, so that more of the other is money for nothing, whatever it costs."""
    found = mix(lambda sizes: math.exp(-min(sizes) / 20), prices)
    assert found == pytest.approx((-20 * math.log(0.3),) * 2, rel=TOLERANCE, abs=0.1)


@pytest.mark.parametrize("prices, cheap", [((1, 3), 0), ((3, 1), 1), ((2, 9, 5), 0)])
def test_of_stocks_that_do_the_same_the_cheap_one_is_taken(prices, cheap):
    found = mix(lambda sizes: math.exp(-sum(sizes) / 20), prices)
    wanted = [0.0] * len(prices)
    wanted[cheap] = -20 * math.log(0.3)
    assert found == pytest.approx(tuple(wanted), rel=TOLERANCE, abs=0.1)


def test_a_mix_lasts_long_enough():
    found = mix(lambda sizes: min(sizes[0], 3 * sizes[1]), (1, 1), survives_at_least(40))
    assert found == pytest.approx((40, 40 / 3), rel=TOLERANCE)


def test_a_mix_that_the_largest_stocks_miss_does_not_exist():
    assert mix(lambda sizes: 0.9 - sum(sizes) / 1000, (1, 1)) is None
