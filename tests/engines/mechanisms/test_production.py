"""What sources and processors make, worked out by hand (model.md, eq. 35, 41-42)."""

from __future__ import annotations

import pytest

from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import feed, lane, small_case, source, use


@pytest.mark.parametrize(
    "opening, capacity, made",
    [
        (20, 200, [130, 100, 100, 100]),
        (300, 200, [0, 0, 50, 100]),
        (0, 120, [120, 120, 110, 100]),
    ],
    ids=["below the ceiling", "too much", "slowly"],
)
def test_a_source_makes_what_is_ordered_and_fills_its_finished_stock(
    run: Run, opening: float, capacity: float, made: list[float]
) -> None:
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, cover=1)],
        sources=[source("s", capacity=capacity, finished_stock_ceiling=50, finished_stock=opening)],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    stock, finished = opening, []
    for m in made:
        stock += m - 100
        finished.append(stock)
    assert got.of("output", "s") == close(made)
    assert got.of("finished_stock", "s") == close(finished)


def test_an_outage_is_felt_when_the_stock_is_gone(run: Run) -> None:
    """Capacity 100, 50, 0, 100: 50 come in tick 2 (stock 50 left), 0 in tick 3: half of the demand is
    short.
    """
    case = small_case(
        n_ticks=5,
        nodes=[use("a", demand=100, cover=1)],
        sources=[source("s", capacity=100, index=[1.0, 0.5, 0.0, 1.0])],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("order", "a") == close([100, 100, 150, 200, 200])
    assert got.of("output", "s") == close([100, 50, 0, 100, 100])
    assert got.of("shortage", "a") == close([0, 0, 0, 50, 0])


def test_a_processor_lives_on_its_feed(run: Run) -> None:
    """100 of crystal make 25 of plate. From tick 2 no crystal is made: tick 3 uses up the feed stock of
    100, tick 4 makes nothing, and the plates that do not come are missed in tick 5.
    """
    case = small_case(
        n_ticks=6,
        nodes=[
            use("plates", demand=25, grade="plate"),
            feed("crystal", demand=100, cover=1, grade="crystal"),
        ],
        sources=[
            source("reactor", capacity=100, index=[1.0, 1.0, 0.0], grade="crystal"),
            source("saw", capacity=30, feed="crystal", yield_=0.25, grade="plate"),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal")],
    )
    got = run(case)
    assert got.of("output", "saw") == close([25, 25, 25, 25, 0, 0])
    assert got.of("used", "crystal") == close([100, 100, 100, 100, 0, 0])
    assert got.of("stock", "crystal") == close([100, 100, 100, 0, 0, 0])
    assert got.of("order", "crystal") == close([100, 100, 100, 200, 300, 300])
    assert got.of("shortage", "plates") == close([0, 0, 0, 0, 0, 25])


@pytest.mark.parametrize("capacity, stock, made", [(30, 100, 30), (500, 10, 27.5)], ids=["saws", "crystal"])
def test_a_processor_is_limited_by_its_saws_or_its_crystal(
    run: Run, capacity: float, stock: float, made: float
) -> None:
    """50 plates are ordered; the feed holds stock + 100 by then, a quarter of which becomes plate."""
    case = small_case(
        n_ticks=1,
        nodes=[use("plates", demand=25, cover=1, stock=0), feed("crystal", demand=100, stock=stock)],
        sources=[
            source("reactor", capacity=100),
            source("saw", capacity=capacity, feed="crystal", yield_=0.25),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal")],
    )
    got = run(case)
    assert got.of("order", "plates") == close([50])
    assert got.of("output", "saw") == close([made])
    assert got.of("stock", "crystal") == close([stock + 100 - made * 4])
