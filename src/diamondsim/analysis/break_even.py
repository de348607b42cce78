"""Break-even: the value of an assumption at which an answer crosses a threshold (docs/flip.md).

All runs share their random numbers, so that the answer is a function of the value alone. The value is found
by bisection, for the estimate and for both limits of its interval.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.analysis.question import require_question
from diamondsim.analysis.stated_numbers import NOT_STATED, number_at, text_at
from diamondsim.arrays import FloatArray
from diamondsim.distributions import Constant
from diamondsim.errors import Problem, ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.results import MIXED_UNITS, identity_of, settings_of, with_attrs
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation import Progress, monte_carlo_each
from diamondsim.units import number_text

_LOSS = "economic_loss_mean"
FLIP_METRICS = ("probability_of_shortage", "shortage_mean", "fill_rate_mean", _LOSS)
_SHARES = ("probability_of_shortage", "fill_rate_mean")
_BOUNDS = ("estimate", "low", "high")
_UNIT = re.compile(r"(?:(?<=[\d\s)])|^)([A-Za-z%][A-Za-z0-9%/]*)(?=$|\s)")
"""What may be a unit in the text of a number."""


def flip(  # noqa: PLR0913 - the question, the ends and the sampling
    scenario: Scenario,
    path: str,
    *,
    region: str,
    use: str,
    threshold: float,
    metric: str = "probability_of_shortage",
    low: str | None = None,
    high: str | None = None,
    replications: int = 512,
    seed: int = 0,
    tolerance: float = 0.02,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Find the value of a number of a scenario at which an answer crosses a threshold.

    Parameters
    ----------
    scenario : Scenario
    path : str
        Of the number, as for `Scenario.override`; where it is uncertain it is made certain.
    region, use : str
        The use that is asked about.
    threshold : float
        In the unit of the metric; a probability as a fraction.
    metric : str
        One of `FLIP_METRICS`.
    low, high : str, optional
        Ends of the search, written as in a file, such as ``"20 days"``; by default the ends of the
        distribution that the scenario states.
    replications : int
        Of each run.
    seed : int
        Root of all random numbers, which all runs share.
    tolerance : float
        Distance of two values, as a share of that of the ends, at which the search ends.
    workers, progress
        As for `monte_carlo`; the total grows while the search goes on.

    Returns
    -------
    xarray.Dataset
        `crossing` (bound): the value, and the values at which the limits of the interval cross; NaN if the
        answer is on one side of the threshold at both ends, infinite where only a limit does not cross.
        `answer` (point, bound) by `value`: what was simulated. The attribute `reached` is 1 or 0, and
        `monotone` is 0 where the answer went back and forth by more than its interval: then there may be
        other crossings. `shown_unit` is the unit in which the ends or the scenario are written, and
        `shown_unit_size` one of it in the units of `value`.

    Raises
    ------
    TypeError
        If `scenario` is something else.
    ScenarioError
        If the path, the ends, the use or the metric do not fit, with all problems at once.
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> import diamondsim as ds
    >>> scenario = ds.load_scenario("reinstated-2027").override({"horizon.length": "1 yr"})
    >>> found = ds.flip(
    ...     scenario, "inventory_policy.polishing.cover", region="US", use="polishing", threshold=0.2,
    ...     low="5 days", high="90 days", replications=64, tolerance=0.1,
    ... )  # fmt: skip
    >>> float(found["crossing"].sel(bound="estimate")) > 5
    True
    """
    require_scenario(scenario)
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance: expected a number between 0 and 1, found {tolerance!r}")
    if not math.isfinite(threshold):
        raise ValueError(f"threshold: expected a finite number, found {threshold!r}")
    if metric in _SHARES and not 0 <= threshold <= 1:
        raise ValueError(f"threshold: expected a share from 0 to 1, found {threshold!r}; 20 % is 0.2")
    require_question(compile_plan(scenario), region=region, use=use, metric=metric, metrics=FLIP_METRICS)
    begin, end = _ends(scenario, path, low, high)
    question = _Question(scenario, path, begin.unit, region, use, metric)
    question.require_loss(begin.value)
    search = _Search(question, replications, seed, workers, progress)
    search.run([begin.value, (begin.value + end.value) / 2, end.value])
    span = end.value - begin.value
    while middles := {*search.middles(threshold, tolerance * span)}:
        search.run(sorted(middles))
    shown = _shown_unit(scenario, path, [high, low, text_at(scenario, path)])
    return search.dataset(threshold, stated=text_at(scenario, path), shown=shown)


