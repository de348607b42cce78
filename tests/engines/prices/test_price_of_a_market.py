"""The price of one market (model.md, eq. 56-61), by hand and against the textbook."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.engines.event.market_price import exponential
from tests.engines.prices.worked_out import alone, close, e
from tests.engines.pricing import priced
from tests.engines.running import Run
from tests.engines.small_case import Case, lane, small_case, source, use


def vanishing(*, demand: list[float], capacity: list[float]) -> Case:
    """One use and its source; both are multiples of 100, by tick."""
    return small_case(
        n_ticks=len(demand),
        nodes=[use("a", demand=100, growth=demand, fill_rate_gain=0.0)],
        sources=[source("s", capacity=100, index=capacity)],
        lanes=[lane("s", "a")],
    )


@given(st.floats(-20, 20))
def test_the_exponential_is_one_as_near_as_the_page_says(z: float) -> None:
    assert abs(exponential(z) / math.exp(z) - 1) <= abs(z) ** 3 / 12e6 + 1e-12


def test_the_exponential_of_nothing_is_one_exactly() -> None:
    assert exponential(0.0) == exponential(-0.0) == 1.0


def test_the_price_clears_a_market_that_loses_70_percent_of_its_supply(run: Run) -> None:
    """0.3 P^0.2 = P^-0.3: P = (1 / 0.3)^2, of which P^-0.3 = 0.4855934 is bought."""
    w = alone(n_ticks=1200, index=[1.0] * 10 + [0.3])
    got = run(priced(w, demand=0.3, supply=0.2, supply_gain=0.1))
    assert got.of("price", "grit", "here")[9] == pytest.approx(1.0, abs=1e-12)
    assert got.of("price", "grit", "here")[-1] == pytest.approx(11.1111, rel=1e-3)
    assert got.of("used", "a")[-1] == pytest.approx(48.55934, rel=1e-3)
    assert got.of("output", "s")[-1] == pytest.approx(48.55934, rel=1e-3)
    assert got.of("forgone", "a")[-1] == pytest.approx(100 - 48.55934, rel=1e-3)
    assert got.of("shortage", "a")[-1] < 0.1


def test_the_price_clears_at_the_same_level_where_there_is_stock(run: Run) -> None:
    w = small_case(
        n_ticks=2500,
        nodes=[use("a", demand=100, fill_rate_gain=0.0, cover=4, max_order=1.5, backorder_share=0.5)],
        sources=[source("s", capacity=100, index=[1.0] * 10 + [0.3], finished_stock_ceiling=200)],
        lanes=[lane("s", "a", lead=3)],
    )
    got = run(priced(w, demand=0.3, supply=0.2, supply_gain=0.1, gain=0.05))
    assert max(got.of("price", "grit", "here")) > 12
    assert got.of("price", "grit", "here")[-1] == pytest.approx(11.1111, rel=1e-3)
    assert got.of("used", "a")[-1] == pytest.approx(48.55934, rel=1e-3)


def test_a_price_stays_within_its_limits(run: Run) -> None:
    dear = run(priced(alone(n_ticks=60, index=0.0), highest=math.log(4)))
    cheap = run(priced(alone(n_ticks=60, index=3.0), lowest=math.log(0.5)))
    assert max(dear.of("price", "grit", "here")) == pytest.approx(4, rel=1e-6)
    assert min(cheap.of("price", "grit", "here")) == pytest.approx(0.5, rel=1e-6)


def test_an_empty_market_moves_its_price_by_two_gains_a_tick(run: Run) -> None:
    got = run(priced(alone(index=0.0), gain=0.1))
    assert got.of("price", "grit", "here") == close(e(0.2), e(0.4), e(0.6))


def test_a_market_in_which_nobody_bids_falls_by_two_gains_a_tick_to_its_lowest_price(run: Run) -> None:
    """100 are still offered to it: it is a glut like any other, the largest that there is."""
    w = vanishing(demand=[1.0] + [0.0] * 5, capacity=[1.0])
    got = run(priced(w, gain=0.1, lowest=-0.7))
    assert got.of("order", "a") == close(100, 0, 0, 0, 0, 0)
    assert got.of("price", "grit", "here") == close(1, e(-0.2), e(-0.4), e(-0.6), e(-0.7), e(-0.7))


def test_a_market_with_neither_bids_nor_supply_keeps_its_price_until_there_are_bids_again(run: Run) -> None:
    """Its source stops below a margin of -0.3, so that nothing is offered from tick 3 on."""
    w = vanishing(demand=[1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0], capacity=[1.0])
    got = run(priced(w, gain=0.1, stop=-0.3, lowest=-2.0))
    assert got.of("price", "grit", "here")[:5] == close(1, e(-0.2), e(-0.4), e(-0.4), e(-0.4))
    assert [x > 0.0 for x in got.of("capacity", "s")] == [True] * 3 + [False] * 3 + [True] * 2
    assert got.of("price", "grit", "here")[5] == pytest.approx(e(-0.2), rel=1e-12)
