"""How a tick is written into the arrays of a Ledger (46)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.fused.compiled import part
from benchmarks.fused.rows import of, put
from benchmarks.fused.world import IndexArray, World, index
from diamondsim.ledger import FIELDS, Groups, Ledger

FloatArray = npt.NDArray[np.float64]


class Sums(NamedTuple):
    """What the rows of a field add up: row j the nodes from `begins[j]` up to `begins[j + 1]`."""

    nodes: IndexArray
    begins: IndexArray


class Fields(NamedTuple):
    """The arrays (T, row, R) of a Ledger, without an entry where a field is not asked for; and their rows."""

    demand: FloatArray
    used: FloatArray
    substituted: FloatArray
    from_reserve: FloatArray
    shortage: FloatArray
    lost: FloatArray
    backlog: FloatArray
    stock: FloatArray
    order: FloatArray
    arrived: FloatArray
    tracked: FloatArray
    allocated: FloatArray
    granted: FloatArray
    withdrawn: FloatArray
    shipped: FloatArray
    leaked: FloatArray
    seized: FloatArray
    queue: FloatArray
    transit: FloatArray
    belief: FloatArray
    output: FloatArray
    finished: FloatArray
    nodes: IndexArray
    lanes: IndexArray
    sources: IndexArray
    used_sums: Sums
    tracked_sums: Sums


FILLED = Fields._fields[:-5]


def fields_of(w: World, ledger: Ledger) -> Fields:
    """Return where to write."""
    nothing = np.empty((0, 0, 0))
    rows = [
        index(ledger.kept.get("node", np.arange(w.n_nodes))),
        index(np.arange(w.n_lanes)),
        index(ledger.kept.get("source", np.arange(w.n_sources))),
    ]
    arrays: list[Any] = [ledger.arrays.get(name, nothing) for name in FILLED]
    assert set(ledger.sums) <= {"used", "tracked"}, "of other fields the kernel adds up nothing"
    each = tuple((int(node),) for node in rows[0])
    sums = [_sums(ledger.sums.get(name, each)) for name in ("used", "tracked")]
    return Fields(*arrays, *rows, *sums)


def _sums(groups: Groups) -> Sums:
    nodes = [node for group in groups for node in group]
    begins = np.cumsum([0, *(len(group) for group in groups)])
    return Sums(index(np.array(nodes, dtype=np.int64)), index(begins))


def fill_the_rest(ledger: Ledger) -> None:
    """Write what is always the same without prices: (98)."""
    for name, value in (("paid", 1.0), ("forgone", 0.0)):
        if name in ledger.arrays:
            ledger[name][:] = value
    assert set(ledger.arrays) <= {*FILLED, "paid", "forgone", "price"} == set(FIELDS)


@part
def note(array: Any, t: int, first: int, rows: Any, values: Any) -> None:
    if array.size > 0:
        for place in range(len(rows)):
            put(array, (t, place, first), of(values, rows[place]))


@part
def note_sums(array: Any, t: int, first: int, sums: Any, values: Any) -> None:
    if array.size > 0:
        for row in range(len(sums.begins) - 1):
            begin, end = sums.begins[row], sums.begins[row + 1]
            total = of(values, sums.nodes[begin])
            for place in range(begin + 1, end):
                total += of(values, sums.nodes[place])
            put(array, (t, row, first), total)


@part
def note_tick(w: Any, p: Any, s: Any, got: Any, t: int, first: int) -> None:
    """Write what the Ledger takes at the end of a tick."""
    note(p.demand, t, first, p.nodes, s.demand)
    note_sums(p.used, t, first, p.used_sums, s.used)
    note(p.substituted, t, first, p.nodes, s.substituted)
    note(p.from_reserve, t, first, p.nodes, s.from_reserve)
    note(p.shortage, t, first, p.nodes, s.shortage)
    note(p.lost, t, first, p.nodes, s.lost)
    note(p.backlog, t, first, p.nodes, s.backlog)
    note(p.stock, t, first, p.nodes, s.stock)
    note(p.order, t, first, p.nodes, s.order)
    note(p.arrived, t, first, p.nodes, s.arrived)
    note_sums(p.tracked, t, first, p.tracked_sums, s.tracked)
    note(p.allocated, t, first, p.lanes, got)
    note(p.transit, t, first, p.lanes, s.transit)
    note(p.belief, t, first, p.lanes, s.belief)
    note(p.shipped, t, first, p.lanes, got)
    note(p.output, t, first, p.sources, s.output)
    note(p.finished, t, first, p.sources, s.finished)
    note_queues(w, p, s, got, t, first)


@part
def note_queues(w: Any, p: Any, s: Any, got: Any, t: int, first: int) -> None:
    """Write what only lanes with a queue have; the rows of all others stay 0."""
    for q in range(len(w.queue_lanes)):
        lane, g = w.queue_lanes[q], w.regime[q]
        if p.granted.size > 0:
            put(p.granted, (t, lane, first), of(s.admitted, q))
        if p.withdrawn.size > 0:
            put(p.withdrawn, (t, lane, first), of(s.withdrawn, q))
        if p.leaked.size > 0:
            put(p.leaked, (t, lane, first), of(s.leaked, q))
        if p.seized.size > 0:
            put(p.seized, (t, lane, first), of(s.seized_share, g) * of(s.leaked, q))
        if p.queue.size > 0:
            put(p.queue, (t, lane, first), of(s.queue, q) + of(s.reviewed, q))
        if p.shipped.size > 0:
            put(p.shipped, (t, lane, first), (1.0 - of(s.controlled, g)) * of(got, lane))