@dataclass(frozen=True)
class _End:
    """A value in canonical units."""

    value: float
    unit: str


@dataclass(frozen=True)
class _Question:
    """What is asked: which number is varied, and which answer is looked at."""

    scenario: Scenario
    path: str
    unit: str
    region: str
    use: str
    metric: str

    def at(self, value: float) -> Scenario:
        """Return the scenario with a value."""
        return self.scenario.override({self.path: self.text(value)})

    def text(self, value: float) -> str:
        """Return a value as it is written in a scenario."""
        return f"{number_text(value)} {self.unit}".strip()

    def require_loss(self, value: float) -> None:
        """Raise ScenarioError if a loss is asked about that no scenario with a value states."""
        if self.metric == _LOSS and not settings_of(self.at(value)).use(self.use).has_loss:
            why = "without `value` and `delay_cost` its economic loss is unknown"
            raise ScenarioError([Problem(path=f"uses.{self.use}", why=why)])

    def answer(self, run: xr.Dataset) -> FloatArray:
        """Return estimate, low and high of a run."""
        found = run[self.metric].sel(region=self.region, use=self.use).sel(bound=list(_BOUNDS))
        return np.asarray(found.values, dtype=float)


class _Search:
    """The runs so far, by value."""

    def __init__(
        self,
        question: _Question,
        replications: int,
        seed: int,
        workers: int | None,
        progress: Progress | None,
    ) -> None:
        self._question, self._replications, self._seed = question, replications, seed
        self._workers, self._progress = workers, progress
        self._answers: dict[float, FloatArray] = {}
        self._units = "1"

    def run(self, values: Sequence[float]) -> None:
        """Simulate the scenario with some values, as one job."""
        question, done = self._question, len(self._answers) * self._replications

        def count(now: int, total: int) -> None:
            if self._progress is not None:
                self._progress(done + now, done + total)

        wanted = {
            f"{question.path} = {question.text(value)}": (question.at(value), self._replications)
            for value in values
        }
        runs = monte_carlo_each(wanted, seed=self._seed, workers=self._workers, progress=count)
        for value, run in zip(values, runs.values(), strict=True):
            self._answers[value] = question.answer(run)
            units = str(run[question.metric].attrs["units"])
            self._units = str(run["unit"].sel(use=question.use).item()) if units == MIXED_UNITS else units

    def middles(self, threshold: float, width: float) -> Iterator[float]:
        """Yield the middle of each bracket that is still too wide."""
        for side in range(len(_BOUNDS)):
            bracket = self._bracket(side, threshold)
            if bracket is not None and bracket[1] - bracket[0] > width:
                yield (bracket[0] + bracket[1]) / 2

    def _bracket(self, side: int, threshold: float) -> tuple[float, float] | None:
        """Return the first two neighbouring values between which a curve crosses; None if it does not."""
        values = sorted(self._answers)
        above = [bool(self._answers[value][side] > threshold) for value in values]
        for k in range(len(values) - 1):
            if above[k] != above[k + 1]:
                return values[k], values[k + 1]
        return None

    def _crossing(self, side: int, threshold: float) -> float:
        bracket = self._bracket(side, threshold)
        if bracket is None:
            return math.nan
        first, second = (self._answers[value][side] - threshold for value in bracket)
        return float(bracket[0] + (bracket[1] - bracket[0]) * first / (first - second))

    def dataset(self, threshold: float, stated: str, shown: _End) -> xr.Dataset:
        """Return what was found; `shown` is the unit for people, and one of it in canonical units."""
        question, values = self._question, np.array(sorted(self._answers))
        answers = np.stack([self._answers[value] for value in values])
        crossing = [self._crossing(side, threshold) for side in range(len(_BOUNDS))]
        is_reached = not math.isnan(crossing[0])
        if is_reached:
            known = [limit for limit in crossing[1:] if not math.isnan(limit)]
            low = min((c for c in known if c <= crossing[0]), default=-math.inf)
            high = max((c for c in known if c >= crossing[0]), default=math.inf)
            crossing = [crossing[0], low, high]
        else:
            crossing = [math.nan] * len(_BOUNDS)
        unit = question.unit or "1"
        texts = np.array(_BOUNDS, dtype=object)
        variables = {
            "crossing": with_attrs(
                xr.Variable("bound", crossing), "value at which the answer crosses the threshold", unit
            ),
            "answer": with_attrs(
                xr.Variable(("point", "bound"), answers), f"{question.metric} with a value", self._units
            ),
        }
        coordinates = {
            "bound": xr.Variable("bound", texts, {"long_name": "estimate and the limits of its interval"}),
            "value": with_attrs(xr.Variable("point", values), f"value of {question.path}", unit),
        }
        attrs = {
            **identity_of(question.scenario, self._seed),
            "path": question.path,
            "stated": stated,
            "shown_unit": shown.unit,
            "shown_unit_size": shown.value,
            "metric": question.metric,
            "region": question.region,
            "use": question.use,
            "threshold": threshold,
            "reached": int(is_reached),
            "monotone": int(_is_monotone(answers)),
            "replications": self._replications,
        }
        return xr.Dataset(variables, coordinates, attrs)


