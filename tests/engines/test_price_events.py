"""What the event log says of prices."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from diamondsim.engines.event import Event, EventKind, run
from diamondsim.engines.event.event_log import EventLog
from diamondsim.engines.event.market_price import MarketPrice
from diamondsim.engines.event.price_observers import PriceObserver
from tests.engines.pricing import PriceSpec, priced
from tests.engines.small_case import Case, lane, small_case, source, use

ABOUT_PRICES = (
    EventKind.PRICE_HIGH,
    EventKind.PRICE_LOW,
    EventKind.PRICE_NORMAL,
    EventKind.STOPPED_BY_PRICE,
    EventKind.RUNS_AGAIN,
)


def about_prices(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.kind in ABOUT_PRICES]


def logged(path: Sequence[float]) -> list[tuple[int, EventKind, object]]:
    """Return what is logged of a price that takes this path, tick by tick."""
    log, market = EventLog(7.0), MarketPrice("grit", "here")
    observer = PriceObserver(log, market)
    for t, price in enumerate(path):
        market.log_price = math.log(price)
        observer.observe(t)
    return [(e.tick, e.kind, pytest.approx(e.quantity, rel=1e-5)) for e in log.events()]


def test_a_price_is_logged_once_at_each_step_until_it_is_back_to_normal() -> None:
    path = [1.0, 1.4, 1.6, 1.4, 1.7, 2.5, 1.9, 2.2, 1.3, 1.2, 1.6]
    assert logged(path) == [
        (2, EventKind.PRICE_HIGH, 1.6),
        (5, EventKind.PRICE_HIGH, 2.5),
        (9, EventKind.PRICE_NORMAL, 7),
        (10, EventKind.PRICE_HIGH, 1.6),
    ]


def test_a_jump_over_several_steps_is_logged_at_the_last_of_them() -> None:
    assert logged([1.0, 6.0, 11.0, 4.0]) == [(1, EventKind.PRICE_HIGH, 6.0), (2, EventKind.PRICE_HIGH, 11.0)]


def test_a_low_price_is_logged_as_a_high_one_is() -> None:
    assert logged([1.0, 0.79, 0.85, 0.45, 0.85, 0.95, 1.0]) == [
        (1, EventKind.PRICE_LOW, 0.79),
        (3, EventKind.PRICE_LOW, 0.45),
        (5, EventKind.PRICE_NORMAL, 4),
    ]


def test_a_price_that_falls_from_high_to_low_at_once_is_not_back_to_normal() -> None:
    assert logged([2.5, 0.7, 1.0]) == [
        (0, EventKind.PRICE_HIGH, 2.5),
        (1, EventKind.PRICE_LOW, 0.7),
        (2, EventKind.PRICE_NORMAL, 1),
    ]


def test_a_market_that_loses_supply_is_logged_step_by_step_with_the_reason() -> None:
    """Capacity falls to 30 of 100 in tick 10; the price ends at 11.1."""
    w = small_case(
        n_ticks=400,
        nodes=[use("a", demand=100)],
        sources=[source("s", capacity=100, index=[1.0] * 10 + [0.3])],
        lanes=[lane("s", "a")],
    )
    ledger, events = run(*priced(w, demand=0.3, supply=0.2))
    price = ledger["price"][:, 0, 0].tolist()
    rows = about_prices(events)
    assert [e.kind for e in rows] == [EventKind.PRICE_HIGH] * 5
    for event, step in zip(rows, (1.5, 2.0, 3.0, 5.0, 10.0), strict=True):
        assert price[event.tick - 1] < step < price[event.tick] == event.quantity
        assert event.entity == "here.grit"
        assert f"above {step:g} times the starting price" in event.why
    # By the first of these ticks demand has fallen a little, and the supply of 30 has risen a little.
    assert "bids are" in rows[0].why
    assert rows[0].why.endswith("times the supply")


def test_a_price_that_arbitrage_pulls_up_is_logged_with_that_reason() -> None:
    """Prices rise in `out`, and goods pass freely; in `in` there are fewer bids than supply."""
    w = small_case(
        n_ticks=200,
        nodes=[use("a", demand=100), use("b", demand=100)],
        sources=[source("s", capacity=200), source("z", capacity=100, index=[1.0, 0.3])],
        lanes=[lane("s", "a", contract_share=0.9), lane("z", "a", contract_share=0.1), lane("z", "b")],
    )
    zones = {"a": "in", "s": "in", "b": "out", "z": "out"}
    events = run(*priced(w, zones=zones, demand=0.5, link=0.5))[1]
    first = next(e for e in about_prices(events) if e.entity == "in.grit")
    assert first.why == "above 1.5 times the starting price: arbitrage with other zones pulls it up"


def plant(*, index: Sequence[float]) -> Case:
    """The other source makes three times as much in the ticks 5 to 29, for which there is no demand."""
    return small_case(
        n_ticks=120,
        nodes=[use("a", demand=100)],
        sources=[
            source("s", capacity=50, index=[1.0] * 5 + [3.0] * 25 + [0.5]),
            source("plant", capacity=50, index=list(index)),
        ],
        lanes=[lane("s", "a", contract_share=0.5), lane("plant", "a", contract_share=0.5)],
    )


def test_a_source_that_stops_because_of_its_price_and_runs_again_is_logged_with_its_ticks() -> None:
    w = plant(index=[1.0])
    ledger, events = run(*priced(w, stop={"plant": math.log(0.9)}, supply_gain={"plant": 0.2}))
    output = ledger["output"][:, 1, 0].tolist()
    rows = [e for e in events if e.entity == "plant"]
    stops = [e for e in rows if e.kind is EventKind.STOPPED_BY_PRICE]
    runs = [e for e in rows if e.kind is EventKind.RUNS_AGAIN]
    assert stops[0].tick == output.index(0.0)
    assert 0.8 < stops[0].quantity < 0.9
    assert stops[0].why == "it needs a price over cost of 0.9 times that at the start"
    assert len(stops) == len(runs)
    assert sum(e.quantity for e in runs) == sum(x == 0.0 for x in output)
    for stop, again in zip(stops, runs, strict=True):
        assert output[stop.tick : again.tick].count(0.0) == again.quantity
        assert min(output[again.tick : again.tick + 4]) > 0.0
        length = EventLog(7.0).span(again.tick - stop.tick)
        assert again.why == f"{length} after it stopped, its price is high enough again"


def test_an_outage_does_not_end_a_stop() -> None:
    w = plant(index=[1.0] * 15 + [0.0] * 8 + [1.0])
    terms = PriceSpec(stop={"plant": math.log(0.9)}, supply_gain={"plant": 0.2})
    events = run(*priced(w, terms))[1]
    [stop] = [e for e in events if e.kind is EventKind.STOPPED_BY_PRICE]
    [again] = [e for e in events if e.kind is EventKind.RUNS_AGAIN]
    assert stop.tick < 15
    assert again.tick > 23
    assert again.quantity == again.tick - stop.tick


def test_a_plant_that_makes_nothing_yet_is_not_stopped_by_its_price() -> None:
    w = plant(index=[0.0] * 20 + [1.0])
    ledger, events = run(*priced(w, stop={"plant": math.log(0.99)}, lowest=math.log(0.98), highest=0.0))
    assert ledger["price"][0, 0, 0] == 1.0
    stops = [e.tick for e in events if e.kind is EventKind.STOPPED_BY_PRICE]
    assert stops[0] == 20


def test_a_shortage_because_a_source_stopped_for_its_price_says_so() -> None:
    """The cost of making doubles in tick 3, at the only source from which the use buys."""
    w = small_case(
        n_ticks=10,
        nodes=[use("a", demand=100)],
        sources=[source("s", capacity=100)],
        lanes=[lane("s", "a")],
    )
    events = run(*priced(w, gain=0.0, stop=math.log(0.8), costs={"s": [0.0] * 3 + [math.log(2)]}))[1]
    begins = [e for e in events if e.kind is EventKind.SHORTAGE_BEGINS]
    assert [e.tick for e in begins] == [5]
    assert "s has stopped because of its price" in begins[0].why
    assert not [e for e in events if e.kind is EventKind.OUTPUT_REDUCED]
