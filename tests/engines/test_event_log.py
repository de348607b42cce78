"""The event log of licences, stocks, reserves and contracts, with ticks and quantities worked out by hand.

The rest of the log is tested in the folder `event_engine`. A lane has a lead time of one tick.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from diamondsim.distributions import Constant
from diamondsim.engines.event import Event, EventKind, buyer_observers, control_observers, run
from diamondsim.engines.event.diagnosis import SHORT_SHARE
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import read_scenario
from tests.engines.known_cases import taken_over
from tests.engines.small_case import (
    BANNED,
    LICENSING,
    SUSPENDED,
    Case,
    control,
    lane,
    reserve,
    small_case,
    source,
    use,
)
from tests.plan.small_scenarios import SMALL

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "results.md"


def test_the_page_on_results_states_the_shares_at_which_things_are_logged() -> None:
    text = " ".join(RESULTS.read_text(encoding="utf-8").split())
    for sentence in (
        f"low below {buyer_observers.LOW:.0%} of its cover, until {buyer_observers.REPLENISHED:.0%} is back",
        f"short while more than {SHORT_SHARE:.0%} of",
        f"licensing stops where less than {control_observers.ALMOST_NOTHING:.0%} of",
        f"of at least {control_observers.NOTABLE:.0%} falls below {control_observers.FALLEN:.0%} of what",
        f"a tick ago, and back at {control_observers.RECOVERED:.0%} of that",
    ):
        assert sentence.replace("%", " %") in text


def logged(case: Case, *kinds: EventKind) -> list[tuple[int, EventKind, object]]:
    return [(e.tick, e.kind, pytest.approx(e.quantity)) for e in events_of(case, *kinds)]


def events_of(case: Case, *kinds: EventKind) -> list[Event]:
    return [event for event in run(*case)[1] if event.kind in kinds]


def licensed(approval_rate: list[float], states: object = LICENSING) -> Case:
    """a buys 100 a tick from s under a licence; the approval rate is that of each tick, then its last."""
    return small_case(
        n_ticks=len(approval_rate) + 2,
        nodes=[use("a", demand=100, fill_rate_gain=0.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("c", states=states, covers=[("s", "a")], approval_rate=approval_rate)],
    )


def test_the_first_time_that_half_of_the_flow_passes_is_logged_once() -> None:
    rates = [0.2, 0.3, 0.5, 0.45, 0.7]
    assert logged(licensed(rates), EventKind.HALF_PASSES) == [(2, EventKind.HALF_PASSES, 2)]
    assert logged(licensed([0.6, 0.4, 0.8]), EventKind.HALF_PASSES) == []


def test_a_relapse_lasts_until_four_fifths_of_the_rate_are_back() -> None:
    """From 0.8 to 0.1 in tick 2: back in tick 5, with 0.64 or more. From 0.7 to 0.4 is less than a half."""
    case = licensed([0.8, 0.8, 0.1, 0.1, 0.6, 0.7, 0.4])
    kinds = (EventKind.RELAPSE_BEGINS, EventKind.RELAPSE_ENDS)
    assert logged(case, *kinds) == [(2, EventKind.RELAPSE_BEGINS, 0.1), (5, EventKind.RELAPSE_ENDS, 3)]
    assert [event.why for event in events_of(case, *kinds)] == [
        "10.0 % of the reference flow passes, down from 80 %",
        "after 3 weeks, 70 % of the reference flow passes",
    ]


def test_a_rate_that_falls_with_a_change_of_the_law_or_was_low_before_is_no_relapse() -> None:
    assert logged(licensed([0.8, 0.8, 0.1], [LICENSING, LICENSING, BANNED]), EventKind.RELAPSE_BEGINS) == []
    assert logged(licensed([0.09, 0.09, 0.01]), EventKind.RELAPSE_BEGINS) == []


def test_the_queue_of_two_controls_that_end_together_is_logged_once() -> None:
    """Three ticks of ban leave 300 waiting, of which 100 leave in a tick; nothing is cancelled, since the
    backlog is as large.
    """
    ban = {"states": [BANNED] * 3 + [SUSPENDED], "covers": [("s", "a")], "release_factor": 1.0}
    case = small_case(
        n_ticks=8,
        nodes=[use("a", demand=100, backorder_share=1.0, queue_weight=0.0, max_order=1.0)],
        sources=[source("s", capacity=500)],
        lanes=[lane("s", "a")],
        controls=[control("one", **ban), control("two", **ban)],  # type: ignore[arg-type]
    )
    (released,) = events_of(case, EventKind.QUEUE_RELEASED)
    assert (released.tick, released.quantity, released.unit) == (3, 300, "ct")
    assert released.why == "one is no longer in force; up to 1 times the reference flow may leave per week"
    assert logged(case, EventKind.ORDERS_CANCELLED) == []


def test_a_stock_is_low_below_half_of_its_cover_until_it_is_above_four_fifths() -> None:
    """A cover of 4 ticks; with nothing made in ticks 2 to 4, what arrives in ticks 3 to 5 is nothing: 300,
    200, 100 are left of 400, the last in tick 5. From tick 6 on 200 arrive and 100 are used.
    """
    case = small_case(
        n_ticks=12,
        nodes=[use("a", demand=100, cover=4, fill_rate_gain=0.0, max_order=2.0)],
        sources=[source("s", capacity=200, index=[1.0, 1.0, 0.0, 0.0, 0.0, 1.0])],
        lanes=[lane("s", "a")],
    )
    assert run(*case)[0]["stock"][:8, 0, 0].tolist() == pytest.approx([400] * 3 + [300, 200, 100, 200, 300])
    low, full = events_of(case, EventKind.STOCK_LOW, EventKind.STOCK_REPLENISHED)
    assert (low.tick, low.quantity, low.why) == (5, 0.25, "it lasts for 1.0 weeks; the target is 4.0 weeks")
    assert (full.tick, full.quantity) == (8, 3)


def test_a_use_without_cover_has_no_stock_that_could_be_low() -> None:
    case = small_case(
        n_ticks=4,
        nodes=[use("a", demand=100)],
        sources=[source("s", capacity=100, index=[1.0, 0.0, 1.0])],
        lanes=[lane("s", "a")],
    )
    assert logged(case, EventKind.STOCK_LOW) == []
    assert len(events_of(case, EventKind.SHORTAGE_BEGINS)) == 1


def test_a_reserve_is_refilled_when_it_holds_its_goal_again() -> None:
    """60 of 200 are released in tick 2. It buys 20 a tick from tick 3 on, which arrive a tick later."""
    case = small_case(
        n_ticks=12,
        nodes=[
            use("a", demand=100, fill_rate_gain=0.0, max_order=1.0),
            reserve("r", serves=["a"], stock=200, goal=200, refill=20),
        ],
        sources=[source("s", capacity=200, index=[1.0, 0.2, 1.0])],
        lanes=[lane("s", "a", contract_share=1.0), lane("s", "r", contract_share=1.0, opens=0)],
    )
    stock = run(*case)[0]["stock"][:, 1, 0]
    (refilled,) = events_of(case, EventKind.RESERVE_REFILLED)
    assert stock.min() < 180
    assert refilled.quantity == pytest.approx(200)
    assert refilled.unit == "ct"
    assert stock[refilled.tick - 1] < 198 <= stock[refilled.tick]


def test_a_release_of_next_to_nothing_does_not_open_a_reserve_again() -> None:
    """70 of 100 are released at once, 30 are held back. What it buys since is a billionth a tick: as much as
    rounding leaves of a refill, and as much as it then releases.
    """
    case = small_case(
        n_ticks=20,
        nodes=[
            use("first", demand=0.0),
            use("a", demand=100, fill_rate_gain=0.0, max_order=1.0),
            reserve("r", serves=["first", "a"], stock=100, goal=100, hold_back=0.3, refill=1e-9),
        ],
        sources=[source("s", capacity=100, index=[0.1])],
        lanes=[lane("s", "a"), lane("s", "first"), lane("s", "r", opens=0)],
    )
    released = run(*case)[0]["from_reserve"][:, 1, 0]
    assert ((released > 0) & (released < 1e-8)).any()
    assert logged(case, EventKind.RESERVE_OPENS) == [(1, EventKind.RESERVE_OPENS, 70)]


def test_contracts_that_move_in_steps_are_logged_when_the_last_have_moved() -> None:
    """They move from tick 1 on, a part every 13 ticks over 40: the last in tick 40."""
    (moved,) = events_of(taken_over(40.0), EventKind.CONTRACTS_MOVED)
    assert (moved.tick, moved.entity, moved.unit) == (40, "f", "ct")
    assert moved.quantity == pytest.approx(60)
    assert events_of(taken_over(0.0), EventKind.CONTRACTS_MOVED) == []


def disappointed(*gains: float) -> Case:
    """Buyers of a seller that makes nothing from tick 3 on. Each does a quarter of the work per tick, once
    its expected fill rate, which moves by the gain in each tick, has fallen below 90 %.
    """
    names = [f"u{i}" for i in range(len(gains))]
    return small_case(
        n_ticks=14,
        nodes=[
            use(name, demand=100, fill_rate_gain=gain, qualification_rate=0.25)
            for name, gain in zip(names, gains, strict=True)
        ],
        sources=[source("s", capacity=100 * len(names), index=[1, 1, 1, 0])],
        lanes=[lane("s", name) for name in names],
    )


def test_a_buyer_that_has_qualified_further_sources_is_logged() -> None:
    """Qualifying takes the four ticks 4 to 7."""
    case = disappointed(1.0)
    assert logged(case, EventKind.FURTHER_SOURCES) == [(7, EventKind.FURTHER_SOURCES, 1)]
    (event,) = events_of(case, EventKind.FURTHER_SOURCES)
    assert event.entity == "here"
    ticks = "4 weeks after their sellers began to disappoint them"
    assert event.why == f"u0: {ticks}, no sourcing limit holds"


def test_buyers_of_a_region_that_qualify_further_sources_one_after_the_other_share_a_row() -> None:
    """The expected fill rate of the second falls by 4 % a tick: 0.96, 0.9216, below 0.9 at the end of tick 5,
    two ticks after that of the first.
    """
    case = disappointed(1.0, 0.04)
    (event,) = events_of(case, EventKind.FURTHER_SOURCES)
    assert (event.tick, event.quantity) == (7, 2)
    assert event.why.startswith("u0, u1: 4 weeks after")


def test_a_buyer_that_qualifies_further_sources_much_later_has_a_row_of_its_own() -> None:
    """At 2 % a tick it falls below 0.9 in tick 8, at the end of which 0.98 ** 6 = 0.886: five ticks later, in
    tick 12. It is logged although only one tick of the horizon is left.
    """
    case = disappointed(1.0, 0.02)
    assert logged(case, EventKind.FURTHER_SOURCES) == [
        (7, EventKind.FURTHER_SOURCES, 1),
        (12, EventKind.FURTHER_SOURCES, 1),
    ]
    why = "u1: 4 weeks after their sellers began to disappoint them, no sourcing limit holds"
    assert events_of(case, EventKind.FURTHER_SOURCES)[1].why == why


def slowed(key: str, value: dict[str, object]) -> Case:
    """A list on mesh that slows micron for four weeks, or a ban on micron that has nothing to ban."""
    covers: dict[str, object] = {"from": "away", "grades": ["micron"]}
    ban = {"covers": covers, "start": "none", "timeline": {"2026-02-19": "banned"}}
    if key == "overcompliance":
        ban["requires"] = "list"
    else:
        ban["covers"] = {"from": "away", "grades": ["mesh"]}
        value = value | {"covers": covers}
    controls = {"list": {"covers": covers, "start": "suspended"}, "ban": ban | {key: value}}
    plan = compile_plan(read_scenario(SMALL | {"controls": controls}))
    return Case(plan, draw(plan, seed=0, count=1))


@pytest.mark.parametrize("key", ["overcompliance", "spillover"])
def test_what_slows_lawful_trade_is_not_called_a_control_in_force(key: str) -> None:
    events = run(*slowed(key, {"lost": "40%", "time": "28 days"}))[1]
    of_it = [event for event in events if event.entity.startswith(f"ban {key}")]
    begin, end, released = of_it
    assert (begin.tick, begin.kind) == (7, EventKind.TRADE_SLOWED)
    assert begin.quantity == pytest.approx(0.6)
    assert (end.tick, end.kind, end.quantity) == (11, EventKind.TRADE_NO_LONGER_SLOWED, 4)
    assert released.kind is EventKind.QUEUE_RELEASED
    assert "no longer slows trade" in released.why
    assert ("would cover" in begin.why) == (key == "overcompliance")


def in_batches(rates: list[float]) -> Case:
    """A case of `licensed` whose rule has licences in batches."""
    case = licensed(rates)
    rule = case.plan.licensing_rules[0]
    size = replace(rule.batch_days, distribution=Constant(7.0))
    return case._replace(plan=replace(case.plan, licensing_rules=(replace(rule, batch_days=size),)))


def test_of_licences_in_batches_only_a_month_without_any_is_logged() -> None:
    """A month has five ticks of a week: from tick 2 to 6 nothing is admitted, and again in ticks 8 and 9."""
    rates = [2.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 2.0]
    kinds = (
        EventKind.LICENSING_STOPS,
        EventKind.LICENSING_RESUMES,
        EventKind.HALF_PASSES,
        EventKind.RELAPSE_BEGINS,
    )
    assert len(logged(licensed(rates), *kinds)) > 4
    assert [event[:2] for event in logged(in_batches(rates), *kinds)][-2:] == [
        (6, EventKind.LICENSING_STOPS),
        (7, EventKind.LICENSING_RESUMES),
    ]