def _is_monotone(answers: FloatArray) -> bool:
    """Say whether estimates never go back by more than half of an interval; one replication gives none."""
    estimate = answers[:, 0]
    noise = float(np.fmax.reduce(answers[:, 2] - answers[:, 1])) / 2
    if math.isnan(noise):
        return True
    rises = estimate - np.minimum.accumulate(estimate)
    falls = np.maximum.accumulate(estimate) - estimate
    return min(float(rises.max()), float(falls.max())) <= noise


def _ends(scenario: Scenario, path: str, low: str | None, high: str | None) -> tuple[_End, _End]:
    """Return the ends of the search."""
    found: Mapping[str, str | None] = {"low": low, "high": high}
    problems: list[Problem] = []
    ends: list[_End] = []
    for side, (name, text) in enumerate(found.items()):
        try:
            ends.append(
                _support(scenario, path, side) if text is None else _written(scenario, path, name, text)
            )
        except ScenarioError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if not problems and ends[0].value >= ends[1].value:
        begin, end = (f"{number_text(each.value)} {each.unit}".strip() for each in ends)
        problems.append(Problem(why=f"expected low below high, found {begin} and {end}", path=path))
    if problems:
        raise ScenarioError(problems)
    return ends[0], ends[1]


def _written(scenario: Scenario, path: str, name: str, text: str) -> _End:
    """Return an end that the user gives, read as a value of the number."""
    value, unit = number_at(scenario.override({path: text}, name=name), path)
    if not isinstance(value, Constant):
        raise ScenarioError([Problem(why=f"{name}: expected a fixed number, found {text!r}", path=path)])
    return _End(value.value, unit)


def _support(scenario: Scenario, path: str, side: int) -> _End:
    """Return an end of the distribution that the scenario states."""
    value, unit = number_at(scenario, path)
    end = value.support()[side]
    if isinstance(value, Constant) or not math.isfinite(end):
        stated = text_at(scenario, path)
        what = "the scenario does not state it" if stated == NOT_STATED else f"{stated} has no two ends"
        why = f"{what}: give low and high (--from and --to of the command), the ends of the search"
        raise ScenarioError([Problem(why=why, path=path)])
    return _End(end, unit)


def _shown_unit(scenario: Scenario, path: str, texts: Sequence[str | None]) -> _End:
    """Return the unit in which the user or the scenario writes a number, and its size in canonical units."""
    for text in texts:
        for unit in _UNIT.findall(text or ""):
            try:
                value, _ = number_at(scenario.override({path: f"1 {unit}"}), path)
            except ScenarioError:
                continue
            return _End(value.central(), unit)
    return _End(1.0, number_at(scenario, path)[1])
