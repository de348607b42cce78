"""What a facility asks for and offers (model.md, eq. 54-60), by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.engines.prices.worked_out import close, e, glut, move
from tests.engines.pricing import PriceSpec, priced
from tests.engines.running import Run
from tests.engines.small_case import Case, lane, reserve, small_case, source, use


def plant(**more: float | Sequence[float]) -> Case:
    """a buys from s, which sits abroad, and from tick 0 on a third of it from a facility f at home."""
    return small_case(
        n_ticks=3,
        nodes=[use("a", demand=90, min_fill_rate=1.0)],
        sources=[source("s", capacity=90), source("f", capacity=90, **more)],
        lanes=[lane("s", "a"), lane("f", "a", contract_share=1 / 3, opens=0, sourcing_limit=0.5)],
    )


ABROAD = {"a": "in", "f": "in", "s": "out"}


def test_a_facility_offers_all_it_makes_and_other_entrants_nothing(run: Run) -> None:
    """The facility makes 60 and has 30 a tick of a's demand and 5 of b's; a reserve takes 8 from s as an
    entrant. Offered: 100 and 50 by s, 60 by f. In `out` the facility makes 50 + 60/7 of 58 that are wanted:
    what is too much goes home with s, which came from `in`.
    """
    w = small_case(
        n_ticks=1,
        nodes=[
            use("a", demand=100, fill_rate_gain=0.0),
            use("b", demand=50, fill_rate_gain=0.0),
            reserve("r", serves=["a"], stock=0, refill=8, goal=80),
        ],
        sources=[source("s", capacity=300), source("f", capacity=60)],
        lanes=[
            lane("s", "a"),
            lane("s", "b"),
            lane("f", "a", contract_share=0.3, opens=0),
            lane("f", "b", contract_share=0.1, opens=0),
            lane("s", "r", opens=0),
        ],
    )
    zones = {"a": "in", "s": "in", "b": "out", "f": "out", "r": "out"}
    got = run(priced(w, zones=zones))
    assert got.of("order", "r") == close(8)
    displaced = 50 + 60 * 5 / 35 - 58
    x_in = 0.1 * move(100, 100 + 60 * 30 / 35 + displaced)
    assert [got.of("price", "grit", z)[0] for z in ("in", "out")] == close(e(x_in), 1.0)


def test_a_facility_offers_no_more_than_its_buyers_may_take(run: Run) -> None:
    """It could make 90, but a takes no more than 45 of it. These displace as much of the 90 from abroad."""
    got = run(priced(plant(), zones=ABROAD))
    assert got.of("price", "grit", "in")[0] == 1.0
    assert got.of("price", "grit", "out")[0] == pytest.approx(e(0.1 * -2.0), rel=1e-12)


def test_a_facility_asks_no_less_than_its_cost_and_finds_fewer_buyers_for_it(run: Run) -> None:
    """It asks 0.4 more (in logs), and 3 is the elasticity of the choice: of its contracts it keeps e(-1.2)
    parts to one of s, who keeps all of its own until the first goods of f arrive. It offers e(-1.2) of its
    90, and earns what it asks.
    """
    got = run(priced(plant(), zones=ABROAD, ask={"f": 0.4}, sourcing=3.0, supply={"f": 0.5}, gain=0.25))
    part = e(-1.2) / 3 / (e(-1.2) / 3 + 1)
    assert got.of("allocated", "f", "a")[0] == pytest.approx(90 * part, rel=1e-12)
    offered = 90 * e(0.5 * 0.4) * e(-1.2)
    assert offered < 45
    assert got.of("price", "grit", "out")[0] == pytest.approx(e(0.25 * move(0, offered)), rel=1e-12)
    # Where the market is dearer than its cost it takes the price of the market.
    market = run(priced(plant(), zones=ABROAD, ask={"f": -0.1}, sourcing=3.0, gain=0.25))
    assert market.of("allocated", "f", "a")[0] == pytest.approx(90 / 3 / (1 / 3 + 1), rel=1e-12)


def test_what_a_facility_asks_moves_with_its_cost(run: Run) -> None:
    """It asks 0.4 more (in logs) in tick 0 and 0.6 more from tick 1 on, when power is dearer. Cost of 0.1 is
    capital, so that its cash cost rises by more, and its margin falls from 0.4 to 0.6 - 0.25.
    """
    terms = PriceSpec(zones=ABROAD, ask={"f": 0.4}, sourcing=3.0, supply={"f": 0.5}, gain=0.0)
    moving = replace(terms, ask_changes={"f": [0.0, 0.2]}, costs={"f": [0.0, 0.25]})
    got, alone_dearer = run(priced(plant(), moving)), run(priced(plant(), replace(terms, ask={"f": 0.6})))
    for tick, ask, kept in ((0, 0.4, 1), (1, 0.6, 2 / 3)):
        part = e(-3 * ask) / 3 / (e(-3 * ask) / 3 + kept)
        assert got.of("allocated", "f", "a")[tick] == pytest.approx(90 * part, rel=1e-12)
    assert got.of("allocated", "f", "a")[2] == pytest.approx(alone_dearer.of("allocated", "f", "a")[2])
    made = [90 * e(0.5 * margin) for margin in (0.4, 0.4, 0.6 - 0.25)]
    assert got.of("capacity", "f") == close(*made)


def test_a_facility_that_asks_for_its_cost_runs_where_its_cost_is_lower_at_the_start(run: Run) -> None:
    """Power is cheaper in tick 0 than at first output, at whose cost it would stop."""
    terms = PriceSpec(stop={"f": 0.1}, ask={"f": 0.1}, gain=0.0)
    cheap_at_first = replace(terms, ask_changes={"f": [-0.3, 0.0]}, costs={"f": [-0.3, 0.0]})
    assert min(run(priced(plant(), cheap_at_first)).of("capacity", "f")) == pytest.approx(90)


def test_a_facility_that_asks_for_its_cost_does_not_stop_for_the_price_of_the_market(run: Run) -> None:
    terms = PriceSpec(stop={"f": math.log(0.9)}, supply_gain={"f": 0.2})
    stops, asks = run(priced(glut(), terms)), run(priced(glut(), replace(terms, ask={"f": math.log(0.9)})))
    assert min(stops.of("output", "f")) == 0.0
    assert min(asks.of("output", "f")) > 0.0


def test_a_facility_that_asks_for_its_cost_runs_whatever_the_rounding_of_its_margin(run: Run) -> None:
    """Its margin falls from above to the cost, for which it asks, and rounding may put it a digit below."""
    scarce_at_first = small_case(
        n_ticks=9,
        nodes=[use("a", demand=100, fill_rate_gain=0.0)],
        sources=[source("s", capacity=50, index=[0.2] * 4 + [20.0]), source("f", capacity=50)],
        lanes=[lane("s", "a", contract_share=0.5), lane("f", "a", contract_share=0.5)],
    )
    for cost in np.log(np.linspace(0.9, 1.0, 21)):
        terms = PriceSpec(gain=1.0, stop={"f": cost}, ask={"f": cost})
        assert min(run(priced(scarce_at_first, terms)).of("output", "f")) > 0.0
