"""Resamples of replications, drawn with replacement from a stream of their own."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.sampling.random_streams import BLOCK, to_uniforms, words

_STREAM = "resamples"
"""Name of the stream. It has no dot, so that no number of a scenario shares it."""


def resample_counts(size: int, *, seed: int, resamples: int) -> FloatArray:
    """Return how often each member of a sample is in each of some resamples of it.

    Parameters
    ----------
    size : int
        Number of members.
    seed : int
        Root of the stream.
    resamples : int
        Those of a smaller number are the first of a larger one.

    Returns
    -------
    (resamples, size) float array
        Whole numbers; each row adds up to `size`.

    Examples
    --------
    >>> resample_counts(5, seed=1, resamples=3).sum(axis=1)
    array([5., 5., 5.])
    """
    counts = np.empty((resamples, size))
    rows = -(-size // BLOCK)
    for number, row in enumerate(counts):
        uniforms = to_uniforms(words(seed, _STREAM, number, rows=rows)).ravel()[:size]
        row[:] = np.bincount((uniforms * size).astype(np.intp), minlength=size)
    return counts
