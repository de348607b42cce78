"""Orders in whole lots (model.md, eq. 32a), of every engine."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.running import ENGINES, Run
from tests.engines.small_case import lane, small_case, source, use

every_engine = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)


def buyer(*, sourcing_limit=1.5, **policy):
    """A buyer of 100 a tick from one seller who can make a lot at once, two ticks away."""
    return small_case(
        n_ticks=13,
        nodes=[use("a", demand=100, **policy)],
        sources=[source("s", capacity=1000)],
        lanes=[lane("s", "a", lead=2, sourcing_limit=sourcing_limit)],
    )


@every_engine
def test_a_buyer_waits_for_its_reorder_point_and_orders_a_whole_lot(run: Run) -> None:
    """It is level at the start, so that the first order is due after a tick; a lot lasts four ticks.

    The lot is more than its sourcing limit for a tick, which widens with the lot.
    """
    got = run(buyer(lot_ticks=4, cover=1))
    assert got.of("order", "a") == [400, 0, 0, 0] * 3 + [400]
    assert got.of("allocated", "s", "a") == got.of("order", "a")
    assert got.of("arrived", "a") == [100, 100, 400, 0, 0, 0, 400, 0, 0, 0, 400, 0, 0]
    assert max(got.of("shortage", "a")) == 0


@every_engine
def test_as_many_lots_are_ordered_as_lift_the_position_to_the_level(run: Run) -> None:
    """An empty stock and a cover of 5 ticks: 600 are missing once demand is served, two lots of 400."""
    got = run(buyer(lot_ticks=4, cover=5, stock=0, sourcing_limit=3))
    assert got.of("order", "a")[:4] == [800, 0, 0, 400]


@every_engine
def test_what_a_seller_may_not_give_at_once_is_ordered_again(run: Run) -> None:
    """Of two lots the widened sourcing limit, 1.5 lots, lets 600 pass; the rest is missing a tick later."""
    got = run(buyer(lot_ticks=4, cover=5, stock=0))
    assert got.of("order", "a")[:4] == [800, 400, 0, 0]
    assert got.of("allocated", "s", "a")[:4] == [600, 400, 0, 0]


@every_engine
def test_the_largest_order_bounds_the_need_and_not_the_lot(run: Run) -> None:
    got = run(buyer(lot_ticks=4, cover=5, stock=0, max_order=1.5))
    assert got.of("order", "a")[:4] == [400, 400, 0, 400]


@every_engine
def test_without_a_lot_the_need_is_ordered(run: Run) -> None:
    got = run(buyer(lot_ticks=0, cover=1))
    assert got.of("order", "a") == [100] * 13


@every_engine
def test_a_small_lot_rounds_the_order_up(run: Run) -> None:
    got = run(buyer(lot_ticks=0.3, cover=1))
    orders = np.array(got.of("order", "a"))
    assert np.allclose(orders / 30, np.round(orders / 30))
    assert orders.max() == pytest.approx(120)
    assert orders.mean() == pytest.approx(100, abs=30 / 13)


@every_engine
def test_a_buyer_without_demand_orders_no_lot(run: Run) -> None:
    """Its expected demand is 0, and so is its lot."""
    case = small_case(
        n_ticks=5,
        nodes=[use("a", demand=0, lot_ticks=4), use("b", demand=100, cover=1, lot_ticks=2)],
        sources=[source("s", capacity=1000)],
        lanes=[lane("s", "a", lead=1), lane("s", "b", lead=1)],
    )
    got = run(case)
    assert got.of("order", "a") == [0] * 5
    assert got.of("order", "b") == [200, 0, 200, 0, 200]
