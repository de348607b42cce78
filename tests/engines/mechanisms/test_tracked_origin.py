"""The tracked share of stock and consumption, worked out by hand (model.md, eq. 12-14)."""

from __future__ import annotations

from tests.engines.known_cases import close
from tests.engines.running import Run
from tests.engines.small_case import feed, lane, reserve, small_case, source, use


def test_the_tracked_share_mixes_in_stock(run: Run) -> None:
    """Opening 0.2; each tick half of the 100 that arrive carry 0.8: (20 + 40) / 200, (30 + 40) / 200."""
    case = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100, cover=1, tracked=0.2)],
        sources=[source("s", capacity=500, tracked=0.8), source("z", capacity=500)],
        lanes=[lane("s", "a", contract_share=0.5), lane("z", "a", contract_share=0.5)],
    )
    assert run(case).of("tracked", "a") == close([30, 35])


def test_origin_passes_through_a_processor_a_tick_late(run: Run) -> None:
    """The feed is mixed to 0.75, then 0.875 by crystal of the tracked origin; plates that arrive carry the
    share of the tick before: 0.5, 0.75, 0.875.
    """
    case = small_case(
        n_ticks=3,
        nodes=[
            use("plates", demand=25, tracked=1.0),
            feed("crystal", demand=100, cover=1, tracked=0.5),
        ],
        sources=[
            source("reactor", capacity=100, tracked=1.0),
            source("saw", capacity=30, feed="crystal", yield_=0.25, tracked=0.0),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal")],
    )
    assert run(case).of("tracked", "plates") == close([12.5, 18.75, 21.875])


def test_rounding_noise_sets_no_origin(run: Run) -> None:
    """(13): 1e-14 of another origin reaches an empty feed stock whose last crystal was all tracked; the
    plates sold from finished stock stay tracked.
    """
    case = small_case(
        n_ticks=2,
        nodes=[use("plates", demand=25), feed("crystal", demand=100, tracked=1.0)],
        sources=[
            source("reactor", capacity=0, tracked=0.0),
            source("saw", capacity=30, finished_stock=25, feed="crystal", yield_=0.25),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal", contract_share=1e-16)],
    )
    assert run(case).of("tracked", "plates") == close([25, 25])


def test_goods_from_a_reserve_carry_the_reserves_origin(run: Run) -> None:
    """60 of origin 1 from own stock; 30 and 10 from two reserves of 0.5 and 0.2."""
    case = small_case(
        n_ticks=2,
        nodes=[
            use("a", demand=100, tracked=1.0),
            reserve("r", serves=["a"], stock=30, tracked=0.5),
            reserve("q", serves=["a"], stock=90, tracked=0.2),
        ],
        sources=[source("s", capacity=60, tracked=1.0)],
        lanes=[lane("s", "a")],
    )
    assert run(case).of("tracked", "a") == close([100, 60 + 15 + 2])


def test_backlog_served_counts_as_tracked_consumption(run: Run) -> None:
    """40 short and waiting after tick 1; in tick 2, 140 arrive and are used, a quarter of them tracked."""
    case = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, backorder_share=1.0, tracked=0.25)],
        sources=[source("s", capacity=60, index=[1.0, 5.0], tracked=0.25)],
        lanes=[lane("s", "a")],
    )
    got = run(case)
    assert got.of("used", "a") == close([100, 60, 140])
    assert got.of("tracked", "a") == close([25, 15, 35])
