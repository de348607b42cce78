"""What the event log says of a facility: its milestones, and the buyers that qualify it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from diamondsim.engines.event import EventKind, run
from tests.engines.event_engine.log_rows import of_kind, rows_of
from tests.engines.small_case import Case, lane, reserve, small_case, source, use


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
