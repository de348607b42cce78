"""Prices of several zones that can trade (model.md, eq. 55-58), by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from tests.engines.prices.worked_out import close, e, move
from tests.engines.pricing import priced
from tests.engines.running import Run
from tests.engines.small_case import BANNED, NONE, Case, ControlSpec, control, lane, small_case, source, use


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


def test_trade_that_is_partly_free_closes_so_much_less_of_a_difference(run: Run) -> None:
    half = [control("c", states=BANNED, covers=[("s", "b")], approval_rate=0.25)]
    got = run(priced(two_zones(half), zones=ZONES, link=0.5, gain=0.5))
    # s holds back 30 of 40: 60 + 40 + 30 against 100; 10 + 60 against 100. Of 80 between them 40 are free:
    # what a licence limits evens out nothing, though a quarter of it passes.
    x_in, x_out = 0.5 * move(100, 130), 0.5 * move(100, 70)
    drawn = 0.5 * 40 / 80 * (x_out - x_in)
    prices = [got.of("price", "grit", zone)[0] for zone in ("in", "out")]
    assert prices == close(e(x_in + drawn), e(x_out - drawn))


def test_a_licence_for_all_that_is_sold_is_as_good_as_free_trade(run: Run) -> None:
    all_of_it = [control("c", states=BANNED, covers=[("s", "b")], approval_rate=1.0)]
    got = run(priced(two_zones(all_of_it, index=[0.5]), zones=ZONES, link=0.5, gain=0.5))
    free = run(priced(two_zones(index=[0.5]), zones=ZONES, link=0.5, gain=0.5))
    assert got.of("price", "grit", "in")[0] == free.of("price", "grit", "in")[0] > 1.1


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
