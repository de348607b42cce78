"""What producers and buyers do about a price (model.md, eq. 48-53), by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.engines.prices.worked_out import alone, close, e, glut, log, move
from tests.engines.pricing import PriceSpec, priced
from tests.engines.running import Run
from tests.engines.small_case import BANNED, control, lane, small_case, source, use


def test_a_source_takes_a_price_for_its_own_little_by_little(run: Run) -> None:
    """Capacity falls to half: the price rises by 0.1 * 2 * 50 / 150 in the first tick, half of which the
    source takes for its own; with elasticity 1 it makes so much more in the next.
    """
    w = alone(index=[0.5])
    got = run(priced(w, supply=1.0, supply_gain=0.5))
    x = 0.1 * move(100, 50)
    assert got.of("output", "s")[:2] == close(50, 50 * e(0.5 * x))
    later = x + 0.1 * move(100, 50 * e(0.5 * x))
    assert got.of("price", "grit", "here")[:2] == close(e(x), e(later))
    r = 0.5 * x + 0.5 * (later - 0.5 * x)
    assert got.of("output", "s")[2] == pytest.approx(50 * e(r), rel=1e-12)


def test_a_source_makes_less_when_its_cost_rises(run: Run) -> None:
    """It hears of its cost at the end of a tick, as of its price."""
    got = run(priced(alone(), supply=0.5, gain=0.0, costs={"s": [0.0, 0.3, 0.3]}))
    assert got.of("output", "s")[:3] == close(100, 100, 100 * e(-0.5 * 0.3))


def test_the_reference_flow_of_a_desk_stays_when_demand_falls_for_its_price(run: Run) -> None:
    """Half of a reference flow of 100 is admitted, though the use expects e(-0.2) of it."""
    w = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, fill_rate_gain=0.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=BANNED, covers=[("s", "a")], approval_rate=0.5)],
    )
    got = run(priced(w, gain=0.0, demand=0.4, surcharges=[([("s", "a")], 0.5)]))
    assert got.of("demand", "a") == close(*[100 * e(-0.2)] * 2)
    assert got.of("granted", "s", "a") == close(0, 50)


def test_a_target_stock_follows_the_price_of_a_year_and_not_of_the_week(run: Run) -> None:
    """A tariff of 0.2 from tick 1 on, elasticity 0.5: demand falls by e(-0.1) at once, the target of three
    ticks of it (a lead, two of cover) by a quarter of that a tick.
    """
    w = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, cover=2, fill_rate_gain=0.0)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "a")],
    )
    got = run(priced(w, gain=0.0, demand=0.5, planning=0.25, surcharges=[([("s", "a")], [0.0, 0.2])]))
    gap = 1 - e(-0.1)
    planned = [1.0, *(1 - gap * (1 - 0.75**k) for k in (1, 2, 3))]
    assert got.of("demand", "a") == close(100, *[100 * e(-0.1)] * 3)
    orders = [100 * e(-0.1) + 300 * (planned[t] - planned[t - 1]) for t in (1, 2, 3)]
    assert got.of("order", "a") == close(100, *orders)


def test_a_source_stops_below_its_price_unless_a_floor_keeps_it_running(run: Run) -> None:
    """It needs 0.9 times the price of the start, and takes a tenth of a change for its own in a tick."""
    terms = PriceSpec(stop={"f": math.log(0.9)}, supply_gain={"f": 0.2})
    freely = run(priced(glut(), terms))
    promised = run(priced(glut(), replace(terms, floor={"f": math.log(0.95)})))
    makes = freely.of("output", "f")
    first = makes.index(0.0)
    r = 0.0
    for t, price in enumerate(freely.of("price", "grit", "here")):
        running = r >= math.log(0.9)
        assert (makes[t] > 0.0) == running
        r += 0.2 * (log(price) - r)
    assert 5 < first < 30
    assert makes[-1] == pytest.approx(50)
    assert min(promised.of("output", "f")) == pytest.approx(50, rel=0.1)
    assert min(promised.of("price", "grit", "here")) < 0.7


def test_what_a_source_needs_rises_with_its_cost(run: Run) -> None:
    got = run(priced(alone(n_ticks=4), stop=math.log(0.9), costs={"s": [0.0, 0.1, 0.11, 0.1]}))
    assert [x > 0.0 for x in got.of("output", "s")] == [True, True, True, False]


def test_a_floor_above_the_price_of_the_start_counts_from_the_first_tick(run: Run) -> None:
    w = alone(demand=200, capacity=100)
    got = run(priced(w, supply=0.5, floor=0.4, gain=0.0))
    assert got.of("output", "s") == close(*[100 * e(0.2)] * 3)


def test_buyers_turn_to_the_cheaper_seller_by_the_elasticity_of_their_choice(run: Run) -> None:
    """A tariff of 0.3 in logs on half of the contracts: 0.15 above and below the mean, times 2."""
    w = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, fill_rate_gain=0.0)],
        sources=[source("s", capacity=300), source("z", capacity=300)],
        lanes=[lane("s", "a", contract_share=0.5), lane("z", "a", contract_share=0.5)],
    )
    got = run(priced(w, gain=0.0, sourcing=2.0, surcharges=[([("s", "a")], [0.0, 0.3])]))
    weights = [e(-0.6), 1.0]
    assert got.of("allocated", "s", "a") == close(50, 100 * weights[0] / sum(weights))
    assert got.of("allocated", "z", "a") == close(50, 100 * weights[1] / sum(weights))
