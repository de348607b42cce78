"""Conversion between grades and projects for capacity: their numbers in ticks (model.md, eq. 85a-85c)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import AdaptationDraws
from diamondsim.plan import Input, Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.equipment_controls import EquipmentControls
from diamondsim.sampling.timing import rounded_ticks, smoothing_gain


def draw_adaptation(plan: Plan, equipment: EquipmentControls, block: Block) -> AdaptationDraws | None:
    """Return how sources adapt to a shortage; None where none of them does."""
    conversions, projects = plan.conversions, plan.projects
    if not conversions and not projects:
        return None

    def values(numbers: Iterable[Input]) -> FloatArray:
        rows = [block.value(row) for row in numbers]
        return np.stack(rows) if rows else np.empty((0, block.size))

    def ticks(numbers: Iterable[Input], least: int) -> FloatArray:
        rounded = np.maximum(rounded_ticks(values(numbers), plan.tick_days), least)
        return np.asarray(rounded, dtype=np.float64)

    limit = values(c.limit for c in conversions)
    step = limit / ticks((c.days for c in conversions), 1)
    kept = [equipment.kept_growth(controls, block) for controls in plan.project_slowings]
    return AdaptationDraws(
        conversion_limit=limit,
        conversion_yield=values(c.conversion_yield for c in conversions),
        conversion_step=step,
        conversion_floor=-step * ticks((c.qualification_days for c in conversions), 0),
        project_threshold=1.0 + values(p.trigger for p in projects),
        project_gain=smoothing_gain(values(p.lasting_days for p in projects), plan.tick_days),
        project_delay_ticks=ticks((p.delay_days for p in projects), 1),
        project_ramp_ticks=ticks((p.ramp_days for p in projects), 1),
        project_size=values(p.size for p in projects),
        project_kept=np.stack(kept, axis=1) if kept else np.empty((plan.n_ticks, 0, block.size)),
    )
