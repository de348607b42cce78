"""The start, leads and orders against numbers worked out by hand (model.md, eq. 1-6, 28-32)."""

from __future__ import annotations

from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import feed, lane, reserve, small_case, source, use


def test_the_calm_case_stands_still(run: Run) -> None:
    """Each tick the lane brings 100, the node uses 100, orders 300 + 200 - (200 + 200) = 100; the feed
    stock holds 120 when its 120 are used; the reserve is full. Mixed leads: 0.75 * 1 + 0.25 * 5 = 2 ticks
    (3).
    """
    case = small_case(
        n_ticks=8,
        nodes=[
            use("a", demand=100, cover=2),
            use("mixed", demand=100, cover=1),
            use("plates", demand=60, cover=1, grade="plate"),
            feed("crystal", demand=120, cover=1),
            reserve("r", serves=["a"], stock=40, goal=40),
        ],
        sources=[
            source("s", capacity=500, finished_stock_ceiling=50),
            source("z", capacity=500),
            source("p", capacity=80, feed="crystal", yield_=0.5, grade="plate"),
        ],
        lanes=[
            lane("s", "a", lead=3),
            lane("s", "mixed", contract_share=0.75, lead=1),
            lane("z", "mixed", contract_share=0.25, lead=5),
            lane("p", "plates", lead=2),
            lane("s", "crystal", lead=4),
            lane("s", "r", lead=2),
        ],
    )
    got = run(case)
    for field, name, value in [
        ("stock", "a", 200),
        ("order", "a", 100),
        ("used", "a", 100),
        ("stock", "mixed", 100),
        ("order", "mixed", 100),
        ("stock", "plates", 60),
        ("stock", "crystal", 120),
        ("order", "crystal", 120),
        ("used", "crystal", 120),
        ("output", "p", 60),
        ("output", "s", 295),
        ("finished_stock", "s", 50),
        ("order", "r", 0),
        ("stock", "r", 40),
    ]:
        assert got.of(field, name) == close([value] * 8), (field, name)
    assert got.of("pipeline", "s", "a") == close([300] * 8)
    assert got.of("allocated", "s", "mixed") == close([75] * 8)
    assert got.of("pipeline", "z", "mixed") == close([125] * 8)
    assert got.of("expected_fill_rate", "s", "a") == close([1] * 8)


def test_what_is_sent_arrives_after_the_lead(run: Run) -> None:
    """Empty shelves: target 500, under way 200 after the arrival, so 300 are ordered at once; they come in
    tick 3.
    """
    case = small_case(
        n_ticks=6,
        nodes=[use("a", demand=100, cover=2, stock=0)],
        sources=[source("s", capacity=1000)],
        lanes=[lane("s", "a", lead=3)],
    )
    got = run(case)
    assert got.of("order", "a") == close([300, 100, 100, 100, 100, 100])
    assert got.of("arrived", "a") == close([100, 100, 100, 300, 100, 100])
    assert got.of("stock", "a") == close([0, 0, 0, 200, 200, 200])


def test_an_order_stops_at_the_ceiling(run: Run) -> None:
    """The same with a ceiling of 1.5: 150 a tick while the position lies below 350 of 500."""
    case = small_case(
        n_ticks=8,
        nodes=[use("a", demand=100, cover=2, stock=0, max_order=1.5)],
        sources=[source("s", capacity=1000)],
        lanes=[lane("s", "a", lead=3)],
    )
    got = run(case)
    assert got.of("order", "a") == close([150, 150, 150, 150, 100, 100, 100, 100])
    assert got.of("stock", "a") == close([0, 0, 0, 50, 100, 150, 200, 200])


def test_expected_flow_grows_and_noise_moves_demand_alone(run: Run) -> None:
    """D = 100, 110, 120, 120; demand 100, 110 * 1.5, 120 * 0.8, 0. Orders follow 3 D - stock: 300 - 200,
    330 - 135, 360 - 234, 360 - 360."""
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100, cover=2, growth=[1.0, 1.1, 1.2], noise=[0.0, 0.5, -0.2, -1.5])],
        sources=[source("s", capacity=1000)],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("demand", "a") == close([100, 165, 96, 0])
    assert got.of("stock", "a") == close([200, 135, 234, 360])
    assert got.of("order", "a") == close([100, 195, 126, 0])


def test_a_node_without_lanes_lives_on_its_stock(run: Run) -> None:
    case = small_case(n_ticks=3, nodes=[use("a", demand=100, stock=150)], sources=[source("s", capacity=5)])
    got = run(case)
    assert got.of("used", "a") == close([100, 50, 0])
    assert got.of("shortage", "a") == close([0, 50, 100])


def test_a_lead_beyond_the_horizon_never_arrives_and_stays_on_the_books(run: Run) -> None:
    """Every tick brings 100 of the opening pipeline of 900; what is ordered in return does not come in
    time.
    """
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, noise=[0.5, 0.0])],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a", lead=9)],
    )
    got = run(case)
    assert got.of("arrived", "a") == close([100, 100, 100])
    assert got.of("pipeline", "s", "a") == close([900, 900, 900])
    assert got.of("shortage", "a") == close([50, 0, 0])
