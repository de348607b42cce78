"""Runs whose answer is a known function of the sizes, for tests of searches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from diamondsim.analysis.size_search import SizedRuns, Sizes, SizeSampling
from diamondsim.analysis.sizing_target import Target
from diamondsim.scenario import Scenario


def chance_at_most(limit: float) -> Target:
    return Target("chance", "home", "u", limit, "1")


def survives_at_least(days: float) -> Target:
    return Target("survive", "home", "u", days, "days")


class KnownRuns(SizedRuns):
    """Runs that simulate nothing: a function of the sizes, with limits a constant factor away."""

    def __init__(
        self, function: Callable[[Sizes], float], target: Target, *, low: float = 0.9, high: float = 1.1
    ) -> None:
        super().__init__(_no_scenario, target, SizeSampling(1, 0))
        self._function, self._factors = function, np.array((1.0, low, high))

    def run(self, wanted: Sequence[Sizes]) -> None:
        for size in wanted:
            self.answers[size] = self._function(size) * self._factors


def _no_scenario(_: Sizes) -> Scenario:
    raise AssertionError("nothing is simulated")
