"""Write a tick into the arrays of a Ledger (47)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.fused.compiled import inlined
from benchmarks.fused.kernel_plan import IndexArray, KernelPlan, index
from benchmarks.fused.vector_access import load, store
from diamondsim.ledger import FIELDS, Ledger, NodeGroups

FloatArray = npt.NDArray[np.float64]


class Sums(NamedTuple):
    """Sums over nodes: row j sums `nodes[begins[j]:begins[j + 1]]`."""

    nodes: IndexArray
    begins: IndexArray


class Fields(NamedTuple):
    """The arrays (T, row, R) of a Ledger, empty for fields that are not recorded, and their rows."""

    demand: FloatArray
    used: FloatArray
    substituted: FloatArray
    from_reserve: FloatArray
    shortage: FloatArray
    lost_sales: FloatArray
    backlog: FloatArray
    stock: FloatArray
    order: FloatArray
    arrived: FloatArray
    tracked: FloatArray
    allocated: FloatArray
    granted: FloatArray
    withdrawn: FloatArray
    shipped: FloatArray
    diverted: FloatArray
    seized: FloatArray
    relayed: FloatArray
    queue: FloatArray
    pipeline: FloatArray
    expected_fill_rate: FloatArray
    capacity: FloatArray
    output: FloatArray
    finished_stock: FloatArray
    relay_drawdown: FloatArray
    nodes: IndexArray
    lanes: IndexArray
    sources: IndexArray
    used_sums: Sums
    tracked_sums: Sums


FILLED = Fields._fields[:-5]


def fields_of(plan: KernelPlan, ledger: Ledger) -> Fields:
    """Return the arrays and rows to write for a Ledger."""
    nothing = np.empty((0, 0, 0))
    rows = [
        index(ledger.kept.get("node", np.arange(plan.n_nodes))),
        index(np.arange(plan.n_lanes)),
        index(ledger.kept.get("source", np.arange(plan.n_sources))),
    ]
    arrays: list[Any] = [ledger.arrays.get(name, nothing) for name in FILLED]
    assert set(ledger.sums) <= {"used", "tracked"}, "the kernel sums no other fields"
    each = tuple((int(node),) for node in rows[0])
    sums = [_sums(ledger.sums.get(name, each)) for name in ("used", "tracked")]
    return Fields(*arrays, *rows, *sums)


def _sums(groups: NodeGroups) -> Sums:
    nodes = [node for group in groups for node in group]
    begins = np.cumsum([0, *(len(group) for group in groups)])
    return Sums(index(np.array(nodes, dtype=np.int64)), index(begins))


def fill_constants(ledger: Ledger) -> None:
    """Write the fields that are constant without prices (61)."""
    for name, value in (("paid", 1.0), ("forgone", 0.0)):
        if name in ledger.arrays:
            ledger[name][:] = value
    assert set(ledger.arrays) <= {*FILLED, "paid", "forgone", "price"} == set(FIELDS)


@inlined
def write_rows(array: Any, t: int, first: int, rows: Any, values: Any) -> None:
    if array.size > 0:
        for position in range(len(rows)):
            store(array, (t, position, first), load(values, rows[position]))


@inlined
def write_sums(array: Any, t: int, first: int, sums: Any, values: Any) -> None:
    if array.size > 0:
        for row in range(len(sums.begins) - 1):
            begin, end = sums.begins[row], sums.begins[row + 1]
            total = load(values, sums.nodes[begin])
            for position in range(begin + 1, end):
                total += load(values, sums.nodes[position])
            store(array, (t, row, first), total)


@inlined
def record_tick(plan: Any, fields: Any, state: Any, allocated: Any, t: int, first: int) -> None:
    """Write the recorded fields at the end of a tick."""
    write_rows(fields.demand, t, first, fields.nodes, state.demand)
    write_sums(fields.used, t, first, fields.used_sums, state.used)
    write_rows(fields.substituted, t, first, fields.nodes, state.substituted)
    write_rows(fields.from_reserve, t, first, fields.nodes, state.from_reserve)
    write_rows(fields.shortage, t, first, fields.nodes, state.shortage)
    write_rows(fields.lost_sales, t, first, fields.nodes, state.lost_sales)
    write_rows(fields.backlog, t, first, fields.nodes, state.backlog)
    write_rows(fields.stock, t, first, fields.nodes, state.stock)
    write_rows(fields.order, t, first, fields.nodes, state.order)
    write_rows(fields.arrived, t, first, fields.nodes, state.arrived)
    write_sums(fields.tracked, t, first, fields.tracked_sums, state.tracked)
    write_rows(fields.allocated, t, first, fields.lanes, allocated)
    write_rows(fields.pipeline, t, first, fields.lanes, state.lane_pipeline)
    write_rows(fields.expected_fill_rate, t, first, fields.lanes, state.expected_fill_rate)
    write_rows(fields.shipped, t, first, fields.lanes, allocated)
    write_rows(fields.capacity, t, first, fields.sources, state.capacity)
    write_rows(fields.relayed, t, first, fields.lanes, state.relayed)
    write_rows(fields.output, t, first, fields.sources, state.output)
    write_rows(fields.finished_stock, t, first, fields.sources, state.finished_stock)
    write_rows(fields.relay_drawdown, t, first, fields.sources, state.relay_drawdown)
    record_queues(plan, fields, state, allocated, t, first)


@inlined
def record_queues(plan: Any, fields: Any, state: Any, allocated: Any, t: int, first: int) -> None:
    """Write the fields of lanes with a queue; rows of other lanes stay 0."""
    for q in range(len(plan.queue_lanes)):
        lane, profile = plan.queue_lanes[q], plan.profile[q]
        if fields.granted.size > 0:
            store(fields.granted, (t, lane, first), load(state.admitted, q))
        if fields.withdrawn.size > 0:
            store(fields.withdrawn, (t, lane, first), load(state.withdrawn, q))
        if fields.diverted.size > 0:
            store(fields.diverted, (t, lane, first), load(state.diverted, q))
        if fields.seized.size > 0:
            store(
                fields.seized, (t, lane, first), load(state.seized_share, profile) * load(state.diverted, q)
            )
        if fields.queue.size > 0:
            store(fields.queue, (t, lane, first), load(state.queue, q) + load(state.in_review, q))
        if fields.shipped.size > 0:
            store(
                fields.shipped,
                (t, lane, first),
                (1.0 - load(state.controlled, profile)) * load(allocated, lane),
            )
