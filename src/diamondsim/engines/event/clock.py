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
    RECEIVE = 10  # nodes take what arrives
    GRANT = 11  # sources have reviews ended, and the licence queues of their lanes admitted
    # 3. Consume
    CONSUME = 12  # uses
    RELEASE = 13  # reserves
    BACKORDER = 14  # uses split what is still missing into backlog and lost sales
    # 4. Order
    ORDER = 15  # nodes
    # 5. Allocate and make
    ALLOCATE = 16  # all nodes and sources at once
    MAKE = 17  # sources
    # 6. Dispatch
    DISPATCH = 18  # sources
    # 7. Record
    FILL_RATE = 19  # nodes update purchases and expected fill rates
    PRICE = 20  # prices move
    CONVERT = 21  # sources convert more or less of one grade into another
    DECIDE = 22  # sources decide to add capacity
    RECORD = 23  # the recorder fills the Ledger
    OBSERVE = 24  # observers add events to the log


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

    Phases between which no process waits are one event of SimPy, in which their actions are called by phase
    and rank: an event for each action would take about two fifths of the time of a replication.

    Parameters
    ----------
    env : simpy.Environment
        Its time is the tick, an int.

    Examples
    --------
    >>> clock = Clock(simpy.Environment())
    >>> clock.schedule(1, [(Phase.ORDER, lambda t: print(t, "node 1 orders"))])
    >>> clock.schedule(0, [(Phase.ORDER, lambda t: print(t, "node 0 orders"))])
    >>> clock.schedule(7, [(Phase.SOURCE, lambda t: print(t, "source 7 takes its capacity"))])
    >>> clock.run(until=2)
    0 source 7 takes its capacity
    0 node 0 orders
    0 node 1 orders
    1 source 7 takes its capacity
    1 node 0 orders
    1 node 1 orders
    """

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._steps: list[tuple[Phase, int, Action]] = []

    def at(self, tick: int, phase: Phase, rank: int) -> Moment:
        """Return the moment in an awaited phase for which a process waits; `tick` is not in the past."""
        assert phase in AWAITED, f"the actions of {phase.name} are scheduled"
        return Moment(self._env, tick, phase, rank)

    def schedule(self, rank: int, steps: Sequence[Step]) -> None:
        """Call some actions in every tick, each in its phase; before the run begins."""
        for phase, action in steps:
            assert phase not in AWAITED, f"processes wait for {phase.name}"
            self._steps.append((phase, rank, action))

    def start(self, process: Generator[simpy.Event, None, None]) -> None:
        """Start a process; it must not change anything before its first moment."""
        self._env.process(process)

    def run(self, until: int) -> None:
        """Run the half-open horizon [0, until): SimPy stops before anything that is due at `until`."""
        self.start(self._call_actions())
        # A numpy integer would turn SimPy's clock into a float.
        self._env.run(until=int(until))

    def _call_actions(self) -> Generator[simpy.Event, None, None]:
        """Call the actions of each tick by phase and rank, some before the awaited phases, the rest after."""
        steps = sorted(self._steps, key=itemgetter(0, 1))
        before = [action for phase, _, action in steps if phase < min(AWAITED)]
        after = [action for phase, _, action in steps if phase > max(AWAITED)]
        for tick in count():
            for first_phase, actions in ((Phase.CONTROL, before), (Phase.SOURCE, after)):
                yield Moment(self._env, tick, first_phase, 0)
                for action in actions:
                    action(tick)
