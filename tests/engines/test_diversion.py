"""Third countries through which goods are diverted, worked out by hand (model.md, eq. 10a, 10b, 40a-40d).

The source makes what is ordered; everything takes one tick. `a` is the target, `b` and `c` are third
countries. What waits for a licence counts for nothing, so that all order their demand in each tick.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from diamondsim.plan import Relay
from tests.engines.known_cases import close
from tests.engines.running import ENGINES, Outcome, Run
from tests.engines.small_case import (
    BANNED,
    LICENSING,
    NONE,
    ControlSpec,
    RuleSpec,
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


def trade(run: Run, *controls: ControlSpec, capacity: float = 1000.0, n_ticks: int = 3) -> Outcome:
    return run(
        small_case(
            n_ticks=n_ticks,
            nodes=[use(name, demand=flow, queue_weight=0.0, max_order=1.0) for name, flow in FLOWS.items()],
            sources=[source("s", capacity=capacity)],
            lanes=[lane("s", name) for name in FLOWS],
            controls=controls,
        )
    )


def licensing(rules: Sequence[RuleSpec], *, states: Any = LICENSING, **more: Any) -> ControlSpec:
    """Of what is not licensed to `a` 80 % is diverted through `b` and `c`."""
    return control("c", states=states, rules=rules, diversion_share=0.8, third_countries=("b", "c"), **more)


HALVING: Any = {"relay": Relay.INSIDE, "relay_share": 0.4, "relay_gain": 0.5}
"""Traders pass on four tenths of a mean that moves by half in each tick, out of what they are sent."""


def licences(**more: Any) -> ControlSpec:
    """Nothing is licensed to `a`, half of the flow to the third countries; of the rest 80 % is diverted."""
    rules = [rule([TO_A], approval_rate=0.0), rule([TO_B, TO_C], approval_rate=0.5)]
    return licensing(rules, **more)


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


def batches(**more: Any) -> ControlSpec:
    """Nothing is licensed to `a`, two ticks of flow to the third countries in tick 4, and else nothing."""
    in_batches = [0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0]
    rules = [rule([TO_A], approval_rate=0.0), rule([TO_B, TO_C], approval_rate=in_batches)]
    return licensing(rules, **more)


def test_traders_pass_on_between_batches_what_they_were_sent_before(run: Run) -> None:
    """Before the control 100 were sent in each tick. Where half of what traders remember fades in a tick,
    their mean is 50, 25, 12.5 and 6.25, after the batch of 200 it is 103.125 and halves again. Four tenths of
    it are passed on; without a memory nothing but in the tick of the batch.
    """
    got = trade(run, batches(relay=Relay.BESIDE, relay_share=0.4, relay_gain=0.5), n_ticks=8)
    assert got.of("granted", "s", "b") == close([0, 0, 0, 0, 120, 0, 0, 0])
    assert got.of("granted", "s", "c") == close([0, 0, 0, 0, 80, 0, 0, 0])
    assert got.of("diverted", "s", "a") == close([20, 10, 5, 2.5, 41.25, 20.625, 10.3125, 5.15625])
    assert got.of("relayed", "s", "b") == close([0] * 8)
    assert got.of("relay_drawdown", "s") == close([0] * 8)
    at_once = trade(run, batches(relay=Relay.BESIDE, relay_share=0.4), n_ticks=8)
    assert at_once.of("diverted", "s", "a") == close([0, 0, 0, 0, 80, 0, 0, 0])


def test_what_traders_took_out_of_stock_is_taken_off_the_next_goods_they_are_sent(run: Run) -> None:
    """The 37.5 of the first four ticks and the 41.25 of the fifth come out of its batch, by 3 : 2."""
    got = trade(run, batches(relay=Relay.INSIDE, relay_share=0.4, relay_gain=0.5), n_ticks=8)
    assert got.of("diverted", "s", "a") == close([20, 10, 5, 2.5, 41.25, 20.625, 10.3125, 5.15625])
    assert got.of("relay_drawdown", "s") == close([20, 30, 35, 37.5, 0, 20.625, 30.9375, 36.09375])
    assert got.of("relayed", "s", "b") == close([0, 0, 0, 0, 47.25, 0, 0, 0])
    assert got.of("relayed", "s", "c") == close([0, 0, 0, 0, 31.5, 0, 0, 0])
    assert got.of("arrived", "b") == close([60, 0, 0, 0, 0, 72.75, 0, 0])
    assert got.of("arrived", "c") == close([40, 0, 0, 0, 0, 48.5, 0, 0])
    assert got.of("arrived", "a") == close([100, 20, 10, 5, 2.5, 41.25, 20.625, 10.3125])


def test_a_batch_that_is_too_small_replaces_a_part(run: Run) -> None:
    """Of 20 and 10 passed on, the 10 of a small batch to `b` replace 10, so that 25 - 10 + 5 are left: its
    mean is 25 + (10 - 25) / 2 in tick 2, of which four tenths, 7, are passed on.
    """
    small = [rule([TO_A], approval_rate=0.0), rule([TO_B], approval_rate=[0.0, 0.0, 1 / 6, 0.0])]
    got = trade(run, licensing([*small, rule([TO_C], approval_rate=0.0)], **HALVING), n_ticks=4)
    assert got.of("diverted", "s", "a") == close([20, 10, 7, 3.5])
    assert got.of("relayed", "s", "b") == close([0, 0, 10, 0])
    assert got.of("relay_drawdown", "s") == close([20, 30, 27, 30.5])
    assert got.of("arrived", "b") == close([60, 0, 0, 0])


def test_a_flow_that_does_not_change_is_passed_on_whatever_the_memory(run: Run) -> None:
    """As without a memory: of the 100 that the others buy, 40 are passed on, 24 of 60 and 16 of 40."""
    for gain in (1.0, 0.3, 0.01):
        steady = ban("c", diversion_share=0.8, third_countries=("b", "c"), **{**HALVING, "relay_gain": gain})
        got = trade(run, steady, n_ticks=6)
        assert got.of("diverted", "s", "a") == close([40] * 6)
        assert got.of("relayed", "s", "b") == close([24] * 6)
        assert got.of("relayed", "s", "c") == close([16] * 6)
        assert got.of("relay_drawdown", "s") == close([0] * 6)


def test_what_is_passed_on_fades_when_no_licences_come(run: Run) -> None:
    """It halves in each tick, and so adds up to 40, twice the first 20. That is less than the 40 of a tick
    before the control times the memory, 1 / ln 2 ticks.
    """
    none = [rule([TO_A, TO_B, TO_C], approval_rate=0.0)]
    got = trade(run, licensing(none, **HALVING), n_ticks=40)
    passed_on = got.of("diverted", "s", "a")
    assert passed_on == close([20 * 0.5**t for t in range(40)])
    assert [sum(passed_on)] == close([40])
    assert sum(passed_on) < 40 / math.log(2)
    assert got.of("relay_drawdown", "s")[-1:] == close([40])


def test_stocks_are_replaced_after_the_control_has_ended(run: Run) -> None:
    """In tick 2 the control is gone, and nothing more is diverted; `b` and `c` are sent the 120 and 80 that
    waited, of which 30 replace what they passed on, by 3 : 2.
    """
    brief = [LICENSING, LICENSING, NONE, NONE]
    none = [rule([TO_A, TO_B, TO_C], approval_rate=0.0)]
    got = trade(run, licensing(none, states=brief, **HALVING), n_ticks=4)
    assert got.of("diverted", "s", "a") == close([20, 10, 0, 0])
    assert got.of("relay_drawdown", "s") == close([20, 30, 0, 0])
    assert got.of("relayed", "s", "b") == close([0, 0, 18, 0])
    assert got.of("relayed", "s", "c") == close([0, 0, 12, 0])
    assert got.of("granted", "s", "b") == close([0, 0, 120, 0])
    assert got.of("arrived", "b") == close([60, 0, 0, 102])
    assert got.of("arrived", "c") == close([40, 0, 0, 68])
