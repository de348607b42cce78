"""The effects of equipment controls: presses refused, growth slowed (model.md, eq. 84, 91)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.plan import ControlState, Facility, Plan, Slowing
from diamondsim.sampling.block import Block
from diamondsim.sampling.control_paths import StateArray, StatePath


@dataclass(frozen=True)
class EquipmentControls:
    """The controls of a plan as they act on buyers of machines, with a state path each."""

    plan: Plan
    paths: Sequence[StatePath]

    def refuses_presses(self, facility: Facility, ticks: IntArray, block: Block) -> BoolArray:
        """Return where a facility that asks for presses at a tick is refused them: (R,).

        Streams: `<probability>/outcome` decides whether it relies on them, `<granted>/<facility>` whether a
        licence is granted.
        """
        presses = facility.presses
        assert presses is not None, "only facilities with a source of presses ask"
        refused = np.zeros(block.size, dtype=bool)
        for control, granted in presses.licences:
            licensing, banned = self._states_at(control, ticks)
            is_granted = block.uniform(f"{granted.name}/{facility.name}") < block.value(granted)
            refused |= banned | (licensing & ~is_granted)
        relies = block.uniform(f"{presses.probability.name}/outcome") < block.value(presses.probability)
        return refused & relies

    def kept_growth(self, slowings: Sequence[Slowing], block: Block) -> FloatArray:
        """Return the part of its growth that a producer keeps in each tick: (T, R)."""
        kept = np.ones((self.plan.n_ticks, block.size))
        for slowing in slowings:
            states = self.paths[slowing.control].rows_from(0)
            binding = _binds(states)
            required = int(self.plan.requires[slowing.control])
            if required >= 0:
                binding = binding & _binds(self.paths[required].rows_from(0))
            np.minimum(kept, np.where(binding, block.value(slowing.kept), 1.0), out=kept)
        return kept

    def _states_at(self, control: int, ticks: IntArray) -> tuple[BoolArray, BoolArray]:
        """Return where a control is in force, by licences and by a ban, at a tick each (model.md, eq. 8)."""
        state = _state_at(self.paths[control], ticks)
        required = int(self.plan.requires[control])
        counts = np.ones(len(ticks), dtype=bool)
        if required >= 0:
            counts = _binds(_state_at(self.paths[required], ticks))
        return counts & (state == ControlState.LICENSING), counts & (state == ControlState.BANNED)


def _state_at(path: StatePath, ticks: IntArray) -> StateArray:
    # What begins after the horizon has no effect inside it: any state will do, here the last.
    rows = np.clip(ticks - path.begin, 0, len(path.states) - 1)
    then = path.states[rows, np.arange(len(ticks))]
    return np.where(ticks < path.begin, np.int8(path.start), then)


def _binds(states: StateArray) -> BoolArray:
    binds: BoolArray = (states == ControlState.LICENSING) | (states == ControlState.BANNED)
    return binds
