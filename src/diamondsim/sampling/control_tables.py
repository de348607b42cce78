"""Controls and their licensing rules over the horizon (model.md, eq. 64, 66-78)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import BoolArray, IntArray
from diamondsim.plan import ControlState, Plan, Spillover
from diamondsim.sampling.approval_rates import draw_approval_rates
from diamondsim.sampling.block import Block
from diamondsim.sampling.control_effects import (
    draw_diversion,
    draw_front_loading,
    spillover_path,
    spillover_rate,
)
from diamondsim.sampling.control_paths import StateArray, StatePath, draw_path
from diamondsim.sampling.spells import Spells, find_spells
from diamondsim.sampling.timing import NEVER, rounded_ticks, smoothing_gain


@dataclass(frozen=True)
class ControlTables:
    """What controls and licensing rules do in each tick.

    Attributes
    ----------
    fields : mapping of str to array
        By field of `diamondsim.draws.Draws`, in its shapes and units.
    first_in_force : (C, R) int array
        Tick in which each control is first in force, `NEVER` where it never is.
    paths : tuple of StatePath
        The states of each control, those before the horizon included.
    """

    fields: Mapping[str, npt.NDArray[Any]]
    first_in_force: IntArray
    paths: tuple[StatePath, ...]


def draw_controls(plan: Plan, block: Block) -> ControlTables:
    """Return the tables of all controls and licensing rules of a block.

    Extra review, withdrawal rate, release factor, delay of diverted goods, relay and its memory are drawn
    once in a replication.
    """
    n_ticks, tick_days, size = plan.n_ticks, plan.tick_days, block.size
    n_controls, n_rules = len(plan.controls), len(plan.licensing_rules)
    by_tick = ("front_loading", "hoarding_cover_ticks", "diversion_share", "seized_share")
    fields: dict[str, npt.NDArray[Any]] = {
        "control_state": np.empty((n_ticks, n_controls, size), dtype=np.int8),
        "approval_rate": block.scratch.array("approval_rate", (n_ticks, n_rules, size)),
        **{field: block.scratch.array(field, (n_ticks, n_controls, size)) for field in by_tick},
        "review_ticks": np.empty((n_rules, size), dtype=np.int64),
        "withdrawal_rate": np.empty((n_rules, size)),
        "diversion_delay_ticks": np.ones((n_controls, size), dtype=np.int64),
        "release_factor": np.empty((n_controls, size)),
        "relay_share": np.ones((n_controls, size)),
        "relay_gain": np.ones((n_controls, size)),
    }
    paths = tuple(_paths(plan, block))
    tables = ControlTables(fields, np.full((n_controls, size), NEVER), paths)
    for i in range(n_controls):
        _fill_control(plan, i, block, tables)
    for d, rule in enumerate(plan.licensing_rules):
        review = rounded_ticks(block.value(rule.review_days), tick_days)
        # What is filed in one tick can be granted in the next without any extra review.
        fields["review_ticks"][d] = np.where(review > 0, review + 1, 0)
        fields["withdrawal_rate"][d] = 1 - (1 - block.value(rule.withdrawal_per_day)) ** tick_days
    return tables


def _paths(plan: Plan, block: Block) -> list[StatePath]:
    """Return the state path of each control; a spillover follows that of the control it belongs to."""
    paths = [draw_path(c, block, n_ticks=plan.n_ticks, tick_days=plan.tick_days) for c in plan.controls]
    for i, control in enumerate(plan.controls):
        spillover = control.spillover
        if spillover is not None:
            of, spells = paths[spillover.of], _slowing(plan, spillover, paths)
            in_force = _in_force(plan, spillover.of, paths, of.begin)
            slows = spells.inside if spillover.is_dormant else in_force
            paths[i] = spillover_path(spillover, of, spells, block, slows=slows, tick_days=plan.tick_days)
    return paths


def _slowing(plan: Plan, spillover: Spillover, paths: Sequence[StatePath]) -> Spells:
    """Return the stretches for each of which the numbers of a spillover are drawn (model.md, eq. 75, 76a)."""
    of = paths[spillover.of]
    binding = _binding(of.states)
    if spillover.is_dormant:
        binding &= ~_in_force(plan, spillover.of, paths, of.begin)
    return find_spells(binding)


def _fill_control(plan: Plan, i: int, block: Block, tables: ControlTables) -> None:
    control, path, n_ticks = plan.controls[i], tables.paths[i], plan.n_ticks
    spells = find_spells(_binding(path.states))
    in_force = _in_force(plan, i, tables.paths, path.begin)
    _fill_approval_rates(plan, i, spells, block, tables)
    front_loading, hoarding = draw_front_loading(
        control, path.states, spells, block, counts=_announcement_counts(plan, i, tables), in_force=in_force
    )
    diverted, seized = draw_diversion(control, spells, block, n_ticks=n_ticks, tick_days=plan.tick_days)
    fields = tables.fields
    fields["control_state"][:, i] = path.rows_from(0)
    fields["front_loading"][:, i] = front_loading[-n_ticks:]
    fields["hoarding_cover_ticks"][:, i] = hoarding[-n_ticks:]
    fields["diversion_share"][:, i] = diverted
    fields["seized_share"][:, i] = seized
    fields["release_factor"][i] = block.value(control.release_factor)
    if control.diversion is not None:
        delay = rounded_ticks(block.value(control.diversion.delay), plan.tick_days)
        fields["diversion_delay_ticks"][i] = np.maximum(delay, 1)
        fields["relay_share"][i] = block.value(control.diversion.relay)
        memory = block.value(control.diversion.relay_memory)
        fields["relay_gain"][i] = smoothing_gain(memory, plan.tick_days)
    first = path.begin + in_force.argmax(axis=0)
    tables.first_in_force[i] = np.where(in_force.any(axis=0), first, NEVER)


def _fill_approval_rates(plan: Plan, i: int, spells: Spells, block: Block, tables: ControlTables) -> None:
    """Fill in the approval rates of the licensing rules of one control with these spells."""
    control, path = plan.controls[i], tables.paths[i]
    state = path.rows_from(0)
    rules = [d for d, rule in enumerate(plan.licensing_rules) if rule.control == i]
    table = tables.fields["approval_rate"]
    if control.spillover is not None:
        slowing = _slowing(plan, control.spillover, tables.paths)
        for d in rules:
            table[:, d] = spillover_rate(control.spillover, slowing, block, lasts=_binding(state))
        return
    rates = draw_approval_rates(
        control,
        [plan.licensing_rules[d] for d in rules],
        spells,
        block,
        banned=state == ControlState.BANNED,
        tick_days=plan.tick_days,
    )
    for rate, numbers in rates:
        for number in numbers:
            table[:, rules[number]] = rate


def _announcement_counts(plan: Plan, i: int, tables: ControlTables) -> BoolArray:
    """Return where an announcement of a control counts: where the control it requires is near or in force."""
    path, required = tables.paths[i], int(plan.requires[i])
    if required < 0:
        return np.ones(path.states.shape, dtype=bool)
    announced = tables.paths[required].rows_from(path.begin) == ControlState.ANNOUNCED
    counts: BoolArray = announced | _in_force(plan, required, tables.paths, path.begin)
    return counts


def _binding(states: StateArray) -> BoolArray:
    """Return where a control is in a state in which it binds."""
    binding: BoolArray = states == ControlState.LICENSING
    binding |= states == ControlState.BANNED
    return binding


def _in_force(plan: Plan, i: int, paths: Sequence[StatePath], begin: int) -> BoolArray:
    """Return where a control is in force, from tick `begin` on (model.md, eq. 8)."""
    in_force = _binding(paths[i].rows_from(begin))
    required = int(plan.requires[i])
    if required >= 0:
        np.logical_and(in_force, _binding(paths[required].rows_from(begin)), out=in_force)
    return in_force
