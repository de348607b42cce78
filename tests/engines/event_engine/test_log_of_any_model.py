"""What holds for the event log of any model: order, beginnings and ends, units, shortages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from diamondsim.engines.event import QUANTITIES, EventKind, run
from diamondsim.engines.event.event_log import Episode, EpisodeChange
from tests.engines.event_engine.log_rows import of_kind
from tests.engines.known_cases import close
from tests.engines.small_case import (
    BANNED,
    NONE,
    CaseSpec,
    control,
    feed,
    lane,
    reserve,
    small_case,
    source,
    use,
)
from tests.engines.strategies import case_specs

BEGIN_AND_END = {
    EventKind.SHORTAGE_BEGINS: (EventKind.SHORTAGE_ENDS, EventKind.SHORTAGE_CONTINUES),
    EventKind.OUTAGE_BEGINS: (EventKind.OUTAGE_ENDS,),
    EventKind.DIVERSION_BEGINS: (EventKind.DIVERSION_ENDS,),
    EventKind.RESERVE_OPENS: (EventKind.RESERVE_CLOSES,),
    EventKind.OUT_OF_FEED: (EventKind.FEED_RESTORED,),
    EventKind.OUTPUT_REDUCED: (EventKind.OUTPUT_RESTORED,),
}


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


def test_an_episode_bridges_short_gaps_and_includes_them() -> None:
    episode = Episode(quiet=3)
    going_on = [True, False, True, False, False, False, True]
    changes = [episode.observe(t, on, 1.0) for t, on in enumerate(going_on[:6])]
    assert changes == [EpisodeChange.BEGINS, *[EpisodeChange.NONE] * 4, EpisodeChange.ENDS]
    assert (episode.begin, episode.end, episode.length, episode.total) == (0, 3, 3, 3.0)
    assert episode.observe(6, True, 2.0) is EpisodeChange.BEGINS
    assert (episode.begin, episode.total) == (6, 2.0)
