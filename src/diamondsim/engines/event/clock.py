"""The order of actions: each has a tick, a phase and a rank, and no two share all three.

Owns the declared priorities of the event engine. SimPy breaks ties by the order of insertion; here that never
decides anything, since the event queue is ordered by (tick, phase, rank) and a rank is the number of an
entity.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from enum import IntEnum
from itertools import count
from operator import itemgetter
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


Action: TypeAlias = Callable[[int], None]
"""What happens at a moment; it is called with the tick."""

Step: TypeAlias = tuple[Phase, Action]
"""An action of a process and the phase in which it takes place."""

AWAITED = (Phase.BUILD, Phase.FACILITY, Phase.QUALIFICATION)
"""Phases in which processes act that wait for single moments; in all others actions are called."""

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

    The actions of a phase are one event of SimPy, in which they are called by rank: an event for each of them
    would take about two fifths of the time of a replication.

    Parameters
    ----------
    env : simpy.Environment
        Its time is the tick, an int.

    Examples
    --------
    >>> clock = Clock(simpy.Environment())
    >>> clock.schedule(1, [(Phase.ORDER, lambda t: print(t, "node 1 orders"))])
    >>> clock.schedule(0, [(Phase.ORDER, lambda t: print(t, "node 0 orders"))])
    >>> clock.call(1, Phase.ARRIVE, 0, lambda t: print(t, "a shipment arrives"))
    >>> clock.run(until=2)
    0 node 0 orders
    0 node 1 orders
    1 a shipment arrives
    1 node 0 orders
    1 node 1 orders
    """

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        # By phase, and what is called once also by tick; a list, since the hash of an IntEnum is slow.
        self._steps: list[list[tuple[int, Action]]] = [[] for _ in range(max(Phase) + 1)]
        self._calls: list[dict[int, list[tuple[int, Action]]]] = [{} for _ in self._steps]
        self._tick = -1

    def at(self, tick: int, phase: Phase, rank: int) -> Moment:
        """Return the moment in an awaited phase for which a process waits; `tick` is not in the past."""
        assert phase in AWAITED, f"the actions of {phase.name} are scheduled"
        return Moment(self._env, tick, phase, rank)

    def call(self, tick: int, phase: Phase, rank: int, action: Action) -> None:
        """Call `action(tick)` once, in a tick to come."""
        assert phase not in AWAITED, f"processes wait for {phase.name}"
        assert tick > self._tick, f"tick {tick} has begun"
        self._calls[phase].setdefault(tick, []).append((rank, action))

    def schedule(self, rank: int, steps: Sequence[Step]) -> None:
        """Call some actions in every tick, each in its phase; before the run begins."""
        for phase, action in steps:
            assert phase not in AWAITED, f"processes wait for {phase.name}"
            self._steps[phase].append((rank, action))

    def start(self, process: Generator[simpy.Event, None, None]) -> None:
        """Start a process; it must not change anything before its first moment."""
        self._env.process(process)

    def run(self, until: int) -> None:
        """Run the half-open horizon [0, until): SimPy stops before anything that is due at `until`."""
        self.start(self._call_actions())
        # A numpy integer would turn SimPy's clock into a float.
        self._env.run(until=int(until))

    def _call_actions(self) -> Generator[simpy.Event, None, None]:
        """Wait for each phase of each tick, and call its actions by rank."""
        rank = itemgetter(0)
        phases = [
            (phase, sorted(self._steps[phase], key=rank), self._calls[phase])
            for phase in Phase
            if phase not in AWAITED
        ]
        for tick in count():
            self._tick = tick
            for phase, steps, calls in phases:
                yield Moment(self._env, tick, phase, 0)
                once = calls.pop(tick, None)
                for _, action in sorted([*steps, *once], key=rank) if once else steps:
                    action(tick)
