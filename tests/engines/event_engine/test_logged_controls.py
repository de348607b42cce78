"""What the event log says of controls: announcement, licences, bans, diversion and front-loading."""

from __future__ import annotations

import pytest

from diamondsim.engines.event import EventKind, run
from tests.engines.event_engine.log_rows import of_kind, rows_of
from tests.engines.known_cases import close
from tests.engines.small_case import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    Case,
    control,
    lane,
    reserve,
    rule,
    small_case,
    source,
    use,
)


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
