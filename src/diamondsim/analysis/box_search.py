"""Looks for boxes and a tree in one half of the replications, and keeps the other half to check them.

Owns the choice of a box from a trajectory, the removal of limits that do not hold on the other half, and the
search for further boxes in what the earlier ones leave (docs/discover.md, eq. X3-X5).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from diamondsim.analysis.classification_tree import tree_leaves
from diamondsim.analysis.prim import Box, pasted, peeled_boxes, quasi_p
from diamondsim.arrays import BoolArray, FloatArray

LEAST_CASES = 40
"""Cases of interest, and other replications, without which nothing is looked for."""
LEAST_MASS = 0.05
"""Share of the replications that a box or a leaf holds at least."""
_LEVEL = 0.05


@dataclass(frozen=True)
class Half:
    """The inputs of half of the replications, and which of them are cases of interest."""

    values: FloatArray
    happens: BoolArray

    def outside(self, box: Box) -> Half:
        """Return the replications that a box does not hold."""
        kept = ~box.inside(self.values)
        return Half(self.values[kept], self.happens[kept])

    def counts(self, box: Box) -> tuple[int, int]:
        """Return how many replications a box holds, and how many of them are cases of interest."""
        inside = box.inside(self.values)
        return int(inside.sum()), int(self.happens[inside].sum())


@dataclass(frozen=True)
class FoundBox:
    """A box, the trajectory it was chosen from, and the halves of the replications it was looked for in."""

    box: Box
    trajectory: tuple[Box, ...]
    chosen: int
    finding: Half
    checking: Half
    reached: bool


@dataclass(frozen=True)
class BoxSearch:
    """The replications in two halves: one to find, one to check."""

    finding: Half
    checking: Half

    @classmethod
    def of(cls, values: FloatArray, happens: BoolArray) -> BoxSearch:
        """Return the halves: even and odd replications."""
        return cls(*(Half(values[first::2], happens[first::2]) for first in (0, 1)))

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return int(self.finding.values.shape[1])

    @property
    def least(self) -> int:
        """Replications that a box or a leaf must hold."""
        return max(1, math.ceil(LEAST_MASS * len(self.finding.happens)))

    def boxes(self, most: int, density: float | None) -> list[FoundBox]:
        """Return boxes, each of what the ones before do not hold."""
        found: list[FoundBox] = []
        finding, checking = self.finding, self.checking
        while len(found) < most and int(finding.happens.sum()) >= LEAST_CASES / 2:
            trajectory = peeled_boxes(finding.values, finding.happens, least=self.least)
            chosen, reached = _chosen(trajectory, finding, density)
            box = _pruned(pasted(finding.values, finding.happens, trajectory[chosen]), checking)
            if not box.restricted.any():
                break
            found.append(FoundBox(box, tuple(trajectory), chosen, finding, checking, reached))
            finding, checking = finding.outside(box), checking.outside(box)
        return found

    def leaves(self) -> list[Box]:
        """Return the leaves of the tree, densest on the checking half first (eq. X5)."""
        grown = tree_leaves(self.finding.values, self.finding.happens, least=self.least, differ=self._differ)

        def density(box: Box) -> float:
            held, hits = self.checking.counts(box)
            return hits / held if held else 0.0

        return sorted(grown, key=density, reverse=True)

    def _differ(self, one: Box, other: Box) -> bool:
        """Say whether the densities of two leaves differ on the checking half, by Fisher's exact test."""
        table = np.array([(hits, held - hits) for held, hits in map(self.checking.counts, (one, other))])
        return bool(scipy.stats.fisher_exact(table).pvalue <= _LEVEL)


def _chosen(trajectory: Sequence[Box], half: Half, density: float | None) -> tuple[int, bool]:
    """Return the step of a trajectory at which to stop (eq. X3), and whether it has the density."""
    counts = np.array([half.counts(box) for box in trajectory], dtype=float)
    covered, dense = counts[:, 1] / half.happens.sum(), counts[:, 1] / counts[:, 0]
    if density is None:
        return int(np.argmin((1 - covered) ** 2 + (1 - dense) ** 2)), True
    enough = np.flatnonzero(dense >= density)
    return (int(enough[0]), True) if len(enough) else (int(np.argmax(dense)), False)


def _pruned(box: Box, half: Half) -> Box:
    """Return the box without the limits that do not raise its density on the other half (eq. X4).

    Any of the limits may look useful by chance, so that the level allows for their number.
    """
    level = _LEVEL / max(1, int(box.restricted.sum()))
    while box.restricted.any():
        p = {
            number: quasi_p(half.values, half.happens, box, number)
            for number in np.flatnonzero(box.restricted).tolist()
        }
        worst = max(p, key=lambda number: p[number])
        if p[worst] <= level:
            break
        box = box.without(worst)
    return box
