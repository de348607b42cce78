"""Projects that add capacity where a source has been short for long (model.md, eq. 11a, 46c-46e).

Whether a source is short is watched for all projects. What is being built is kept as a list of pairs
(project, replication), since few projects are under way at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.constants import EPS, LASTED_SHARE
from diamondsim.draws import AdaptationDraws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.segments import PartialSum, spread
from diamondsim.engines.batch.state import narrow
from diamondsim.plan import Plan

_NEVER = 1e9
"""Stands for a tick after the horizon: nothing is under way, or has ended already."""


class Projects:
    """The projects of all sources, (E, R): how long they are short, what is being built, and what was.

    Parameters
    ----------
    row_of_source : (S,) int array
        Row of each source in the arrays (W, R) of those that adapt.

    Attributes
    ----------
    segments : int array
        The rows (W) that have projects.
    grown : array
        By which factor the capacity of each of these has grown so far.
    """

    def __init__(self, plan: Plan, row_of_source: IntArray, draws: AdaptationDraws, pool: ArrayPool) -> None:
        self._draws = draws
        self._row = row_of_source[[p.source for p in plan.projects]]
        by_row = PartialSum(self._row)
        self.segments, self._place = by_row.segments, by_row.place
        self._kept_row = np.array([p.kept_row for p in plan.projects], dtype=np.int64)
        shape = draws.project_size.shape
        # What all replications have in common is one column.
        self._threshold, self._gain = narrow(draws.project_threshold + EPS), narrow(draws.project_gain)
        self._lasted, self._buffer = (pool.zeros(shape[0]) for _ in range(2))
        self._times_left = np.array([[p.times] for p in plan.projects]).repeat(shape[1], axis=1)
        self._may_decide = pool.copy(self._times_left > 0)
        self._is_decided = pool.masks(shape[0])
        # Projects that have been decided wait until the first of them begins.
        self._waiting: list[_UnderWay] = []
        self._under_way = _UnderWay.nothing()
        self._next_begin = self._next_end = _NEVER
        self._n_ended = 0
        # The growth of what has arrived in full; `grown` is that of this tick.
        self._grown_in_full, self.grown = (pool.zeros(len(self.segments)) for _ in range(2))
        self._grown_in_full.fill(1.0)

    def add(self, t: int, own: FloatArray) -> None:
        """Raise the capacities of rows (W, R) by what has arrived by tick t (eq. 11a)."""
        if t >= self._next_begin:
            self._start()
        np.copyto(self.grown, self._grown_in_full)
        if len(self._under_way.pair):
            self.grown += self._by_row(self._under_way.growth_in(t), self._under_way.cell)
        own[self.segments] *= self.grown

    def decide(self, t: int, ratio: FloatArray) -> None:
        """End what has arrived in full and decide on new projects (eq. 46c-46e)."""
        if t >= self._next_end:
            self._end(t)
        difference = spread(ratio, self._row, self._buffer)
        np.greater(difference, self._threshold, out=difference)  # 1 where the source is short
        difference -= self._lasted
        difference *= self._gain
        self._lasted += difference
        is_decided = np.greater_equal(self._lasted, LASTED_SHARE - EPS, out=self._is_decided)
        is_decided &= self._may_decide
        if is_decided.any():
            self._begin(t, is_decided.reshape(-1).nonzero()[0])

    def _begin(self, t: int, pair: IntArray) -> None:
        """Decide on pairs, given as positions in a flat (E, R) array."""
        project, column = np.divmod(pair, self._lasted.shape[1])
        size = self._draws.project_size.reshape(-1).take(pair)
        kept_row = self._kept_row.take(project)
        is_reduced = kept_row >= 0
        size[is_reduced] *= self._draws.project_kept[t, kept_row[is_reduced], column[is_reduced]]
        self._times_left.reshape(-1)[pair] -= 1
        self._may_decide.reshape(-1)[pair] = False
        begin = t + self._draws.project_delay_ticks.reshape(-1).take(pair)
        ramp_ticks = self._draws.project_ramp_ticks.reshape(-1).take(pair)
        decided = _UnderWay(
            pair=pair,
            cell=self._place.take(project) * self._lasted.shape[1] + column,
            begin=begin,
            end=begin + ramp_ticks - 1,
            ramp_ticks=ramp_ticks,
            size=size,
        )
        self._waiting.append(decided)
        self._next_begin = min(self._next_begin, begin.min())

    def _start(self) -> None:
        """Put all that wait on the list of what is under way, of which some begin now.

        Doing so for all at once is seldom needed, since projects take long to begin.
        """
        self._under_way = _UnderWay.joined([self._under_way, *self._waiting])
        self._waiting, self._next_begin = [], _NEVER
        self._next_end = self._under_way.end.min()

    def _end(self, t: int) -> None:
        """Let the projects that have arrived in full by tick t be decided again."""
        under_way = self._under_way
        ended = (under_way.end <= t).nonzero()[0]
        pair = under_way.pair.take(ended)
        self._may_decide.reshape(-1)[pair] = self._times_left.reshape(-1).take(pair) > 0
        # An ended pair counts in full from its last tick on, in every block: so the order of addition, and
        # with it the bits of a replication, do not depend on the others.
        self._grown_in_full += self._by_row(under_way.size.take(ended), under_way.cell.take(ended))
        under_way.size[ended] = 0.0
        under_way.end[ended] = _NEVER
        self._next_end = under_way.end.min(initial=_NEVER)
        # Taking ended pairs off the list costs more than they do, so it waits until they are many.
        self._n_ended += len(ended)
        if 2 * self._n_ended > len(under_way.pair):
            self._under_way, self._n_ended = under_way.where(under_way.end < _NEVER), 0

    def _by_row(self, values: FloatArray, cell: IntArray) -> FloatArray:
        """Return the sums of values by cell, shaped as `grown`."""
        sums = np.bincount(cell, values, self.grown.size)
        return np.asarray(sums, dtype=np.float64).reshape(self.grown.shape)


@dataclass(frozen=True)
class _UnderWay:
    """Pairs (project, replication) that have been decided, until they are taken off the list.

    Attributes
    ----------
    pair, cell : (n,) int arrays
        Position of each in a flat (E, R) array, and of its source in flat `Projects.grown`.
    begin, end : (n,) arrays
        Ticks in which the first part and the last part of each arrives.
    ramp_ticks : (n,) array
        Ticks from the one to the other, both counted.
    size : (n,) array
        Share of capacity.
    """

    pair: IntArray
    cell: IntArray
    begin: FloatArray
    end: FloatArray
    ramp_ticks: FloatArray
    size: FloatArray

    @classmethod
    def nothing(cls) -> _UnderWay:
        """Return no pairs."""
        no_pair, no_number = np.empty(0, dtype=np.int64), np.empty(0)
        return cls(no_pair, no_pair, no_number, no_number, no_number, no_number)

    def growth_in(self, t: int) -> FloatArray:
        """Return the part of each that has arrived by tick t, times its size."""
        part = np.subtract(t + 1, self.begin)
        part /= self.ramp_ticks
        np.clip(part, 0.0, 1.0, out=part)
        part *= self.size
        return part

    def where(self, keep: BoolArray) -> _UnderWay:
        """Return some of the pairs."""
        return _UnderWay(*(getattr(self, field.name)[keep] for field in fields(self)))

    @staticmethod
    def joined(parts: Sequence[_UnderWay]) -> _UnderWay:
        """Return the pairs of all parts."""
        names = [field.name for field in fields(_UnderWay)]
        return _UnderWay(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
