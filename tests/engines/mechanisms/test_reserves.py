"""When a reserve opens, whom it serves and when it refills, worked out by hand."""

from __future__ import annotations

import pytest

from diamondsim.plan import ControlState
from tests.engines.known_cases import close, short_by_two_fifths
from tests.engines.running import Run
from tests.engines.small_case import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    control,
    lane,
    reserve,
    small_case,
    source,
    use,
)


def test_a_reserve_opens_above_its_trigger_and_serves_in_order(run: Run) -> None:
    """40 and 20 are missing, 0.4 of demand. Tick 2: budget min(50, 70): 40 for a, 10 for b.
    Tick 3: the last 20.
    """
    got = run(short_by_two_fifths(reserve("r", serves=["a", "b"], stock=70, rate=50, trigger=0.39)))
    assert got.of("from_reserve", "a") == close([0, 0, 40, 20])
    assert got.of("from_reserve", "b") == close([0, 0, 10, 0])
    assert got.of("shortage", "a") == close([0, 0, 0, 20])
    assert got.of("shortage", "b") == close([0, 0, 10, 20])
    assert got.of("used", "r") == close([0, 0, 50, 20])
    assert got.of("stock", "r") == close([70, 70, 20, 0])


def test_a_reserve_stays_shut_below_its_trigger(run: Run) -> None:
    got = run(short_by_two_fifths(reserve("r", serves=["a", "b"], stock=70, trigger=0.41)))
    assert got.of("from_reserve", "a") == close([0] * 4)
    assert got.of("shortage", "b") == close([0, 0, 20, 20])


def test_a_reserve_stays_shut_at_its_trigger(run: Run) -> None:
    """(24) asks for more than the trigger: half is missing, and the trigger is a half."""
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=128), reserve("r", serves=["a"], stock=99, trigger=0.5)],
        sources=[source("s", capacity=128, index=[1.0, 0.5])],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("shortage", "a") == [0, 0, 64]
    assert got.of("stock", "r") == [99, 99, 99]


def test_the_serving_order_is_the_reserves_own(run: Run) -> None:
    got = run(short_by_two_fifths(reserve("r", serves=["b", "a"], stock=100, rate=25)))
    assert got.of("from_reserve", "b") == close([0, 0, 20, 20])
    assert got.of("from_reserve", "a") == close([0, 0, 5, 5])


def test_a_later_reserve_sees_what_an_earlier_one_left_short(run: Run) -> None:
    """After 10 from the first, a lacks 30 of 100: above the second's trigger, below the third's."""
    case = short_by_two_fifths(
        reserve("first", serves=["a"], stock=100, rate=10),
        reserve("second", serves=["a"], stock=5, trigger=0.29),
        reserve("third", serves=["a"], stock=100, trigger=0.26),
    )
    got = run(case)
    assert got.of("used", "first") == close([0, 0, 10, 10])
    assert got.of("used", "second") == close([0, 0, 5, 0])
    assert got.of("used", "third") == close([0, 0, 0, 30])
    assert got.of("from_reserve", "a") == close([0, 0, 15, 40])


@pytest.mark.parametrize(
    "states, orders, stocks",
    [
        ([NONE], [20, 0, 0], [60, 80, 100]),
        ([BANNED], [20, 20, 20], [60, 80, 80]),
        ([NONE, LICENSING], [20, 0, 0], [60, 80, 100]),
        ([ANNOUNCED], [20, 0, 0], [60, 80, 100]),
    ],
    ids=["free", "banned", "licensing later", "announced"],
)
def test_a_reserve_refills_to_its_goal_but_not_where_it_needs_a_licence(
    run: Run, states: list[ControlState], orders: list[float], stocks: list[float]
) -> None:
    """Goal 100, at most 20 a tick, lead 2: 40 in stock and 20 + 20 under way at the start. Tick 0: 60 + 20
    under way: 20 more. What was sent before the control arrives. Under it the reserve goes on ordering, but
    wants nothing of the only seller, who needs a licence.
    """
    case = small_case(
        n_ticks=3,
        nodes=[reserve("r", serves=[], stock=40, refill=20, goal=100), use("a", demand=10)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "r", lead=2), lane("s", "a")],
        controls=[control("c", states=states, covers=[("s", "r")], approval_rate=1.0)],
    )
    got = run(case)
    assert got.of("order", "r") == close(orders)
    assert got.of("stock", "r") == close(stocks)


def test_a_control_elsewhere_does_not_stop_a_refill(run: Run) -> None:
    """Goal far away: 20 ordered in every tick though the other node's lane is banned."""
    case = small_case(
        n_ticks=3,
        nodes=[reserve("r", serves=["a"], stock=0, refill=20, goal=1000, trigger=9.0), use("a", demand=10)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "r"), lane("s", "a")],
        controls=[control("c", states=BANNED, covers=[("s", "a")])],
    )
    got = run(case)
    assert got.of("order", "r") == close([20, 20, 20])
    assert got.of("stock", "r") == close([20, 40, 60])
