"""The chance that each of several scenarios is the best, by a paired bootstrap (docs/compare.md, eq. C4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.sampling import resample_counts

RESAMPLES = 1000
MOST_MEMBERS = 4096
"""More replications are resampled in this many groups: the same spread of the means, for less work."""
_ALIKE = 1e-12
"""Relative difference up to which two sums are a tie: that of rounding."""


def chance_best(
    samples: Sequence[FloatArray],
    *,
    seed: int,
    groups: IntArray | None = None,
    resamples: int = RESAMPLES,
) -> list[FloatArray]:
    """Return the share of resamples of the replications in which each scenario has the lowest mean.

    Parameters
    ----------
    samples : sequence of (scenario, replication) array
        Any number of metrics; all scenarios are resampled together, so that pairs stay pairs.
    seed : int
        Of the resamples.
    groups : (replication,) int array, optional
        Independent group of each replication; whole groups are drawn then.
    resamples : int

    Returns
    -------
    list of (scenario,) array
        For each metric; adds up to 1. Scenarios that tie share a resample.

    Examples
    --------
    >>> chance_best([np.array([[1.0, 2.0], [1.0, 2.0], [3.0, 4.0]])], seed=1)
    [array([0.5, 0.5, 0. ])]
    """
    n = samples[0].shape[1]
    if groups is None and n > MOST_MEMBERS:
        groups = np.arange(n) % MOST_MEMBERS
    members = n if groups is None else int(groups.max()) + 1
    counts = resample_counts(members, seed=seed, resamples=resamples)
    found = []
    for sample in samples:
        sums = sample if groups is None else np.array([np.bincount(groups, row) for row in sample])
        resampled = counts @ sums.T
        lowest = resampled.min(axis=1, keepdims=True)
        ties = resampled - lowest <= _ALIKE * np.abs(resampled).max(axis=1, keepdims=True)
        found.append((ties / ties.sum(axis=1, keepdims=True)).mean(axis=0))
    return found
