"""Third countries through which goods are diverted, worked out by hand (model.md, eq. 10a, 10b, 40a-40c).

The source makes what is ordered; everything takes one tick. `a` is the target, `b` and `c` are third
countries. What waits for a licence counts for nothing, so that all order their demand in each tick.
"""

from __future__ import annotations

from typing import Any

import pytest

from diamondsim.plan import Relay
from tests.engines.known_cases import close
from tests.engines.running import ENGINES, Outcome, Run
from tests.engines.small_case import (
    BANNED,
    LICENSING,
    ControlSpec,
    control,
    lane,
    rule,
    small_case,
    source,
    use,
)

pytestmark = pytest.mark.parametrize("run", ENGINES.values(), ids=ENGINES)

FLOWS = {"a": 100, "b": 60, "c": 40}
TO_A, TO_B, TO_C = (("s", node) for node in FLOWS)


def trade(run: Run, *controls: ControlSpec, capacity: float = 1000.0) -> Outcome:
    return run(
        small_case(
            n_ticks=3,
            nodes=[use(name, demand=flow, queue_weight=0.0, max_order=1.0) for name, flow in FLOWS.items()],
            sources=[source("s", capacity=capacity)],
            lanes=[lane("s", name) for name in FLOWS],
            controls=controls,
        )
    )


def licences(**more: Any) -> ControlSpec:
    """Nothing is licensed to `a`, half of the flow to the third countries; of the rest 80 % is diverted."""
    rules = [rule([TO_A], approval_rate=0.0), rule([TO_B, TO_C], approval_rate=0.5)]
    return control(
        "c", states=LICENSING, rules=rules, diversion_share=0.8, third_countries=("b", "c"), **more
    )


def ban(name: str, **more: Any) -> ControlSpec:
    return control(name, states=BANNED, covers=[TO_A], **more)


def test_nothing_is_diverted_into_third_countries(run: Run) -> None:
    got = trade(run, licences())
    assert got.of("diverted", "s", "a") == close([80, 80, 80])
    assert got.of("diverted", "s", "b") == close([0, 0, 0])
    assert got.of("diverted", "s", "c") == close([0, 0, 0])


def test_third_countries_pass_on_a_share_of_what_they_are_licensed(run: Run) -> None:
    """Nobody has a licence in tick 0. From tick 1 on 30 and 20 are granted, of which 0.4 can be passed on:
    20 of the potential 80. The goods are of their own: in tick 1 the source makes 100, 60 and 40 for the
    queues, and these.
    """
    got = trade(run, licences(relay=Relay.BESIDE, relay_share=0.4))
    assert got.of("granted", "s", "b") == close([0, 30, 30])
    assert got.of("diverted", "s", "a") == close([0, 20, 20])
    assert got.of("relayed", "s", "b") == close([0, 0, 0])
    assert got.of("arrived", "b") == close([60, 0, 30])
    assert got.of("arrived", "a") == close([100, 0, 20])
    assert got.of("output", "s") == close([200, 220, 220])


def test_what_is_inside_is_taken_off_what_third_countries_are_sent(run: Run) -> None:
    """The 20 come by 3 : 2 out of the 30 and 20 granted, a quarter is seized, and no more is made."""
    got = trade(run, licences(relay=Relay.INSIDE, relay_share=0.4, seized=0.25))
    assert got.of("diverted", "s", "a") == close([0, 20, 20])
    assert got.of("seized", "s", "a") == close([0, 5, 5])
    assert got.of("relayed", "s", "b") == close([0, 12, 12])
    assert got.of("relayed", "s", "c") == close([0, 8, 8])
    assert got.of("granted", "s", "b") == close([0, 30, 30])
    assert got.of("pipeline", "s", "b") == close([0, 18, 18])
    assert got.of("arrived", "a") == close([100, 0, 15])
    assert got.of("arrived", "b") == close([60, 0, 18])
    assert got.of("arrived", "c") == close([40, 0, 12])
    assert got.of("output", "s") == close([200, 200, 200])


def test_a_source_without_anything_left_diverts_only_what_is_inside(run: Run) -> None:
    """From tick 1 on orders take all of the 150 that it can make."""
    beside = trade(run, licences(relay=Relay.BESIDE, relay_share=0.4), capacity=150.0)
    inside = trade(run, licences(relay=Relay.INSIDE, relay_share=0.4), capacity=150.0)
    assert beside.of("diverted", "s", "a") == close([0, 0, 0])
    assert inside.of("diverted", "s", "a") == close([0, 20, 20])


def test_free_third_countries_pass_on_what_they_buy(run: Run) -> None:
    """Only `a` is covered: 40 of the 100 that the others buy is passed on, 24 of 60 and 16 of 40."""
    free = ban("c", diversion_share=0.8, third_countries=("b", "c"), relay=Relay.INSIDE, relay_share=0.4)
    got = trade(run, free)
    assert got.of("diverted", "s", "a") == close([40, 40, 40])
    assert got.of("shipped", "s", "b") == close([60, 60, 60])
    assert got.of("allocated", "s", "b") == close([60, 60, 60])
    assert got.of("arrived", "b")[:2] == close([60, 36])
    assert got.of("arrived", "c")[:2] == close([40, 24])


def test_of_several_controls_the_least_relay_counts_and_those_inside_lose_the_goods(run: Run) -> None:
    """The share is 0.6. One could pass on half of the 60 of `b`, the other a quarter of the 40 of `c`."""
    one = ban("one", diversion_share=0.8, third_countries=("b",), relay=Relay.BESIDE, relay_share=0.5)
    two = ban("two", diversion_share=0.6, third_countries=("c",), relay=Relay.INSIDE, relay_share=0.25)
    got = trade(run, one, two)
    assert got.of("diverted", "s", "a") == close([10, 10, 10])
    assert got.of("relayed", "s", "b") == close([0, 0, 0])
    assert got.of("relayed", "s", "c") == close([10, 10, 10])


def test_two_controls_share_what_is_inside_one_lane(run: Run) -> None:
    """Each has half of the 60 of `b`: pools of 30 and 15, and half of the 15 that are diverted."""
    one = ban("one", diversion_share=0.8, third_countries=("b",), relay=Relay.INSIDE)
    two = ban("two", diversion_share=0.6, third_countries=("b",), relay=Relay.INSIDE, relay_share=0.5)
    got = trade(run, one, two)
    assert got.of("diverted", "s", "a") == close([15, 15, 15])
    assert got.of("relayed", "s", "b") == close([15, 15, 15])


def test_a_source_that_sends_nothing_to_third_countries_diverts_nothing(run: Run) -> None:
    nobody = ban("c", diversion_share=0.8, relay=Relay.BESIDE)
    assert trade(run, nobody).of("diverted", "s", "a") == close([0, 0, 0])
