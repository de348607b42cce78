"""What the kernel reads of the Draws: tables where they lie, numbers of some replications side by side."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.fused.vector import WIDTH
from diamondsim.draws import Draws

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Tables(NamedTuple):
    """What is drawn tick by tick: (T, row, R), of all replications."""

    growth: FloatArray
    noise: FloatArray
    substitution: FloatArray
    capacity_index: FloatArray
    control_state: npt.NDArray[np.int8]
    level: FloatArray
    rush: FloatArray
    hoard_ticks: FloatArray
    leak_share: FloatArray
    seized_share: FloatArray


class Numbers(NamedTuple):
    """What is drawn once for a replication: (entity, WIDTH), of the replications of a vector."""

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
    same_lead: IntArray  # (L,) lead where it is the same in all, else -1


def tables_of(draws: Draws, *, copy: bool) -> Tables:
    """Return the tables, their replications side by side; `copy`: where they are not."""
    tables = [getattr(draws, name) for name in Tables._fields]
    return Tables(*(widened(rows) if copy or rows.size == 0 else rows for rows in tables))


def widened(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Copy a table into a part of something wider: as a slice of a block it needs no kernel of its own."""
    ticks, count, width = rows.shape
    wider = np.zeros((ticks, max(count, 1), width + 1), dtype=rows.dtype)
    wider[:, :count, :-1] = rows
    return wider[..., :-1]


def empty_numbers(draws: Draws) -> Numbers:
    """Make room for the numbers of a vector."""
    rooms: list[Any] = [np.empty((len(rows), WIDTH), dtype=kind_of(rows)) for rows in _all(draws)]
    rooms.append(np.empty(len(draws.lead_ticks), dtype=np.int64))
    return Numbers(*rooms)


def take(numbers: Numbers, draws: Draws, first: int) -> None:
    """Copy the numbers of the replications from `first` on."""
    for room, rows in zip(numbers[:-1], _all(draws), strict=True):
        room[:] = rows[:, first : first + WIDTH]
    lead = numbers.lead_ticks
    numbers.same_lead[:] = np.where((lead == lead[:, :1]).all(axis=1), lead[:, 0], -1)


def whole_vectors(draws: Draws) -> Draws:
    """Return Draws for a number of replications that vectors can hold; the last one is repeated."""
    count = draws.n_replications
    if count % WIDTH == 0:
        return draws
    return draws.select([min(r, count - 1) for r in range(count + WIDTH - count % WIDTH)])


def _all(draws: Draws) -> list[npt.NDArray[Any]]:
    drawn = [getattr(draws, name) for name in Numbers._fields[:-3]]
    shape = (len(draws.pre_buys), 2, draws.n_replications)
    pre_buys = np.array(draws.pre_buys, dtype=np.float64).reshape(shape)
    return [*drawn, pre_buys[:, 0], pre_buys[:, 1]]


def kind_of(rows: npt.NDArray[Any]) -> type:
    return np.float64 if rows.dtype.kind == "f" else np.int64
