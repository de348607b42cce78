"""The capacity index: growth, swing, outages, the ramp of facilities (model.md, eq. 83-86)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.plan import CapacityRow, Plan, Swing
from diamondsim.sampling.block import Block
from diamondsim.sampling.equipment_controls import EquipmentControls
from diamondsim.sampling.facility_path import FacilityPath
from diamondsim.sampling.growth import compound, slowed
from diamondsim.sampling.outages import draw_outages


def draw_capacity_index(
    plan: Plan,
    facilities: Sequence[FacilityPath],
    equipment: EquipmentControls,
    first_in_force: IntArray,
    block: Block,
) -> FloatArray:
    """Return the capacity of each producer relative to the start, of a facility relative to nameplate.

    Parameters
    ----------
    plan : Plan
        The plan.
    facilities : sequence of FacilityPath
        The paths of its facilities, in order.
    equipment : EquipmentControls
        Controls on machines, which slow growth.
    first_in_force : (C, R) int array
        Tick in which each control is first in force; `NEVER` where it never is.
    block : Block
        Where the numbers come from.

    Returns
    -------
    (T, J, R) array
        Index.
    """
    n_ticks, tick_days = plan.n_ticks, plan.tick_days
    index = block.scratch.array("capacity_index", (n_ticks, len(plan.capacity_rows), block.size))
    for j, row in enumerate(plan.capacity_rows):
        per_year = block.value(row.growth_per_year)
        if row.slowings:
            own = slowed(per_year, equipment.kept_growth(row.slowings, block), tick_days=tick_days)
        else:
            own = compound(per_year, n_ticks=n_ticks, tick_days=tick_days)
        if row.swings:
            swung = 1 + draw_swings(row.swings, first_in_force, block, n_ticks=n_ticks, tick_days=tick_days)
            own = own * swung
        index[:, j] = own
        _interrupt(index[:, j], row, block, tick_days=tick_days)
        if row.facility >= 0:
            index[:, j] *= facilities[row.facility].index
    return index


def _interrupt(index: FloatArray, row: CapacityRow, block: Block, *, tick_days: float) -> None:
    for outages in row.outages:
        index *= 1 - draw_outages(outages, block, n_ticks=len(index), tick_days=tick_days)
    for outage in row.scheduled:
        index[max(outage.begin, 0) : max(outage.end, 0)] *= 1 - block.value(outage.loss)


def draw_swings(
    swings: Sequence[Swing], first_in_force: IntArray, block: Block, *, n_ticks: int, tick_days: float
) -> FloatArray:
    """Return what the swings of a producer add to its capacity, as a share of it: (T, R).

    Parameters
    ----------
    swings : sequence of Swing
        Of one producer; they add up.
    first_in_force : (C, R) int array
        Tick in which each control is first in force, negative before the horizon.
    block : Block
        Where the numbers come from.
    n_ticks : int
        Number of ticks T.
    tick_days : float
        Length of a tick in days.
    """
    added = np.zeros((n_ticks, block.size))
    for swing in swings:
        if swing.opens_tick is None:
            opens = first_in_force[swing.opened_by]
        else:
            opens = np.full(block.size, swing.opens_tick)
        age = (np.arange(n_ticks)[:, np.newaxis] - opens) * tick_days - block.value(swing.delay_days)
        days = block.value(swing.days)
        arrived = np.where(days > 0, age / np.where(days > 0, days, 1.0), np.where(age >= 0, 1.0, 0.0))
        added += block.value(swing.share) * np.clip(arrived, 0.0, 1.0)
    return added
