"""The event engine: one replication as a play on SimPy, to be read beside `docs/model.md`.

Persons (controls, desks, producers, sources, nodes, reserves) are processes that do their duties at declared
moments of each tick (`clock`); shipments are events that deliver. Nothing depends on the order in which they
were made.
"""

from __future__ import annotations

from collections.abc import Sequence

import simpy

from diamondsim.draws import Draws
from diamondsim.engines.event.cast import Cast, engage
from diamondsim.engines.event.chronicler import (
    Chronicler,
    CrackdownWatch,
    DeskWatch,
    LeakWatch,
    ReserveWatch,
    SourceWatch,
    Watch,
)
from diamondsim.engines.event.clerk import Clerk
from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.lane import Lane
from diamondsim.engines.event.market import Market
from diamondsim.engines.event.pricewatch import PriceWatch, StopWatch
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
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.sampling import draw
    >>> from diamondsim.scenario import load_scenario
    >>> plan = compile_plan(load_scenario("in-force-2026").override({"horizon.length": "8 weeks"}))
    >>> ledger, events = run(plan, draw(plan, seed=1, count=8), column=7)
    >>> [event.entity for event in events if event.kind is Kind.CONTROL_IN_FORCE]
    ['cn_55']
    """
    clock = Clock(simpy.Environment())
    story = Story()
    ledger = Ledger.empty(plan, 1)
    cast = engage(plan, Script(plan, draws, column), clock, story)
    Market(clock, cast.nodes, cast.sources, plan.n_tiers)
    Clerk(clock, ledger, cast.nodes, cast.lanes, cast.sources, cast.quotes)
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    units = [unit_of[node.grade] for node in plan.nodes]
    Chronicler(clock, _watches(cast, story, ledger, units, last_tick=plan.n_ticks - 1))
    clock.run(until=plan.n_ticks)
    return ledger, story.events()


def _watches(cast: Cast, story: Story, books: Ledger, units: Sequence[str], *, last_tick: int) -> list[Watch]:
    """Return who looks on, in the order in which they tell; `units` are those of the nodes."""
    detective = Detective(books, cast.sources)
    watches: list[Watch] = []
    for desk in cast.desks:
        watches.append(DeskWatch(story, desk, _by_unit([x for x in cast.lanes if desk in x.desks], units)))
    for control in cast.controls:
        covered = [x for x in cast.lanes if any(desk.control is control for desk in x.desks)]
        watches.append(CrackdownWatch(story, control))
        watches += [LeakWatch(story, control, some, unit) for unit, some in _by_unit(covered, units).items()]
    watches.extend(PriceWatch(story, quote) for quote in cast.quotes)
    for source in cast.sources:
        watches += [StopWatch(story, source), SourceWatch(story, source)]
    for n, node in enumerate(cast.nodes):
        if isinstance(node, Reserve):
            watches.append(ReserveWatch(story, node, units[n]))
    for n, node in enumerate(cast.nodes):
        if isinstance(node, Use):
            watches.append(ShortageWatch(story, node, detective, unit=units[n], last_tick=last_tick))
    return watches


def _by_unit(lanes: Sequence[Lane], units: Sequence[str]) -> dict[str, list[Lane]]:
    """Return lanes by the unit in which their node is counted."""
    parts: dict[str, list[Lane]] = {}
    for lane in lanes:
        parts.setdefault(units[lane.node], []).append(lane)
    return parts
