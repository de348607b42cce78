"""What the kernel reads of the Draws: tables in place, numbers copied for one vector of replications."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.fused.vector import WIDTH
from diamondsim.draws import AdaptationDraws, Draws

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class DrawnTables(NamedTuple):
    """What is drawn tick by tick (T, row, R), for all replications."""

    growth: FloatArray
    noise: FloatArray
    substitution: FloatArray
    capacity_index: FloatArray
    control_state: npt.NDArray[np.int8]
    approval_rate: FloatArray
    front_loading: FloatArray
    hoarding_cover_ticks: FloatArray
    diversion_share: FloatArray
    seized_share: FloatArray
    project_kept: FloatArray


class DrawnNumbers(NamedTuple):
    """What is drawn once for a replication (entity, WIDTH), for the replications of a vector."""

    base_flow: FloatArray
    cover_ticks: FloatArray
    reserve_goal: FloatArray
    opening_stock: FloatArray
    opening_tracked: FloatArray
    max_order: FloatArray
    lot_ticks: FloatArray
    queue_weight: FloatArray
    backorder_share: FloatArray
    backorder_lapse: FloatArray
    fill_rate_gain: FloatArray
    qualification_rate: FloatArray
    qualification_trigger: FloatArray
    min_fill_rate: FloatArray
    contract_share: FloatArray
    sourcing_limit: FloatArray
    lead_ticks: IntArray
    open_tick: IntArray
    allocation_weight: FloatArray
    contract_weight: FloatArray  # one row
    purchase_gain: FloatArray  # one row
    capacity: FloatArray
    finished_stock_ceiling: FloatArray
    opening_finished: FloatArray
    feed_yield: FloatArray
    tracked_share: FloatArray
    reserve_rate: FloatArray
    reserve_trigger: FloatArray
    reserve_hold_back: FloatArray
    review_ticks: IntArray
    withdrawal_rate: FloatArray
    diversion_delay_ticks: IntArray
    release_factor: FloatArray
    relay_share: FloatArray
    relay_gain: FloatArray
    conversion_limit: FloatArray
    conversion_yield: FloatArray
    conversion_step: FloatArray
    conversion_floor: FloatArray
    project_threshold: FloatArray
    project_gain: FloatArray
    project_delay_ticks: FloatArray
    project_ramp_ticks: FloatArray
    project_size: FloatArray
    pre_buy_extra: FloatArray
    pre_buy_max_order: FloatArray
    adoption_ticks: FloatArray  # (F, R); no row: contracts move to all facilities at once
    same_lead: IntArray  # (L,) lead where all replications have the same, else -1


def tables_of(draws: Draws, *, copy: bool) -> DrawnTables:
    """Return the tables with contiguous replications; copies where `copy` says that they are not."""
    tables = [getattr(draws, name) for name in DrawnTables._fields[:-1]]
    nothing = np.empty((len(draws.growth), 0, draws.n_replications))
    tables.append(nothing if draws.adaptation is None else draws.adaptation.project_kept)
    return DrawnTables(*(embedded(rows) if copy or rows.size == 0 else rows for rows in tables))


def embedded(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Copy a table into a slice of a wider array.

    Tables of a block are slices, and slices are another type to the compiler than contiguous arrays: with one
    type for all, the kernel is compiled only once. At least two rows, since an array with one number in each
    axis but the last counts as contiguous.
    """
    ticks, count, n_replications = rows.shape
    wide = np.zeros((ticks, max(count, 2), n_replications + 1), dtype=rows.dtype)
    wide[:, :count, :-1] = rows
    return wide[..., :-1]


def empty_numbers(draws: Draws) -> DrawnNumbers:
    """Allocate the numbers of one vector."""
    buffers: list[Any] = [
        np.empty((len(rows), WIDTH), dtype=dtype_of(rows)) for rows in _number_arrays(draws)
    ]
    buffers.append(np.empty(len(draws.lead_ticks), dtype=np.int64))
    return DrawnNumbers(*buffers)


def load_numbers(numbers: DrawnNumbers, draws: Draws, first: int) -> None:
    """Copy the numbers of the replications from `first` on."""
    for buffer, rows in zip(numbers[:-1], _number_arrays(draws), strict=True):
        buffer[:] = rows[:, first : first + WIDTH]
    lead = numbers.lead_ticks
    numbers.same_lead[:] = np.where((lead == lead[:, :1]).all(axis=1), lead[:, 0], -1)


def pad_to_vectors(draws: Draws) -> Draws:
    """Return Draws whose replications fill whole vectors; the last replication is repeated."""
    count = draws.n_replications
    if count % WIDTH == 0:
        return draws
    return draws.select([min(r, count - 1) for r in range(count + WIDTH - count % WIDTH)])


def _number_arrays(draws: Draws) -> list[npt.NDArray[Any]]:
    adapting = [f.name for f in fields(AdaptationDraws) if f.name != "project_kept"]
    names = [name for name in DrawnNumbers._fields[:-4] if name not in adapting]
    drawn = [getattr(draws, name) for name in names]
    nothing = np.empty((0, draws.n_replications))
    drawn += [nothing if draws.adaptation is None else getattr(draws.adaptation, name) for name in adapting]
    shape = (len(draws.pre_buys), 2, draws.n_replications)
    pre_buys = np.array(draws.pre_buys, dtype=np.float64).reshape(shape)
    adoption_ticks = np.array(draws.adoption_ticks, dtype=np.float64).reshape(-1, draws.n_replications)
    return [*drawn, pre_buys[:, 0], pre_buys[:, 1], adoption_ticks]


def dtype_of(rows: npt.NDArray[Any]) -> type:
    return np.float64 if rows.dtype.kind == "f" else np.int64
