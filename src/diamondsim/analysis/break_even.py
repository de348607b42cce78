"""Break-even: the value of an assumption at which an answer crosses a threshold (docs/flip.md).

All runs share their random numbers, so that the answer is a function of the value alone. The value is found
by bisection, for the estimate and for both limits of its interval.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from diamondsim.analysis.crossing_search import CrossingSearch, most_runs
from diamondsim.analysis.sizing_target import ANSWER_BOUNDS
from diamondsim.analysis.threshold_question import AnswerRuns, ThresholdQuestion
from diamondsim.analysis.varied_number import VariedNumber, varied_number
from diamondsim.results import identity_of, with_attrs
from diamondsim.scenario import Scenario
from diamondsim.simulation import Progress


def flip(  # noqa: PLR0913 - the question, the ends and the sampling
    scenario: Scenario,
    path: str,
    *,
    region: str,
    use: str,
    threshold: float | str,
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
    threshold : float or str
        A number in the unit of the metric, or a text such as ``"20%"`` for a probability, ``"3 Mct"`` for a
        shortage.
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
        As for `monte_carlo`. `progress` is also called before the first run; until the end the total is that
        of the largest number of runs that the search can take.

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
    question = ThresholdQuestion(scenario, region, use, metric, threshold, tolerance).require()
    number = varied_number(scenario, path, low, high, how="`low` and `high`, the ends of the search")
    question.require_loss({path: number.text(number.low)})
    search = question.search(number.low, number.high)
    most = most_runs(tolerance)
    with AnswerRuns(
        question, replications=replications, seed=seed, workers=workers, progress=progress, most=most
    ) as runs:
        while values := search.wanted():
            answers = runs.answers([{path: number.text(value)} for value in values])
            search.answers |= dict(zip(values, answers, strict=True))
    found = _dataset(question, number, search, runs.units)
    return found.assign_attrs(identity_of(scenario, seed), replications=replications)


def _dataset(
    question: ThresholdQuestion, number: VariedNumber, search: CrossingSearch, units: str
) -> xr.Dataset:
    crossing, unit = search.crossing(), number.unit or "1"
    texts = np.array(ANSWER_BOUNDS, dtype=object)
    variables = {
        "crossing": with_attrs(
            xr.Variable("bound", crossing), "value at which the answer crosses the threshold", unit
        ),
        "answer": with_attrs(
            xr.Variable(("point", "bound"), search.curve()), f"{question.metric} with a value", units
        ),
    }
    coordinates = {
        "bound": xr.Variable("bound", texts, {"long_name": "estimate and the limits of its interval"}),
        "value": with_attrs(xr.Variable("point", search.values), f"value of {number.path}", unit),
    }
    attrs = {
        "path": number.path,
        "stated": number.stated,
        "shown_unit": number.shown_unit,
        "shown_unit_size": number.shown_unit_size,
        "metric": question.metric,
        "region": question.region,
        "use": question.use,
        "threshold": question.threshold,
        "reached": int(not np.isnan(crossing[0])),
        "monotone": int(search.is_monotone()),
    }
    return xr.Dataset(variables, coordinates, attrs)
