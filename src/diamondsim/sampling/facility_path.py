"""The path of a planned facility: stages, delays, ramp, power, qualification (model.md, eq. 86-91).

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
from diamondsim.plan import Facility, Milestone, Plan, PowerSupply
from diamondsim.sampling.block import Block
from diamondsim.sampling.equipment_controls import EquipmentControls
from diamondsim.sampling.financing import closing_days
from diamondsim.sampling.timing import NEVER, rounded_ticks, step_table

_LOG_171 = math.log(171.0)
_NEVER_PASSED = np.array(np.inf)


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
    building_days, delay_days : (R,) array
        Days from the end of the financing to first output, and those of them in which the change of owner and
        the refusal of presses delay it.
    """

    first_output: IntArray
    milestones: IntArray
    index: FloatArray
    building_days: FloatArray
    delay_days: FloatArray


def draw_facility(
    facility: Facility, block: Block, equipment: EquipmentControls, *, n_ticks: int, tick_days: float
) -> FacilityPath:
    """Return how a facility comes into being.

    Milestones are rounded from their days since the decision; ramp and yield count from the tick of first
    output. Stream of the cancellation: `<cancelled>/outcome`. A cancelled facility passes no other milestone.
    """
    cancelled = block.uniform(f"{facility.cancelled.name}/outcome") < block.value(facility.cancelled)
    passed, building, delay = draw_milestones(facility, block, equipment, tick_days=tick_days)
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
    good = (start + (end - start) * ramp) / end
    running = block.value(facility.availability)
    if facility.power is None:
        index = ramp * good * running
    else:
        delivered = rounded_ticks(passed.get((Milestone.POWER_DELIVERED, ""), _NEVER_PASSED), tick_days)
        powered = _powered_share(facility.power, delivered, n_ticks, block)
        index = np.minimum(ramp * running, powered) * good
    return FacilityPath(
        first_output=first_output,
        milestones=np.minimum(np.array(rows), n_ticks),
        index=index,
        building_days=building,
        delay_days=delay,
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
) -> tuple[Mapping[tuple[Milestone, str], FloatArray], FloatArray, FloatArray]:
    """Return the day on which a facility passes each milestone, its days of building, and those of delay.

    All are (R,) arrays. The caller adds the cancellation and the ramp. Streams of the change of owner and of
    the power project: `<probability>/outcome`, `<cancelled>/outcome`.
    """
    day = np.full(block.size, facility.decision_day)
    building, delay = np.zeros(block.size), np.zeros(block.size)
    passed: dict[tuple[Milestone, str], FloatArray] = {}
    if facility.financing is not None:
        passed |= closing_days(facility.financing, day, block)
        day = passed[Milestone.FINANCED, ""]
    if facility.power is not None and facility.power.project is not None:
        project = facility.power.project
        never = block.uniform(f"{project.cancelled.name}/outcome") < block.value(project.cancelled)
        delivers = project.day + block.value(project.delay_days)
        passed[Milestone.POWER_DELIVERED, ""] = np.where(never, np.inf, delivers)
    change, presses = facility.ownership_change, facility.presses
    for k, (name, duration) in enumerate(facility.stages):
        if change is not None and change.stage == k:
            sold = block.uniform(f"{change.probability.name}/outcome") < block.value(change.probability)
            passed[Milestone.OWNER_SOLD, name] = np.where(sold, day, np.inf)
            lost = np.where(sold, block.value(change.days), 0.0)
            day, delay = day + lost, delay + lost
        if presses is not None and presses.stage == k:
            refused = equipment.refuses_presses(facility, rounded_ticks(day, tick_days), block)
            passed[Milestone.PRESSES_REFUSED, name] = np.where(refused, day, np.inf)
            lost = np.where(refused, block.value(presses.days), 0.0)
            day, delay = day + lost, delay + lost
        stage_days = block.value(duration)
        day, building = day + stage_days, building + stage_days
        passed[Milestone.STAGE, name] = day
    return passed, building + delay, delay


def _powered_share(power: PowerSupply, delivered: IntArray, n_ticks: int, block: Block) -> FloatArray:
    """Return the share of a facility that has power in each tick (eq. 86a): (T, R).

    `delivered` is the tick in which the project delivers, after the horizon where it never does.
    """
    share = step_table(power.available, 1.0, n_ticks, block)
    return np.where(np.arange(n_ticks)[:, np.newaxis] >= delivered, 1.0, share)
