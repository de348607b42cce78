"""Selection of the best of several alternatives, look by look (docs/decide.md, eq. D1-D4).

The procedure of Kim and Nelson for alternatives with common random numbers. It knows nothing of scenarios:
it sees the variances of differences after the first stage, and means from then on.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import numpy as np

from diamondsim.arrays import FloatArray


class SequentialSelection:
    """Alternatives that are selected or rejected as soon as their means lie far enough apart; low is good.

    Parameters
    ----------
    variances : (m, m) float array
        Of the difference of two alternatives in one replication, estimated from the first stage.
    freedom : int
        Degrees of freedom of these estimates, at least 1.
    best : int
        Number of alternatives to select, below m.
    indifference : float
        Smallest difference that matters, above 0.
    confidence : float
        Probability that the selection is right if the last that belongs to it and the first that does not are
        at least `indifference` apart.

    Attributes
    ----------
    selected, rejected, undecided : list of int
        Alternatives, in the order in which it was decided; `undecided` ascends.

    Source
    ------
    S.-H. Kim and B. L. Nelson, A fully sequential procedure for indifference-zone selection in simulation,
    ACM Transactions on Modeling and Computer Simulation 11 (2001), 251-273.

    Examples
    --------
    >>> selection = SequentialSelection(
    ...     np.full((3, 3), 4.0), freedom=99, best=1, indifference=0.5, confidence=0.95
    ... )
    >>> selection.look(40, {0: 1.0, 1: 1.2, 2: 3.0})
    >>> selection.rejected, selection.undecided
    ([2], [0, 1])
    """

    def __init__(
        self, variances: FloatArray, *, freedom: int, best: int, indifference: float, confidence: float
    ) -> None:
        m = len(variances)
        self._variances = variances
        self._best = best
        self._indifference = indifference
        self._h2 = squared_width(freedom, error=(1 - confidence) / (best * (m - best)))
        self._better: set[tuple[int, int]] = set()
        self.selected: list[int] = []
        self.rejected: list[int] = []
        self.undecided: list[int] = [*range(m)]

    def look(self, n: int, means: Mapping[int, float]) -> None:
        """Decide what can be decided after n replications of each alternative that is undecided.

        Parameters
        ----------
        n : int
        means : mapping of int to float
            Of all n replications, at least of the undecided alternatives.
        """
        for a, b in itertools.combinations(self.undecided, 2):
            if (a, b) in self._better or (b, a) in self._better:
                continue  # the first exit from the region decides a pair; what follows does not count
            difference, half = means[a] - means[b], self._half_width(a, b, n)
            if half <= 0 or abs(difference) > half:
                self._better.add((a, b) if difference <= 0 else (b, a))
        by_mean = sorted(self.undecided, key=lambda alternative: (means[alternative], alternative))
        while self._take_one(by_mean):
            pass

    def drop(self, alternative: int) -> None:
        """Take an alternative that is undecided out of the choice."""
        self.undecided.remove(alternative)

    def needed(self) -> int:
        """Return the number of replications after which nothing can be undecided (eq. D3)."""
        pairs = itertools.combinations(self.undecided, 2)
        return max((self._longest(a, b) for a, b in pairs if not self._is_decided(a, b)), default=0)

    def _is_decided(self, a: int, b: int) -> bool:
        return (a, b) in self._better or (b, a) in self._better

    def _half_width(self, a: int, b: int, n: int) -> float:
        """Return how far two means must lie apart (eq. D2)."""
        return float(self._h2 * self._variances[a, b] / (2 * self._indifference * n) - self._indifference / 2)

    def _longest(self, a: int, b: int) -> int:
        return math.ceil(self._h2 * float(self._variances[a, b]) / self._indifference**2)

    def _take_one(self, by_mean: list[int]) -> bool:
        """Reject or select one alternative, if one can be, and strike it from the list."""
        left = self._best - len(self.selected)
        n_rest = len(by_mean) - left
        # The worst first: where decided pairs contradict one another, the means have the last word.
        for taken, alternatives, enough in (
            (self.rejected, reversed(by_mean), left),
            (self.selected, by_mean, n_rest),
        ):
            for one in alternatives:
                pairs = ((other, one) if taken is self.rejected else (one, other) for other in by_mean)
                if sum(pair in self._better for pair in pairs) >= enough:
                    taken.append(one)
                    by_mean.remove(one)
                    self.undecided.remove(one)
                    return True
        return False


def squared_width(freedom: int, *, error: float) -> float:
    """Return h^2, which sets the width of the region in which a pair is undecided (eq. D1).

    Parameters
    ----------
    freedom : int
        Degrees of freedom of the variances.
    error : float
        Probability of deciding one pair wrongly.

    Examples
    --------
    >>> round(squared_width(9, error=0.05), 3)  # 2 eta (n0 - 1) = 9 (10^(2/9) - 1)
    6.013
    """
    return float(freedom * ((2 * error) ** (-2 / freedom) - 1))


def variance_of_pair(one: FloatArray, other: FloatArray, *, event: bool) -> float:
    """Return the variance of the difference of two alternatives in one replication.

    Parameters
    ----------
    one, other : (n,) float array
    event : bool
        Whether the samples say by 1 and 0 whether something happened. Half a pair is then added to each of
        the four outcomes, as in (R27): a few pairs that agree do not prove that all do.

    Examples
    --------
    >>> variance_of_pair(np.array([1.0, 2.0]), np.array([1.0, 1.0]), event=False)
    0.5
    >>> variance_of_pair(np.ones(8), np.ones(8), event=True)
    0.1
    """
    difference = one - other
    if not event:
        return float(np.var(difference, ddof=1))
    pairs = len(difference) + 2
    net = float(difference.sum())
    return float((np.abs(difference).sum() + 1 - net * net / pairs) / pairs)
