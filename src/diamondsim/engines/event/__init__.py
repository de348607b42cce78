"""The event engine: one replication on SimPy, written to be read beside `docs/model.md`.

Controls, licensing rules, producers, sources, nodes and reserves are processes that act at declared moments
of each tick, by phase and rank. Nothing depends on the order in which they were created.

Start with `clock`, the order of a tick. What happens in it is in `control_process`, `node_process`
(ordering), `use_process`, `reserve_process`, `allocation_process`, `source_process` (supply), `lane_state`
(licences, dispatch, expected fill rate), `price_formation` and `adaptation_process`.
`model_builder` builds and connects these parts; `observers`, `control_observers`, `buyer_observers`,
`price_observers` and `diagnosis` log events.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import simpy

from diamondsim.constants import DAYS_PER_MONTH
from diamondsim.draws import Draws
from diamondsim.engines.event.adaptation_process import ConversionObserver
from diamondsim.engines.event.allocation_process import AllocationProcess
from diamondsim.engines.event.buyer_observers import ContractObserver, FurtherSourcesObserver, StockObserver
from diamondsim.engines.event.clock import Clock
from diamondsim.engines.event.control_observers import (
    CrackdownObserver,
    DiversionObserver,
    LicensingObserver,
)
from diamondsim.engines.event.diagnosis import ShortageDiagnosis, ShortageObserver
from diamondsim.engines.event.event_log import QUANTITIES, Event, EventKind, EventLog
from diamondsim.engines.event.inputs import ReplicationInputs
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.model_builder import Model, build_model
from diamondsim.engines.event.node_process import NodeProcess
from diamondsim.engines.event.observers import (
    Observer,
    Observers,
    Recorder,
    ReserveObserver,
    SourceObserver,
)
from diamondsim.engines.event.price_observers import PriceObserver, StopObserver
from diamondsim.engines.event.reserve_process import ReserveProcess
from diamondsim.engines.event.use_process import UseProcess
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan

__all__ = ["QUANTITIES", "Event", "EventKind", "run"]


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
        The event log by tick: a row for each change.

    Examples
    --------
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.sampling import draw
    >>> from diamondsim.scenario import load_scenario
    >>> plan = compile_plan(load_scenario("in-force-2026").override({"horizon.length": "8 weeks"}))
    >>> ledger, events = run(plan, draw(plan, seed=1, count=8), column=7)
    >>> [event.entity for event in events if event.kind is EventKind.CONTROL_IN_FORCE]
    ['cn_55']
    """
    clock = Clock(simpy.Environment())
    log = EventLog(plan.tick_days)
    ledger = Ledger.empty(plan, 1)
    model = build_model(plan, ReplicationInputs(plan, draws, column), clock, log)
    AllocationProcess(clock, model.nodes, model.sources, model.relays, plan.n_tiers)
    Recorder(clock, ledger, model.nodes, model.lanes, model.sources, model.prices)
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    units = [unit_of[node.grade] for node in plan.nodes]
    names = [conversion.name for conversion in plan.conversions]
    adapting = [ConversionObserver(log, *pair) for pair in zip(names, model.conversions, strict=True)]
    buyers = _buyers_by_region(plan, model.nodes)
    month = max(2, math.ceil(DAYS_PER_MONTH / plan.tick_days))
    windows = [month if rule.comes_in_batches else 1 for rule in plan.licensing_rules]
    others = _observers(model, log, ledger, units, buyers, windows, last_tick=plan.n_ticks - 1)
    Observers(clock, [*adapting, *others])
    clock.run(until=plan.n_ticks)
    return ledger, log.events()


def _observers(
    model: Model,
    log: EventLog,
    ledger: Ledger,
    units: Sequence[str],
    buyers: Mapping[str, Sequence[tuple[str, NodeProcess]]],
    windows: Sequence[int],
    *,
    last_tick: int,
) -> list[Observer]:
    """Return the observers in the order in which they log; `units` are those of the nodes.

    `windows` are the ticks over which the observers of licensing rules add up what is admitted.
    """
    observers: list[Observer] = []
    for rule, window in zip(model.rules, windows, strict=True):
        lanes = [lane for lane in model.lanes if rule in lane.rules]
        observers.append(LicensingObserver(log, rule, _by_unit(lanes, units), window=window))
    for control in model.controls:
        lanes = [lane for lane in model.lanes if any(rule.control is control for rule in lane.rules)]
        observers.append(CrackdownObserver(log, control))
        observers += [
            DiversionObserver(log, control, lanes_of_unit, unit)
            for unit, lanes_of_unit in _by_unit(lanes, units).items()
        ]
    observers.extend(PriceObserver(log, price) for price in model.prices)
    for source in model.sources:
        observers += [StopObserver(log, source), SourceObserver(log, source)]
        observers += [ContractObserver(log, source, unit) for unit in _by_unit(source.lanes, units)]
    observers += [FurtherSourcesObserver(log, *pair, last_tick=last_tick) for pair in buyers.items()]
    for node, unit in zip(model.nodes, units, strict=True):
        if isinstance(node, ReserveProcess):
            observers.append(ReserveObserver(log, node, unit))
    diagnosis = ShortageDiagnosis(ledger, model.sources)
    for node, unit in zip(model.nodes, units, strict=True):
        if isinstance(node, UseProcess):
            observers.append(StockObserver(log, node))
            observers.append(ShortageObserver(log, node, diagnosis, unit=unit, last_tick=last_tick))
    return observers


def _buyers_by_region(plan: Plan, nodes: Sequence[NodeProcess]) -> dict[str, list[tuple[str, NodeProcess]]]:
    """Return the nodes of each region with their use; a feed stock has none and is named itself."""
    regions: dict[str, list[tuple[str, NodeProcess]]] = {}
    for row, node in zip(plan.nodes, nodes, strict=True):
        regions.setdefault(row.region, []).append((row.use or row.name, node))
    return regions


def _by_unit(lanes: Sequence[LaneState], units: Sequence[str]) -> dict[str, list[LaneState]]:
    """Return lanes by the unit in which their node is counted."""
    parts: dict[str, list[LaneState]] = {}
    for lane in lanes:
        parts.setdefault(units[lane.node], []).append(lane)
    return parts
