"""The path of a planned facility: financing, stages, delays, ramp, qualification (model.md, eq. 86-91).

Days count from the start of the horizon; a milestone that is never passed is at infinity.

The S-shaped curve is the logistic one that is 1/20 at `a = 0` and 9/10 at the ramp time `r`:

    ramp(a) = 1 / (1 + 19 * 171 ** (-a / r))

(at 0 the logit is -ln 19, at r it is ln 9, and the slope between is ln 171 / r). A ramp time of 0 is a step
to 1. Yield is `start + (end - start) * ramp(a)`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.plan import Facility, Financing, Milestone, Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.equipment_controls import EquipmentControls
from diamondsim.sampling.timing import NEVER, rounded_ticks

_LOG_171 = math.log(171.0)


@dataclass(frozen=True)
class FacilityPath:
    """How a facility comes into being.

    Attributes
    ----------
    first_output : (R,) int array
        Tick of first output, `NEVER` where it is cancelled; negative before the horizon.
    milestones : (rows, R) int array
        As in `diamondsim.draws.Draws`.
    index : (T, R) array
        Ramp, relative yield and availability: output as a fraction of nameplate, without outages.
    """

    first_output: IntArray
    milestones: IntArray
    index: FloatArray


def draw_facility(
    facility: Facility, block: Block, equipment: EquipmentControls, *, n_ticks: int, tick_days: float
) -> FacilityPath:
    """Return how a facility comes into being.

    Milestones are rounded from their days since the decision; ramp and yield count from the tick of first
    output. Stream of the cancellation: `<cancelled>/outcome`. A cancelled facility passes no other milestone.
    """
    cancelled = block.uniform(f"{facility.cancelled.name}/outcome") < block.value(facility.cancelled)
    passed = draw_milestones(facility, block, equipment, tick_days=tick_days)
    rows = []
    for milestone in facility.milestones:
        if milestone[0] is Milestone.CANCELLED:
            decided = rounded_ticks(np.full(block.size, facility.decision_day), tick_days)
            rows.append(np.where(cancelled, decided, NEVER))
        elif milestone[0] is not Milestone.RAMPED:
            rows.append(np.where(cancelled, NEVER, rounded_ticks(passed[milestone], tick_days)))
    first_output = rows[-1]
    ramp_days = block.value(facility.ramp_days)
    rows.append(first_output + rounded_ticks(ramp_days, tick_days))

    ramp = _ramp(np.arange(n_ticks)[:, np.newaxis] - first_output, tick_days, ramp_days)
    start, end = block.value(facility.yield_start), block.value(facility.yield_end)
    return FacilityPath(
        first_output=first_output,
        milestones=np.minimum(np.array(rows), n_ticks),
        index=ramp * ((start + (end - start) * ramp) / end) * block.value(facility.availability),
    )


def _ramp(since: IntArray, tick_days: float, ramp_days: FloatArray) -> FloatArray:
    """Return the S curve over (T, R) ticks since first output, 0 before it."""
    slope = _LOG_171 * tick_days / np.where(ramp_days > 0, ramp_days, 1.0)
    curve = 1 / (1 + 19 * np.exp(-slope * np.maximum(since, 0)))
    return np.where(since >= 0, np.where(ramp_days > 0, curve, 1.0), 0.0)


def open_ticks(plan: Plan, facilities: list[FacilityPath], block: Block) -> IntArray:
    """Return the first tick in which each lane can be used: (L, R), 0 for incumbents, T for never.

    A class that the facility's `qualification` does not name takes the time under "any", or none.
    """
    ticks = np.zeros((plan.n_lanes, block.size), dtype=np.int64)
    for lane in range(plan.n_lanes):
        f = int(plan.lane_facility[lane])
        if f < 0:
            continue
        facility = plan.facilities[f]
        begin = facilities[f].first_output
        if facility.qualification_start_tick is not None:
            begin = np.maximum(begin, facility.qualification_start_tick)
        needed = facility.qualification.get(plan.lane_class[lane], facility.qualification.get("any"))
        if needed is not None:
            begin = begin + rounded_ticks(block.value(needed), plan.tick_days)
        ticks[lane] = np.clip(begin, 0, plan.n_ticks)
    _open_feed(plan, facilities, ticks)
    return ticks


def draw_adoption(plan: Plan, block: Block) -> tuple[FloatArray, ...]:
    """Return the ticks over which contracts move to each facility, (R,) each; empty if they do at once."""
    days = [facility.adoption_days for facility in plan.facilities]
    if all(number is None for number in days):
        return ()
    return tuple(
        np.zeros(block.size) if number is None else block.value(number) / plan.tick_days for number in days
    )


def _open_feed(plan: Plan, facilities: list[FacilityPath], ticks: IntArray) -> None:
    """Let facilities buy feed from first output on."""
    numbers = {facility.name: f for f, facility in enumerate(plan.facilities)}
    for source, node in zip(plan.sources, plan.source_feed, strict=True):
        if source.facility is not None and node >= 0:
            begin = facilities[numbers[source.facility]].first_output
            ticks[plan.lane_node == node] = np.clip(begin, 0, plan.n_ticks)


def draw_milestones(
    facility: Facility, block: Block, equipment: EquipmentControls, *, tick_days: float
) -> Mapping[tuple[Milestone, str], FloatArray]:
    """Return the day on which a facility passes each milestone: (R,) each.

    The caller adds the cancellation and the ramp. Stream of the change of owner: `<probability>/outcome`.
    """
    day = np.full(block.size, facility.decision_day)
    passed: dict[tuple[Milestone, str], FloatArray] = {}
    if facility.financing is not None:
        passed |= _financed(facility.financing, day, block)
        day = passed[Milestone.FINANCED, ""]
    change, presses = facility.ownership_change, facility.presses
    for k, (name, duration) in enumerate(facility.stages):
        if change is not None and change.stage == k:
            sold = block.uniform(f"{change.probability.name}/outcome") < block.value(change.probability)
            passed[Milestone.OWNER_SOLD, name] = np.where(sold, day, np.inf)
            day = day + np.where(sold, block.value(change.days), 0.0)
        if presses is not None and presses.stage == k:
            refused = equipment.refuses_presses(facility, rounded_ticks(day, tick_days), block)
            passed[Milestone.PRESSES_REFUSED, name] = np.where(refused, day, np.inf)
            day = day + np.where(refused, block.value(presses.days), 0.0)
        day = day + block.value(duration)
        passed[Milestone.STAGE, name] = day
    return passed


def _financed(
    financing: Financing, decision: FloatArray, block: Block
) -> dict[tuple[Milestone, str], FloatArray]:
    """Return when the tranches close, the last of them, and when the window was missed (eq. 88-89)."""
    passed: dict[tuple[Milestone, str], FloatArray] = {}
    clock = block.value(financing.clock_days)
    missed = np.zeros(block.size, dtype=bool)
    end = decision
    for tranche in financing.tranches:
        closes = decision + np.maximum(clock, block.value(tranche.days))
        if financing.window_day is not None:
            late = closes > financing.window_day
            missed |= late
            again = (
                np.inf
                if financing.wait_days is None
                else financing.window_day + block.value(financing.wait_days)
            )
            closes = np.where(late, np.maximum(closes, again), closes)
        passed[Milestone.TRANCHE, tranche.name] = closes
        end = np.maximum(end, closes)
    passed[Milestone.FINANCED, ""] = end
    if financing.window_day is not None:
        passed[Milestone.WINDOW_MISSED, ""] = np.where(missed, financing.window_day, np.inf)
    return passed
