"""Exact sums and sums of squares over replications, from which a mean and its interval are computed.

Everything added is an integer in units of 2**-25 of a scale, so that adding blocks in any order or grouping
gives the same result. A square of such a number does not fit an integer of 64 bits once thousands are added:
it is kept in three parts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.results.sampling_error import CONFIDENCE, NO_SAMPLE, Estimate

_FIXED_POINT = 2.0**25
_LARGEST = 1e4
"""Largest value that enters, in scales: 10 million of the squares of its parts still fit 64 bits."""
_SPLIT = 19
"""Bits of the lower part of a number."""


class Moments:
    """Sums of a quantity and of its square, by row and entity.

    Parameters
    ----------
    scales : (E,) sequence of float
        A typical size of the quantity for each entity.
    n_rows : int

    Attributes
    ----------
    sums : (4, rows, E) int array
        Of the numbers, and of the squares, products and squares of their upper and lower parts.
    count : int
        Replications added, or what they count.
    """

    def __init__(self, scales: npt.ArrayLike, n_rows: int) -> None:
        self.scales: FloatArray = np.asarray(scales, dtype=float)
        self.sums: IntArray = np.zeros((4, n_rows, len(self.scales)), dtype=np.int64)
        self.count = 0

    def add(self, entity: int, values: FloatArray, counts: IntArray | None = None) -> None:
        """Add the values (rows, R) of one entity, as often as `counts` (R,); `add_count` counts them once."""
        limited = np.clip(values * (1.0 / self.scales[entity]), -_LARGEST, _LARGEST)
        fixed = np.rint(limited * _FIXED_POINT).astype(np.int64)
        upper, lower = fixed >> _SPLIT, fixed & ((1 << _SPLIT) - 1)
        for row, part in enumerate((fixed, upper * upper, upper * lower, lower * lower)):
            self.sums[row, :, entity] += (part if counts is None else part * counts).sum(axis=1)

    def add_count(self, replications: int) -> None:
        """Count replications whose values have been added for every entity."""
        self.count += replications

    def merge(self, other: Moments) -> None:
        """Add the sums of other replications."""
        self.sums += other.sums
        self.count += other.count

    def arrays(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """Return everything that is kept, by name."""
        return {f"{name}.sums": self.sums, f"{name}.count": np.array(self.count)}

    def restore(self, name: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Replace everything by what `arrays` returned."""
        self.sums, self.count = arrays[f"{name}.sums"], int(arrays[f"{name}.count"])

    def mean(self, row: int, entity: int, effective: float | None = None) -> Estimate:
        """Return the mean with Student's interval (eq. R21); no limits from a single replication.

        Of weighted replications, `effective` is the effective sample size (eq. R49).
        """
        count = self.count
        if count == 0:
            return NO_SAMPLE
        total, upper, both, lower = (int(part) for part in self.sums[:, row, entity])
        unit = float(self.scales[entity]) / _FIXED_POINT
        value = total / count * unit
        if count == 1:
            return Estimate(value, math.nan, math.nan, 1)
        squares = (upper << 2 * _SPLIT) + (both << _SPLIT + 1) + lower
        if effective is not None:
            return self._weighted(
                value, (count * squares - total * total) / count**2 * unit * unit, effective
            )
        variance = (count * squares - total * total) / (count * (count - 1)) * unit * unit
        half = float(special.stdtrit(count - 1, 0.5 + CONFIDENCE / 2)) * math.sqrt(variance / count)
        return Estimate(value, value - half, value + half, count)

    @staticmethod
    def _weighted(value: float, spread: float, effective: float) -> Estimate:
        freedom = effective - 1
        if freedom <= 0:
            return Estimate(value, math.nan, math.nan, 1)
        half = float(special.stdtrit(freedom, 0.5 + CONFIDENCE / 2)) * math.sqrt(spread / freedom)
        return Estimate(value, value - half, value + half, int(effective))
