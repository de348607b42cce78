"""The public call `size_stock`: the stock with which one buyer meets a target, beside a second source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

import numpy as np
import xarray as xr

from diamondsim.analysis.asked_stock import AskedStock, asked_stock
from diamondsim.analysis.question_problems import collected, refuse
from diamondsim.analysis.size_search import GRID, Found, Line, SizedRuns, Sizes, SizeSampling, simulated
from diamondsim.analysis.sized_reserves import require_tolerance
from diamondsim.analysis.sizing_dataset import (
    achieved_variable,
    answers_variable,
    best_of,
    bound_coordinate,
    check_coordinate,
    checked_answers,
    question_attrs,
)
from diamondsim.analysis.sizing_target import ANSWER_BOUNDS, Target, read_target, require_replications
from diamondsim.analysis.worth_in_money import WORTH_ITEMS, worth_variable
from diamondsim.arguments import require_integer
from diamondsim.arrays import FloatArray
from diamondsim.errors import NotationError, Problem, ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.results import label_coordinate, with_attrs
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation import KeptWorkers, Progress
from diamondsim.units import Kind, parse_quantity

STOCK_REPLICATIONS = 512
"""Default number of replications of each stock: there are two searches."""
OPTIONS = ("stock", "stock and second source")


def size_stock(  # noqa: PLR0913 - the question, the ends and the sampling
    scenario: Scenario,
    buyer: str,
    *,
    chance: float | str | None = None,
    cvar: float | str | None = None,
    survive: float | str | None = None,
    vary: str = "cover",
    second_source: Mapping[str, Mapping[str, object]] | None = None,
    most: float | str = "2 yr",
    replications: int = STOCK_REPLICATIONS,
    seed: int = 0,
    tolerance: float = 0.05,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Find the smallest stock with which one buyer meets a target, without and with a second source.

    Every stock is simulated with the same random numbers, without and with the second source. What is found
    is checked on others, those of `seed + 1`.

    Parameters
    ----------
    scenario : Scenario
    buyer : str
        One of `buyers`, or a whole use as ``REGION.USE``.
    chance, cvar, survive : float or str, optional
        The target, one of the three, as for `size_reserve`.
    vary : str
        ``cover``: the target stock, which the buyer also holds at the start; or ``opening``: the stock at the
        start alone.
    second_source : mapping of str to mapping, optional
        What the buyer may qualify, by producer, with the keys of `buyers.*.qualify`; by default what the
        scenario has there.
    most : float or str
        Largest stock, in days of demand or such as ``"1 yr"``.
    replications : int
        Of each stock, and of the check.
    seed : int
        Root of all random numbers.
    tolerance : float
        Distance of two stocks, as a share of the larger, at which the search ends.
    workers, progress
        As for `monte_carlo`; the total grows while the search goes on.

    Returns
    -------
    xarray.Dataset
        `option` is ``stock`` and, where there is a second source, ``stock and second source``:

        - `stock` (option, bound): the smallest stock that meets the target in days of demand, with its
          interval, as `opening` of `size_reserve`;
        - `as_stated` (option, bound): the answer with the stock that the scenario states: that of the second
          source alone is the second;
        - `achieved` (option, check, bound): the answer on other random numbers;
        - `simulated_stock` (option, size) and `answer` (option, size, bound): what was simulated, by
          ascending stock; NaN beyond the sizes of an option;
        - `reached`, `monotone`, `best` and `best_stock` (option);
        - `worth` (item, bound), where there is a second source: what it saves the buyer in USD with the stock
          that the scenario states, over the horizon, as economic loss, cost of holding stock and fixed cost
          of deliveries, and their total. What qualifying costs is not in it. A cost that the scenario does
          not state is NaN, and the attribute `comment` says what is missing.

    Raises
    ------
    TypeError
        If `scenario` is something else.
    ScenarioError
        With all that does not fit: the buyer, the second source, the target or the largest stock; too few
        replications for the target.
    ValueError
        If a number is out of range or not an integer.

    Examples
    --------
    >>> import diamondsim as ds
    >>> scenario = ds.load_scenario("calm").override({"horizon.length": "10 weeks"})
    >>> found = ds.size_stock(scenario, "US.polishing", survive="30 days", replications=6, tolerance=0.5)
    >>> found["stock"].dims, found["option"].values.tolist()
    (('option', 'bound'), ['stock'])
    """
    require_scenario(scenario)
    replications = require_integer("replications", replications, least=1)
    require_tolerance(tolerance)
    asked = asked_stock(scenario, buyer, vary=vary, second_source=second_source)
    plan = compile_plan(scenario)
    problems: list[Problem] = []
    with collected(problems):
        asked_for = {"chance": chance, "cvar": cvar, "survive": survive}
        target = read_target(plan, asked.region, asked.use, asked_for)
        require_replications(target, replications)
    with collected(problems):
        largest = _days(most)
    if problems:
        raise ScenarioError(problems)
    with KeptWorkers() as kept:
        sampling = SizeSampling(replications, seed, workers, progress, kept)
        options = range(len(asked.scenarios))
        stated = simulated({f"{k}": each for k, each in enumerate(asked.stated())}, sampling)
        searches: list[SizedRuns] = []
        found: list[Found] = []
        for option in options:
            runs = SizedRuns(
                partial(_with_stock, asked, option),
                target,
                sampling,
                done=len(options) + sum(len(each.answers) for each in searches),
            )
            searches.append(runs)
            found.append(Line(runs, _alone, tolerance).search([share * largest for share in GRID]))
        as_stated = [target.answer(run) for run in stated.values()]
        dataset = _dataset(asked, target, searches, found, as_stated, sampling)
        if len(stated) < len(OPTIONS):
            return dataset
        worth = worth_variable(asked.scenarios[-1], *stated.values(), region=asked.region, use=asked.use)
        item = label_coordinate("item", WORTH_ITEMS, "what costs the buyer something")
        return dataset.assign(worth=worth).assign_coords(item=item)


