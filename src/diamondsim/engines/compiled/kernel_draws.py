"""What the kernel reads of the Draws: tables in place, numbers copied for one vector of replications."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray
from diamondsim.draws import AdaptationDraws, Draws, PriceDraws
from diamondsim.engines.compiled.kernel_arrays import (
    IndexList,
    TickStates,
    TickTable,
    VectorIntegers,
    VectorRows,
)
from diamondsim.engines.compiled.vector import VECTOR_SIZE

PARTS = {kind: frozenset(f.name for f in fields(kind)) for kind in (AdaptationDraws, PriceDraws)}
"""The names of the arrays of draws that a scenario may do without."""


class DrawnTables(NamedTuple):
    """What is drawn tick by tick (T, row, R), for all replications."""

    growth: TickTable
    noise: TickTable
    substitution: TickTable
    capacity_index: TickTable
    control_state: TickStates
    approval_rate: TickTable
    front_loading: TickTable
    hoarding_cover_ticks: TickTable
    diversion_share: TickTable
    seized_share: TickTable
    project_kept: TickTable
    surcharge: TickTable
    cost: TickTable
    ask_change: TickTable


class DrawnNumbers(NamedTuple):
    """What is drawn once for a replication (entity, VECTOR_SIZE), for the replications of a vector."""

    base_flow: VectorRows
    cover_ticks: VectorRows
    reserve_goal: VectorRows
    opening_stock: VectorRows
    opening_tracked: VectorRows
    max_order: VectorRows
    lot_ticks: VectorRows
    queue_weight: VectorRows
    backorder_share: VectorRows
    backorder_lapse: VectorRows
    fill_rate_gain: VectorRows
    qualification_rate: VectorRows
    qualification_trigger: VectorRows
    min_fill_rate: VectorRows
    contract_share: VectorRows
    sourcing_limit: VectorRows
    lead_ticks: VectorIntegers
    open_tick: VectorIntegers
    allocation_weight: VectorRows
    contract_weight: VectorRows  # one row
    purchase_gain: VectorRows  # one row
    capacity: VectorRows
    finished_stock_ceiling: VectorRows
    opening_finished: VectorRows
    feed_yield: VectorRows
    tracked_share: VectorRows
    reserve_rate: VectorRows
    reserve_trigger: VectorRows
    reserve_hold_back: VectorRows
    review_ticks: VectorIntegers
    withdrawal_rate: VectorRows
    diversion_delay_ticks: VectorIntegers
    release_factor: VectorRows
    relay_share: VectorRows
    relay_gain: VectorRows
    conversion_limit: VectorRows
    conversion_yield: VectorRows
    conversion_step: VectorRows
    conversion_floor: VectorRows
    project_threshold: VectorRows
    project_gain: VectorRows
    project_delay_ticks: VectorRows
    project_ramp_ticks: VectorRows
    project_size: VectorRows
    adjustment_gain: VectorRows  # one row, and likewise down to `supplier_elasticity`; none without prices
    arbitrage_gain: VectorRows
    planning_gain: VectorRows
    lowest: VectorRows
    highest: VectorRows
    supplier_elasticity: VectorRows
    demand_elasticity: VectorRows
    supply_elasticity: VectorRows
    supply_gain: VectorRows
    floor: VectorRows
    stop: VectorRows
    ask: VectorRows
    conversion_worth: VectorRows
    conversion_cost: VectorRows
    pre_buy_extra: VectorRows
    pre_buy_max_order: VectorRows
    adoption_ticks: VectorRows  # (F, R); no row: contracts move to all facilities at once
    same_lead: IndexList  # (L,) lead where all replications have the same, else -1


def tables_of(draws: Draws) -> DrawnTables:
    """Return the tables of all replications."""
    nothing = np.empty((len(draws.growth), 0, draws.n_replications))
    tables = [_rows_of(draws, name, nothing) for name in DrawnTables._fields]
    return DrawnTables(*(rows if rows.strides[-1] == rows.itemsize else rows.copy() for rows in tables))


def _rows_of(draws: Draws, name: str, nothing: FloatArray) -> npt.NDArray[Any]:
    """Return the array of a name; `nothing` if it is one of adaptation or prices, and there is neither."""
    for part, kind in ((draws.adaptation, AdaptationDraws), (draws.prices, PriceDraws)):
        if name in PARTS[kind]:
            rows: npt.NDArray[Any] = nothing if part is None else getattr(part, name)
            return rows if rows.ndim > 1 else rows[np.newaxis]
    found: npt.NDArray[Any] = getattr(draws, name)
    return found


def empty_numbers(draws: Draws) -> DrawnNumbers:
    """Allocate the numbers of one vector."""
    buffers: list[Any] = [
        np.empty((len(rows), VECTOR_SIZE), dtype=_dtype_of(rows)) for rows in _number_arrays(draws)
    ]
    buffers.append(np.empty(len(draws.lead_ticks), dtype=np.int64))
    return DrawnNumbers(*buffers)


def load_numbers(numbers: DrawnNumbers, draws: Draws, first: int) -> None:
    """Copy the numbers of the replications from `first` on."""
    for buffer, rows in zip(numbers[:-1], _number_arrays(draws), strict=True):
        buffer[:] = rows[:, first : first + VECTOR_SIZE]
    lead = numbers.lead_ticks
    numbers.same_lead[:] = np.where((lead == lead[:, :1]).all(axis=1), lead[:, 0], -1)


def pad_to_vectors(draws: Draws) -> Draws:
    """Return Draws whose replications fill whole vectors; the last replication is repeated."""
    count = draws.n_replications
    if count % VECTOR_SIZE == 0:
        return draws
    return draws.select([min(r, count - 1) for r in range(count + VECTOR_SIZE - count % VECTOR_SIZE)])


def _number_arrays(draws: Draws) -> list[npt.NDArray[Any]]:
    nothing = np.empty((0, draws.n_replications))
    drawn = [_rows_of(draws, name, nothing) for name in DrawnNumbers._fields[:-4]]
    shape = (len(draws.pre_buys), 2, draws.n_replications)
    pre_buys = np.array(draws.pre_buys, dtype=np.float64).reshape(shape)
    adoption_ticks = np.array(draws.adoption_ticks, dtype=np.float64).reshape(-1, draws.n_replications)
    return [*drawn, pre_buys[:, 0], pre_buys[:, 1], adoption_ticks]


def _dtype_of(rows: npt.NDArray[Any]) -> type:
    return np.float64 if rows.dtype.kind == "f" else np.int64
