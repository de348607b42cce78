"""Which answer of a use is held against a threshold, and the runs that give it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.analysis.crossing_search import CrossingSearch
from diamondsim.analysis.question import require_question
from diamondsim.analysis.sizing_target import ANSWER_BOUNDS
from diamondsim.arrays import FloatArray
from diamondsim.errors import Problem, ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.results import MIXED_UNITS, settings_of
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation import KeptWorkers, Progress, monte_carlo_each

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
    threshold : float
        In the unit of the metric.
    tolerance : float
        Of the search, as for `CrossingSearch`.
    """

    scenario: Scenario
    region: str
    use: str
    metric: str
    threshold: float
    tolerance: float

    def require(self) -> None:
        """Refuse what does not fit the scenario.

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
            raise ValueError(f"tolerance: expected a number between 0 and 1, found {self.tolerance!r}")
        if not math.isfinite(self.threshold):
            raise ValueError(f"threshold: expected a finite number, found {self.threshold!r}")
        if self.metric in _SHARES and not 0 <= self.threshold <= 1:
            raise ValueError(
                f"threshold: expected a share from 0 to 1, found {self.threshold!r}; 20 % is 0.2"
            )
        require_question(
            compile_plan(self.scenario),
            region=self.region,
            use=self.use,
            metric=self.metric,
            metrics=FLIP_METRICS,
        )

    def require_loss(self, changes: Mapping[str, str]) -> None:
        """Raise ScenarioError if a loss is asked about that the scenario with some changes does not state."""
        if self.metric == _LOSS and not settings_of(self.scenario.override(changes)).use(self.use).has_loss:
            why = "without `value` and `delay_cost` its economic loss is unknown"
            raise ScenarioError([Problem(path=f"uses.{self.use}", why=why)])

    def search(self, begin: float, end: float) -> CrossingSearch:
        """Return the search for the threshold between two ends."""
        return CrossingSearch(begin, end, threshold=self.threshold, tolerance=self.tolerance)

    def answer(self, run: xr.Dataset) -> FloatArray:
        """Return estimate, low and high of a run."""
        found = run[self.metric].sel(region=self.region, use=self.use).sel(bound=list(ANSWER_BOUNDS))
        return np.asarray(found.values, dtype=float)


class AnswerRuns:
    """Runs of a scenario with changed numbers, all with the same random numbers.

    Parameters
    ----------
    question : ThresholdQuestion
    replications, seed, workers, progress
        As for `flip`.
    kept : KeptWorkers
        Processes of all these runs.

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
        kept: KeptWorkers,
    ) -> None:
        self.done, self.units = 0, "1"
        self._question, self._replications, self._seed = question, replications, seed
        self._workers, self._progress, self._kept = workers, progress, kept

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
            if self._progress is not None:
                self._progress(before + now, n_runs * self._replications)

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
