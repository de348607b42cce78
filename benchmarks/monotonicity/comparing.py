"""The change from one run to another with the same random numbers, use by use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from benchmarks.monotonicity.declared import Pair
from benchmarks.monotonicity.measuring import Measured, chosen
from diamondsim.arrays import FloatArray

ROUNDING = 1e-6
"""Of demand: a smaller difference of unmet shares is rounding."""
TENTH = 1e-3
"""A tenth of a point."""
WORSE_SHARE = 0.02
"""Where more replications than this are worse, a change has made things worse."""
WORSE_MEAN = 1e-5
"""A mean that is worse by less than a thousandth of a point is not called worse."""


@dataclass(frozen=True)
class UseChange:
    """The change of the unmet share of one use, after less before, in points of its demand.

    Attributes
    ----------
    mean, half_width : float
        With 1.96 standard errors of the mean of the pairs.
    worse, better : float
        Share of replications in which it rises, and falls, by more than rounding.
    much_worse, much_better : float
        The same by more than a tenth of a point.
    """

    mean: float
    half_width: float
    worse: float
    much_worse: float
    better: float
    much_better: float

    @property
    def mean_is_worse(self) -> bool:
        """Whether the mean has risen, beyond sampling error."""
        return self.mean > 100 * WORSE_MEAN and self.mean > self.half_width

    @property
    def is_worse(self) -> bool:
        """Whether the mean or too many replications are worse."""
        return self.mean_is_worse or self.worse > WORSE_SHARE


@dataclass(frozen=True)
class Outcome:
    """The outcome of one pair.

    Attributes
    ----------
    name : str
        Of the pair.
    replications : int
    served : tuple of str
        The uses that the change serves.
    changes : mapping of str to UseChange
        By use.
    before, after : float
        Probability of a shortage of the pair's headline use.
    """

    name: str
    replications: int
    served: tuple[str, ...]
    changes: Mapping[str, UseChange]
    before: float
    after: float

    @property
    def violations(self) -> list[str]:
        """The served uses that are worse off."""
        return [use for use in self.served if self.changes[use].is_worse]

    @property
    def others_worse(self) -> list[str]:
        """The uses that are not served and whose mean is worse."""
        return [u for u, change in self.changes.items() if u not in self.served and change.mean_is_worse]


def change_of(before: FloatArray, after: FloatArray) -> UseChange:
    """Compare the unmet shares (R,) of one use, pair by pair.

    Examples
    --------
    >>> change = change_of(np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.1, 0.1, 0.3005, 0.42]))
    >>> round(change.mean, 4), change.worse, change.much_worse, change.better
    (-1.9875, 0.5, 0.25, 0.25)
    """
    difference = after - before
    count = len(difference)
    spread = float(np.std(difference, ddof=1)) if count > 1 else 0.0
    return UseChange(
        mean=100 * float(np.mean(difference)),
        half_width=100 * 1.96 * spread / sqrt(count),
        worse=float(np.mean(difference > ROUNDING)),
        much_worse=float(np.mean(difference > TENTH)),
        better=float(np.mean(difference < -ROUNDING)),
        much_better=float(np.mean(difference < -TENTH)),
    )


def compare(pair: Pair, before: Measured, after: Measured) -> Outcome:
    """Return the outcome of a pair from its two runs; uses that only one of them has are left out."""
    uses = [use for use in before.uses if use in after.uses]
    return Outcome(
        name=pair.name,
        replications=before.unmet.shape[1],
        served=tuple(use for use in chosen(pair.serves, uses) if use not in chosen(pair.unserved, uses)),
        changes={use: change_of(before.unmet[before.row(use)], after.unmet[after.row(use)]) for use in uses},
        before=before.probability(pair.headline),
        after=after.probability(pair.headline),
    )
