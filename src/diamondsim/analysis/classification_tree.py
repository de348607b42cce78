"""A small classification tree: the replications split at one input after another (discover.md, eq. X5)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from diamondsim.analysis.prim import Box
from diamondsim.arrays import BoolArray, FloatArray

DEPTH = 3
"""Splits from the root to a leaf at most: a rule with more conditions is hard to read."""


def tree_leaves(
    values: FloatArray,
    happens: BoolArray,
    *,
    least: int,
    depth: int = DEPTH,
    differ: Callable[[Box, Box], bool] = lambda _one, _other: True,
) -> list[Box]:
    """Return the leaves of the tree, as boxes that together hold everything and share nothing.

    Parameters
    ----------
    values : (n, K) float array
        Finite.
    happens : (n,) bool array
        Where the event is.
    least : int
        Replications that a leaf must have.
    depth : int
        Splits from the root to a leaf at most.
    differ : callable, optional
        Says whether two leaves differ; a split into two that do not is undone.

    Returns
    -------
    list of Box
        From low to high values of each input that is split.

    Examples
    --------
    >>> x = np.linspace(0, 1, 101)[:, np.newaxis]
    >>> [(float(each.low[0]), float(each.high[0])) for each in tree_leaves(x, x[:, 0] > 0.745, least=10)]
    [(-inf, 0.745), (0.745, inf)]
    """
    return _grown(values, happens, Box.of_all(values.shape[1]), least, depth, differ)


def _grown(
    values: FloatArray,
    happens: BoolArray,
    box: Box,
    least: int,
    depth: int,
    differ: Callable[[Box, Box], bool],
) -> list[Box]:
    split = _best_split(values, happens, least) if depth else None
    if split is None:
        return [box]
    number, limit = split
    below = values[:, number] <= limit
    low, high = (
        _grown(values[part], happens[part], box.with_limit(side, number, limit), least, depth - 1, differ)
        for part, side in ((below, 1), (~below, 0))
    )
    if len(low) == len(high) == 1 and not differ(low[0], high[0]):
        return [box]
    return [*low, *high]


def _best_split(values: FloatArray, happens: BoolArray, least: int) -> tuple[int, float] | None:
    """Return the input and the limit that reduce Gini's impurity most; None where none reduces it."""
    n, hits = len(happens), int(happens.sum())
    sizes = np.arange(1, n)
    possible = (sizes >= least) & (sizes <= n - least)
    if not possible.any() or hits in (0, n):
        return None
    best, found = hits * (n - hits) / n - 1e-9, None
    for number in range(values.shape[1]):
        order = np.argsort(values[:, number], kind="stable")
        drawn = values[order, number]
        below = np.cumsum(happens[order])[:-1]
        above = hits - below
        impurity = below * (sizes - below) / sizes + above * (n - sizes - above) / (n - sizes)
        impurity = np.where(possible & (drawn[1:] > drawn[:-1]), impurity, np.inf)
        k = int(np.argmin(impurity))
        if impurity[k] < best:
            middle = drawn[k] + (drawn[k + 1] - drawn[k]) / 2
            # Between neighbours among floating-point numbers the middle may be the upper one.
            best, found = impurity[k], (number, float(middle if middle < drawn[k + 1] else drawn[k]))
    return found
