"""Prices (model.md, eq. 48-61) against numbers worked out by hand and against the textbook.

Unless a test says otherwise: a lead of one tick, no cover, no limit on a lane, unmet demand that is lost, and
no elasticity, so that each test has the one it is about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from diamondsim.engines.event.market_price import exponential
from diamondsim.ledger import FIELDS
from tests.engines.price_strategies import PricedSpec, priced_specs
from tests.engines.pricing import PriceSpec, at_rest, priced, unpriced
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import (
    BANNED,
    NONE,
    Case,
    CaseSpec,
    ControlSpec,
    control,
    feed,
    lane,
    reserve,
    small_case,
    source,
    use,
)
from tests.engines.strategies import calm_specs, case_specs

every_engine = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)
quick = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=40
)


def e(z: float) -> float:
    """(48), by the power of the library."""
    return ((2048 + z) / (2048 - z)) ** 1024


def close(*expected: float) -> object:
    return pytest.approx([*expected], rel=1e-11, abs=1e-11)


def log(price: float) -> float:
    """The inverse of `e`: z = 2048 (q - 1) / (q + 1) with q the 1024th root."""
    q = math.expm1(math.log(price) / 1024)
    return 2048 * q / (q + 2)


def move(wanted: float, available: float) -> float:
    return 2 * (wanted - available) / (wanted + available)


@given(st.floats(-20, 20))
def test_the_exponential_is_one_as_near_as_the_page_says(z: float) -> None:
    assert abs(exponential(z) / math.exp(z) - 1) <= abs(z) ** 3 / 12e6 + 1e-12


def test_the_exponential_of_nothing_is_one_exactly() -> None:
    assert exponential(0.0) == exponential(-0.0) == 1.0


def alone(
    *, n_ticks: int = 3, demand: float = 100, capacity: float = 100, **more: float | list[float]
) -> Case:
    """One use `a` supplied by one source `s`; `more` is about the source."""
    return small_case(
        n_ticks=n_ticks,
        nodes=[use("a", demand=demand, fill_rate_gain=0.0)],
        sources=[source("s", capacity=capacity, **more)],
        lanes=[lane("s", "a")],
    )


@every_engine
def test_two_ticks_of_two_zones_by_hand(run: Run) -> None:
    """Tick 0. All prices are 1. s stands before a ban that lets pass 0.25 of its flow to b; 0.4 of the rest
    leaks, half of that is seized: 0.25 + 0.4 * 0.5 * 0.75 = 0.4. What comes to b from s costs 0.1 more (in
    logs), which is 0.06 of its contracts. z runs at half, and has a floor of 0.2: its capacity is
    20 * e(0.5 * 0.2). Contracts take 110 from s and 40 from z.

    Tick 1. b pays its own price on the controlled lane and 0.2 on top.
    """
    w = priced(
        small_case(
            n_ticks=2,
            nodes=[
                use("a", demand=100, fill_rate_gain=0.0),
                use("b", demand=50, fill_rate_gain=0.0, noise=[0.2, 0.0], max_order=1.0),
            ],
            sources=[source("s", capacity=220), source("z", capacity=40, index=0.5)],
            lanes=[
                lane("s", "a", contract_share=0.8),
                lane("z", "a", contract_share=0.2),
                lane("s", "b", contract_share=0.6),
                lane("z", "b", contract_share=0.4),
            ],
            controls=[
                control(
                    "c",
                    states=BANNED,
                    covers=[("s", "b")],
                    approval_rate=0.25,
                    diversion_share=0.4,
                    seized=0.5,
                    diversion_delay=2,
                )
            ],
        ),
        zones={"a": "in", "s": "in", "b": "out", "z": "out"},
        gain=0.25,
        link=0.5,
        sourcing=2.0,
        demand={"a": 0.5, "b": 0.25},
        supply={"s": 0.2, "z": 0.5},
        supply_gain={"s": 0.5},
        floor={"z": 0.2},
        surcharges=[([("s", "b")], [0.1, 0.15]), ([("s", "b"), ("z", "a")], [0.0, 0.05])],
    )
    got = run(w)
    # Phase 1 of tick 0: b has 50, needs 1.2 of what it expects, and orders that for an empty shelf.
    b = 50 * e(-0.25 * 0.06)
    assert got.of("paid", "a")[0] == 1.0
    assert got.of("paid", "b")[0] == pytest.approx(e(0.06), rel=1e-12)
    assert got.of("demand", "b")[0] == pytest.approx(1.2 * b, rel=1e-12)
    assert got.of("forgone", "b")[0] == pytest.approx(1.2 * (50 - b), rel=1e-10)
    assert got.of("order", "b")[0] == pytest.approx(b, rel=1e-12)
    # The order goes by contract and price: s is 0.1 dearer than z.
    weights = [0.6 * e(-2 * 0.1), 0.4]
    made = 20 * e(0.1)
    asked = [20, b * weights[1] / sum(weights)]
    assert sum(asked) > made
    assert got.of("output", "z")[0] == pytest.approx(made, rel=1e-12)
    assert got.of("allocated", "s", "b")[0] >= b * weights[0] / sum(weights)
    # Phase 7: z offers half of its contracts (more, for its floor), s all of its own and 18 of b's at home.
    z = 10 * e(0.1)
    x_in = 0.25 * move(100, 80 + z + 18)
    x_out = 0.25 * move(b, 12 + z)
    # Of the trade between them what z sends passes freely, what s sends does not.
    drawn = 0.5 * z / (30 + z) * (x_out - x_in)
    x_in, x_out = x_in + drawn, x_out - drawn
    assert got.of("price", "grit", "in")[0] == pytest.approx(e(x_in), rel=1e-12)
    assert got.of("price", "grit", "out")[0] == pytest.approx(e(x_out), rel=1e-12)
    # Tick 1: what each pays, what it gives up, what s can make.
    z_a = 0.8 * x_in + 0.2 * (x_out + 0.05)
    z_b = 0.6 * (x_out + 0.2) + 0.4 * x_out
    assert got.of("paid", "a")[1] == pytest.approx(e(z_a), rel=1e-12)
    assert got.of("paid", "b")[1] == pytest.approx(e(z_b), rel=1e-12)
    assert got.of("demand", "a")[1] == pytest.approx(100 * e(-0.5 * z_a), rel=1e-12)
    assert got.of("forgone", "b")[1] == pytest.approx(50 - 50 * e(-0.25 * z_b), rel=1e-10)


@every_engine
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


@every_engine
def test_a_source_makes_less_when_its_cost_rises(run: Run) -> None:
    """It hears of its cost at the end of a tick, as of its price."""
    got = run(priced(alone(), supply=0.5, gain=0.0, costs={"s": [0.0, 0.3, 0.3]}))
    assert got.of("output", "s")[:3] == close(100, 100, 100 * e(-0.5 * 0.3))


@every_engine
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


@every_engine
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


@every_engine
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


@every_engine
def test_a_price_stays_within_its_limits(run: Run) -> None:
    dear = run(priced(alone(n_ticks=60, index=0.0), highest=math.log(4)))
    cheap = run(priced(alone(n_ticks=60, index=3.0), lowest=math.log(0.5)))
    assert max(dear.of("price", "grit", "here")) == pytest.approx(4, rel=1e-6)
    assert min(cheap.of("price", "grit", "here")) == pytest.approx(0.5, rel=1e-6)


@every_engine
def test_an_empty_market_moves_its_price_by_two_gains_a_tick(run: Run) -> None:
    got = run(priced(alone(index=0.0), gain=0.1))
    assert got.of("price", "grit", "here") == close(e(0.2), e(0.4), e(0.6))


def vanishing(*, demand: list[float], capacity: list[float]) -> Case:
    """One use and its source; both are multiples of 100, by tick."""
    return small_case(
        n_ticks=len(demand),
        nodes=[use("a", demand=100, growth=demand, fill_rate_gain=0.0)],
        sources=[source("s", capacity=100, index=capacity)],
        lanes=[lane("s", "a")],
    )


@every_engine
def test_a_market_in_which_nobody_bids_falls_by_two_gains_a_tick_to_its_lowest_price(run: Run) -> None:
    """100 are still offered to it: it is a glut like any other, the largest that there is."""
    w = vanishing(demand=[1.0] + [0.0] * 5, capacity=[1.0])
    got = run(priced(w, gain=0.1, lowest=-0.7))
    assert got.of("order", "a") == close(100, 0, 0, 0, 0, 0)
    assert got.of("price", "grit", "here") == close(1, e(-0.2), e(-0.4), e(-0.6), e(-0.7), e(-0.7))


@every_engine
def test_a_market_with_neither_bids_nor_supply_keeps_its_price_until_there_are_bids_again(run: Run) -> None:
    """Its source stops below a margin of -0.3, so that nothing is offered from tick 3 on."""
    w = vanishing(demand=[1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0], capacity=[1.0])
    got = run(priced(w, gain=0.1, stop=-0.3, lowest=-2.0))
    assert got.of("price", "grit", "here")[:5] == close(1, e(-0.2), e(-0.4), e(-0.4), e(-0.4))
    assert [x > 0.0 for x in got.of("capacity", "s")] == [True] * 3 + [False] * 3 + [True] * 2
    assert got.of("price", "grit", "here")[5] == pytest.approx(e(-0.2), rel=1e-12)


def two_zones(controls: Sequence[ControlSpec] = (), index: Sequence[float] = (1.0, 0.5)) -> Case:
    """a in `in`, b in `out`, each with 60 of its 100 from its own zone; from tick 1 on z makes half."""
    return small_case(
        n_ticks=400,
        nodes=[use(name, demand=100, queue_weight=0.0, max_order=1.0) for name in ("a", "b")],
        sources=[source("s", capacity=100), source("z", capacity=100, index=index)],
        lanes=[
            lane("s", "a", contract_share=0.6),
            lane("z", "a", contract_share=0.4),
            lane("s", "b", contract_share=0.4),
            lane("z", "b", contract_share=0.6),
        ],
        controls=controls,
    )


ZONES = {"a": "in", "s": "in", "b": "out", "z": "out"}


@every_engine
def test_free_trade_draws_the_prices_of_two_zones_together_and_a_ban_lets_them_part(run: Run) -> None:
    """A link in vain where nothing passes: what may not be sent is offered at home, 100 in `in` and 50 in
    `out`, where 100 are wanted.
    """
    ban = [control("c", states=[NONE, BANNED], covers=[("s", "b"), ("z", "a")], approval_rate=0.0)]

    def prices(link: float, controls: Sequence[ControlSpec] = ()) -> list[float]:
        got = run(priced(two_zones(controls), zones=ZONES, link=link, demand=0.5, supply=0.2))
        return [math.log(got.of("price", "grit", zone)[-1]) for zone in ("in", "out")]

    apart, near, shut = prices(0.0), prices(0.2), prices(0.2, ban)
    assert apart[1] - apart[0] > 0.5
    assert near[0] > 0.1
    assert 0.0 < near[1] - near[0] < 0.2 * (apart[1] - apart[0])
    # 50 P^0.2 = 100 P^-0.5 abroad, and nothing is missing at home.
    assert shut[1] == pytest.approx(math.log(2) / 0.7, rel=1e-3)
    assert shut[0] == pytest.approx(0.0, abs=1e-3)


@every_engine
def test_trade_that_is_partly_free_closes_so_much_less_of_a_difference(run: Run) -> None:
    half = [control("c", states=BANNED, covers=[("s", "b")], approval_rate=0.25)]
    got = run(priced(two_zones(half), zones=ZONES, link=0.5, gain=0.5))
    # s holds back 30 of 40: 60 + 40 + 30 against 100; 10 + 60 against 100. Of 80 between them 40 are free:
    # what a licence limits evens out nothing, though a quarter of it passes.
    x_in, x_out = 0.5 * move(100, 130), 0.5 * move(100, 70)
    drawn = 0.5 * 40 / 80 * (x_out - x_in)
    prices = [got.of("price", "grit", zone)[0] for zone in ("in", "out")]
    assert prices == close(e(x_in + drawn), e(x_out - drawn))


@every_engine
def test_a_licence_for_all_that_is_sold_is_as_good_as_free_trade(run: Run) -> None:
    all_of_it = [control("c", states=BANNED, covers=[("s", "b")], approval_rate=1.0)]
    got = run(priced(two_zones(all_of_it, index=[0.5]), zones=ZONES, link=0.5, gain=0.5))
    free = run(priced(two_zones(index=[0.5]), zones=ZONES, link=0.5, gain=0.5))
    assert got.of("price", "grit", "in")[0] == free.of("price", "grit", "in")[0] > 1.1


@every_engine
def test_three_markets_are_drawn_together_in_pairs(run: Run) -> None:
    """m sells 20 to l and 10 to r, which have nothing to do with each other. In tick 0 what l makes falls to
    nothing. Of its border all is with m, of that of m two thirds are.
    """
    w = small_case(
        n_ticks=1,
        nodes=[use(name, demand=100, fill_rate_gain=0.0) for name in ("a", "b", "c")],
        sources=[
            source("l", capacity=80, index=0.0),
            source("m", capacity=130),
            source("r", capacity=90),
        ],
        lanes=[
            lane("l", "a", contract_share=0.8),
            lane("m", "a", contract_share=0.2),
            lane("m", "b"),
            lane("m", "c", contract_share=0.1),
            lane("r", "c", contract_share=0.9),
        ],
    )
    zones = {"a": "left", "l": "left", "b": "mid", "m": "mid", "c": "right", "r": "right"}
    got = run(priced(w, zones=zones, link=0.6, gain=0.5))
    x = 0.5 * move(100, 20)
    prices = [got.of("price", "grit", zone)[0] for zone in ("left", "mid", "right")]
    assert prices == close(e(x - 0.6 * x), e(0.6 * 2 / 3 * x), 1.0)


@every_engine
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


def plant(**more: float | Sequence[float]) -> Case:
    """a buys from s, which sits abroad, and from tick 0 on a third of it from a facility f at home."""
    return small_case(
        n_ticks=3,
        nodes=[use("a", demand=90, min_fill_rate=1.0)],
        sources=[source("s", capacity=90), source("f", capacity=90, **more)],
        lanes=[lane("s", "a"), lane("f", "a", contract_share=1 / 3, opens=0, sourcing_limit=0.5)],
    )


ABROAD = {"a": "in", "f": "in", "s": "out"}


@every_engine
def test_a_facility_offers_no_more_than_its_buyers_may_take(run: Run) -> None:
    """It could make 90, but a takes no more than 45 of it. These displace as much of the 90 from abroad."""
    got = run(priced(plant(), zones=ABROAD))
    assert got.of("price", "grit", "in")[0] == 1.0
    assert got.of("price", "grit", "out")[0] == pytest.approx(e(0.1 * -2.0), rel=1e-12)


@every_engine
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


@every_engine
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


@every_engine
def test_a_facility_that_asks_for_its_cost_runs_where_its_cost_is_lower_at_the_start(run: Run) -> None:
    """Power is cheaper in tick 0 than at first output, at whose cost it would stop."""
    terms = PriceSpec(stop={"f": 0.1}, ask={"f": 0.1}, gain=0.0)
    cheap_at_first = replace(terms, ask_changes={"f": [-0.3, 0.0]}, costs={"f": [-0.3, 0.0]})
    assert min(run(priced(plant(), cheap_at_first)).of("capacity", "f")) == pytest.approx(90)


@every_engine
def test_a_facility_that_asks_for_its_cost_does_not_stop_for_the_price_of_the_market(run: Run) -> None:
    terms = PriceSpec(stop={"f": math.log(0.9)}, supply_gain={"f": 0.2})
    stops, asks = run(priced(glut(), terms)), run(priced(glut(), replace(terms, ask={"f": math.log(0.9)})))
    assert min(stops.of("output", "f")) == 0.0
    assert min(asks.of("output", "f")) > 0.0


@every_engine
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


@every_engine
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


@every_engine
def test_a_processor_offers_no_more_than_its_feed_gives_and_no_less_for_lack_of_stock(run: Run) -> None:
    """It could make 150 of the 100 it has sold, and has feed for 100 until the crystal stops coming."""
    w = small_case(
        n_ticks=4,
        nodes=[
            use("a", demand=100, fill_rate_gain=0.0),
            feed("crystal", demand=200, fill_rate_gain=0.0, grade="crystal"),
        ],
        sources=[
            source("s", capacity=200, index=[1.0, 0.25], grade="crystal"),
            source("p", capacity=150, feed="crystal", yield_=0.5),
        ],
        lanes=[lane("p", "a"), lane("s", "crystal")],
    )
    got = run(priced(w))
    assert got.of("output", "p") == close(100, 100, 25, 25)
    x = [0.0, 0.0, 0.1 * move(100, 25)]
    assert got.of("price", "grit", "here")[:3] == close(*[e(each) for each in x])


@every_engine
def test_an_order_that_only_replaces_what_was_withdrawn_is_no_bid(run: Run) -> None:
    """Half of 100 passes, and a fifth of the other 50 is withdrawn in each tick from then on.

    What waits counts as if it were on its way, so that a orders 100 and what is withdrawn: in tick 1, where
    150 have waited, 130. In tick 0 it orders 100 more, which are to wait.
    """
    w = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, cover=1, fill_rate_gain=0.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=BANNED, covers=[("s", "a")], approval_rate=0.5, withdrawal_rate=0.2)],
    )
    got = run(priced(w, zones={"a": "in", "s": "out"}, gain=0.1))
    assert got.of("withdrawn", "s", "a") == close(0, 30)
    assert got.of("order", "a") == close(200, 130)
    x = [0.1 * move(200, 50)]
    x.append(x[0] + 0.1 * move(100, 50))
    assert got.of("price", "grit", "in") == close(*[e(each) for each in x])


@every_engine
def test_who_has_no_lane_open_yet_bids_for_nothing(run: Run) -> None:
    """The feed stock of a mill to be wants 50 a tick from tick 2 on only."""
    w = small_case(
        n_ticks=3,
        nodes=[
            use("a", demand=100, fill_rate_gain=0.0),
            feed("mill feed", demand=50, cover=2, stock=0, fill_rate_gain=0.0),
        ],
        sources=[source("s", capacity=300), source("mill", capacity=50, feed="mill feed", grade="fine")],
        lanes=[lane("s", "a"), lane("s", "mill feed", opens=2)],
    )
    got = run(priced(w))
    assert got.of("price", "grit", "here")[:2] == [1.0, 1.0]
    # It orders (1 + 2) * 50 and the 50 that it will use in the tick.
    assert got.of("order", "mill feed")[2] == pytest.approx(200)
    assert got.of("price", "grit", "here")[2] == pytest.approx(e(0.1 * move(300, 100)), rel=1e-12)


@every_engine
def test_a_grade_without_a_market_has_its_surcharges_only(run: Run) -> None:
    w = alone(index=[0.5], n_ticks=4)
    got = run(
        priced(w, unpriced=["grit"], demand=0.5, supply=1.0, stop=9.0, surcharges=[([("s", "a")], 0.2)])
    )
    assert got.ledger["price"].shape == (4, 0, 1)
    assert got.of("paid", "a") == close(*[e(0.2)] * 4)
    assert got.of("demand", "a") == close(*[100 * e(-0.1)] * 4)
    assert got.of("output", "s") == close(*[50] * 4)


def glut() -> Case:
    """Two sources share a use alike; s makes three times as much from tick 5 to 30, and offers it."""
    return small_case(
        n_ticks=120,
        nodes=[use("a", demand=100, fill_rate_gain=0.0)],
        sources=[source("s", capacity=50, index=[1.0] * 5 + [3.0] * 25 + [1.0]), source("f", capacity=50)],
        lanes=[lane("s", "a", contract_share=0.5), lane("f", "a", contract_share=0.5)],
    )


@every_engine
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


@every_engine
def test_what_a_source_needs_rises_with_its_cost(run: Run) -> None:
    got = run(priced(alone(n_ticks=4), stop=math.log(0.9), costs={"s": [0.0, 0.1, 0.11, 0.1]}))
    assert [x > 0.0 for x in got.of("output", "s")] == [True, True, True, False]


@every_engine
def test_a_floor_above_the_price_of_the_start_counts_from_the_first_tick(run: Run) -> None:
    w = alone(demand=200, capacity=100)
    got = run(priced(w, supply=0.5, floor=0.4, gain=0.0))
    assert got.of("output", "s") == close(*[100 * e(0.2)] * 3)


@every_engine
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


@every_engine
@quick
@given(calm_specs(), st.integers(0, 2**32 - 1))
def test_calm_stays_calm_with_prices(run: Run, spec: CaseSpec, seed: int) -> None:
    """Without surcharges, floors and costs that change nothing moves, whatever responds to what.

    (A buyer of no weight gets nothing from a seller whose feed falls short by a rounding error.)
    """
    w = spec.build()
    without = run(w)
    assume(np.allclose(without.ledger["order"], w.draws.base_flow, rtol=1e-9, atol=0.0))
    got = run(at_rest(w, seed))
    assert np.abs(got.ledger["price"] - 1.0).max(initial=0.0) < 1e-10
    assert np.abs(got.ledger["paid"] - 1.0).max(initial=0.0) < 1e-10
    scale = max(np.abs(without.ledger[name]).max(initial=0.0) for name in FIELDS)
    for name in set(FIELDS) - {"price"}:
        assert np.abs(got.ledger[name] - without.ledger[name]).max(initial=0.0) <= 1e-10 * scale, name


@every_engine
@quick
@given(priced_specs())
def test_every_carat_is_accounted_for_at_any_price(run: Run, spec: PricedSpec) -> None:
    got = run(spec.build())
    assert np.abs(got.ledger.mass_balance(*got.case)).max() < 1e-11
    assert got.ledger["price"].min(initial=1.0) > 0.0


@every_engine
@quick
@given(case_specs())
def test_prices_to_which_nobody_responds_change_nothing_but_themselves(run: Run, spec: CaseSpec) -> None:
    w = spec.build()
    got, without = run(priced(w, gain=0.3, link=0.5)), run(unpriced(w))
    for name in set(FIELDS) - {"price", "paid"}:
        np.testing.assert_array_equal(got.ledger[name], without.ledger[name], err_msg=name)
    assert (without.ledger["paid"] == 1.0).all()
    assert not without.ledger["forgone"].any()
    assert without.ledger["price"].shape[1] == 0