def _with_stock(asked: AskedStock, option: int, sizes: Sizes) -> Scenario:
    return asked.stocked_with(option, sizes[0])


def _alone(days: float) -> Sizes:
    return (days,)


def _days(most: float | str) -> float:
    try:
        days = parse_quantity(most, Kind.DURATION) if isinstance(most, str) else float(most)
    except NotationError as error:
        raise refuse(f"{error}", argument="most") from None
    if not 0 < days < math.inf:
        raise refuse(f"expected a duration above 0 days, found {most!r}", argument="most")
    return days


def _dataset(
    asked: AskedStock,
    target: Target,
    searches: list[SizedRuns],
    found: list[Found],
    as_stated: list[FloatArray],
    sampling: SizeSampling,
) -> xr.Dataset:
    names = OPTIONS[: len(searches)]
    sizes = [sorted(runs.answers) for runs in searches]
    longest = max(map(len, sizes))
    simulated_stock = np.full((len(names), longest), np.nan)
    answers = np.full((len(names), longest, len(ANSWER_BOUNDS)), np.nan)
    for option, (runs, each) in enumerate(zip(searches, sizes, strict=True)):
        simulated_stock[option, : len(each)] = [size[0] for size in each]
        answers[option, : len(each)] = [runs.answers[size] for size in each]
    best = [best_of([*own[: len(each)]], target) for own, each in zip(answers, sizes, strict=True)]
    checked = [
        checked_answers(runs, [_alone(each.size), _alone(each.high)])
        for runs, each in zip(searches, found, strict=True)
    ]
    stocks = [[each.size, each.low, each.high] for each in found]
    variables = {
        "stock": with_attrs(
            xr.Variable(("option", "bound"), stocks), "smallest stock that meets the target", "days"
        ),
        "as_stated": answers_variable(("option", "bound"), as_stated, target),
        "achieved": achieved_variable(("option", "check", "bound"), checked, searches[0]),
        "simulated_stock": with_attrs(
            xr.Variable(("option", "size"), simulated_stock), "stock that was simulated", "days"
        ),
        "answer": answers_variable(("option", "size", "bound"), answers, target),
        "reached": _flags([not math.isnan(each.size) for each in found], "whether the target is met"),
        "monotone": _flags([each.monotone for each in found], "whether more stock is never worse"),
        "best": answers_variable(
            ("option",), [own[k, 0] for own, k in zip(answers, best, strict=True)], target
        ),
        "best_stock": with_attrs(
            xr.Variable("option", [own[k] for own, k in zip(simulated_stock, best, strict=True)]),
            "smallest stock with the best answer",
            "days",
        ),
    }
    coordinates = {
        "option": label_coordinate("option", names, "what the buyer does"),
        "bound": bound_coordinate(),
        "check": check_coordinate(),
    }
    demand, unit = asked.demand()
    attrs = question_attrs(asked.scenarios[-1], target, sampling) | {
        "buyer": asked.buyer,
        "vary": asked.vary,
        "stated": asked.stated_stock(),
        "second_source": asked.second_source,
        "demand_a_day": demand,
        "unit": unit,
    }
    return xr.Dataset(variables, coordinates, attrs)


def _flags(values: list[bool], long_name: str) -> xr.Variable:
    return with_attrs(xr.Variable("option", values), long_name, "1")
