"""Write a tick into the arrays of a Ledger (47)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from diamondsim.arrays import IntArray
from diamondsim.engines.compiled.compilation import inlined, phase
from diamondsim.engines.compiled.kernel_arrays import IndexList, TickTable
from diamondsim.engines.compiled.kernel_plan import KernelPlan, as_integers, firsts
from diamondsim.engines.compiled.lane_prices import exponential
from diamondsim.engines.compiled.vector_access import get, put
from diamondsim.ledger import FIELDS, Ledger, NodeGroups


class Fields(NamedTuple):
    """The arrays (T, row, R) of a Ledger, empty for fields that are not recorded, and their rows."""

    demand: TickTable
    used: TickTable
    substituted: TickTable
    from_reserve: TickTable
    shortage: TickTable
    lost_sales: TickTable
    backlog: TickTable
    stock: TickTable
    order: TickTable
    arrived: TickTable
    tracked: TickTable
    allocated: TickTable
    granted: TickTable
    withdrawn: TickTable
    shipped: TickTable
    diverted: TickTable
    seized: TickTable
    relayed: TickTable
    queue: TickTable
    pipeline: TickTable
    expected_fill_rate: TickTable
    capacity: TickTable
    output: TickTable
    finished_stock: TickTable
    relay_drawdown: TickTable
    paid: TickTable
    forgone: TickTable
    price: TickTable
    nodes: IndexList
    lanes: IndexList
    sources: IndexList
    markets: IndexList
    used_nodes: IndexList  # row j sums `used_nodes[used_first[j]:used_first[j + 1]]`
    used_first: IndexList
    reserve_nodes: IndexList
    reserve_first: IndexList
    tracked_nodes: IndexList
    tracked_first: IndexList


SUMMED = ("used", "from_reserve", "tracked")
"""Fields of which a Ledger may keep sums, in the order of their rows."""
N_ROW_LISTS = 4
FILLED = Fields._fields[: -N_ROW_LISTS - 2 * len(SUMMED)]


def fields_of(plan: KernelPlan, ledger: Ledger) -> Fields:
    """Return the arrays and rows to write for a Ledger."""
    nothing = np.empty((0, 0, 0))
    rows: list[Any] = [
        as_integers(ledger.kept.get("node", np.arange(plan.n_nodes))),
        as_integers(np.arange(plan.n_lanes)),
        as_integers(ledger.kept.get("source", np.arange(plan.n_sources))),
        as_integers(np.arange(plan.n_markets)),
    ]
    arrays: list[Any] = [ledger.arrays.get(name, nothing) for name in FILLED]
    assert len(rows) == N_ROW_LISTS
    assert set(ledger.sums) <= set(SUMMED), "the kernel sums no other fields"
    assert set(ledger.arrays) <= set(FILLED) == set(FIELDS)
    each = tuple((int(node),) for node in rows[0])
    sums = [_sums(ledger.sums.get(name, each)) for name in SUMMED]
    return Fields(*arrays, *rows, *(part for each_sum in sums for part in each_sum))


def _sums(groups: NodeGroups) -> tuple[IntArray, IntArray]:
    return as_integers([node for group in groups for node in group]), firsts([len(group) for group in groups])


def clear_lanes_without_queue(plan: KernelPlan, ledger: Ledger) -> None:
    """Write 0 where the kernel writes nothing: a Ledger that is used again may be of other controls."""
    others = plan.lane_queue < 0
    for name in ("granted", "withdrawn", "diverted", "seized", "queue"):
        if name in ledger.arrays:
            ledger[name][:, others] = 0.0


def fill_constants(ledger: Ledger) -> None:
    """Write the fields that are constant without prices (61)."""
    for name, value in (("paid", 1.0), ("forgone", 0.0)):
        if name in ledger.arrays:
            ledger[name][:] = value


@inlined
def write_rows(array: Any, t: int, first: int, rows: Any, values: Any) -> None:
    """Write the rows of a field that a Ledger keeps."""
    if len(array) > 0:
        for position in range(len(rows)):
            put(array, (t, position, first), get(values, rows[position]))


@inlined
def write_sums(array: Any, t: int, first: int, nodes: Any, begins: Any, values: Any) -> None:
    """Write the sums of a field that a Ledger keeps instead of rows."""
    if len(array) > 0:
        for row in range(len(begins) - 1):
            total = get(values, nodes[begins[row]])
            for position in range(begins[row] + 1, begins[row + 1]):
                total += get(values, nodes[position])
            put(array, (t, row, first), total)


@inlined
def write_exponentials(array: Any, t: int, first: int, rows: Any, values: Any) -> None:
    """Write the exponentials of the rows of a field that a Ledger keeps (61)."""
    if len(array) > 0:
        for position in range(len(rows)):
            put(array, (t, position, first), exponential(get(values, rows[position])))


@phase
def record_tick(plan: Any, fields: Any, state: Any, allocated: Any, t: int, first: int) -> None:
    """Write the recorded fields at the end of a tick."""
    write_rows(fields.demand, t, first, fields.nodes, state.demand)
    write_sums(fields.used, t, first, fields.used_nodes, fields.used_first, state.used)
    write_rows(fields.substituted, t, first, fields.nodes, state.substituted)
    write_sums(fields.from_reserve, t, first, fields.reserve_nodes, fields.reserve_first, state.from_reserve)
    write_rows(fields.shortage, t, first, fields.nodes, state.shortage)
    write_rows(fields.lost_sales, t, first, fields.nodes, state.lost_sales)
    write_rows(fields.backlog, t, first, fields.nodes, state.backlog)
    write_rows(fields.stock, t, first, fields.nodes, state.stock)
    write_rows(fields.order, t, first, fields.nodes, state.order)
    write_rows(fields.arrived, t, first, fields.nodes, state.arrived)
    write_sums(fields.tracked, t, first, fields.tracked_nodes, fields.tracked_first, state.tracked)
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
    if plan.has_prices:
        write_rows(fields.forgone, t, first, fields.nodes, state.forgone)
        write_exponentials(fields.paid, t, first, fields.nodes, state.contract_log_price)
        write_exponentials(fields.price, t, first, fields.markets, state.log_price)


@inlined
def record_queues(plan: Any, fields: Any, state: Any, allocated: Any, t: int, first: int) -> None:
    """Write the fields of lanes with a queue; rows of other lanes stay 0."""
    for q in range(len(plan.queue_lanes)):
        lane, profile = plan.queue_lanes[q], plan.profile[q]
        if len(fields.granted) > 0:
            put(fields.granted, (t, lane, first), get(state.admitted, q))
        if len(fields.withdrawn) > 0:
            put(fields.withdrawn, (t, lane, first), get(state.withdrawn, q))
        if len(fields.diverted) > 0:
            put(fields.diverted, (t, lane, first), get(state.diverted, q))
        if len(fields.seized) > 0:
            put(fields.seized, (t, lane, first), get(state.seized_share, profile) * get(state.diverted, q))
        if len(fields.queue) > 0:
            put(fields.queue, (t, lane, first), get(state.queue, q) + get(state.in_review, q))
        if len(fields.shipped) > 0:
            put(
                fields.shipped,
                (t, lane, first),
                (1.0 - get(state.controlled, profile)) * get(allocated, lane),
            )
