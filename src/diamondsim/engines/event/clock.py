"""The order of actions: each has a tick, a phase and a rank, and no two share all three.

Owns the declared priorities of the event engine. SimPy breaks ties by the order of insertion; here that never
decides anything, since the event queue is ordered by (tick, phase, rank) and a rank is the number of an
entity.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from enum import IntEnum
from itertools import count
from typing import TypeAlias

import simpy
from simpy.events import EventPriority


class Phase(IntEnum):
    """The steps of a tick in their order (model.md, section 3), each with the processes that act in it."""

    # 1. Change of state
    CONTROL = 1  # controls take their state
    IN_FORCE = 2  # controls come into force or end
    LICENSING = 3  # licensing rules take their approval rate
    PRODUCER = 4  # producers break down, recover, grow
    BUILD = 5  # capacity of projects arrives
    FACILITY = 6  # a facility passes a milestone
    QUALIFICATION = 7  # buyers qualify a source
    SOURCE = 8  # sources take their capacity and tracked share
    EXPECT = 9  # nodes take their expected demand and contract shares
    # 2. Arrive and grant
    ARRIVE = 10  # shipments (rank: lane)
    RECEIVE = 11  # nodes
    REVIEW = 12  # extra reviews end (rank: lane)
    GRANT = 13  # sources have the licence queues of their lanes admitted
    # 3. Consume
    CONSUME = 14  # uses
    RELEASE = 15  # reserves
    BACKORDER = 16  # uses split what is still missing into backlog and lost sales
    # 4. Order
    ORDER = 17  # nodes
    # 5. Allocate and make
    ALLOCATE = 18  # all nodes and sources at once
    MAKE = 19  # sources
    # 6. Dispatch
    DISPATCH = 20  # sources
    # 7. Record
    FILL_RATE = 21  # nodes update purchases and expected fill rates
    PRICE = 22  # prices move
    CONVERT = 23  # sources convert more or less of one grade into another
    DECIDE = 24  # sources decide to add capacity
    RECORD = 25  # the recorder fills the Ledger
    OBSERVE = 26  # observers add events to the log


Step: TypeAlias = tuple[Phase, Callable[[int], None]]
"""An action of a process and the phase in which it takes place; the action is called with the tick."""

_RANKS = 1 << 24


class Moment(simpy.Event):
    """An event that fires at its tick, phase and rank."""

    def __init__(self, env: simpy.Environment, tick: int, phase: Phase, rank: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        # SimPy reserves priorities 0 and 1; the lowest here, phase 1 and rank 0, is far above them.
        env.schedule(self, EventPriority(phase * _RANKS + rank), tick - env.now)


class Clock:
    """Schedule the actions and processes of one replication.

    Parameters
    ----------
    env : simpy.Environment
        Its time is the tick, an int.
    """

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env

    def at(self, tick: int, phase: Phase, rank: int) -> Moment:
        """Return the moment to wait for; `tick` is the current one or later."""
        return Moment(self._env, tick, phase, rank)

    def call(self, tick: int, phase: Phase, rank: int, action: Callable[[int], None]) -> None:
        """Call `action(tick)` once, at the moment given."""

        def fire(_: simpy.Event) -> None:
            action(tick)

        callbacks = self.at(tick, phase, rank).callbacks
        assert callbacks is not None
        callbacks.append(fire)

    def schedule(self, rank: int, steps: Sequence[Step]) -> None:
        """Start a process that takes its steps in every tick; they are given in the order of their phases."""
        self.start(self._repeat(rank, steps))

    def start(self, process: Generator[simpy.Event, None, None]) -> None:
        """Start a process; it must not change anything before its first moment."""
        self._env.process(process)

    def _repeat(self, rank: int, steps: Sequence[Step]) -> Generator[simpy.Event, None, None]:
        for tick in count():
            for phase, action in steps:
                yield self.at(tick, phase, rank)
                action(tick)

    def run(self, until: int) -> None:
        """Run the half-open horizon [0, until): SimPy stops before anything that is due at `until`."""
        # A numpy integer would turn SimPy's clock into a float.
        self._env.run(until=int(until))
