"""The event engine: one replication as a play on SimPy, to be read beside `docs/model.md`.

Persons (controls, desks, producers, sources, nodes, reserves) are processes that do their duties at declared
moments of each tick (`clock`); shipments are events that deliver. Nothing depends on the order in which they
were made.
"""

from __future__ import annotations

import simpy

from diamondsim.draws import Draws
from diamondsim.engines.event.cast import Cast, engage
from diamondsim.engines.event.chronicler import (
    Chronicler,
    DeskWatch,
    LeakWatch,
    ReserveWatch,
    SourceWatch,
    Watch,
)
from diamondsim.engines.event.clerk import Clerk
from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.market import Market
from diamondsim.engines.event.reserve import Reserve
from diamondsim.engines.event.script import Script
from diamondsim.engines.event.shortage import Detective, ShortageWatch
from diamondsim.engines.event.story import QUANTITIES, Event, Kind, Story
from diamondsim.engines.event.use import Use
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan

__all__ = ["QUANTITIES", "Event", "Kind", "run"]


def run(plan: Plan, draws: Draws, *, column: int = 0) -> tuple[Ledger, tuple[Event, ...]]:
    """Simulate one replication.

    Parameters
    ----------
    plan : Plan
        The scenario with every name turned into an index.
    draws : Draws
        Everything random about R replications.
    column : int
        Which of them to simulate: a position along the last axis of the Draws.

    Returns
    -------
    ledger : Ledger
        All quantities, each (tick, entity, 1).
    events : tuple of Event
        The event log by tick: rows at changes.

    Examples
    --------
    >>> ledger, events = run(plan, draws, column=7)  # doctest: +SKIP
    >>> [event for event in events if event.kind is Kind.SHORTAGE_BEGINS]  # doctest: +SKIP
    """
    clock = Clock(simpy.Environment())
    story = Story()
    ledger = Ledger.empty(plan, 1)
    cast = engage(plan, Script(plan, draws, column), clock, story)
    Market(clock, cast.nodes, cast.sources, plan.n_tiers)
    Clerk(clock, ledger, cast.nodes, cast.lanes, cast.sources)
    Chronicler(clock, _watches(cast, story, ledger, last_tick=plan.n_ticks - 1))
    clock.run(until=plan.n_ticks)
    return ledger, story.events()


def _watches(cast: Cast, story: Story, books: Ledger, *, last_tick: int) -> list[Watch]:
    """Return who looks on, in the order in which they tell."""
    detective = Detective(books, cast.sources)
    watches: list[Watch] = []
    for desk in cast.desks:
        watches.append(DeskWatch(story, desk, [x for x in cast.lanes if desk in x.desks]))
    for control in cast.controls:
        covered = [x for x in cast.lanes if any(desk.control is control for desk in x.desks)]
        watches.append(LeakWatch(story, control, covered))
    watches.extend(SourceWatch(story, source) for source in cast.sources)
    watches.extend(ReserveWatch(story, node) for node in cast.nodes if isinstance(node, Reserve))
    for node in cast.nodes:
        if isinstance(node, Use):
            watches.append(ShortageWatch(story, node, detective, last_tick=last_tick))
    return watches
