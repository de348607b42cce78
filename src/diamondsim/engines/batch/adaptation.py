"""Adaptation to a shortage: request ratios and conversion between grades (model.md, eq. 11a-11b, 46a-46b).

Only the sources that adapt have rows here; they are few beside the lanes. Projects are in `projects`.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.constants import EPS, FULL_SPEED
from diamondsim.draws import AdaptationDraws, Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.projects import Projects
from diamondsim.engines.batch.segments import PartialSum, spread
from diamondsim.engines.batch.state import divide, positive
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan


class Adaptation:
    """How sources adapt to a shortage. Symbols are those of model.md.

    Rows: W sources that adapt, in the order of the Plan.
    """

    def __init__(self, plan: Plan, topology: Topology, draws: Draws, pool: ArrayPool) -> None:
        assert draws.adaptation is not None, "a Plan in which sources adapt has draws for it"
        conversions, projects = plan.conversions, plan.projects
        ends = [(c.from_source, c.to_source) for c in conversions]
        self._sources = np.unique([*(s for pair in ends for s in pair), *(p.source for p in projects)])
        row_of_source = np.full(topology.n_sources, -1)
        row_of_source[self._sources] = np.arange(len(self._sources))
        n_rows = len(self._sources)
        self._own, self._full, self._usual, self._ratio, self._divisor = (
            pool.zeros(n_rows) for _ in range(5)
        )
        self._stands_still = pool.masks(n_rows)
        self._conversion = _Conversions(ends, row_of_source, draws.adaptation, pool) if ends else None
        self._projects = Projects(plan, row_of_source, draws.adaptation, pool) if projects else None

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
        # Rounding may leave something of a source of which all is converted, or nothing (eq. 46a).
        np.maximum(usual, EPS * self._full, out=usual, where=~stands_still)

    def count_once(self, supply_factor: FloatArray) -> None:
        """Take what projects have added out of the factors of prices (S, R), once it is added (eq. 53)."""
        if self._projects is not None:
            sources = self._sources[self._projects.segments]
            factor = supply_factor[sources]
            np.minimum(factor, np.maximum(factor / self._projects.grown, 1.0), out=factor)
            supply_factor[sources] = factor

    def update(self, t: int, asked: FloatArray, profit: FloatArray | None) -> None:
        """Move the conversions and decide on projects, at the end of tick t (eq. 46a-46e).

        `asked` (S, R) is what sources were asked for in round one. `profit` (Q, R) is what each conversion
        gains on a unit (eq. 60a); None without prices.
        """
        np.copyto(self._divisor, self._usual)
        ratio = divide(spread(asked, self._sources, self._ratio), self._divisor, self._ratio)
        np.putmask(ratio, self._stands_still, 1.0)
        if self._conversion is not None:
            self._conversion.move(self._conversion.lacking(ratio, self._usual, self._full), profit)
        if self._projects is not None:
            self._projects.decide(t, ratio)


class _Conversions:
    """`z` and `C` of all conversions, (Q, R)."""

    def __init__(
        self,
        ends: list[tuple[int, int]],
        row_of_source: IntArray,
        draws: AdaptationDraws,
        pool: ArrayPool,
    ) -> None:
        self._of, self._into = row_of_source[np.array(ends, dtype=np.int64)].T
        self._draws = draws
        self._position, self._share, self._moved = (pool.zeros(len(ends)) for _ in range(3))
        self._position[:] = draws.conversion_floor
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

    def lacking(self, ratio: FloatArray, usual: FloatArray, full: FloatArray) -> FloatArray:
        """Return the share of capacity to convert beside what is (Q, R); negative: too much is (eq. 46b).

        The arguments are rows (W, R): request ratios, usual and full capacities.
        """
        of, into, unit_yield = self._of, self._into, self._draws.conversion_yield
        full_from = self._sum_here(full[of])[self._sum_here.place]
        usual_from = self._sum_here(usual[of])[self._sum_here.place]
        usual_into = self._sum_away(usual[into])[self._sum_away.place]
        here, there = ratio[into], ratio[of]
        moved = here * usual_into + unit_yield * there * usual_from
        to_be_equally_short = divide((here - there) * usual_from, moved, moved)
        lacking: FloatArray = np.minimum((here - 1.0) / unit_yield, to_be_equally_short)
        lacking *= divide(usual[into], full_from, full_from)
        return lacking

    def move(self, lacking: FloatArray, profit: FloatArray | None) -> None:
        """Convert more or less, given what is lacking and `profit` (Q, R) (eq. 46b)."""
        step, position = self._draws.conversion_step, self._position
        move = np.minimum(np.maximum(lacking, -step), step)
        if profit is not None:
            np.minimum(move, step * np.clip(FULL_SPEED * profit, -1.0, 1.0), out=move)
        position += move
        np.maximum(position, self._draws.conversion_floor, out=position)
        np.minimum(position, self._draws.conversion_limit, out=position)
