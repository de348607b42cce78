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
    clock.schedule(3, [(Phase.PRODUCER, note("producer 3")), (Phase.SOURCE, note("source 3"))])
    clock.schedule(2, [(Phase.RECEIVE, note("receive 2")), (Phase.CONTROL, note("control 2"))])
    clock.start(milestone())
    clock.run(until=2)
    before, after = ["control 2", "producer 3"], ["source 3", "expect 0", "receive 0", "receive 2"]
    assert seen == [
        *((0, text) for text in [*before, *after]),
        *((1, text) for text in [*before, "facility", *after]),
    ]


def test_a_phase_is_awaited_or_has_actions(clock):
    with pytest.raises(AssertionError, match="FACILITY"):
        clock.schedule(0, [(Phase.FACILITY, print)])
    with pytest.raises(AssertionError, match="ORDER"):
        clock.at(0, Phase.ORDER, 0)
