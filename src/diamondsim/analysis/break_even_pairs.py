"""The public call `flip_pairs`: break-even values of a number at values of another one (docs/flip.md, F4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim.analysis.crossing_search import CrossingSearch, most_runs
from diamondsim.analysis.sizing_target import ANSWER_BOUNDS
from diamondsim.analysis.threshold_question import AnswerRuns, ThresholdQuestion
from diamondsim.analysis.varied_pair import Range, VariedPair, varied_pairs
from diamondsim.arguments import require_integer
from diamondsim.arrays import FloatArray
from diamondsim.results import identity_of, with_attrs
from diamondsim.scenario import Scenario
from diamondsim.simulation import Progress

MOST_LEVELS = 20
PAIR_TOLERANCE = 0.05


def flip_pairs(  # noqa: PLR0913 - the question, the ranges and the sampling
    scenario: Scenario,
    pairs: Sequence[tuple[str, str]],
    *,
    region: str,
    use: str,
    threshold: float | str,
    metric: str = "probability_of_shortage",
    levels: int = 5,
    ranges: Mapping[str, Range] | None = None,
    replications: int = 512,
    seed: int = 0,
    tolerance: float = PAIR_TOLERANCE,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Find, at several values of one number, the value of another at which an answer crosses a threshold.

    Parameters
    ----------
    scenario : Scenario
    pairs : sequence of (str, str)
        Paths of two numbers, as for `Scenario.override`. The first is held at `levels` values in turn, and
        the second is searched. Both are made certain.
    region, use, threshold, metric
        As for `flip`.
    levels : int
        Number of values of each first number, at most 20: the quantiles (k - 0.5) / `levels` of the
        distribution that the scenario states, or evenly spaced over its range, if `ranges` has one.
    ranges : mapping of str to (str, str), optional
        By path, the lowest and the highest value, written as in a file: ``("20 days", "90 days")``. A second
        number without one is searched between the ends of its distribution.
    replications, seed, workers, progress
        As for `flip`; the total of `progress` before the first run says what the search can cost.
    tolerance : float
        Distance of two values of the second number, as a share of that of its ends, at which a search ends.

    Returns
    -------
    xarray.Dataset
        - `crossing` (pair, level, bound): the value of the second number, as for `flip`;
        - `side` (pair, level): 1 if the answer is above the threshold at every value of the second number
          that was simulated, -1 if it is above at none, 0 if it crosses;
        - `end_answer` (pair, level, end, bound): the answer at both ends of the second number;
        - `monotone` (pair, level): whether the answer did not go back and forth by more than its interval.

        Coordinates: `first_value` and `first_quantile` (pair, level), the latter NaN where `ranges` has the
        number; `second_end` (pair, end); and by pair, for both numbers, `first`, `first_unit`,
        `first_stated`, `first_shown_unit` and `first_shown_unit_size`. Values are in canonical units. The
        attribute `runs` counts the runs.

    Raises
    ------
    TypeError
        If `scenario` is something else, or `pairs` no sequence of pairs of texts.
    ScenarioError
        If a path, a range, the use or the metric do not fit, with all problems at once.
    ValueError
        If a number is out of range.
    RuntimeError
        If a run fails.

    Examples
    --------
    >>> import diamondsim as ds
    >>> scenario = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    >>> found = ds.flip_pairs(
    ...     scenario, [("allocation.value_exponent", "inventory_policy.polishing.cover")],
    ...     region="US", use="polishing", threshold=0.2, levels=2, replications=16, tolerance=0.5,
    ... )  # fmt: skip
    >>> found["crossing"].dims, found["first_value"].values.tolist()
    (('pair', 'level', 'bound'), [[0.5, 1.5]])
    """
    question = ThresholdQuestion(scenario, region, use, metric, threshold, tolerance).require()
    levels = require_integer("levels", levels, least=1, most=MOST_LEVELS)
    varied = varied_pairs(scenario, pairs, ranges or {}, levels)
    for pair in varied:
        question.require_loss(pair.changes(float(pair.first_values[0]), pair.second.low))
    rows = [
        _Row(pair, float(value), question.search(pair.second.low, pair.second.high))
        for pair in varied
        for value in pair.first_values
    ]
    most = len(rows) * most_runs(tolerance)
    with AnswerRuns(
        question, replications=replications, seed=seed, workers=workers, progress=progress, most=most
    ) as runs:
        while wanted := [(row, value) for row in rows for value in row.search.wanted()]:
            answers = runs.answers([row.pair.changes(row.value, value) for row, value in wanted])
            for (row, value), answer in zip(wanted, answers, strict=True):
                row.search.answers[value] = answer
    found = _dataset(question, varied, rows, runs.units)
    counted = {"replications": replications, "runs": runs.done, "tolerance": tolerance}
    return found.assign_attrs(identity_of(scenario, seed), **counted)


