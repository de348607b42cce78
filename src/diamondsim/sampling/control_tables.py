"""Controls and their desks over the horizon (model.md, eq. 48-53 and 61-68)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.plan import ControlState, Plan
from diamondsim.sampling.approval_rates import draw_approval_rates
from diamondsim.sampling.block import Block
from diamondsim.sampling.control_effects import (
    draw_diversion,
    draw_front_loading,
    spillover_path,
    spillover_rate,
)
from diamondsim.sampling.control_paths import StateArray, StatePath, draw_path
from diamondsim.sampling.spells import find_spells
from diamondsim.sampling.timing import NEVER, rounded_ticks


@dataclass(frozen=True)
class ControlTables:
    """What controls and desks do in each tick; shapes and units as in `diamondsim.draws.Draws`."""

    control_state: npt.NDArray[np.int8]
    approval_rate: FloatArray
    front_loading: FloatArray
    hoarding_cover_ticks: FloatArray
    diversion_share: FloatArray
    seized_share: FloatArray
    review_ticks: IntArray
    withdrawal_rate: FloatArray
    diversion_delay_ticks: IntArray
    first_in_force: IntArray  # (C, R) tick in which each is first in force, `NEVER` where it never is
    paths: tuple[StatePath, ...]  # the states of each control, those before the horizon included


def draw_controls(plan: Plan, block: Block) -> ControlTables:
    """Return the tables of all controls and desks of a block.

    Extra review, withdrawal, level under a ban, barred share and detour are drawn once for a replication.
    """
    n_ticks, tick_days, size = plan.n_ticks, plan.tick_days, block.size
    per_control = (n_ticks, len(plan.controls), size)
    paths = _paths(plan, block)
    level = block.scratch.array("approval_rate", (n_ticks, len(plan.licensing_rules), size))
    level.fill(1.0)
    tables = ControlTables(
        control_state=np.empty(per_control, dtype=np.int8),
        approval_rate=level,
        front_loading=block.scratch.array("front_loading", per_control),
        hoarding_cover_ticks=block.scratch.array("hoarding_cover_ticks", per_control),
        diversion_share=block.scratch.array("diversion_share", per_control),
        seized_share=block.scratch.array("seized_share", per_control),
        review_ticks=np.empty((len(plan.licensing_rules), size), dtype=np.int64),
        withdrawal_rate=np.empty((len(plan.licensing_rules), size)),
        diversion_delay_ticks=np.ones((len(plan.controls), size), dtype=np.int64),
        first_in_force=np.full((len(plan.controls), size), NEVER),
        paths=tuple(paths),
    )
    for i in range(len(plan.controls)):
        _fill_control(plan, i, paths, block, tables)
    for d, desk in enumerate(plan.licensing_rules):
        review = rounded_ticks(block.value(desk.review_days), tick_days)
        # What is filed in one tick can be granted in the next without any extra review.
        tables.review_ticks[d] = np.where(review > 0, review + 1, 0)
        tables.withdrawal_rate[d] = 1 - (1 - block.value(desk.withdrawal_per_day)) ** tick_days
    return tables


def _paths(plan: Plan, block: Block) -> list[StatePath]:
    """Return the state path of each control; a drag follows that of the control it belongs to."""
    paths = [draw_path(c, block, n_ticks=plan.n_ticks, tick_days=plan.tick_days) for c in plan.controls]
    for i, control in enumerate(plan.controls):
        drag = control.spillover
        if drag is not None:
            of = paths[drag.of]
            in_force = _in_force(plan, drag.of, paths, of.begin)
            spells = find_spells(_binding(of.states))
            paths[i] = spillover_path(drag, of, spells, block, in_force=in_force, tick_days=plan.tick_days)
    return paths


def _fill_control(
    plan: Plan, i: int, paths: Sequence[StatePath], block: Block, tables: ControlTables
) -> None:
    control, path = plan.controls[i], paths[i]
    n_ticks, tick_days = plan.n_ticks, plan.tick_days
    spells = find_spells(_binding(path.states))
    in_force = _in_force(plan, i, paths, path.begin)
    other = int(plan.requires[i])
    if other >= 0:
        announced = paths[other].rows_from(path.begin) == ControlState.ANNOUNCED
        counts = announced | _in_force(plan, other, paths, path.begin)
    else:
        counts = np.ones(path.states.shape, dtype=bool)
    rush, hoard = draw_front_loading(control, path.states, spells, block, counts=counts, in_force=in_force)
    leak, seized = draw_diversion(control, spells, block, n_ticks=n_ticks, tick_days=tick_days)
    state = path.rows_from(0)
    desks = [d for d, desk in enumerate(plan.licensing_rules) if desk.control == i]
    if control.spillover is None:
        levels = draw_approval_rates(
            control,
            [plan.licensing_rules[d] for d in desks],
            spells,
            block,
            banned=state == ControlState.BANNED,
            tick_days=tick_days,
        )
    else:
        spells_of = find_spells(_binding(paths[control.spillover.of].states))
        levels = [spillover_rate(control.spillover, spells_of, block, lasts=_binding(state)) for _ in desks]
    tables.control_state[:, i] = state
    tables.front_loading[:, i] = rush[-n_ticks:]
    tables.hoarding_cover_ticks[:, i] = hoard[-n_ticks:]
    tables.diversion_share[:, i] = leak
    tables.seized_share[:, i] = seized
    if control.diversion is not None:
        delay = rounded_ticks(block.value(control.diversion.delay), tick_days)
        tables.diversion_delay_ticks[i] = np.maximum(delay, 1)
    for d, level in zip(desks, levels, strict=True):
        tables.approval_rate[:, d] = level
    first = path.begin + in_force.argmax(axis=0)
    tables.first_in_force[i] = np.where(in_force.any(axis=0), first, NEVER)


def _binding(states: StateArray) -> BoolArray:
    """Return where a control is in a state in which it binds."""
    binding: BoolArray = states == ControlState.LICENSING
    binding |= states == ControlState.BANNED
    return binding


def _in_force(plan: Plan, i: int, paths: Sequence[StatePath], begin: int) -> BoolArray:
    """Return where a control is in force, from tick `begin` on (model.md, eq. 8)."""
    in_force = _binding(paths[i].rows_from(begin))
    other = int(plan.requires[i])
    if other >= 0:
        np.logical_and(in_force, _binding(paths[other].rows_from(begin)), out=in_force)
    return in_force
