"""What the event log says of outages, feed and demand, and the shortage that follows from them."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from diamondsim.engines.event import EventKind, run
from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.event_log import EventLog
from diamondsim.engines.event.producer_process import ProducerProcess
from tests.engines.event_engine.log_rows import of_kind, rows_of
from tests.engines.known_cases import close
from tests.engines.small_case import feed, lane, small_case, source, use


@pytest.mark.parametrize("demand", [0.01, 100.0])
def test_an_outage_is_logged_and_is_the_cause_of_the_shortage_that_follows(demand: float) -> None:
    """Capacity 100 %, then 40 % in ticks 2 and 3: 60 % are missing in ticks 3 and 4."""
    w = small_case(
        n_ticks=9,
        nodes=[use("a", demand=demand)],
        sources=[source("s", capacity=demand, index=[1.0, 1.0, 0.4, 0.4, 1.0])],
        lanes=[lane("s", "a")],
    )
    events = run(*w)[1]
    assert rows_of(events) == [
        (2, EventKind.OUTAGE_BEGINS, "s", 0.6),
        (3, EventKind.SHORTAGE_BEGINS, "a", 0.6),
        (4, EventKind.OUTAGE_ENDS, "s", 2),
        (5, EventKind.SHORTAGE_ENDS, "a", 1.2 * demand),
    ]
    # Of what was due from ticks 0 to 2, three times the demand, 60 % of one tick are missing.
    assert events[1].why == "20 % of its recent inflow is missing: outage at s"


@pytest.mark.parametrize(
    "begin, end, out",
    [
        (0, 3, False),  # over before it begins
        (0, 4, True),
        (4, 5, True),
        (5, 9, False),  # from the tick in which it ends
        (4, 9, True),
        (5, 13, True),  # the second one, which has not ended
        (20, 21, True),
    ],
)
def test_an_outage_lasts_from_its_first_tick_to_the_one_in_which_it_ends(
    begin: int, end: int, out: bool
) -> None:
    """Capacity falls in ticks 3 and 4, and again from tick 12 on; the end of both intervals is left out."""
    index = [1.0] * 3 + [0.4] * 2 + [1.0] * 7 + [0.4] * 10
    producer = ProducerProcess(Clock(simpy.Environment()), EventLog(7.0), 0, "p", index)
    for t in range(len(index)):
        producer.take_index(t)
    assert producer.outages == [(3, 5), (12, None)]
    assert producer.was_out(begin, end) is out


def test_the_cause_is_looked_up_a_lead_time_ago() -> None:
    """With a lead time of 3 the outage of tick 2 causes a shortage in tick 5, when it has long ended."""
    w = small_case(
        n_ticks=6,
        nodes=[use("a", demand=100)],
        sources=[source("s", capacity=100, index=[1.0, 1.0, 0.4, 1.0])],
        lanes=[lane("s", "a", lead=3)],
    )
    begins = of_kind(run(*w)[1], EventKind.SHORTAGE_BEGINS)
    assert rows_of(begins) == [(5, EventKind.SHORTAGE_BEGINS, "a", 0.6)]
    assert begins[0].why == "20 % of its recent inflow is missing: outage at s"


def test_a_shortage_that_pauses_for_a_tick_or_two_is_one_shortage() -> None:
    """Half of the demand is short in ticks 2, 4 and 5 (sent a tick before), and again in tick 11."""
    index = [1.0, 0.5, 1.0, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 1.0]
    w = small_case(
        n_ticks=14,
        nodes=[use("a", demand=100, max_order=1.0)],
        sources=[source("s", capacity=100, index=index)],
        lanes=[lane("s", "a")],
    )
    rows = of_kind(
        run(*w)[1], EventKind.SHORTAGE_BEGINS, EventKind.SHORTAGE_ENDS, EventKind.SHORTAGE_CONTINUES
    )
    assert rows_of(rows) == [
        (2, EventKind.SHORTAGE_BEGINS, "a", 0.5),
        (6, EventKind.SHORTAGE_ENDS, "a", 150),
        (11, EventKind.SHORTAGE_BEGINS, "a", 0.5),
        (12, EventKind.SHORTAGE_ENDS, "a", 50),
    ]


def test_capacity_that_declines_slowly_or_ramps_up_is_no_outage() -> None:
    decline = small_case(
        n_ticks=60, nodes=[], sources=[source("s", capacity=1, index=0.995 ** np.arange(60))]
    )
    ramp = small_case(n_ticks=60, nodes=[], sources=[source("s", capacity=1, index=np.linspace(0, 1, 60))])
    assert run(*decline)[1] == run(*ramp)[1] == ()


def test_demand_above_expectation_is_the_cause_of_the_shortage_that_follows() -> None:
    w = small_case(
        n_ticks=9,
        nodes=[use("a", demand=100, noise=[0.0, 0.0, 0.5, 0.0])],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
    )
    begins = of_kind(run(*w)[1], EventKind.SHORTAGE_BEGINS)
    assert rows_of(begins) == [(2, EventKind.SHORTAGE_BEGINS, "a", 1 / 3)]
    assert begins[0].why == "demand is 50 % above the expected demand"


def test_a_processor_out_of_feed_is_logged_and_is_the_cause_of_the_shortage_that_follows() -> None:
    """No crystal is made in ticks 2 to 4. The feed stock of 100 lasts through tick 3, and nothing is sawn in
    ticks 4 and 5, while the crystal of tick 5 is in the pipeline; plates are missing in ticks 5 and 6.
    """
    w = small_case(
        n_ticks=13,
        nodes=[use("plates", demand=25, max_order=1.0), feed("crystal", demand=100, cover=1)],
        sources=[
            source("reactor", capacity=100, index=[1.0, 1.0, 0.0, 0.0, 0.0, 1.0]),
            source("saw", capacity=25, feed="crystal", yield_=0.25),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal")],
    )
    events = run(*w)[1]
    assert rows_of(
        of_kind(events, EventKind.OUT_OF_FEED, EventKind.FEED_RESTORED, EventKind.SHORTAGE_BEGINS)
    ) == [
        (4, EventKind.OUT_OF_FEED, "saw", 0.0),
        (5, EventKind.SHORTAGE_BEGINS, "plates", 1.0),
        (6, EventKind.FEED_RESTORED, "saw", 2),
    ]
    assert of_kind(events, EventKind.SHORTAGE_BEGINS)[0].why.endswith("saw lacks feed")


@pytest.mark.parametrize("share, is_out", [(0.6, True), (0.98, True), (0.995, False)])
def test_a_processor_is_out_of_feed_where_it_makes_a_percent_less_than_is_ordered(
    share: float, is_out: bool
) -> None:
    w = small_case(
        n_ticks=4,
        nodes=[use("plates", demand=25, max_order=1.0), feed("crystal", demand=100)],
        sources=[
            source("reactor", capacity=100, index=[1.0, 1.0, share]),
            source("saw", capacity=25, feed="crystal", yield_=0.25),
        ],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal")],
    )
    ledger, events = run(*w)
    assert ledger["output"][:, w.source("saw"), 0].tolist() == close([25.0, 25.0, 25.0, 25.0 * share])
    found = rows_of(of_kind(events, EventKind.OUT_OF_FEED))
    assert found == ([(3, EventKind.OUT_OF_FEED, "saw", share)] if is_out else [])


def test_a_processor_that_uses_all_its_feed_but_meets_all_orders_is_not_out_of_feed() -> None:
    w = small_case(
        n_ticks=5,
        nodes=[use("plates", demand=25), feed("crystal", demand=100)],
        sources=[source("reactor", capacity=100), source("saw", capacity=30, feed="crystal", yield_=0.25)],
        lanes=[lane("saw", "plates"), lane("reactor", "crystal")],
    )
    ledger, events = run(*w)
    assert ledger["stock"][:, 1, 0].tolist() == close([0] * 5)
    assert events == ()


def test_a_source_without_orders_reduces_its_output_until_there_are_orders_again() -> None:
    """No demand in ticks 1 to 3, so no orders: 0.875, then 0.765625, then 0.669921875 of contract flow on
    average. From tick 4 an eighth of what is missing comes back each tick: more than 0.9 in tick 12, the
    ninth, since 0.330078125 * 0.875**9 < 0.1 < 0.330078125 * 0.875**8.
    """
    w = small_case(
        n_ticks=14,
        nodes=[use("a", demand=100, noise=[0.0, -1.0, -1.0, -1.0, 0.0])],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
    )
    ledger, events = run(*w)
    assert ledger["output"][:, 0, 0].tolist() == close([100, 0, 0, 0] + [100] * 10)
    assert rows_of(events) == [
        (2, EventKind.OUTPUT_REDUCED, "s", 0.765625),
        (12, EventKind.OUTPUT_RESTORED, "s", 10),
    ]
