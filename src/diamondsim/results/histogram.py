"""Counts from which quantiles and means over replications are computed.

All counts and sums are integers, so that adding blocks in any order or grouping gives the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import BoolArray, FloatArray, IntArray

_FIXED_POINT = 2.0**26  # fine enough for seven digits of a mean, small enough for a sum over 1e6 replications
_LARGEST = 1e4  # largest value that enters a mean, in scales


@dataclass(frozen=True)
class Axis:
    """The bins of a histogram of non-negative numbers.

    The bin of a value `x` follows from `u`, its position in [0, 1]: `u = x` for shares, else
    `u = x / (x + scale)`, which is finest below `scale` and never overflows. Bin 0 holds exact zeros; the
    others divide [0, 1] evenly.

    Attributes
    ----------
    scale : float or None
        A typical size, in the middle of a bin; None for shares in [0, 1].
    """

    scale: float | None = None

    @property
    def bins(self) -> int:
        """Number of bins above zero.

        With a scale it is odd: a price that stays as it is and a full reserve lie at the scale, and on the
        edge of two bins rounding would decide which of their middles is reported.
        """
        return 250 if self.scale is None else 251

    @property
    def size(self) -> int:
        """Number of bins, including the bin of zeros."""
        return self.bins + 1

    def position(self, values: FloatArray) -> FloatArray:
        """Return `u` of some values."""
        if self.scale is None:
            return values
        position = values + self.scale
        return np.divide(values, position, out=position)

    def bin(self, values: FloatArray) -> IntArray:
        """Return the bins above zero of some values, counted from 0."""
        bins = (self.position(values) * self.bins).astype(np.int64)
        return np.minimum(bins, self.bins - 1, out=bins)

    def value(self, position: FloatArray) -> FloatArray:
        """Return the values at some positions `u` below 1."""
        if self.scale is None:
            return position
        return np.asarray(self.scale * position / (1.0 - position))

    @property
    def centres(self) -> FloatArray:
        """The value that represents each bin, (size,); the last bin of an open axis has no upper limit."""
        middle = (np.arange(self.bins) + 0.5) / self.bins
        return np.concatenate([[0.0], self.value(middle)])

    def bound(self, quantiles: FloatArray) -> FloatArray:
        """Return the largest distance between quantiles and the exact order statistics: half a bin.

        Infinite in the last bin of an open axis, which has no upper limit.
        """
        if self.scale is None:
            return np.full(quantiles.shape, 0.5 / self.bins)
        beyond = quantiles + self.scale
        left = 2 * self.bins * self.scale - beyond
        # For the quantile that represents the last bin `left` is zero, up to rounding.
        inside = left > 0.5 * self.scale
        return np.where(inside, beyond * beyond / np.where(inside, left, 1.0), np.inf)

    @property
    def error(self) -> str:
        """`bound` as a text."""
        if self.scale is None:
            return f"at most {0.5 / self.bins:g}"
        most = 2 * self.bins * self.scale
        return f"at most (x + {self.scale:g})^2 / ({most - self.scale:g} - x) at a quantile of x"


class Histogram:
    """Counts of a quantity by tick and entity, with a sum in fixed point.

    Parameters
    ----------
    axis : Axis
    n_ticks, n_entities : int

    Attributes
    ----------
    counts : (T, E, axis.size) array of integers
    sums : (T, E) int64 array
        Of values, in units of 2**-26 of the axis's scale.
    """

    def __init__(self, axis: Axis, n_ticks: int, n_entities: int) -> None:
        self.axis = axis
        self.counts: npt.NDArray[np.integer] = np.zeros((n_ticks, n_entities, axis.size), dtype=np.uint16)
        self.sums: IntArray = np.zeros((n_ticks, n_entities), dtype=np.int64)
        self._most = 0  # no count is larger

    def add(self, entity: int, values: FloatArray, counts: IntArray | None = None) -> None:
        """Count the values (T, R) of one entity, once each or as often as `counts` (R,); NaN nowhere."""
        self._make_room(values.shape[1] if counts is None else int(counts.sum()))
        if counts is not None:
            self._add_weighted(entity, values, counts)
            return
        n_ticks, n_replications = values.shape
        positive = values > 0
        if positive.all():
            self._count(entity, np.arange(n_ticks)[:, None], values)
            return
        n_positive = _true_in_rows(positive)
        unknown = np.isnan(values)
        n_known = n_replications - _true_in_rows(unknown) if unknown.any() else n_replications
        self._add_to(entity, 0, n_known - n_positive)
        total = int(n_positive.sum())
        if not total:
            return
        if 4 * total < values.size:
            cells = np.flatnonzero(positive)
            self._count(entity, cells // n_replications, values.reshape(-1).take(cells))
        else:  # selecting the positive values would cost more than counting all of them
            self._count(entity, np.arange(n_ticks)[:, None], np.where(positive, values, 0.0))
            self._add_to(entity, 1, n_positive - n_replications)

    def _add_to(self, entity: int, place: int, numbers: IntArray) -> None:
        counts = self.counts[:, entity, place]
        counts[:] = counts + numbers

    def _add_weighted(self, entity: int, values: FloatArray, counts: IntArray) -> None:
        known = ~np.isnan(values)
        numbers = np.where(known, values, 0.0)
        places = np.where(numbers > 0, self.axis.bin(numbers) + 1, 0)
        places += np.arange(len(values))[:, None] * self.axis.size
        often = known * counts
        # Whole numbers whose sums stay below 2**53 are added exactly in floating point too.
        added = np.bincount(places.ravel(), weights=often.ravel(), minlength=len(values) * self.axis.size)
        self.counts[:, entity] += added.reshape(len(values), -1).astype(self.counts.dtype)
        self.sums[:, entity] += (self._fixed(numbers).astype(np.int64) * often).sum(axis=1)

    def _fixed(self, values: FloatArray) -> FloatArray:
        """Return values as whole numbers of the fixed point."""
        limited = np.minimum(values * (_FIXED_POINT / self._unit), _LARGEST * _FIXED_POINT)
        return np.asarray(np.rint(limited))

    def _count(self, entity: int, rows: IntArray, values: FloatArray) -> None:
        """Count values of some ticks, zeros in the first bin above zero, and add them up."""
        places = self.axis.bin(values)
        n_ticks, n_entities, size = self.counts.shape
        places += (rows * n_entities + entity) * size + 1
        # In place: to add up what `bincount` returns takes as long again for a few replications.
        np.add.at(self.counts.reshape(-1), places.ravel(), self.counts.dtype.type(1))
        # Integers below 2**53 are added exactly in floating point too.
        fixed = self._fixed(values)
        if values.ndim == 2:
            sums = fixed.sum(axis=1)
        else:
            sums = np.bincount(rows, weights=fixed, minlength=n_ticks)
        self.sums[:, entity] += sums.astype(np.int64)

    def merge(self, other: Histogram) -> None:
        """Add the counts of another histogram on the same axis."""
        assert self.axis == other.axis, "histograms on different axes"
        self._make_room(other._most)
        self.counts += other.counts
        self.sums += other.sums

    def restore(self, counts: npt.NDArray[np.integer], sums: IntArray) -> None:
        """Replace everything, for merging only, since the type of the counts stays as it is."""
        self.counts, self.sums = counts, sums
        self._most = int(counts.max(initial=0))

    def _make_room(self, more: int) -> None:
        """Widen the counts if they may not hold some more: 16 bits hold those of a block.

        Those of 10 million replications, and weights that add up to 2**23, fit 32 bits.
        """
        self._most += more
        if self._most > np.iinfo(self.counts.dtype).max:
            self.counts = self.counts.astype(np.int32)

    def quantiles(self, levels: Sequence[float]) -> FloatArray:
        """Return quantiles: the lowest bin in which the cumulative count reaches `level` x n, and 1.

        Returns
        -------
        (T, E, len(levels)) float array
            The middle of the bin, within `axis.bound` of the order statistic; NaN if nothing was counted.
        """
        cumulative = np.cumsum(self.counts, axis=2, dtype=np.int64)
        n = cumulative[:, :, -1]
        result = np.empty((*n.shape, len(levels)))
        for place, level in enumerate(levels):
            rank = np.maximum(1, np.ceil(level * n - 1e-9)).astype(np.int64)
            bins = np.minimum((cumulative < rank[:, :, None]).sum(axis=2), self.axis.bins)
            result[:, :, place] = self.axis.centres[bins]
        result[n == 0] = np.nan
        return result

    def means(self) -> FloatArray:
        """Return the mean of each tick and entity, (T, E); NaN if nothing was counted."""
        n = self.counts.sum(axis=2)
        sums = self.sums * (self._unit / _FIXED_POINT)
        return np.asarray(np.where(n > 0, sums / np.maximum(n, 1), np.nan))

    @property
    def _unit(self) -> float:
        return 1.0 if self.axis.scale is None else self.axis.scale


def _true_in_rows(mask: BoolArray) -> IntArray:
    """Return how often each row of a (T, R) mask is true, (T,): three times as fast as `np.count_nonzero`."""
    return np.asarray(np.add.reduce(mask.view(np.uint8), axis=1, dtype=np.uint32).astype(np.int64))


def compact(counts: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Return counts in the smallest type that holds them: themselves, if they have it."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))), copy=False)
