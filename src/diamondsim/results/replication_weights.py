"""What each replication of a run counts: as a share, and as a whole number for the counts over time.

Counts over time, which are all that is kept of paths, add up exactly only as whole numbers (docs/results.md,
eq. R42, R49).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.results.sampling_error import effective_size

TOTAL_COUNT = 2**23
"""What all replications count together: no more than the largest run, for which sums fit 64 bits."""

_LEAST = -200.0


@dataclass(frozen=True)
class ReplicationWeights:
    """The weights of the replications of a run.

    Attributes
    ----------
    share : (R,) float array
        Of the whole weight; adds up to 1.
    counts : (R,) int array
        The same in units of 1 / `TOTAL_COUNT`, rounded so that all add up to `TOTAL_COUNT`.
    effective : float
        The effective sample size.

    Examples
    --------
    >>> weights = ReplicationWeights.from_logarithms(np.array([-1000.0, -1000.0, -np.inf]))
    >>> weights.share.tolist(), weights.effective
    ([0.5, 0.5, 0.0], 2.0)
    """

    share: FloatArray
    counts: IntArray
    effective: float

    @classmethod
    def from_logarithms(cls, logarithms: FloatArray) -> ReplicationWeights:
        """Return weights in proportion to the exponentials of some numbers, of which one is finite."""
        below = logarithms - logarithms.max()
        # What is less than 1e-86 of the largest changes no sum, and its square could be lost.
        weights = np.where(below < _LEAST, 0.0, np.exp(below))
        share = weights / weights.sum()
        return cls(share, whole_counts(share, TOTAL_COUNT), effective_size(share))


def whole_counts(share: FloatArray, total: int) -> IntArray:
    """Return whole numbers in proportion to shares, each less than 1 away, that add up to a total.

    Their partial sums are those of the shares, rounded: an error of one is made good by the next.

    Examples
    --------
    >>> whole_counts(np.array([0.25, 0.25, 0.5]), 10).tolist()
    [3, 2, 5]
    """
    reached = np.floor(np.cumsum(share) * total + 0.5).astype(np.int64)
    reached[-1] = total
    counts: IntArray = np.diff(reached, prepend=0)
    return counts


def weighted_count(flags: BoolArray, counts: IntArray | None) -> IntArray:
    """Return how many replications, along the last axis, have a flag: each one, or by its count.

    Examples
    --------
    >>> flags = np.array([[True, False, True]])
    >>> weighted_count(flags, None).tolist(), weighted_count(flags, np.array([5, 2, 3])).tolist()
    ([2], [8])
    """
    if counts is None:
        return np.asarray(np.count_nonzero(flags, axis=-1))
    return np.asarray((flags * counts).sum(axis=-1))
