"""What counts as a bid and as an offer (model.md, eq. 54-57), by hand."""

from __future__ import annotations

import pytest

from tests.engines.prices.worked_out import alone, close, e, move
from tests.engines.pricing import priced
from tests.engines.running import Run
from tests.engines.small_case import BANNED, control, feed, lane, small_case, source, use


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


def test_a_grade_without_a_market_has_its_surcharges_only(run: Run) -> None:
    w = alone(index=[0.5], n_ticks=4)
    got = run(
        priced(w, unpriced=["grit"], demand=0.5, supply=1.0, stop=9.0, surcharges=[([("s", "a")], 0.2)])
    )
    assert got.ledger["price"].shape == (4, 0, 1)
    assert got.of("paid", "a") == close(*[e(0.2)] * 4)
    assert got.of("demand", "a") == close(*[100 * e(-0.1)] * 4)
    assert got.of("output", "s") == close(*[50] * 4)
