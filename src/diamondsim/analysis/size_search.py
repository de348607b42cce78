"""The smallest size that meets a target, on fixed draws (docs/size.md, Z4-Z6).

Every size is simulated with the same random numbers, so that the answer is a function of the size alone: the
sample-average approximation of the problem. Sizes may be vectors; a search goes along a line of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import xarray as xr

from diamondsim.analysis.sizing_target import Target
from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.scenario import Scenario
from diamondsim.simulation import KeptWorkers, Progress, monte_carlo_each
from diamondsim.units import number_text

Sizes: TypeAlias = tuple[float, ...]
"""One size of each stock that is sized."""

GRID = (0.0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
"""Sizes with which a search begins, as shares of the largest: small ones matter more."""
_SMALLEST = 1 / 64
"""Share of the largest size below which a size is not told from zero more closely than at it."""
_ESTIMATE = 0
_COARSER = 2.0
"""Tolerance of the limits of an interval, as a multiple of that of the size."""


@dataclass(frozen=True)
class SizeSampling:
    """How every size is simulated.

    Attributes
    ----------
    replications, seed : int
    workers, progress
        As for `monte_carlo`; the total grows while a search goes on.
    kept : KeptWorkers, optional
        Processes that all rounds of a search use.
    """

    replications: int
    seed: int
    workers: int | None = None
    progress: Progress | None = None
    kept: KeptWorkers | None = None


class SizedRuns:
    """The answers so far, by size.

    Parameters
    ----------
    scenario_with : callable
        Returns the scenario with given sizes.
    target : Target
    sampling : SizeSampling
    done : int
        Runs that are finished already, for the progress.

    Attributes
    ----------
    target, sampling
    answers : dict of tuple of float to (3,) float array
        Estimate, low and high, by size.
    """

    def __init__(
        self,
        scenario_with: Callable[[Sizes], Scenario],
        target: Target,
        sampling: SizeSampling,
        *,
        done: int = 0,
    ) -> None:
        self.target, self.sampling = target, sampling
        self.answers: dict[Sizes, FloatArray] = {}
        self._scenario_with, self._done = scenario_with, done

    def run(self, wanted: Sequence[Sizes]) -> None:
        """Simulate the sizes that have not been simulated yet, as one job."""
        new = [size for size in dict.fromkeys(wanted) if size not in self.answers]
        if not new:
            return
        scenarios = {
            f"size {' and '.join(map(number_text, size))}": self._scenario_with(size) for size in new
        }
        runs = simulated(scenarios, self.sampling, done=self._done + len(self.answers))
        for size, run in zip(new, runs.values(), strict=True):
            self.answers[size] = self.target.answer(run)

    def with_seed(self, seed: int) -> SizedRuns:
        """Return runs of the same scenarios on other random numbers, none of which has been simulated."""
        sampling = replace(self.sampling, seed=seed)
        return SizedRuns(self._scenario_with, self.target, sampling, done=self._done + len(self.answers))


def simulated(scenarios: dict[str, Scenario], sampling: SizeSampling, done: int = 0) -> dict[str, xr.Dataset]:
    """Simulate scenarios as one job, of which `done` others are finished already."""
    before = done * sampling.replications

    def count(now: int, total: int) -> None:
        if sampling.progress is not None:
            sampling.progress(before + now, before + total)

    return monte_carlo_each(
        {name: (scenario, sampling.replications) for name, scenario in scenarios.items()},
        seed=sampling.seed,
        workers=sampling.workers,
        progress=count,
        kept=sampling.kept,
    )


@dataclass(frozen=True)
class Found:
    """Where an answer meets a target along a line of sizes.

    Attributes
    ----------
    size : float
        The smallest position from which on every simulated one meets the target; NaN if the largest does
        not.
    low : float
        The largest position at which even the better limit of the interval misses the target; the first one
        if there is none.
    high : float
        The smallest position from which on even the worse limit meets it; infinite if there is none.
    monotone : bool
        Whether answers never get worse with size by more than half of an interval.
    """

    size: float
    low: float
    high: float
    monotone: bool


class Line:
    """A search for the smallest position on a line of sizes that meets a target.

    Parameters
    ----------
    runs : SizedRuns
    along : callable
        Returns the sizes at a position.
    tolerance : float
        Distance of two positions, as a share of the larger, at which the search ends; for the limits of the
        interval twice as much.
    """

    def __init__(self, runs: SizedRuns, along: Callable[[float], Sizes], tolerance: float) -> None:
        self._runs, self._along, self._tolerance = runs, along, tolerance
        self._positions: list[float] = []

    def search(self, begin: Sequence[float], *, limits: bool = True) -> Found:
        """Simulate the positions in `begin` and those in between that are needed.

        Parameters
        ----------
        begin : sequence of float
            Ascending.
        limits : bool
            Whether the limits of the interval are looked for as well.
        """
        target = self._runs.target
        sides = (_ESTIMATE, target.better, target.worse) if limits else (_ESTIMATE,)
        self._run(begin)
        smallest, is_interpolated = self._tolerance * _SMALLEST * begin[-1], True
        while new := [
            position
            for side in sides
            if (bracket := self._bracket(side))
            and bracket[1] - bracket[0] > max(self._width(side) * bracket[1], smallest)
            for position in self._between(bracket, side, is_interpolated=is_interpolated)
        ]:
            self._run(new)
            is_interpolated = False  # where the curve is not smooth, halving takes the fewest runs
        return self._found()

    def _width(self, side: int) -> float:
        """Return the tolerance of a curve; limits say how far off the size may be and need less."""
        return self._tolerance if side == _ESTIMATE else _COARSER * self._tolerance

    def _run(self, positions: Sequence[float]) -> None:
        self._positions = sorted({*self._positions, *positions})
        self._runs.run([self._along(position) for position in positions])

    def _answers(self) -> FloatArray:
        return np.stack([self._runs.answers[self._along(position)] for position in self._positions])

    def _met(self, side: int) -> BoolArray:
        return np.asarray(self._runs.target.met_by(self._answers()[:, side]))

    def _bracket(self, side: int) -> tuple[float, float] | None:
        """Return the last position that misses the target and the next one; None if all or none meet it."""
        missed = np.flatnonzero(~self._met(side))
        if not missed.size or missed[-1] == len(self._positions) - 1:
            return None
        return self._positions[missed[-1]], self._positions[missed[-1] + 1]

    def _between(self, bracket: tuple[float, float], side: int, *, is_interpolated: bool) -> list[float]:
        """Return positions inside a bracket: its middle, or two close to where the answer crosses."""
        low, high = bracket
        if not is_interpolated:
            return [(low + high) / 2]
        ends = [float(self._runs.answers[self._along(position)][side]) for position in bracket]
        crossing = low + (high - low) * _share_of_way(ends[0], ends[1], self._runs.target.limit)
        half = 0.45 * self._tolerance * crossing  # so that the two are within the tolerance of each other
        inside = [position for position in (crossing - half, crossing + half) if low < position < high]
        return inside or [(low + high) / 2]

    def _found(self) -> Found:
        target, positions = self._runs.target, self._positions
        answers, size, high = self._answers(), *(self._first_met(s) for s in (_ESTIMATE, target.worse))
        missed = np.flatnonzero(~self._met(target.better))
        low = positions[missed[-1]] if missed.size else positions[0]
        is_monotone = _is_monotone(answers if not target.at_least else -answers)
        if size is None:
            return Found(math.nan, math.nan, math.nan, is_monotone)
        return Found(size, min(low, size), math.inf if high is None else high, is_monotone)

    def _first_met(self, side: int) -> float | None:
        """Return the smallest position from which on a curve meets the target; None if the last does not."""
        missed = np.flatnonzero(~self._met(side))
        first = missed[-1] + 1 if missed.size else 0
        return None if first == len(self._positions) else self._positions[first]


def _share_of_way(begin: float, end: float, limit: float) -> float:
    """Return where a curve from `begin` to `end` crosses a limit, as a share of the way.

    Chances and tails of what is unmet fall about exponentially with stock, so that their logarithm is about a
    line.
    """
    values = np.array([begin, end, limit])
    if not np.isfinite(values).all() or begin == end:
        return 0.5
    begin, end, limit = np.log(values) if (values > 0).all() else values
    return float(np.clip((begin - limit) / (begin - end), 0.0, 1.0))


def _is_monotone(answers: FloatArray) -> bool:
    """Say whether estimates, of which less is better, never rise by more than half of an interval."""
    estimate = answers[:, _ESTIMATE]
    with np.errstate(invalid="ignore"):  # infinite answers do not differ
        rises = np.nan_to_num(estimate - np.minimum.accumulate(estimate))
        widths = np.abs(answers[:, 2] - answers[:, 1])
    finite = widths[np.isfinite(widths)]
    return float(rises.max()) <= (float(finite.max()) / 2 if finite.size else 0.0)
