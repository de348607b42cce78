"""Boxes of inputs in which an event is frequent: the patient rule induction method (discover.md, eq. X1-X4).

Arrays of inputs are (replication, input), as many as the (replication,) flags that say where the event is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from diamondsim.arrays import BoolArray, FloatArray, IntArray

PEELED = 0.05
"""Share of the replications in a box that a peel takes away, or a paste adds: few are patient."""


@dataclass(frozen=True)
class Box:
    """Limits of inputs, of which all must hold.

    Attributes
    ----------
    low, high : (input,) float array
        An input is above `low` and at most `high`; infinite where there is no limit.
    """

    low: FloatArray
    high: FloatArray

    @classmethod
    def of_all(cls, inputs: int) -> Box:
        """Return the box without limits."""
        return cls(np.full(inputs, -np.inf), np.full(inputs, np.inf))

    @property
    def restricted(self) -> BoolArray:
        """Which inputs have a limit: (input,)."""
        return np.logical_or(np.isfinite(self.low), np.isfinite(self.high))

    def inside(self, values: FloatArray) -> BoolArray:
        """Return which replications are in the box: (replication,)."""
        limited = self.restricted
        part = values[:, limited]
        inside = (part > self.low[limited]) & (part <= self.high[limited])
        return np.asarray(inside.all(axis=1), dtype=np.bool_)

    def with_limit(self, side: int, number: int, limit: float) -> Box:
        """Return the box with one limit changed: side 0 is the lower, 1 the upper."""
        limits = [self.low.copy(), self.high.copy()]
        limits[side][number] = limit
        return Box(*limits)

    def without(self, number: int) -> Box:
        """Return the box without the limits of one input."""
        return self.with_limit(0, number, -math.inf).with_limit(1, number, math.inf)


def peeled_boxes(values: FloatArray, happens: BoolArray, *, least: int) -> list[Box]:
    """Return the boxes of the peeling trajectory, each inside the one before (eq. X1); the first is all.

    Parameters
    ----------
    values : (n, K) float array
        Finite.
    happens : (n,) bool array
        Where the event is.
    least : int
        Replications that a box must keep.

    Returns
    -------
    list of Box
        Of rising density.

    Examples
    --------
    >>> x = np.linspace(0, 1, 101)[:, np.newaxis]
    >>> last = peeled_boxes(x, x[:, 0] > 0.745, least=10)[-1]
    >>> float(last.low[0]) < 0.75, bool(last.inside(x).sum() <= 28), last.high
    (True, True, array([inf]))
    """
    box = Box.of_all(values.shape[1])
    boxes, inside = [box], np.ones(len(happens), dtype=bool)
    order = np.argsort(values, axis=0, kind="stable").T  # (K, m): the replications in the box, by each input
    while (found := _best_peel(values, happens, order, box, least)) is not None:
        box = found
        inside &= box.inside(values)
        order = order[inside[order]].reshape(len(order), -1)
        boxes.append(box)
    return boxes


def _best_peel(values: FloatArray, happens: BoolArray, order: IntArray, box: Box, least: int) -> Box | None:
    """Return the box after the peel that raises the density most for each replication lost."""
    number = np.arange(len(order))
    m = order.shape[1]
    density = happens[order[0]].mean() if len(order) else 1.0
    best: tuple[float, bool, Box] | None = None
    for side in (0, 1) if density < 1 else ():
        outward = order if side == 0 else order[:, ::-1]
        drawn = np.take_along_axis(values.T, outward, axis=1)
        lost = _removed(drawn)
        kept = m - lost
        hits_lost = np.cumsum(happens[outward], axis=1)[number, lost - 1]
        gain = ((density * m - hits_lost) / np.maximum(kept, 1) - density) / np.maximum(lost, 1)
        gain[(lost == 0) | (kept < least)] = 0.0
        gain[gain < 1e-12] = 0.0
        if not gain.any():
            continue
        # Among equals an input that has a limit already: the fewer inputs, the easier the box is to read.
        j = int(np.lexsort((number, ~box.restricted, -gain))[0])
        limit = _between(*sorted((drawn[j, lost[j] - 1], drawn[j, lost[j]])))
        if best is None or (gain[j], box.restricted[j]) > best[:2]:
            best = gain[j], box.restricted[j], box.with_limit(side, j, limit)
    return None if best is None else best[2]


def _removed(drawn: FloatArray) -> IntArray:
    """Return how many replications a peel takes away of each input: (K,), 0 where it has one value only.

    Equal values go together: as many as `PEELED` allows, or all of the first if it alone exceeds that.
    """
    m = drawn.shape[1]
    most = max(1, int(PEELED * m))
    ends = drawn[:, 1:] != drawn[:, :-1]  # (K, m - 1): whether a value ends after that many
    before, after = ends[:, :most][:, ::-1], ends[:, most:]
    last = before.shape[1] - np.argmax(before, axis=1) if before.size else np.zeros(len(drawn), dtype=int)
    first = most + 1 + np.argmax(after, axis=1) if after.size else np.zeros(len(drawn), dtype=int)
    removed: IntArray = np.where(before.any(axis=1), last, np.where(after.any(axis=1), first, 0))
    return removed


def _between(low: float, high: float) -> float:
    """Return a limit that parts two values: the middle, below the higher one."""
    middle = low + (high - low) / 2
    return float(middle) if middle < high else float(low)  # neighbours among floating-point numbers


def pasted(values: FloatArray, happens: BoolArray, box: Box) -> Box:
    """Return the box, widened as long as that does not lower its density (eq. X2)."""
    while True:
        inside = box.inside(values)
        m, best = int(inside.sum()), (happens[inside].mean(), 0, box)
        for j in np.flatnonzero(box.restricted).tolist():
            outside = values[box.without(j).inside(values) & ~inside, j]
            for side in (0, 1):
                limit = _wider(outside, float((box.low, box.high)[side][j]), side, m)
                wider = box.with_limit(side, j, limit)
                held = happens[wider.inside(values)]
                if (held.mean(), len(held) - m) > best[:2]:
                    best = held.mean(), len(held) - m, wider
        if best[2] is box:
            return box
        box = best[2]


def _wider(outside: FloatArray, limit: float, side: int, inside: int) -> float:
    """Return a limit that lets in the nearest of some values beyond it; the same if there are none."""
    beyond = np.unique(outside[outside <= limit])[::-1] if side == 0 else np.unique(outside[outside > limit])
    if not len(beyond):
        return limit
    count = max(1, int(PEELED * inside))
    if count >= len(beyond):
        return -math.inf if side == 0 else math.inf
    return _between(*sorted((float(beyond[count - 1]), float(beyond[count]))))


def quasi_p(values: FloatArray, happens: BoolArray, box: Box, number: int) -> float:
    """Return the quasi-p value of the limits of an input (eq. X4).

    Examples
    --------
    >>> x = np.array([[0.0], [0.0], [1.0], [1.0]])
    >>> quasi_p(x, x[:, 0] == 1, Box(np.array([0.5]), np.array([np.inf])), 0)  # 2 of 2, expected at 1/2
    0.25
    """
    wider, inside = box.without(number).inside(values), box.inside(values)
    if not inside.any():
        return 1.0
    hits, held = int(happens[inside].sum()), int(inside.sum())
    return float(scipy.stats.binom.sf(hits - 1, held, happens[wider].mean()))
