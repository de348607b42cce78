"""The order of actions in the event engine: tick, phase, rank (model.md, section 3)."""

from collections.abc import Generator

import pytest
import simpy

from diamondsim.engines.event.clock import Clock, Phase


@pytest.fixture
def clock() -> Clock:
    return Clock(simpy.Environment())


def test_actions_come_by_tick_phase_and_rank_however_they_were_added(clock):
    seen: list[tuple[int, str]] = []

    def note(text: str):
        return lambda tick: seen.append((tick, text))

    def milestone() -> Generator[simpy.Event, None, None]:
        yield clock.at(1, Phase.FACILITY, 0)
        seen.append((1, "facility"))

    clock.schedule(0, [(Phase.RECEIVE, note("receive 0")), (Phase.EXPECT, note("expect 0"))])
    clock.call(1, Phase.ARRIVE, 1, note("arrive 1"))
    clock.schedule(2, [(Phase.ARRIVE, note("arrive 2")), (Phase.CONTROL, note("control 2"))])
    clock.call(1, Phase.ARRIVE, 3, note("arrive 3"))
    clock.start(milestone())
    clock.run(until=2)
    every_tick = ["control 2", "expect 0", "arrive 2", "receive 0"]
    second_tick = ["control 2", "facility", "expect 0", "arrive 1", "arrive 2", "arrive 3", "receive 0"]
    assert seen == [*((0, text) for text in every_tick), *((1, text) for text in second_tick)]


def test_what_an_action_sends_is_due_in_a_later_tick(clock):
    seen: list[int] = []
    clock.schedule(0, [(Phase.DISPATCH, lambda tick: clock.call(tick + 2, Phase.ARRIVE, 0, seen.append))])
    clock.run(until=5)
    assert seen == [2, 3, 4]
    with pytest.raises(AssertionError, match="tick 4 has begun"):
        clock.call(4, Phase.ARRIVE, 0, seen.append)


def test_a_phase_is_awaited_or_has_actions(clock):
    with pytest.raises(AssertionError, match="FACILITY"):
        clock.schedule(0, [(Phase.FACILITY, print)])
    with pytest.raises(AssertionError, match="BUILD"):
        clock.call(0, Phase.BUILD, 0, print)
    with pytest.raises(AssertionError, match="ORDER"):
        clock.at(0, Phase.ORDER, 0)
