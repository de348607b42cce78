"""Where a row of the record holds each field of the Ledger, and how a tick is written into it (46)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from benchmarks.fused.compiled import part
from benchmarks.fused.world import World
from diamondsim.ledger import FIELDS


class Places(NamedTuple):
    """First column of each field in a row of the record; -1 where it is not asked for."""

    demand: int
    used: int
    substituted: int
    from_reserve: int
    shortage: int
    lost: int
    backlog: int
    stock: int
    order: int
    arrived: int
    tracked: int
    allocated: int
    granted: int
    withdrawn: int
    shipped: int
    leaked: int
    seized: int
    queue: int
    transit: int
    belief: int
    output: int
    finished: int


def places_of(w: World, record: Collection[str]) -> tuple[Places, int]:
    """Return where the fields asked for stand in a row, and the length of a row."""
    rows = {"node": w.n_nodes, "lane": w.n_lanes, "source": w.n_sources}
    places, width = {}, 0
    for name in Places._fields:
        places[name] = width if name in record else -1
        width += rows[FIELDS[name].entity] if name in record else 0
    return Places(**places), width


@part
def note(row: Any, place: int, values: Any) -> None:
    if place >= 0:
        for i in range(len(values)):
            row[place + i] = values[i]


@part
def note_tick(w: Any, p: Any, s: Any, row: Any) -> None:
    """Write what the Ledger takes at the end of a tick."""
    note(row, p.demand, s.demand)
    note(row, p.used, s.used)
    note(row, p.substituted, s.substituted)
    note(row, p.from_reserve, s.from_reserve)
    note(row, p.shortage, s.shortage)
    note(row, p.lost, s.lost)
    note(row, p.backlog, s.backlog)
    note(row, p.stock, s.stock)
    note(row, p.order, s.order)
    note(row, p.arrived, s.arrived)
    note(row, p.tracked, s.tracked)
    note(row, p.allocated, s.allocated)
    note(row, p.transit, s.way)
    note(row, p.belief, s.belief)
    note(row, p.output, s.output)
    note(row, p.finished, s.finished)
    if p.shipped >= 0:
        for lane in range(w.n_lanes):
            row[p.shipped + lane] = 0.0 if s.is_controlled[lane] else s.allocated[lane]
    note_queues(w, p, s, row)


@part
def note_queues(w: Any, p: Any, s: Any, row: Any) -> None:
    """Write what only lanes with a queue have; the columns of all others stay 0."""
    for q in range(len(w.queue_lanes)):
        lane = w.queue_lanes[q]
        if p.granted >= 0:
            row[p.granted + lane] = s.admitted[q]
        if p.withdrawn >= 0:
            row[p.withdrawn + lane] = s.withdrawn[q]
        if p.leaked >= 0:
            row[p.leaked + lane] = s.leaked[q]
        if p.seized >= 0:
            row[p.seized + lane] = s.seized_share[w.regime[q]] * s.leaked[q]
        if p.queue >= 0:
            row[p.queue + lane] = s.queue[q] + s.reviewed[q]
