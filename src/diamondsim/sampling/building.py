"""How a facility is paid for and built: tranches, stages, and what delays them (model.md, eq. 58, 70-73).

Days count from the start of the horizon; a milestone that is never passed is at infinity.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.plan import Facility, Financing, Milestone
from diamondsim.sampling.block import Block
from diamondsim.sampling.equipment import Equipment
from diamondsim.sampling.timing import rounded_ticks


def draw_building(
    facility: Facility, block: Block, equipment: Equipment, *, tick_days: float
) -> Mapping[tuple[Milestone, str], FloatArray]:
    """Return the day on which a facility passes each milestone: (R,) each.

    The cancellation by chance and the ramp are left to the caller. Stream of the sale of the owner:
    `<probability>/outcome`.
    """
    day = np.full(block.size, facility.decision_day)
    passed: dict[tuple[Milestone, str], FloatArray] = {}
    if facility.financing is not None:
        passed |= _financed(facility.financing, day, block)
        day = passed[Milestone.FINANCED, ""]
    sale, presses = facility.ownership_change, facility.presses
    for k, (name, duration) in enumerate(facility.stages):
        if sale is not None and sale.stage == k:
            sold = block.uniform(f"{sale.probability.name}/outcome") < block.value(sale.probability)
            passed[Milestone.OWNER_SOLD, name] = np.where(sold, day, np.inf)
            day = day + np.where(sold, block.value(sale.days), 0.0)
        if presses is not None and presses.stage == k:
            refused = equipment.refuses_presses(facility, rounded_ticks(day, tick_days), block)
            passed[Milestone.PRESSES_REFUSED, name] = np.where(refused, day, np.inf)
            day = day + np.where(refused, block.value(presses.days), 0.0)
        day = day + block.value(duration)
        passed[Milestone.STAGE, name] = day
    return passed


def _financed(
    money: Financing, decision: FloatArray, block: Block
) -> dict[tuple[Milestone, str], FloatArray]:
    """Return when the tranches close, the last of them, and when the window was missed (eq. 70-71)."""
    passed: dict[tuple[Milestone, str], FloatArray] = {}
    clock = block.value(money.clock_days)
    missed = np.zeros(block.size, dtype=bool)
    end = decision
    for tranche in money.tranches:
        closes = decision + np.maximum(clock, block.value(tranche.days))
        if money.window_day is not None:
            late = closes > money.window_day
            missed |= late
            again = np.inf if money.wait_days is None else money.window_day + block.value(money.wait_days)
            closes = np.where(late, np.maximum(closes, again), closes)
        passed[Milestone.TRANCHE, tranche.name] = closes
        end = np.maximum(end, closes)
    passed[Milestone.FINANCED, ""] = end
    if money.window_day is not None:
        passed[Milestone.WINDOW_MISSED, ""] = np.where(missed, money.window_day, np.inf)
    return passed