@dataclass(frozen=True)
class _Row:
    """The search for the second number at a value of the first."""

    pair: VariedPair
    value: float
    search: CrossingSearch

    @property
    def ends(self) -> FloatArray:
        """The answers at both ends of the second number, (2, 3)."""
        return self.search.curve()[[0, -1]]


def _dataset(
    question: ThresholdQuestion, pairs: Sequence[VariedPair], rows: Sequence[_Row], units: str
) -> xr.Dataset:
    shape = (len(pairs), len(rows) // len(pairs))
    by, long_name = ("pair", "level"), "value of the second number at which the answer crosses the threshold"
    described = {
        "crossing": (
            (*by, "bound"),
            np.array([row.search.crossing() for row in rows]).reshape(*shape, -1),
            long_name,
            "unit of the second number",
        ),
        "side": (
            by,
            np.array([row.search.side() for row in rows]).reshape(shape),
            "1: above the threshold throughout, -1: nowhere, 0: crosses",
            "1",
        ),
        "end_answer": (
            (*by, "end", "bound"),
            np.array([row.ends for row in rows]).reshape(*shape, 2, -1),
            f"{question.metric} at the ends of the second number",
            units,
        ),
        "monotone": (
            by,
            np.array([row.search.is_monotone() for row in rows]).reshape(shape),
            "whether the answer goes one way",
            "1",
        ),
    }
    variables = {
        name: with_attrs(xr.Variable(dims, values), text, unit)
        for name, (dims, values, text, unit) in described.items()
    }
    attrs = {
        "metric": question.metric,
        "region": question.region,
        "use": question.use,
        "threshold": question.threshold,
    }
    return xr.Dataset(variables, dict(_coordinates(pairs)), attrs)


def _coordinates(pairs: Sequence[VariedPair]) -> Iterator[tuple[str, xr.Variable]]:
    def texts(dim: str, values: Sequence[str], long_name: str) -> xr.Variable:
        return xr.Variable(dim, np.array(values, dtype=object), {"long_name": long_name})

    yield "pair", texts("pair", [f"{pair.first.path} and {pair.second.path}" for pair in pairs], "pair")
    yield "bound", texts("bound", ANSWER_BOUNDS, "estimate and the limits of its interval")
    yield "end", texts("end", ("low", "high"), "end of the range of the second number")
    for which in ("first", "second"):
        numbers = [getattr(pair, which) for pair in pairs]
        yield which, texts("pair", [each.path for each in numbers], f"path of the {which} number")
        yield f"{which}_unit", texts("pair", [each.unit or "1" for each in numbers], "its unit")
        yield f"{which}_stated", texts("pair", [each.stated for each in numbers], "what the scenario states")
        shown = [each.shown_unit for each in numbers]
        yield f"{which}_shown_unit", texts("pair", shown, "unit in which it is written")
        sizes = [each.shown_unit_size for each in numbers]
        yield (
            f"{which}_shown_unit_size",
            xr.Variable("pair", sizes, {"long_name": "its size", "units": f"unit of the {which} number"}),
        )
    by = ("pair", "level")
    of_first = {"long_name": "value of the first number", "units": "unit of the first number"}
    yield "first_value", xr.Variable(by, np.stack([pair.first_values for pair in pairs]), of_first)
    of_quantile = {"long_name": "quantile of its distribution", "units": "1"}
    yield "first_quantile", xr.Variable(by, np.stack([pair.first_quantiles for pair in pairs]), of_quantile)
    ends = [[pair.second.low, pair.second.high] for pair in pairs]
    of_second = {"long_name": "end of the second number", "units": "unit of the second number"}
    yield "second_end", xr.Variable(("pair", "end"), ends, of_second)
