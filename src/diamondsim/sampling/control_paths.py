"""The states of a control in time (model.md, eq. 64, 66 and 67).

Owns the state path: dated entries with branches, sojourns, hazards, and their precedence on one tick. Entries
before the horizon count too, so that a spell that began in the past has its age.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan import Branch, Control, ControlState, Hazard
from diamondsim.sampling.block import Block
from diamondsim.sampling.timing import NEVER, rounded_ticks

StateArray = npt.NDArray[np.int8]

_UNCHANGED = -1


@dataclass(frozen=True)
class StatePath:
    """States of a control from tick `begin` (at most 0) on: (T - begin, R). Before that it is in `start`."""

    begin: int
    start: ControlState
    states: StateArray

    def rows_from(self, begin: int) -> StateArray:
        """Return the states from tick `begin` on."""
        if begin >= self.begin:
            return self.states[begin - self.begin :]
        before = np.full((self.begin - begin, self.states.shape[1]), self.start, dtype=np.int8)
        return np.concatenate([before, self.states])


def draw_path(control: Control, block: Block, *, n_ticks: int, tick_days: float) -> StatePath:
    """Return the state path of a control.

    A dated entry on the tick in which a sojourn ends takes precedence, unless its branch is `unchanged`. An
    entry that names a state begins a new sojourn in it, even where the control is in that state already;
    `unchanged` lets the clock run on. Where a sojourn ends in `unchanged`, the state is entered anew. The
    last branch has the probability that the others leave. An entry with states `during` acts only on a
    control that comes from one of them.

    Streams: the branch of an entry is chosen by the uniform of its name; the sojourn of the k-th visit to a
    state is drawn for that visit, and the branch after it from `<sojourn>/visit<k>/next`; the wait of a
    hazard in the k-th visit is drawn from `<rate>/visit<k>`.
    """
    walk = _Walk(control, block, n_ticks, tick_days)
    for entry in sorted(control.timeline, key=lambda entry: entry.tick):
        if entry.tick >= n_ticks:
            break
        walk.play_sojourns_before(entry.tick)
        chosen = choose(entry.branches, block, entry.name)
        happens = chosen != _UNCHANGED
        if entry.during:
            happens &= walk.is_in(entry.during)
        walk.enter(happens, chosen, np.full(block.size, entry.tick))
    walk.play_sojourns_before(n_ticks)
    return StatePath(walk.begin, control.start, walk.states())


def choose(branches: Sequence[Branch], block: Block, name: str) -> StateArray:
    """Return the state (R,) of the branch in which the uniform of a name falls, -1 for `unchanged`."""
    outcomes = [_UNCHANGED if branch.state is None else int(branch.state) for branch in branches]
    number = np.zeros(block.size, dtype=np.int64)
    if len(branches) > 1:
        uniform = block.uniform(name)
        reached = np.zeros(block.size)
        for branch in branches[:-1]:
            reached = reached + block.value(branch.probability)
            number += uniform >= reached
    return np.array(outcomes, dtype=np.int8)[number]


class _Walk:
    """The states of one control as time goes on, all replications at once."""

    def __init__(self, control: Control, block: Block, n_ticks: int, tick_days: float) -> None:
        size = block.size
        self.begin = min([0, *(entry.tick for entry in control.timeline)])
        self._control = control
        self._block = block
        self._tick_days = tick_days
        self._state = np.full(size, control.start, dtype=np.int8)
        self._leaves = np.full(size, NEVER)
        self._hazard = np.full(
            size, _UNCHANGED, dtype=np.int8
        )  # State to which a hazard leads that comes before the end of the sojourn.
        self._visits = np.full((len(ControlState), size), -1)
        self._changes = np.full((n_ticks - self.begin, size), _UNCHANGED, dtype=np.int8)
        self.enter(np.ones(size, dtype=bool), self._state, np.full(size, self.begin))

    def enter(self, entering: BoolArray, states: StateArray, ticks: IntArray) -> None:
        """Let some replications enter a state each, at a tick each, and draw their sojourns."""
        columns = np.flatnonzero(entering)
        self._changes[ticks[columns] - self.begin, columns] = states[columns]
        self._state[columns] = states[columns]
        self._hazard[columns] = _UNCHANGED
        self._visits[states[columns], columns] += 1
        days = np.full(self._block.size, np.inf)
        for state, sojourn in self._control.sojourn.items():
            for visit, arrived in self._visiting(state, entering):
                np.copyto(days, self._block.value(sojourn, visit), where=arrived)
        for hazard in self._control.hazards:
            for visit, arrived in self._visiting(hazard.state, entering):
                wait = self._wait(hazard, visit)
                sooner = arrived & (wait < days)
                days[sooner] = wait[sooner]
                self._hazard[sooner] = hazard.to
        length = np.maximum(rounded_ticks(days, self._tick_days), 1)
        self._leaves[columns] = (ticks + length)[columns]

    def is_in(self, states: Sequence[ControlState]) -> BoolArray:
        """Return which replications are in one of some states."""
        return np.isin(self._state, states)

    def _wait(self, hazard: Hazard, visit: int) -> FloatArray:
        """Return the days until a hazard strikes; infinity where its rate is 0."""
        rate = self._block.value(hazard.per_year) / DAYS_PER_YEAR
        unit_wait = -np.log1p(-self._block.uniform(f"{hazard.per_year.name}/visit{visit}"))
        return np.where(rate > 0, unit_wait / np.where(rate > 0, rate, 1.0), np.inf)

    def play_sojourns_before(self, tick: int) -> None:
        """End every visit that ends before a tick, and those that follow it."""
        while (over := self._leaves < tick).any():
            by_hazard = self._hazard != _UNCHANGED
            chosen = np.where(by_hazard, self._hazard, self._state)
            for state, sojourn in self._control.sojourn.items():
                following = self._control.transitions.get(state, ())
                for visit, leaving in self._visiting(state, over & ~by_hazard):
                    assert following, f"{self._control.name}: nothing follows a sojourn in {state.name}"
                    next_state = choose(following, self._block, f"{sojourn.drawn_name(visit)}/next")
                    chosen = np.where(leaving & (next_state != _UNCHANGED), next_state, chosen)
            self.enter(over, chosen, self._leaves.copy())

    def states(self) -> StateArray:
        """Return the (T - begin, R) states."""
        for before, now in pairwise(self._changes):
            np.copyto(now, before, where=now == _UNCHANGED)
        return self._changes

    def _visiting(self, state: ControlState, among: BoolArray) -> list[tuple[int, BoolArray]]:
        """Return the replications, among some, that are in a state, by the number of their visit to it."""
        present = among & (self._state == state)
        visits = self._visits[state]
        return [(int(visit), present & (visits == visit)) for visit in np.unique(visits[present])]
