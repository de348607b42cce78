"""Equal-count bins of the ranks of an input: the classes within which it is taken as known (eq. S1)."""

from __future__ import annotations

import numpy as np
import scipy

from diamondsim.arrays import FloatArray, IntArray


def rank_bins(values: FloatArray, bins: int) -> IntArray:
    """Return the bin of each value, counted from 0; bins that hold no value are left out of the count.

    Equal values share a bin, whatever the order in which they come: an input with few values has as many bins
    as values at most, of unequal counts.

    Parameters
    ----------
    values : (n,) float array
    bins : int
        Number of bins of values that all differ.

    Returns
    -------
    (n,) int array

    Examples
    --------
    >>> rank_bins(np.array([0.3, 9.0, 0.1, 0.2]), 2).tolist()
    [1, 1, 0, 0]
    >>> rank_bins(np.array([5.0, 5.0, 5.0, 7.0]), 4).tolist()
    [0, 0, 0, 1]
    """
    # A value has the middle of the ranks of its equals; that of the j-th of n different values is j - 1/2.
    middle = scipy.stats.rankdata(values) - 0.5
    place = np.floor(middle * bins / len(values)).astype(np.int64)
    return np.asarray(np.unique(place, return_inverse=True)[1], dtype=np.int64)
