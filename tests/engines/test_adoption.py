"""Contracts that move to a facility step by step (model.md, eq. 2), worked out by hand.

A quarter is 13 ticks of a week.
"""

from __future__ import annotations

import pytest

from tests.engines.known_cases import of_no_facility, taken_over
from tests.engines.running import ENGINES, Run
from tests.engines.small_case import lane, small_case, source, use

every_engine = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


@every_engine
def test_contracts_move_to_a_facility_quarter_by_quarter(run: Run) -> None:
    """What f has taken over is given up at s one lead later; in between the order of 100 goes by both."""
    got = run(taken_over(40.0))
    taken = [0.0, *[0.6 * 13 / 40] * 13, *[0.6 * 26 / 40] * 13, *[0.6 * 39 / 40] * 13, *[0.6] * 20]
    kept = [1.0, *[1.0 - share for share in taken[:-1]]]
    sold = [100 * f / (s + f) for s, f in zip(kept, taken, strict=True)]
    assert got.of("allocated", "f", "a") == pytest.approx(sold, rel=1e-12)
    assert got.of("allocated", "s", "a") == pytest.approx([100 - x for x in sold], rel=1e-12)
    assert sold[13] == pytest.approx(60 * 13 / 40)
    assert sold[-1] == 60.0


@every_engine
def test_what_takes_no_longer_than_a_quarter_moves_at_once(run: Run) -> None:
    expected = [0.0, 100 * 0.6 / 1.6, 60.0]
    for adoption in (0.0, 5.0, 13.0):
        assert run(taken_over(adoption)).of("allocated", "f", "a")[:3] == pytest.approx(expected)


@every_engine
def test_who_has_qualified_a_facility_may_take_more_of_it_at_once_where_others_fail(run: Run) -> None:
    """s stops in tick 3: the contracts that have moved so far do not limit what f may give."""
    w = small_case(
        n_ticks=6,
        nodes=[use("a", demand=100, min_fill_rate=1.0)],
        sources=[
            source("s", capacity=100, index=[1.0, 1.0, 1.0, 0.0]),
            source("f", capacity=300, adoption=52),
        ],
        lanes=[lane("s", "a"), lane("f", "a", contract_share=0.6, opens=1, sourcing_limit=0.9)],
    )
    assert run(w).of("allocated", "f", "a") == pytest.approx([0, 15 / 1.15, 15, 90, 90, 90])


@every_engine
def test_a_buyer_keeps_of_its_old_contract_what_a_second_source_is_not_expected_to_deliver(run: Run) -> None:
    """f takes over 60 % from tick 1. In that tick a still has all of its contract with s, of which it expects
    0.8: it asks f for 100 * 0.6 / 1.4, gets 30 or 0.7 of it, and expects 0.85 by tick 2.

    s has 120 for a and b. In tick 1 it is asked for 100 * 0.8 / 1.4 by a, and b gets the rest. By tick 2 the
    contract of a is 100 * (1 - 0.6 * 0.85) = 49, that of b 100, and both ask for more than they get.
    """
    w = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, fill_rate_gain=0.5), use("b", demand=100, fill_rate_gain=0.0)],
        sources=[source("s", capacity=120), source("f", capacity=30)],
        lanes=[lane("s", "a"), lane("s", "b"), lane("f", "a", contract_share=0.6, opens=1)],
        contract_weight=1.0,
    )
    got = run(of_no_facility(w))
    assert got.of("allocated", "f", "a") == pytest.approx([0, 30, 30])
    assert got.of("expected_fill_rate", "f", "a")[:2] == pytest.approx([1, 0.85])
    assert got.of("allocated", "s", "a") == pytest.approx([60, 80 / 1.4, 120 * 49 / 149])
    assert got.of("allocated", "s", "b") == pytest.approx([60, 120 - 80 / 1.4, 120 * 100 / 149])


@every_engine
@pytest.mark.parametrize("lead", [1, 3, 8])
def test_a_buyer_keeps_its_old_contract_until_the_goods_of_the_new_seller_arrive(run: Run, lead: int) -> None:
    """Half of 100 moves in tick 2 to a seller with a longer lead: what arrives never falls below 100.

    At the end 50 come from each, and the buyer has the pipelines of both: 1 and `lead` times 50.
    """
    w = small_case(
        n_ticks=120,
        nodes=[use("a", demand=100, cover=8, min_fill_rate=1.0)],
        sources=[source("s", capacity=300), source("far", capacity=300)],
        lanes=[lane("s", "a"), lane("far", "a", contract_share=0.5, opens=2, lead=lead)],
    )
    got = run(w)
    assert got.of("used", "a") == pytest.approx([100] * 120)
    assert got.of("allocated", "s", "a")[-1] == pytest.approx(50, rel=1e-6)
    assert got.of("pipeline", "far", "a")[-1] == pytest.approx(50 * lead, rel=1e-6)
    assert got.of("stock", "a")[-1] == pytest.approx(800, rel=1e-6)
