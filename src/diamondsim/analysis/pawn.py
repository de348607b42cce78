"""PAWN indices from replications at hand, and what an input without influence reaches (eq. S6, S7).

After Pianosi and Wagener (2018), Distribution-based sensitivity analysis from a generic input-output sample,
Environmental Modelling & Software 108, 197-207.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import numpy.typing as npt

from diamondsim.analysis.rank_bins import rank_bins
from diamondsim.arrays import FloatArray, IntArray
from diamondsim.sampling.random_streams import BLOCK, words

PAWN_REPLICATIONS = 4096
"""Replications that are used, the first of the run: thousands of permutations of more take long."""
LEVEL = 0.05
"""Probability that any of all inputs without influence exceeds its threshold."""
_BINS = 10
_FEWEST_IN_BIN = 20
_LEVELS = 128
_PART = 128  # Permutations at a time.
_STREAM = "analysis/pawn"


class Pawn:
    """PAWN indices of the inputs of one metric.

    Parameters
    ----------
    metric : (n,) float array
        The metric of each replication.
    compared : int
        Number of inputs that are compared.

    Examples
    --------
    >>> metric = np.arange(200.0)
    >>> pawn = Pawn(metric, compared=1)
    >>> classes = pawn.classes(metric)
    >>> round(pawn.index(classes), 1), bool(pawn.threshold(classes) < 0.3)
    (0.7, True)
    """

    def __init__(self, metric: FloatArray, *, compared: int) -> None:
        self._level_of, self._levels = _levels(metric)
        n = len(metric)
        self.bins = max(2, min(_BINS, n // _FEWEST_IN_BIN))
        self._permutations = math.ceil(compared / LEVEL) - 1
        self._thresholds: dict[tuple[int, ...], float] = {}
        self._all = np.cumsum(np.bincount(self._level_of, minlength=self._levels)) / n

    def classes(self, values: FloatArray) -> IntArray:
        """Return the bin of what each replication drew of an input."""
        return rank_bins(values, self.bins)

    def index(self, classes: IntArray) -> float:
        """Return the index (eq. S6): the median over bins of the largest distance between distributions."""
        return self._index(classes, self._level_of, np.bincount(classes))

    def threshold(self, classes: IntArray) -> float:
        """Return what an input without influence, of as many values in each bin, exceeds rarely (eq. S7)."""
        counts = np.bincount(classes)
        key = tuple(sorted(counts.tolist()))
        if key not in self._thresholds:
            self._thresholds[key] = self._largest_by_chance(counts)
        return self._thresholds[key]

    def _largest_by_chance(self, counts: IntArray) -> float:
        in_order = np.repeat(np.arange(len(counts)), counts)
        return max(self._index(in_order, each, counts) for each in self._at_random)

    @cached_property
    def _at_random(self) -> npt.NDArray[np.uint8]:
        """The levels in random orders, a permutation a row: the same for all inputs."""
        n, level_of = len(self._level_of), np.sort(self._level_of).astype(np.uint8)
        found = np.empty((self._permutations, n), dtype=np.uint8)
        for first in range(0, self._permutations, _PART):
            part = found[first : first + _PART]
            blocks = range(-(-n // BLOCK))
            raw = np.concatenate([words(0, _STREAM, k, row=first, rows=len(part)) for k in blocks], axis=1)
            # Two words of 64 bits in a row are equal once in 1e12 rows: their order is a permutation.
            part[:] = level_of[np.argsort(raw[:, :n], axis=1)]
        return found

    def _index(
        self, classes: IntArray, level_of: IntArray | npt.NDArray[np.uint8], counts: IntArray
    ) -> float:
        cells = np.bincount(classes * self._levels + level_of, minlength=len(counts) * self._levels)
        given = np.cumsum(cells.reshape(len(counts), self._levels), axis=1) / counts[:, np.newaxis]
        return float(np.median(np.abs(given - self._all).max(axis=1)))


def _levels(metric: FloatArray) -> tuple[IntArray, int]:
    """Return the level of each value, and their number: the distributions are compared at the ends of levels.

    A level is one value, or an equal-count bin where there are more than `_LEVELS`.
    """
    distinct, level_of = np.unique(metric, return_inverse=True)
    level_of = np.asarray(level_of, dtype=np.int64)
    if len(distinct) > _LEVELS:
        level_of = rank_bins(metric, _LEVELS)
    return level_of, int(level_of.max()) + 1
