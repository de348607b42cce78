"""Contracts that move to a facility step by step (model.md, eq. 2), worked out by hand.

A quarter is 13 ticks of a week.
"""

from __future__ import annotations

import pytest

from tests.engines.running import ENGINES, Run
from tests.engines.small_case import Case, lane, small_case, source, use

every_engine = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


def taken_over(adoption: float) -> Case:
    """a buys 100 a tick from s; from tick 1 on its contracts move to f, up to 60 % of them."""
    return small_case(
        n_ticks=60,
        nodes=[use("a", demand=100, fill_rate_gain=0.0)],
        sources=[source("s", capacity=300), source("f", capacity=300, adoption=adoption)],
        lanes=[lane("s", "a"), lane("f", "a", contract_share=0.6, opens=1)],
    )


@every_engine
def test_contracts_move_to_a_facility_quarter_by_quarter(run: Run) -> None:
    got = run(taken_over(40.0))
    sold = got.of("allocated", "f", "a")
    steps = [0.0, *[60 * 13 / 40] * 13, *[60 * 26 / 40] * 13, *[60 * 39 / 40] * 13, *[60.0] * 20]
    assert sold == pytest.approx(steps, rel=1e-12)
    assert got.of("allocated", "s", "a") == pytest.approx([100 - x for x in steps], rel=1e-12)


@every_engine
def test_what_takes_no_longer_than_a_quarter_moves_at_once(run: Run) -> None:
    for adoption in (0.0, 5.0, 13.0):
        assert run(taken_over(adoption)).of("allocated", "f", "a")[:3] == pytest.approx([0.0, 60.0, 60.0])


@every_engine
def test_who_has_qualified_a_facility_may_take_more_of_it_at_once_where_others_fail(run: Run) -> None:
    """s stops in tick 3: the contracts that have moved so far do not limit what f may give."""
    w = small_case(
        n_ticks=6,
        nodes=[use("a", demand=100, fill_rate_gain=0.0)],
        sources=[
            source("s", capacity=100, index=[1.0, 1.0, 1.0, 0.0]),
            source("f", capacity=300, adoption=52),
        ],
        lanes=[lane("s", "a"), lane("f", "a", contract_share=0.6, opens=1, sourcing_limit=0.9)],
    )
    assert run(w).of("allocated", "f", "a") == pytest.approx([0, 15, 15, 90, 90, 90])


@every_engine
def test_a_buyer_keeps_of_its_old_contract_what_the_facility_is_not_expected_to_deliver(run: Run) -> None:
    """f takes over 60 % from tick 1 and delivers half of it: by tick 2 a expects three quarters.

    s has 120 for a and b, who ask for more. Its contracts with them are 100 and 100, then 40 and 100 while a
    expects all of f, then 100 * (1 - 0.6 * 0.75) = 55 and 100.
    """
    w = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, fill_rate_gain=0.5), use("b", demand=100, fill_rate_gain=0.0)],
        sources=[source("s", capacity=120), source("f", capacity=30)],
        lanes=[lane("s", "a"), lane("s", "b"), lane("f", "a", contract_share=0.6, opens=1)],
        contract_weight=1.0,
    )
    got = run(w)
    assert got.of("allocated", "f", "a") == pytest.approx([0, 30, 30])
    assert got.of("expected_fill_rate", "f", "a")[:2] == pytest.approx([1, 0.75])
    assert got.of("allocated", "s", "a") == pytest.approx([60, 120 * 40 / 140, 120 * 55 / 155])
    assert got.of("allocated", "s", "b") == pytest.approx([60, 120 * 100 / 140, 120 * 100 / 155])
