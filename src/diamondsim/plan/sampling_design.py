"""How uniforms that are drawn once in a replication are spread over the replications.

Owns which replications belong to one group: the error of an estimate is estimated between groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from diamondsim.arrays import IntArray

SCRAMBLES = 16
"""Independent randomisations of one sequence; replication k lies on scramble k % SCRAMBLES."""
HYPERCUBE = 1024
"""Replications of one Latin hypercube."""
LEAST_IN_GROUP = 4
"""Replications that each group needs before the error is estimated between groups."""


@dataclass(frozen=True)
class Sampling:
    """How uniforms are laid out.

    Attributes
    ----------
    method : str
        ``random``, ``sobol`` or ``latin``.
    dimensions : mapping of str to int
        Names of streams that are drawn once in a replication, each with its dimension, from 1.
    plain : int
        How many such names are drawn at random nevertheless, since no dimensions were left.
    """

    method: str = "random"
    dimensions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    plain: int = 0

    def labels(self, replications: IntArray) -> IntArray:
        """Return the number of the group to which each replication belongs; groups are independent."""
        return replications // HYPERCUBE if self.method == "latin" else replications % SCRAMBLES

    def groups(self, replications: IntArray) -> IntArray | None:
        """Return the independent group of each replication; None where each is a group of its own.

        Also None where there are too few for an estimate of the error: it takes `SCRAMBLES` groups.

        Parameters
        ----------
        replications : (n,) int array
            Their numbers, ascending.
        """
        if self.method == "random":
            return None
        groups = self.labels(replications)
        sizes = np.bincount(groups)
        sizes = sizes[sizes > 0]
        enough = len(sizes) >= SCRAMBLES and sizes.min() >= LEAST_IN_GROUP
        return groups if enough else None
