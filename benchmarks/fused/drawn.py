"""What the kernel reads of the Draws: numbers with replications first, tables in groups of replications.

The Draws have replications last, so that a number of eight neighbours is one line of memory. A group of some
such lines is turned round at a time; the kernel then reads (and writes) the rows of one replication after the
other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from benchmarks.fused.compiled import OPTIONS, part
from diamondsim.draws import Draws

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

GROUP = 16
"""Replications turned round at once: two lines of memory for each number of the tables and of the Ledger."""
TABLES = (
    "growth",
    "noise",
    "substitution",
    "capacity_index",
    "control_state",
    "level",
    "rush",
    "hoard_ticks",
    "leak_share",
    "seized_share",
)


class Numbers(NamedTuple):
    """What is drawn once for a replication: (R, entity), of one replication (entity,)."""

    base_flow: FloatArray
    cover_ticks: FloatArray
    reserve_goal: FloatArray
    opening_stock: FloatArray
    opening_tracked: FloatArray
    order_ceiling: FloatArray
    trust: FloatArray
    backlog_share: FloatArray
    belief_gain: FloatArray
    willingness: FloatArray
    share: FloatArray
    qualified: FloatArray
    lead_ticks: IntArray
    open_tick: IntArray
    capacity: FloatArray
    finished_ceiling: FloatArray
    opening_finished: FloatArray
    feed_yield: FloatArray
    tracked_share: FloatArray
    reserve_rate: FloatArray
    reserve_trigger: FloatArray
    review_ticks: IntArray
    withdrawal: FloatArray
    detour_ticks: IntArray
    pre_buy_extra: FloatArray
    pre_buy_top: FloatArray


class Columns(NamedTuple):
    """Where each table begins in a row of a group."""

    growth: int
    noise: int
    substitution: int
    capacity_index: int
    control_state: int
    level: int
    rush: int
    hoard_ticks: int
    leak_share: int
    seized_share: int


def numbers_of(draws: Draws) -> Numbers:
    """Turn what is drawn once for a replication."""
    picked = {name: turned(getattr(draws, name)) for name in Numbers._fields if not name.startswith("pre_")}
    shape = (draws.n_replications, len(draws.pre_buys))
    for row, name in enumerate(("pre_buy_extra", "pre_buy_top")):
        picked[name] = np.array([rows[row] for rows in draws.pre_buys]).T.reshape(shape).copy()
    return Numbers(**picked)


def turned(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    kind = np.float64 if array.dtype.kind == "f" else np.int64
    return np.ascontiguousarray(array.T, dtype=kind)


def columns_of(draws: Draws) -> tuple[Columns, int]:
    """Return where the tables stand in a row, and the length of a row."""
    ends = np.cumsum([getattr(draws, name).shape[1] for name in TABLES])
    return Columns(*(int(begin) for begin in (0, *ends[:-1]))), int(ends[-1])


def fill(group: FloatArray, draws: Draws, columns: Columns, first: int) -> None:
    """Copy the tables of the replications from `first` on into a group (GROUP, T, columns)."""
    for name, begin in zip(TABLES, columns, strict=True):
        table = getattr(draws, name)
        take(table, group[:, :, begin : begin + table.shape[1]], first)


@njit([f"void({kind}[:, :, :], float64[:, :, :], int64)" for kind in ("float64", "int8")], **OPTIONS)
def take(table: Any, group: Any, first: int) -> None:
    n_ticks, rows, count = table.shape
    for t in range(n_ticks):
        for i in range(rows):
            for j in range(min(GROUP, count - first)):
                group[j, t, i] = table[t, i, first + j]


@njit(["void(float64[:, :, :], float64[:, :, :], int64)"], **OPTIONS)
def put(group: Any, array: Any, first: int) -> None:
    """Copy one field of a group (GROUP, T, entity) into an array of the Ledger (T, entity, R)."""
    n_ticks, rows, count = array.shape
    for t in range(n_ticks):
        for i in range(rows):
            for j in range(min(GROUP, count - first)):
                array[t, i, first + j] = group[j, t, i]


@part
def of_replication(d: Any, r: int) -> Any:
    """Return what is drawn once for replication `r`."""
    return Numbers(
        d.base_flow[r],
        d.cover_ticks[r],
        d.reserve_goal[r],
        d.opening_stock[r],
        d.opening_tracked[r],
        d.order_ceiling[r],
        d.trust[r],
        d.backlog_share[r],
        d.belief_gain[r],
        d.willingness[r],
        d.share[r],
        d.qualified[r],
        d.lead_ticks[r],
        d.open_tick[r],
        d.capacity[r],
        d.finished_ceiling[r],
        d.opening_finished[r],
        d.feed_yield[r],
        d.tracked_share[r],
        d.reserve_rate[r],
        d.reserve_trigger[r],
        d.review_ticks[r],
        d.withdrawal[r],
        d.detour_ticks[r],
        d.pre_buy_extra[r],
        d.pre_buy_top[r],
    )
