"""Which answer of a use is held against a threshold, and the runs that give it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import numpy as np
import xarray as xr

from diamondsim.analysis.crossing_search import CrossingSearch
from diamondsim.analysis.question import require_question, unit_of_estimate
from diamondsim.analysis.sizing_target import ANSWER_BOUNDS
from diamondsim.arguments import ArgumentError, require_integer
from diamondsim.arrays import FloatArray
from diamondsim.constants import MAX_REPLICATIONS
from diamondsim.errors import Problem, ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.results import MIXED_UNITS, settings_of
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation import KeptWorkers, Progress, monte_carlo_each
from diamondsim.units import number_in_unit, share_within

_LOSS = "economic_loss_mean"
FLIP_METRICS = ("probability_of_shortage", "shortage_mean", "fill_rate_mean", _LOSS)
_SHARES = ("probability_of_shortage", "fill_rate_mean")
_AT_ONCE = 16
"""Runs of one job: enough for the workers, and few enough for the memory of one process."""


@dataclass(frozen=True)
class ThresholdQuestion:
    """An answer of a use, and the threshold.

    Attributes
    ----------
    scenario : Scenario
    region, use : str
    metric : str
        One of `FLIP_METRICS`.
    threshold : float or str
        In the unit of the metric, or with a unit; a number once it has been checked.
    tolerance : float
        Of the search, as for `CrossingSearch`.
    """

    scenario: Scenario
    region: str
    use: str
    metric: str
    threshold: float | str
    tolerance: float

    def require(self) -> ThresholdQuestion:
        """Return the question with the threshold as a number in the unit of the metric.

        Raises
        ------
        TypeError
            If the scenario is none.
        ValueError
            If a number is out of range.
        ScenarioError
            If there is no such use or metric.
        """
        require_scenario(self.scenario)
        if not 0 < self.tolerance < 1:
            raise ArgumentError("tolerance", f"expected a number between 0 and 1, found {self.tolerance!r}")
        plan, place = compile_plan(self.scenario), {"region": self.region, "use": self.use}
        require_question(plan, **place, metric=self.metric, metrics=FLIP_METRICS)
        if self.metric in _SHARES:
            return replace(self, threshold=share_within("threshold", self.threshold, 0, 1, "[]"))
        unit = unit_of_estimate(plan, self.metric, **place)
        return replace(self, threshold=number_in_unit("threshold", self.threshold, unit))

    def require_loss(self, changes: Mapping[str, str]) -> None:
        """Raise ScenarioError if a loss is asked about that the scenario with some changes does not state."""
        if self.metric == _LOSS and not settings_of(self.scenario.override(changes)).use(self.use).has_loss:
            why = "without `value` and `delay_cost` its economic loss is unknown"
            raise ScenarioError([Problem(path=f"uses.{self.use}", why=why)])

    def search(self, begin: float, end: float) -> CrossingSearch:
        """Return the search for the threshold, which has been checked, between two ends."""
        assert not isinstance(self.threshold, str), "checked by require()"
        return CrossingSearch(begin, end, threshold=self.threshold, tolerance=self.tolerance)

    def answer(self, run: xr.Dataset) -> FloatArray:
        """Return estimate, low and high of a run."""
        found = run[self.metric].sel(region=self.region, use=self.use).sel(bound=list(ANSWER_BOUNDS))
        return np.asarray(found.values, dtype=float)


class AnswerRuns:
    """Runs of a scenario with changed numbers, all with the same random numbers; a context of its processes.

    Parameters
    ----------
    question : ThresholdQuestion
    replications, seed, workers, progress
        As for `flip`.
    most : int
        Largest number of runs that the search is likely to take, for the total that `progress` gets: from
        the start, before anything has been simulated.

    Attributes
    ----------
    done : int
        Runs so far.
    units : str
        Of the answers.
    """

    def __init__(
        self,
        question: ThresholdQuestion,
        *,
        replications: int,
        seed: int,
        workers: int | None,
        progress: Progress | None,
        most: int,
    ) -> None:
        self.done, self.units = 0, "1"
        self._question, self._seed = question, seed
        self._replications = require_integer("replications", replications, least=1, most=MAX_REPLICATIONS)
        self._workers, self._progress, self._most = workers, progress, most
        self._kept = KeptWorkers()

    def __enter__(self) -> Self:
        self._report(0, self._most)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._kept.close()
        if kind is None:
            self._report(self.done * self._replications, self.done)

    def _report(self, replications: int, n_runs: int) -> None:
        if self._progress is not None:
            self._progress(replications, n_runs * self._replications)

    def answers(self, changes: Sequence[Mapping[str, str]]) -> list[FloatArray]:
        """Return the answer with each of some changes, a text by path; equal ones are simulated once."""
        wanted = {_name(each): each for each in changes}
        names, found, n_runs = [*wanted], dict[str, FloatArray](), self.done + len(wanted)
        for first in range(0, len(names), _AT_ONCE):
            part = names[first : first + _AT_ONCE]
            found |= self._simulated({name: wanted[name] for name in part}, n_runs)
        return [found[_name(each)] for each in changes]

    def _simulated(self, changes: Mapping[str, Mapping[str, str]], n_runs: int) -> dict[str, FloatArray]:
        question, before = self._question, self.done * self._replications

        def count(now: int, _total: int) -> None:
            self._report(before + now, max(self._most, n_runs))

        wanted = {
            name: (question.scenario.override(each), self._replications) for name, each in changes.items()
        }
        runs = monte_carlo_each(
            wanted, seed=self._seed, workers=self._workers, progress=count, kept=self._kept
        )
        self.done += len(runs)
        units = str(next(iter(runs.values()))[question.metric].attrs["units"])
        of_use = next(iter(runs.values()))["unit"].sel(use=question.use)
        self.units = str(of_use.item()) if units == MIXED_UNITS else units
        return {name: question.answer(run) for name, run in runs.items()}


def _name(changes: Mapping[str, str]) -> str:
    """Return the name of a run, by which an error calls it."""
    return ", ".join(f"{path} = {text}" for path, text in changes.items())
