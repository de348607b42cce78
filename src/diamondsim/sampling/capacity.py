"""The capacity index: growth, outages and the ramp of facilities (model.md, eq. 57-58)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diamondsim.plan import CapacityRow, Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.facility import FacilityPath
from diamondsim.sampling.growth import compound
from diamondsim.sampling.outages import draw_outages
from diamondsim.sampling.streams import FloatArray


def draw_capacity_index(plan: Plan, facilities: Sequence[FacilityPath], block: Block) -> FloatArray:
    """Return the capacity of each producer relative to the start, of a facility relative to nameplate.

    Parameters
    ----------
    plan : Plan
        The plan.
    facilities : sequence of FacilityPath
        How its facilities come about, in order.
    block : Block
        Where the numbers come from.

    Returns
    -------
    (T, J, R) array
        Index.
    """
    index = np.empty((plan.n_ticks, len(plan.capacity_rows), block.size))
    for j, row in enumerate(plan.capacity_rows):
        index[:, j] = _row(row, facilities, block, n_ticks=plan.n_ticks, tick_days=plan.tick_days)
    return index


def _row(
    row: CapacityRow,
    facilities: Sequence[FacilityPath],
    block: Block,
    *,
    n_ticks: int,
    tick_days: float,
) -> FloatArray:
    index = compound(block.value(row.growth_per_year), n_ticks=n_ticks, tick_days=tick_days)
    for outages in row.outages:
        index *= 1 - draw_outages(outages, block, n_ticks=n_ticks, tick_days=tick_days)
    for outage in row.scripted:
        index[max(outage.begin, 0) : max(outage.end, 0)] *= 1 - block.value(outage.loss)
    if row.facility >= 0:
        index *= facilities[row.facility].index
    return index
