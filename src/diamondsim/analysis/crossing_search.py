"""Where a curve that is known with an interval crosses a threshold, by bisection (docs/flip.md, eq. F2, F3).

Owns which values are looked at next, and what follows from the answers; it simulates nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from diamondsim.analysis.sizing_target import ANSWER_BOUNDS
from diamondsim.arrays import FloatArray


class CrossingSearch:
    """A search on the line between two ends.

    Parameters
    ----------
    begin, end : float
        Ends of the search, the lower one first.
    threshold : float
    tolerance : float
        Distance of two values, as a share of that of the ends, at which the search ends.

    Attributes
    ----------
    answers : dict of float to (3,) float array
        Estimate, low and high, by value: filled by the caller with those of `wanted`.

    Examples
    --------
    >>> search = CrossingSearch(0.0, 8.0, threshold=0.5, tolerance=0.25)
    >>> while values := search.wanted():
    ...     search.answers |= {x: np.array([1 - x / 8, 0.9 - x / 8, 1.1 - x / 8]) for x in values}
    >>> search.crossing().round(1).tolist()
    [4.0, 3.2, 4.8]
    """

    def __init__(self, begin: float, end: float, *, threshold: float, tolerance: float) -> None:
        self.answers: dict[float, FloatArray] = {}
        self._begin, self._end, self._threshold = begin, end, threshold
        self._width = tolerance * (end - begin)

    def wanted(self) -> list[float]:
        """Return the values to be looked at next, ascending; none once the search has ended."""
        if not self.answers:
            return [self._begin, (self._begin + self._end) / 2, self._end]
        return sorted({*self._middles()})

    def _middles(self) -> Iterator[float]:
        """Yield the middle of each bracket that is still too wide, unless its ends are adjacent numbers."""
        for side in range(len(ANSWER_BOUNDS)):
            bracket = self._bracket(side)
            if bracket is None or bracket[1] - bracket[0] <= self._width:
                continue
            middle = (bracket[0] + bracket[1]) / 2
            if middle not in self.answers:
                yield middle

    def _bracket(self, side: int) -> tuple[float, float] | None:
        """Return the first two neighbouring values between which a curve crosses; None if it does not."""
        values = sorted(self.answers)
        above = [bool(self.answers[value][side] > self._threshold) for value in values]
        for k in range(len(values) - 1):
            if above[k] != above[k + 1]:
                return values[k], values[k + 1]
        return None

    def _crossing_of(self, side: int) -> float:
        bracket = self._bracket(side)
        if bracket is None:
            return math.nan
        first, second = (self.answers[value][side] - self._threshold for value in bracket)
        return float(bracket[0] + (bracket[1] - bracket[0]) * first / (first - second))

    def crossing(self) -> FloatArray:
        """Return where the estimate crosses, and the limits of an interval of that value, (3,).

        NaN if the estimate does not cross; a limit is infinite where that of the answer does not cross.
        """
        found = [self._crossing_of(side) for side in range(len(ANSWER_BOUNDS))]
        if math.isnan(found[0]):
            return np.full(len(ANSWER_BOUNDS), math.nan)
        known = [limit for limit in found[1:] if not math.isnan(limit)]
        low = min((limit for limit in known if limit <= found[0]), default=-math.inf)
        high = max((limit for limit in known if limit >= found[0]), default=math.inf)
        return np.array([found[0], low, high])

    def side(self) -> int:
        """Return 1 if the estimate is above the threshold at every value so far, -1 if at none, else 0."""
        above = self.curve()[:, 0] > self._threshold
        return 1 if above.all() else 0 if above.any() else -1

    @property
    def values(self) -> FloatArray:
        """The values that have been looked at, ascending, (n,)."""
        return np.array(sorted(self.answers))

    def curve(self) -> FloatArray:
        """Return the answers at `values`, (n, 3)."""
        return np.stack([self.answers[value] for value in sorted(self.answers)])

    def is_monotone(self) -> bool:
        """Say whether estimates never go back by more than half of an interval.

        One replication has no interval, and then nothing is said against it.
        """
        answers = self.curve()
        estimate = answers[:, 0]
        noise = float(np.fmax.reduce(answers[:, 2] - answers[:, 1])) / 2
        if math.isnan(noise):
            return True
        rises = estimate - np.minimum.accumulate(estimate)
        falls = np.maximum.accumulate(estimate) - estimate
        return min(float(rises.max()), float(falls.max())) <= noise


def most_runs(tolerance: float) -> int:
    """Return the largest number of values that a search looks at, if the curve and its limits go one way.

    Examples
    --------
    >>> most_runs(0.02)  # both ends and the middle, then five halvings for the estimate and each limit
    18
    """
    halvings = max(0, math.ceil(math.log2(0.5) - math.log2(tolerance)))
    return 3 + len(ANSWER_BOUNDS) * halvings
