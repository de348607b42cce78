"""The event engine: its event log, its order of actions, and numbers worked out by hand from model.md.

Unless a test says otherwise a use has no cover, a lane has a lead time of one tick, and the expected fill
rate stays at 1 (gain 0).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from diamondsim.engines.event import QUANTITIES, Event, EventKind, run
from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.event_log import Episode, EpisodeChange, EventLog
from diamondsim.engines.event.producer_process import ProducerProcess
from diamondsim.engines.event.source_process import water_fill
from diamondsim.ledger import Ledger
from diamondsim.plan import Rationing
from tests.engines.known_cases import close
from tests.engines.small_case import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    Case,
    CaseSpec,
    control,
    feed,
    lane,
    reserve,
    rule,
    small_case,
    source,
    use,
)
from tests.engines.strategies import case_specs


def rows_of(events: Iterable[Event]) -> list[tuple[int, EventKind, str, object]]:
    return [(e.tick, e.kind, e.entity, pytest.approx(e.quantity)) for e in events]


def of_kind(events: Sequence[Event], *kinds: EventKind) -> list[Event]:
    return [e for e in events if e.kind in kinds]


# The event log


def a_ban() -> Case:
    """Announced in tick 2, a ban in tick 4, half of the flow from tick 8, suspended in tick 10."""
    return small_case(
        n_ticks=14,
        nodes=[use("a", demand=100, cover=2, fill_rate_gain=0.0, max_order=1.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[
            control(
                "c",
                states=[NONE] * 2 + [ANNOUNCED] * 2 + [BANNED] * 6 + [SUSPENDED],
                covers=[("s", "a")],
                approval_rate=[0.0] * 8 + [0.5],
                front_loading=[0.0, 0.0, 2.0, 2.0, 0.0],
                hoarding_cover=[0.0, 0.0] + [1.0] * 8 + [0.0],
            )
        ],
    )


def test_a_ban_is_logged_from_its_announcement_until_its_queue_is_empty() -> None:
    """Tick 2: the order-up-to level is 300 + 100 and the largest order 2 ticks: 200 are ordered, so 300 are
    in stock when the ban begins. Then it is 500, with a tick for the licence: 100 are ordered in each tick,
    400 wait in tick 7, and the stock is empty. Ticks 8 and 9: 100 and 50 are short; 50 are admitted and under
    way, and of what waits 350 and 400 count, at most the flow of a tick, a cover of 2 and a hoarding cover of
    1: 100 and 50 are ordered. Tick 10: 50 are short; of the 450 that wait 300 are released, and since the
    order-up-to level is 300 again the other 150 are cancelled. They are what is sold in ticks 11 and 12.
    Output is 50, 0, 0 of 100 in ticks 9 to 11: its mean is 0.9375, then 0.8203125, then 0.7177734375.
    """
    ledger, events = run(*a_ban())
    assert ledger["order"][:, 0, 0].tolist() == close(
        [100, 100, 200, 100, 100, 100, 100, 100, 100, 50, 0, 100, 100, 100]
    )
    assert ledger["queue"][:, 0, 0].tolist() == close([0, 0, 0, 0, 100, 200, 300, 400, 450, 450, 0, 0, 0, 0])
    assert ledger["withdrawn"][:, 0, 0].tolist() == close([0] * 10 + [150, 0, 0, 0])
    assert ledger["output"][:, 0, 0].tolist() == close(
        [100, 100, 200, 100, 100, 100, 100, 100, 100, 50, 0, 0, 50, 100]
    )
    assert ledger["stock"][:, 0, 0].tolist() == close(
        [200, 200, 200, 300, 300, 200, 100, 0, 0, 0, 0, 200, 200, 200]
    )
    assert rows_of(events) == [
        (2, EventKind.CONTROL_ANNOUNCED, "c", 1),
        (2, EventKind.FRONT_LOADING, "c", 2.0),
        (4, EventKind.CONTROL_IN_FORCE, "c", 0.0),
        (4, EventKind.LICENSING_STOPS, "desk 0", 0.0),
        (7, EventKind.STOCK_LOW, "a", 0.0),
        (8, EventKind.LICENSING_RESUMES, "desk 0", 4),
        (8, EventKind.HALF_PASSES, "desk 0", 4),
        (8, EventKind.SHORTAGE_BEGINS, "a", 1.0),
        (10, EventKind.CONTROL_SUSPENDED, "c", 6),
        (10, EventKind.QUEUE_RELEASED, "desk 0", 450),
        (10, EventKind.ORDERS_CANCELLED, "desk 0", 150),
        (11, EventKind.OUTPUT_REDUCED, "s", 0.7177734375),
        (11, EventKind.STOCK_REPLENISHED, "a", 4),
        (11, EventKind.SHORTAGE_ENDS, "a", 200),
    ]
    # Of the 800 that should have been sent in ticks 0 to 7, 300 were not.
    short = of_kind(events, EventKind.SHORTAGE_BEGINS)[0]
    assert "38 %" in short.why
    assert "c holds it back (licensing rule desk 0)" in short.why
    assert "3 weeks" in events[-1].why


def test_diversion_seizures_and_a_reserve_that_runs_out_are_logged() -> None:
    """Banned from tick 1. 40 of 100 are diverted in ticks 1 and 2 and arrive two ticks later; the reserve of
    120 releases 100 in tick 2 and 20 in tick 3. From tick 3 only 10 are diverted, half of them seized: 5
    arrive from tick 5. Short: 40, 60, then 95 in each of the ticks 5 to 9. The queue has no weight in the
    inventory position, so orders continue.
    """
    w = small_case(
        n_ticks=10,
        nodes=[
            use("a", demand=100, fill_rate_gain=0.0, queue_weight=0.0, max_order=1.0),
            reserve("r", serves=["a"], stock=120),
        ],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[
            control(
                "c",
                states=[NONE, BANNED],
                covers=[("s", "a")],
                diversion_share=[0.4, 0.4, 0.4, 0.1],
                seized=[0.0, 0.0, 0.0, 0.5],
                diversion_delay=2,
            )
        ],
    )
    ledger, events = run(*w)
    assert ledger["shortage"][:, 0, 0].tolist() == close([0, 0, 0, 40, 60, 95, 95, 95, 95, 95])
    assert rows_of(events) == [
        (1, EventKind.CONTROL_IN_FORCE, "c", 0.0),
        (1, EventKind.LICENSING_STOPS, "desk 0", 0.0),
        (1, EventKind.DIVERSION_BEGINS, "c", 40),
        (2, EventKind.RESERVE_OPENS, "r", 100),
        (3, EventKind.CRACKDOWN, "c", 0.1),
        (3, EventKind.SEIZURE, "c", 5),
        (3, EventKind.RESERVE_EMPTY, "r", 120),
        (3, EventKind.SHORTAGE_BEGINS, "a", 0.4),
        (4, EventKind.RESERVE_CLOSES, "r", 120),
        (9, EventKind.SHORTAGE_CONTINUES, "a", 575),
    ]


def test_a_control_that_lacks_what_it_requires_is_dormant() -> None:
    w = small_case(
        n_ticks=6,
        nodes=[use("a", demand=100)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[
            control("ban", states=BANNED, covers=[("s", "a")], approval_rate=1.0, requires="list"),
            control("list", states=[NONE, NONE, LICENSING, LICENSING, NONE]),
        ],
    )
    events = run(*w)[1]
    assert rows_of(e for e in events if "control" in e.kind) == [
        (0, EventKind.CONTROL_DORMANT, "ban", 0),
        (2, EventKind.CONTROL_IN_FORCE, "ban", 1.0),
        (2, EventKind.CONTROL_IN_FORCE, "list", 1.0),
        (4, EventKind.CONTROL_DORMANT, "ban", 2),
        (4, EventKind.CONTROL_ENDED, "list", 2),
    ]
    assert events[0].why == "it requires list, which is not in force"
    assert events[1].why == "list, which it requires, is in force; exports are banned"


def test_licences_that_become_a_ban_are_logged_and_so_is_an_announcement_that_is_dropped() -> None:
    w = small_case(
        n_ticks=5,
        nodes=[use("a", demand=1)],
        controls=[
            control("firm", states=[LICENSING, LICENSING, BANNED]),
            control("weak", states=[ANNOUNCED, NONE, SUSPENDED, ANNOUNCED, LICENSING]),
        ],
    )
    rows = [(e.tick, e.kind, e.why) for e in run(*w)[1] if e.entity == "firm"]
    assert rows == [
        (0, EventKind.CONTROL_IN_FORCE, "exports need a licence at the start of the horizon"),
        (2, EventKind.CONTROL_IN_FORCE, "exports are banned"),
    ]
    rows = [(e.tick, e.kind, e.why) for e in run(*w)[1] if e.entity == "weak"]
    assert rows == [
        (0, EventKind.CONTROL_ANNOUNCED, "it will cover 0 lanes"),
        (1, EventKind.CONTROL_ENDED, "dropped; it was not in force"),
        (2, EventKind.CONTROL_SUSPENDED, "suspended; it was not in force"),
        (3, EventKind.CONTROL_ANNOUNCED, "it will cover 0 lanes"),
        (4, EventKind.CONTROL_IN_FORCE, "exports need a licence"),
    ]


def test_a_control_comes_into_force_at_the_approval_rate_of_its_strictest_rule() -> None:
    w = small_case(
        n_ticks=2,
        nodes=[use("a", demand=100), use("b", demand=100)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a"), lane("s", "b")],
        controls=[
            control(
                "c",
                states=LICENSING,
                rules=[rule([("s", "a")], approval_rate=0.7), rule([("s", "b")], approval_rate=0.2)],
            )
        ],
    )
    assert rows_of(run(*w)[1])[0] == (0, EventKind.CONTROL_IN_FORCE, "c", 0.2)


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


def test_diversion_is_logged_for_the_first_control_that_binds_and_seized_goods_count_as_missing() -> None:
    """Tick 1: 40 of 100 are diverted, 20 of them seized; 80 of the 200 due from ticks 0 and 1 are missing."""
    terms = {
        "states": [NONE, BANNED],
        "covers": [("s", "a")],
        "diversion_share": 0.4,
        "seized": 0.5,
        "diversion_delay": 2,
    }
    w = small_case(
        n_ticks=3,
        nodes=[use("a", demand=100, fill_rate_gain=0.0, queue_weight=0.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("one", **terms), control("two", **terms)],  # type: ignore[arg-type]
    )
    events = run(*w)[1]
    assert rows_of(of_kind(events, EventKind.DIVERSION_BEGINS, EventKind.SEIZURE)) == [
        (1, EventKind.DIVERSION_BEGINS, "one", 40),
        (1, EventKind.SEIZURE, "one", 20),
    ]
    begins = of_kind(events, EventKind.SHORTAGE_BEGINS)
    assert rows_of(begins) == [(2, EventKind.SHORTAGE_BEGINS, "a", 1.0)]
    assert begins[0].why.startswith("40 % of its recent inflow")


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


def a_plant() -> Case:
    return small_case(
        n_ticks=9,
        nodes=[use("a", demand=100, min_fill_rate=1.0), use("b", demand=100, min_fill_rate=1.0)],
        sources=[source("s", capacity=500), source("plant", capacity=80)],
        lanes=[
            lane("s", "a"),
            lane("s", "b"),
            lane("plant", "a", contract_share=0.3, opens=5),
            lane("plant", "b", contract_share=0.3, opens=5),
        ],
    )


def test_a_facility_passes_its_milestones_and_its_buyers_qualify() -> None:
    plan, draws = a_plant()
    events = run(plan, replace(draws, milestones=(np.array([[3], [7]]),)))[1]
    assert rows_of(events) == [
        (3, EventKind.MILESTONE, "plant", 21),
        (5, EventKind.QUALIFIED, "plant", 2),
        (7, EventKind.MILESTONE, "plant", 49),
    ]
    assert [e.why for e in events] == [
        "stage build is complete: first output",
        "a, b may buy from now on",
        "output reaches 90 % of nameplate",
    ]


def test_a_facility_that_never_produces_is_logged_in_tick_0() -> None:
    plan, draws = a_plant()
    events = run(plan, replace(draws, milestones=(np.array([[9], [9]]),)))[1]
    assert rows_of(events)[0] == (0, EventKind.NO_OUTPUT, "plant", 80)
    assert of_kind(events, EventKind.MILESTONE) == []


def test_neither_a_reserve_nor_a_use_without_a_share_qualifies_anything() -> None:
    w = small_case(
        n_ticks=9,
        nodes=[use("a", demand=100), use("b", demand=100), reserve("r", serves=["a"], stock=9)],
        sources=[source("s", capacity=500), source("plant", capacity=80)],
        lanes=[
            *(lane("s", name) for name in "ab"),
            lane("s", "r", contract_share=1.0, opens=0),
            lane("plant", "a", contract_share=0.3, opens=5),
            lane("plant", "b", contract_share=0.0, opens=5),
        ],
    )
    events = of_kind(run(*w)[1], EventKind.QUALIFIED)
    assert [(e.tick, e.entity, e.why) for e in events] == [(5, "plant", "a may buy from now on")]


@pytest.mark.parametrize("factor, is_logged", [(1.0, False), (0.5, False), (1.5, True)])
def test_an_announcement_that_moves_no_order_ahead_logs_no_front_loading(
    factor: float, is_logged: bool
) -> None:
    w = small_case(
        n_ticks=5,
        nodes=[use("a", demand=100)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[
            control(
                "c", states=[NONE, ANNOUNCED, NONE], covers=[("s", "a")], front_loading=[0.0, factor, 0.0]
            )
        ],
    )
    assert bool(of_kind(run(*w)[1], EventKind.FRONT_LOADING)) is is_logged


def test_a_quantity_of_goods_names_its_unit_and_goods_of_two_units_have_a_row_each() -> None:
    """Half of what a ban blocks is diverted, 50 ct of grit and 5 cm2 of plates per tick, until it ends."""
    spec = {"n_ticks": 12, "grade_units": {"plate": "cm2"}}
    w = small_case(
        **spec,
        nodes=[use("a", demand=100, queue_weight=0.0), use("p", demand=10, queue_weight=0.0, grade="plate")],
        sources=[source("s", capacity=500), source("q", capacity=50, grade="plate")],
        lanes=[lane("s", "a"), lane("q", "p")],
        controls=[
            control(
                "c",
                states=[NONE, *[BANNED] * 5, NONE],
                covers=[("s", "a"), ("q", "p")],
                diversion_share=0.5,
                diversion_delay=1,
            )
        ],
    )
    events = run(*w)[1]
    diversions = of_kind(events, EventKind.DIVERSION_BEGINS)
    assert [(e.entity, e.unit) for e in diversions] == [("c", "ct"), ("c", "cm2")]
    assert [e.quantity for e in diversions] == close([50, 5])
    released = of_kind(events, EventKind.QUEUE_RELEASED)
    assert [e.unit for e in released] == ["ct", "cm2"]
    assert released[0].quantity == pytest.approx(10 * released[1].quantity)
    assert released[1].quantity > 10
    units = {(e.entity, e.unit) for e in of_kind(events, EventKind.SHORTAGE_BEGINS, EventKind.SHORTAGE_ENDS)}
    assert units == {("a", ""), ("a", "ct"), ("p", ""), ("p", "cm2")}


def test_without_shocks_the_event_log_is_empty() -> None:
    w = small_case(
        n_ticks=60,
        nodes=[
            use("a", demand=100, cover=2),
            feed("f", demand=80, cover=1),
            reserve("r", serves=["a"], stock=9),
        ],
        sources=[
            source("s", capacity=500, finished_stock_ceiling=50),
            source("p", capacity=90, feed="f", yield_=0.5),
        ],
        lanes=[
            lane("s", "a", contract_share=0.6, lead=3),
            lane("p", "a", contract_share=0.4),
            lane("s", "f", lead=2),
        ],
        controls=[control("never", states=NONE, covers=[("s", "a")])],
    )
    assert run(*w)[1] == ()


BEGIN_AND_END = {
    EventKind.SHORTAGE_BEGINS: (EventKind.SHORTAGE_ENDS, EventKind.SHORTAGE_CONTINUES),
    EventKind.OUTAGE_BEGINS: (EventKind.OUTAGE_ENDS,),
    EventKind.DIVERSION_BEGINS: (EventKind.DIVERSION_ENDS,),
    EventKind.RESERVE_OPENS: (EventKind.RESERVE_CLOSES,),
    EventKind.OUT_OF_FEED: (EventKind.FEED_RESTORED,),
    EventKind.OUTPUT_REDUCED: (EventKind.OUTPUT_RESTORED,),
}


@settings(max_examples=30, deadline=None)
@given(case_specs(replications=1))
def test_the_event_log_of_any_model_is_in_order_and_each_beginning_comes_before_its_end(
    spec: CaseSpec,
) -> None:
    w = spec.build()
    events = run(*w)[1]
    ticks = [e.tick for e in events]
    assert ticks == sorted(ticks)
    assert all(0 <= e.tick < w.plan.n_ticks and type(e.tick) is int and e.why for e in events)
    assert all(np.isfinite(e.quantity) and e.quantity >= 0 and type(e.quantity) is float for e in events)
    for begin, ends in BEGIN_AND_END.items():
        for name, unit in {(e.entity, e.unit) for e in of_kind(events, *ends)}:
            of_entity = (e for e in of_kind(events, begin, *ends) if e.entity == name)
            rows = [e.kind is begin for e in of_entity if not e.unit or not unit or e.unit == unit]
            assert rows == [i % 2 == 0 for i in range(len(rows))], (begin, name)


@settings(max_examples=30, deadline=None)
@given(case_specs(replications=1))
def test_the_shortages_logged_are_those_in_the_ledger(spec: CaseSpec) -> None:
    """Every tick with more than 1 % missing lies in a shortage of the log, and the totals agree."""
    w = spec.build()
    ledger, events = run(*w)
    for n, node in enumerate(w.plan.nodes):
        shortage, demand = ledger["shortage"][:, n, 0], ledger["demand"][:, n, 0]
        short = shortage > 0.01 * demand
        of_node = [e for e in events if e.entity == node.name]
        begins = [e.tick for e in of_kind(of_node, EventKind.SHORTAGE_BEGINS)]
        ends = [
            e.tick + (e.kind is EventKind.SHORTAGE_CONTINUES)
            for e in of_kind(of_node, EventKind.SHORTAGE_ENDS, EventKind.SHORTAGE_CONTINUES)
        ]
        inside = np.zeros(w.plan.n_ticks, dtype=bool)
        for begin, end in zip(begins, ends, strict=True):
            inside[begin:end] = True
        assert not (short & ~inside).any()
        totals = [e.quantity for e in of_kind(of_node, EventKind.SHORTAGE_ENDS, EventKind.SHORTAGE_CONTINUES)]
        assert sum(totals) == pytest.approx(shortage[inside].sum())


def test_every_kind_says_what_its_quantity_is() -> None:
    assert set(QUANTITIES) == set(EventKind)


@settings(max_examples=30, deadline=None)
@given(case_specs(replications=1))
def test_a_quantity_has_a_unit_if_and_only_if_it_is_one_of_goods(spec: CaseSpec) -> None:
    w = spec.build()
    for event in run(*w)[1]:
        of_goods = "unit of the grade" in QUANTITIES[event.kind]
        assert (event.unit in w.plan.grade_units) == of_goods
        assert bool(event.unit) == of_goods


# The order of actions


@settings(max_examples=20, deadline=None)
@given(case_specs(replications=1))
def test_no_two_events_share_tick_phase_and_rank(spec: CaseSpec) -> None:
    """Only the events with which SimPy starts processes share them, before anything happens."""
    w = spec.build()
    seen: list[tuple[object, int]] = []
    schedule = simpy.Environment.schedule

    def note(env: simpy.Environment, event, priority=1, delay=0) -> None:
        if priority > 1:
            seen.append((env.now + delay, priority))
        schedule(env, event, priority, delay)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simpy.Environment, "schedule", note)
        run(*w)
    assert len(seen) > w.plan.n_ticks
    assert len(seen) == len(set(seen))
    assert all(type(tick) is int for tick, _ in seen)


def test_a_column_of_the_draws_is_one_replication() -> None:
    w = small_case(
        n_ticks=3,
        replications=3,
        nodes=[use("a", demand=[100, 200, 300], noise=[0.5])],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a", lead=[1, 2, 1])],
    )
    ledger = run(*w, column=1)[0]
    assert ledger["demand"].shape == (3, 1, 1)
    assert ledger["demand"][:, 0, 0].tolist() == close([300] * 3)
    assert ledger["pipeline"][0, 0, 0] == pytest.approx(400)
    alone = run(w.plan, w.draws.select([1]))
    assert same(alone[0], ledger)


def same(one: Ledger, other: Ledger) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one.arrays)


@settings(max_examples=15, deadline=None)
@given(case_specs(replications=2))
def test_the_same_draws_give_the_same_path_bit_for_bit(spec: CaseSpec) -> None:
    w = spec.build()
    once, again = run(*w, column=1), run(*w, column=1)
    assert same(once[0], again[0])
    assert once[1] == again[1]


@settings(max_examples=15, deadline=None)
@given(case_specs(replications=1))
def test_what_happens_later_does_not_change_what_happened_before(spec: CaseSpec) -> None:
    """The horizon is half-open: a run to half of it is the first half of the run."""
    w = spec.build()
    half = max(1, w.plan.n_ticks // 2)
    whole, first = run(*w)[0], run(replace(w.plan, n_ticks=half), w.draws)[0]
    assert all(np.array_equal(whole[name][:half], first[name]) for name in whole.arrays)


# Numbers worked out by hand


def test_three_nodes_two_sources_and_a_reserve_worked_out_by_hand() -> None:
    """Tick 0. Tools (100 per tick, 60 from cn, 40 from us, cover 1) and drills (50, all from cn). cn makes
    110, us 45, and us serves its reserve (goal 20) in tier 1 only. Drills demand 80 and use 50; the reserve
    stays closed, since 30 of 80 is below its trigger; half of the 30 is backordered. Orders: tools
    200 - 100 = 100, drills 50 + 15 = 65, reserve 20 - 12 = 8. cn receives requests for 60 + 65, and rations
    its 110 with the weights 60 and 1.2 * 50. What tools lack they get from us in round two, before the
    reserve, which gets nothing.

    Tick 1. Drills use 50 for new demand and the rest for their backlog. Tools order a little more from us.
    Both are rationed at cn, half by contract, half by their smoothed purchases.
    """
    w = small_case(
        n_ticks=2,
        purchase_gain=0.5,
        nodes=[
            use("tools", demand=100, cover=1, fill_rate_gain=0.5),
            use("drills", demand=50, noise=[0.6, 0.0], backorder_share=0.5, fill_rate_gain=0.5),
            reserve(
                "r", serves=["drills"], stock=12, refill=10, goal=20, trigger=0.5, rate=5, fill_rate_gain=0.5
            ),
        ],
        sources=[source("cn", capacity=110, rationing=Rationing.WEIGHTED), source("us", capacity=45)],
        lanes=[
            lane("cn", "tools", contract_share=0.6, sourcing_limit=1.0),
            lane("us", "tools", contract_share=0.4, sourcing_limit=1.0),
            lane("cn", "drills", contract_share=1.0, sourcing_limit=2.0, allocation_weight=1.2),
            lane("us", "r", contract_share=1.0, sourcing_limit=1.0, tier=1, opens=0),
        ],
    )
    ledger = run(*w)[0]
    cut_tools, cut_drills, more = 55, 55, 5
    # Rows: cn-tools, us-tools, cn-drills, us-r.
    assert ledger["allocated"][0, :, 0].tolist() == close([cut_tools, 40 + more, cut_drills, 5 - more])
    assert ledger["shortage"][0, :, 0].tolist() == close([0, 30, 0])
    assert ledger["order"][0, :, 0].tolist() == close([100, 65, 8])
    assert ledger["output"][0, :, 0].tolist() == close([110, 45])
    # The fill rate is measured against the contract flow, 60 and 50 at cn, or the desired order where that is
    # less, 8 of the reserve.
    fill_rate = [
        1 + 0.5 * (cut_tools / 60 - 1),
        1.0,
        1.0,
        1 + 0.5 * ((5 - more) / 8 - 1),
    ]
    assert ledger["expected_fill_rate"][0, :, 0].tolist() == close(fill_rate)
    assert ledger["arrived"][1, :, 0].tolist() == close([100, cut_drills, 5 - more])
    assert ledger["backlog"][1, 1, 0] == pytest.approx(15 - (cut_drills - 50))
    assert ledger["stock"][1, :, 0].tolist() == close([100, 0, 17 - more])
    share = [0.6 * fill_rate[0], 0.4]
    desired_order = [100 * x / sum(share) for x in share]
    v = [60 + 0.5 * (cut_tools - 60), 50 + 0.5 * (cut_drills - 50)]
    p = [0.5 * 60 + 0.5 * v[0], 1.2 * (0.5 * 50 + 0.5 * v[1])]
    drills = 50 + 15 - (cut_drills - 50)
    theta = 110 / sum(p)
    assert desired_order[0] > theta * p[0]
    assert drills > theta * p[1]
    assert ledger["allocated"][1, 0, 0] == pytest.approx(theta * p[0], rel=1e-12)
    assert ledger["allocated"][1, 2, 0] == pytest.approx(theta * p[1], rel=1e-12)


# Rationing and episodes


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(1e-3, 1e6)), min_size=1, max_size=8), st.floats(0, 0.999)
)
def test_water_filling_gives_all_there_is_at_one_level(rows: list[tuple[float, float]], share: float) -> None:
    requests, weights = [q for q, _ in rows], [p for _, p in rows]
    available = share * sum(requests)
    got = water_fill(available, requests, weights)
    assert sum(got) == pytest.approx(available, rel=1e-9, abs=1e-9)
    assert all(0 <= g <= q * (1 + 1e-12) for g, q in zip(got, requests, strict=True))
    levels = [g / p for g, q, p in zip(got, requests, weights, strict=True) if g < q * (1 - 1e-9)]
    full = [g / p for g, q, p in zip(got, requests, weights, strict=True) if 0 < q * (1 - 1e-9) <= g]
    if levels:
        assert levels == pytest.approx([levels[0]] * len(levels), rel=1e-9)
        assert max(full, default=0.0) <= levels[0] * (1 + 1e-9)


def test_a_request_without_weight_gets_nothing() -> None:
    assert water_fill(5.0, [4.0, 4.0, 0.0], [0.0, 1.0, 1.0]) == [0.0, 4.0, 0.0]


def test_an_episode_bridges_short_gaps_and_includes_them() -> None:
    episode = Episode(quiet=3)
    going_on = [True, False, True, False, False, False, True]
    changes = [episode.observe(t, on, 1.0) for t, on in enumerate(going_on[:6])]
    assert changes == [EpisodeChange.BEGINS, *[EpisodeChange.NONE] * 4, EpisodeChange.ENDS]
    assert (episode.begin, episode.end, episode.length, episode.total) == (0, 3, 3, 3.0)
    assert episode.observe(6, True, 2.0) is EpisodeChange.BEGINS
    assert (episode.begin, episode.total) == (6, 2.0)
