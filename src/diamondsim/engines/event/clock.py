"""The order of the day: every happening has a tick, a phase and a rank, and no two share all three.

Owns the declared priorities of the event engine. SimPy breaks ties by the order of insertion; here that never
decides anything, since the heap is ordered by (tick, phase, rank) and a rank is the number of an entity.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from enum import IntEnum
from itertools import count
from typing import TypeAlias

import simpy
from simpy.events import EventPriority


class Phase(IntEnum):
    """The phases of a tick in their order (model.md, section 3), each with the persons who act in it."""

    # 1. Change of state
    CONTROL = 1  # controls take their state
    FORCE = 2  # controls come into force or end
    DESK = 3  # desks take their level
    PLANT = 4  # producers break down, recover, grow
    FACILITY = 5  # a facility passes a milestone
    QUALIFY = 6  # buyers qualify a facility
    SOURCE = 7  # sources take their capacity and origin
    OUTLOOK = 8  # nodes look at expected flow and contracts
    # 2. Arrive and grant
    ARRIVE = 9  # shipments (rank: lane)
    UNLOAD = 10  # nodes
    REVIEW = 11  # extra reviews end (rank: lane)
    GRANT = 12  # sources ask the desks for the lots in their queues
    # 3. Consume
    CONSUME = 13  # uses
    RELEASE = 14  # reserves
    SETTLE = 15  # uses count what is missing
    # 4. Order
    ORDER = 16  # nodes
    # 5. Allocate and make
    TRADE = 17  # the market
    MAKE = 18  # sources
    # 6. Dispatch
    DISPATCH = 19  # sources
    # 7. Record
    LEARN = 20  # nodes
    PRICE = 21  # the exchange
    RECORD = 22  # the clerk
    TELL = 23  # the chronicler


Duty: TypeAlias = tuple[Phase, Callable[[int], None]]
"""What a person does in a phase; called with the tick."""

_RANKS = 1 << 24


class Moment(simpy.Event):
    """An event that fires at its tick, phase and rank."""

    def __init__(self, env: simpy.Environment, tick: int, phase: Phase, rank: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        # SimPy keeps priorities 0 and 1 to itself; the lowest here, phase 1 and rank 0, is far above them.
        env.schedule(self, EventPriority(phase * _RANKS + rank), tick - env.now)


class Clock:
    """Sets moments, and lets persons live by them.

    Parameters
    ----------
    env : simpy.Environment
        Its time is the tick, an int.
    """

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env

    def at(self, tick: int, phase: Phase, rank: int) -> Moment:
        """Return the moment to wait for; `tick` is today or later."""
        return Moment(self._env, tick, phase, rank)

    def call(self, tick: int, phase: Phase, rank: int, deed: Callable[[int], None]) -> None:
        """Have `deed(tick)` done once, at the moment given."""

        def fire(_: simpy.Event) -> None:
            deed(tick)

        callbacks = self.at(tick, phase, rank).callbacks
        assert callbacks is not None
        callbacks.append(fire)

    def employ(self, rank: int, duties: Sequence[Duty]) -> None:
        """Start a process that does its duties tick by tick, each in its phase (given in their order)."""
        self.start(self._work(rank, duties))

    def start(self, life: Generator[simpy.Event, None, None]) -> None:
        """Start a process; until its first moment it must leave the world alone."""
        self._env.process(life)

    def _work(self, rank: int, duties: Sequence[Duty]) -> Generator[simpy.Event, None, None]:
        for tick in count():
            for phase, duty in duties:
                yield self.at(tick, phase, rank)
                duty(tick)

    def run(self, until: int) -> None:
        """Run the half-open horizon [0, until): SimPy stops before anything that is due at `until`."""
        # A numpy integer would turn SimPy's clock into a float.
        self._env.run(until=int(until))
