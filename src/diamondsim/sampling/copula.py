"""Correlated uniforms: a Gaussian copula over the streams of a group (model.md, eq. 63)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray
from diamondsim.plan import Correlated

_LEAST = 2.0**-53  # Smallest distance of a uniform from 0 and 1.


def correlate(group: Correlated, independent: Sequence[FloatArray]) -> list[FloatArray]:
    """Return correlated uniforms from independent ones.

    Parameters
    ----------
    group : Correlated
        The group.
    independent : sequence of (R,) array
        The uniforms of the streams of its names, in their order.

    Returns
    -------
    list of (R,) array
        Uniforms in the open interval (0, 1).

    Examples
    --------
    >>> group = Correlated(("a", "b"), ((1.0,), (0.6, 0.8)))
    >>> correlate(group, [np.array([0.5]), np.array([0.5])])[1].tolist()
    [0.5]
    """
    normals = [special.ndtri(uniforms) for uniforms in independent]
    correlated = []
    for row in group.factor:
        total = np.zeros_like(normals[0])
        # One after the other: numpy's sum would depend on the number of replications.
        for weight, normal in zip(row, normals, strict=False):
            total = total + weight * normal
        correlated.append(np.clip(special.ndtr(total), _LEAST, 1 - _LEAST))
    return correlated
