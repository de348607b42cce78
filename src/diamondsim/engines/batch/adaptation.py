"""Conversion between grades, and projects that add capacity (model.md, eq. 11a-11b, 46a-46e).

Only the sources that adapt have rows here; they are few beside the lanes.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.constants import EPS, LASTED_SHARE
from diamondsim.draws import AdaptationDraws, Draws
from diamondsim.engines.batch.segments import PartialSum, SegmentSum, spread
from diamondsim.engines.batch.state import at_least, at_most, divide, positive
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan

FULL_SPEED = 10.0
"""A difference of a tenth between two request ratios moves a conversion at its full speed (eq. 46b)."""

_NEVER = 1e9
"""Stands for the tick of an arrival that is not planned."""


class Adaptation:
    """How sources adapt to a shortage. Symbols are those of model.md.

    Rows: W sources that adapt, in the order of the Plan.
    """

    def __init__(self, plan: Plan, topology: Topology, draws: Draws) -> None:
        assert draws.adaptation is not None, "a Plan in which sources adapt has draws for it"
        conversions, projects = plan.conversions, plan.projects
        ends = [(c.from_source, c.to_source) for c in conversions]
        self._sources = np.unique([*(s for pair in ends for s in pair), *(p.source for p in projects)])
        row_of_source = np.full(topology.n_sources, -1)
        row_of_source[self._sources] = np.arange(len(self._sources))
        row = row_of_source[topology.source]
        lanes = np.flatnonzero(row >= 0)
        self._by_source = SegmentSum(lanes, row[lanes], len(self._sources), topology.n_lanes)
        shape = (len(self._sources), draws.n_replications)
        self._own, self._full, self._usual, self._asked = np.zeros((4, *shape))
        self._stands_still = np.zeros(shape, dtype=bool)
        self._conversion = _Conversions(ends, row_of_source, draws.adaptation) if ends else None
        self._projects = _Projects(plan, row_of_source, draws.adaptation) if projects else None

    def write_capacity(self, t: int, capacity: FloatArray) -> None:
        """Change the capacities (S, R) of tick t in place: what was added and converted (eq. 11a, 11b)."""
        own = capacity.take(self._sources, axis=0, out=self._own, mode="clip")
        if self._projects is not None:
            self._projects.add(t, own)
        usual, stands_still = self._usual, np.less_equal(own, 0.0, out=self._stands_still)
        np.maximum(self._full, own, out=self._full)
        np.copyto(usual, own)
        divide(self._full, usual, usual)  # which overwrites its divisor
        np.putmask(usual, stands_still, 0.0)
        if self._conversion is not None:
            self._conversion.convert(own)
        capacity[self._sources] = own
        usual *= own

    def count_once(self, supply_factor: FloatArray) -> None:
        """Take what projects have added out of the factors of prices (S, R), once it is added (eq. 53)."""
        if self._projects is not None:
            sources = self._sources[self._projects.segments]
            factor = supply_factor[sources]
            np.minimum(factor, np.maximum(factor / self._projects.grown, 1.0), out=factor)
            supply_factor[sources] = factor

    def observe(self, requests: FloatArray) -> None:
        """Sum the requests of round one (L, R) by source (eq. 46a)."""
        self._asked = self._by_source(requests)

    def update(self, t: int, profit: FloatArray | None) -> None:
        """Move the conversions and decide on projects, at the end of tick t (eq. 46a-46e).

        `profit` (Q, R) is what each conversion gains on a unit (eq. 60a); None without prices.
        """
        np.less_equal(self._usual, 0.0, out=self._stands_still)
        # `divide` overwrites the usual capacities, which are written again in the next tick.
        ratio = divide(self._asked, self._usual, self._asked)
        np.putmask(ratio, self._stands_still, 1.0)
        if self._conversion is not None:
            self._conversion.move(ratio, profit)
        if self._projects is not None:
            self._projects.decide(t, ratio)


class _Conversions:
    """`z` and `C` of all conversions, (Q, R)."""

    def __init__(self, ends: list[tuple[int, int]], row_of_source: IntArray, draws: AdaptationDraws) -> None:
        self._of, self._into = row_of_source[np.array(ends, dtype=np.int64)].T
        self._draws = draws
        self._position = draws.conversion_floor.copy()
        self._share, self._moved, self._wanted = np.zeros((3, *self._position.shape))
        self._sum_away, self._sum_here = PartialSum(self._of), PartialSum(self._into)

    def convert(self, own: FloatArray) -> None:
        """Change the capacities of rows (W, R) (eq. 11b)."""
        share = np.maximum(self._position, 0.0, out=self._share)
        if not share.any():
            return
        moved = spread(own, self._of, self._moved)
        moved *= share
        moved *= self._draws.conversion_yield
        own[self._sum_away.segments] *= positive(1.0 - self._sum_away(share))
        own[self._sum_here.segments] += self._sum_here(moved)

    def move(self, ratio: FloatArray, profit: FloatArray | None) -> None:
        """Convert more or less, given the request ratios of rows (W, R) and `profit` (Q, R) (eq. 46b)."""
        wanted = spread(ratio, self._into, self._wanted)
        pressure = np.subtract(wanted, spread(ratio, self._of, self._moved), out=self._moved)
        wanted -= 1.0
        np.minimum(pressure, wanted, out=pressure)
        if profit is not None:
            np.minimum(pressure, profit, out=pressure)
        pressure *= FULL_SPEED
        at_most(at_least(pressure, -1.0), 1.0)
        pressure *= self._draws.conversion_step
        position = self._position
        position += pressure
        np.maximum(position, self._draws.conversion_floor, out=position)
        np.minimum(position, self._draws.conversion_limit, out=position)


class _Projects:
    """The projects of all sources, (E, R): how long they are short, what is being built, and what was.

    Attributes
    ----------
    segments : int array
        The rows (W) that have projects.
    grown : array
        By which factor the capacity of each of these has grown so far.
    """

    def __init__(self, plan: Plan, row_of_source: IntArray, draws: AdaptationDraws) -> None:
        self._draws = draws
        self._row = row_of_source[[p.source for p in plan.projects]]
        self._sum = PartialSum(self._row)
        self._kept_row = np.array([p.kept_row for p in plan.projects], dtype=np.int64)
        shape = draws.project_size.shape
        self._threshold = draws.project_threshold + EPS
        self._lasted, self._done, self._size, self._spare = np.zeros((4, *shape))
        self._arrival = np.full(shape, _NEVER)
        self._last = np.full(shape, _NEVER)  # tick in which all of it has arrived
        self._times_left = np.array([[p.times] for p in plan.projects]) * np.ones(shape)
        self._may_decide = self._times_left > 0
        self._next_arrival = self._next_end = _NEVER
        self.segments = self._sum.segments
        self.grown = np.ones((len(self.segments), shape[1]))

    def add(self, t: int, own: FloatArray) -> None:
        """Raise the capacities of rows (W, R) by what has arrived by tick t (eq. 11a)."""
        if t < self._next_arrival:
            return
        # A project that has not been decided has its arrival far ahead: its part is 0.
        part = np.subtract(t + 1, self._arrival, out=self._spare)
        part /= self._draws.project_ramp_ticks
        at_most(positive(part), 1.0)
        part *= self._size
        part += self._done
        own[self.segments] *= np.add(self._sum(part), 1.0, out=self.grown)

    def decide(self, t: int, ratio: FloatArray) -> None:
        """End what has arrived in full and decide on new projects (eq. 46c-46e)."""
        if t >= self._next_end:
            self._end(t)
        difference = spread(ratio, self._row, self._spare)
        np.greater(difference, self._threshold, out=difference)  # 1 where the source is short
        difference -= self._lasted
        difference *= self._draws.project_gain
        self._lasted += difference
        is_decided = self._lasted >= LASTED_SHARE - EPS
        is_decided &= self._may_decide
        if is_decided.any():
            self._begin(t, is_decided.nonzero())

    def _begin(self, t: int, decided: tuple[IntArray, ...]) -> None:
        rows, columns = decided
        size = self._draws.project_size[decided]
        kept_row = self._kept_row[rows]
        is_reduced = kept_row >= 0
        size[is_reduced] *= self._draws.project_kept[t, kept_row[is_reduced], columns[is_reduced]]
        self._size[decided] = size
        self._arrival[decided] = t + self._draws.project_delay_ticks[decided]
        self._last[decided] = self._arrival[decided] + self._draws.project_ramp_ticks[decided] - 1
        self._times_left[decided] -= 1
        self._may_decide[decided] = False
        self._next_arrival = min(self._next_arrival, self._arrival[decided].min())
        self._next_end = self._last.min()

    def _end(self, t: int) -> None:
        ended = (self._last <= t).nonzero()
        self._done[ended] += self._size[ended]
        self._size[ended] = 0.0
        self._arrival[ended] = self._last[ended] = _NEVER
        self._may_decide[ended] = self._times_left[ended] > 0
        self._next_end = self._last.min()
