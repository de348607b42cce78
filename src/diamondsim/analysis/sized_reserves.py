"""The public call `size_reserve`: the smallest reserve that meets a target (docs/size.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import xarray as xr

from diamondsim.analysis.asked_reserves import AskedReserves, NewReserve, asked_reserves
from diamondsim.analysis.cheapest_mix import cheapest_mix
from diamondsim.analysis.question import require_use
from diamondsim.analysis.question_problems import collected, refuse
from diamondsim.analysis.size_search import GRID, Found, Line, SizedRuns, Sizes, SizeSampling
from diamondsim.analysis.sizing_dataset import (
    achieved_variable,
    answers_variable,
    bound_coordinate,
    check_coordinate,
    checked_answers,
    efficient,
    found_attrs,
    question_attrs,
)
from diamondsim.analysis.sizing_target import Target, read_target, require_replications
from diamondsim.arguments import ArgumentError, require_integer
from diamondsim.errors import Problem, ScenarioError, joined
from diamondsim.plan import compile_plan
from diamondsim.results import label_coordinate, with_attrs
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation import KeptWorkers, Progress

SIZING_REPLICATIONS = 1024
"""Default number of replications of each size."""
_SCALES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Multiples of a mix with which the search for its interval begins."""


def size_reserve(  # noqa: PLR0913 - the question, the ends and the sampling
    scenario: Scenario,
    reserves: str | Sequence[str] = (),
    *,
    region: str,
    use: str,
    chance: float | str | None = None,
    cvar: float | str | None = None,
    survive: float | str | None = None,
    unit_costs: Mapping[str, float | str] | None = None,
    most: float | str | Mapping[str, float | str] | None = None,
    grade: str | None = None,
    serves: Sequence[str] = (),
    release: str | None = None,
    replications: int = SIZING_REPLICATIONS,
    seed: int = 0,
    tolerance: float = 0.05,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Find the smallest opening stock of a reserve with which a use meets a target.

    Every size is simulated with the same random numbers. What is found is checked on others, those of
    `seed + 1`.

    Parameters
    ----------
    scenario : Scenario
    reserves : str or sequence of str
        Of the scenario; by default those that serve the use.
    region, use : str
        The use that has to meet the target.
    chance : float or str, optional
        Highest probability of a shortage, such as ``0.1`` or ``"10%"``. Give one of the three targets.
    cvar : float or str, optional
        Largest mean of the shortage over the horizon in the worst 5 % of the replications, in the unit of the
        use, or as a share of its demand: ``"2%"``.
    survive : float or str, optional
        Shortest median time from the loss of inflow to the first short tick, in days or such as
        ``"6 months"``.
    unit_costs : mapping of str to float or str, optional
        What a unit of each reserve costs, in USD or such as ``"0.2 USD/ct"``. Several reserves require it:
        the cheapest mix is looked for.
    most : float, str or mapping, optional
        Largest opening stock, of several reserves by name; by default two years of the demand that it serves.
    grade, serves, release : str, sequence of str, str, optional
        Of a reserve that the scenario does not have; it is added with this grade, the uses of the region that
        it serves in order, and the most that it releases (default no limit).
    replications : int
        Of each size, and of the check.
    seed : int
        Root of all random numbers.
    tolerance : float
        Distance of two sizes, as a share of the larger, at which the search ends.
    workers, progress
        As for `monte_carlo`; the total grows while the search goes on.

    Returns
    -------
    xarray.Dataset
        - `opening` (reserve, bound): the smallest opening stock that meets the target, and its interval; NaN
          if the largest does not meet it, and an infinite high limit where the interval of the answer does
          not come to lie on the side of the target;
        - `cost` (bound): of these, in USD; without `unit_costs` the quantity;
        - `achieved` (check, bound): the answer on other random numbers, with the opening stocks `estimate`
          and `high`;
        - the frontier, by ascending cost: `simulated_opening` (size, reserve), `simulated_cost` (size),
          `answer` (size, bound), and `efficient` (size), whether no size is better for less.

        The attribute `reached` is 1 or 0; `best` is the best answer and `monotone` 0 where a larger stock did
        worse by more than its interval.

    Raises
    ------
    TypeError
        If `scenario` is something else.
    ScenarioError
        With all that does not fit: the use, the target, a reserve, a size or a cost; too few replications
        for the target.
    ValueError
        If a number is out of range or not an integer.

    Examples
    --------
    >>> import diamondsim as ds
    >>> scenario = ds.load_scenario("calm").override({"horizon.length": "10 weeks"})
    >>> found = ds.size_reserve(
    ...     scenario, region="US", use="polishing", survive="30 days", grade="micron", serves=["polishing"],
    ...     replications=6, tolerance=0.5,
    ... )  # fmt: skip
    >>> found["opening"].dims, found.attrs["reached"]
    (('reserve', 'bound'), 1)
    """
    require_scenario(scenario)
    replications = require_integer("replications", replications, least=1)
    require_tolerance(tolerance)
    plan = compile_plan(scenario)
    require_use(scenario, region=region, use=use)
    problems: list[Problem] = []
    with collected(problems):
        target = read_target(plan, region, use, {"chance": chance, "cvar": cvar, "survive": survive})
        require_replications(target, replications)
    with collected(problems):
        asked = asked_reserves(
            scenario,
            [reserves] if isinstance(reserves, str) else reserves,
            region,
            use,
            new=_new_reserve(grade, serves, release),
            most=most,
            unit_costs=unit_costs,
        )
    if problems:
        raise ScenarioError(problems)
    with KeptWorkers() as kept:
        sampling = SizeSampling(replications, seed, workers, progress, kept)
        runs = SizedRuns(asked.opened_with, target, sampling)
        found, along = _search(runs, asked, tolerance)
        return _dataset(asked, target, runs, found, along, sampling)


def require_tolerance(tolerance: float) -> None:
    """Refuse a tolerance with which a search would not end, or would not begin.

    Raises
    ------
    ValueError
    """
    if not 0.001 <= tolerance < 1:
        raise ArgumentError("tolerance", f"expected a number from 0.001 to below 1, found {tolerance!r}")


def _new_reserve(grade: str | None, serves: Sequence[str], release: str | None) -> NewReserve | None:
    if grade is None and not serves and release is None:
        return None
    if grade is None or not serves:
        given = {"grade": grade, "serves": serves, "release": release}
        found = joined([f"`{name}`" for name, value in given.items() if value])
        raise refuse(f"a new reserve needs both `grade` and `serves`, the uses that it serves; found {found}")
    return NewReserve(grade, (serves,) if isinstance(serves, str) else tuple(serves), release)


class _Along:
    """The opening stocks at a position: a multiple of a mix."""

    def __init__(self, mix: Sizes) -> None:
        self._mix = mix

    def __call__(self, position: float) -> Sizes:
        return tuple(position * size for size in self._mix)


def _search(runs: SizedRuns, asked: AskedReserves, tolerance: float) -> tuple[Found, _Along]:
    if len(asked.names) == 1:
        along = _Along((1.0,))
        begin = [share * asked.most[0] for share in GRID]
        return Line(runs, along, tolerance).search(begin), along
    mix = cheapest_mix(runs, asked.most, asked.cost, tolerance)
    if mix is None or not any(mix):
        along = _Along(asked.most)
        return Line(runs, along, tolerance).search(GRID), along
    along = _Along(mix)
    return Line(runs, along, tolerance).search(_SCALES), along


def _dataset(
    asked: AskedReserves,
    target: Target,
    runs: SizedRuns,
    found: Found,
    along: _Along,
    sampling: SizeSampling,
) -> xr.Dataset:
    bounds = [along(each) for each in (found.size, found.low, found.high)]
    sizes = sorted(runs.answers, key=lambda sizes: (asked.cost(sizes), sizes))
    costs = [asked.cost(each) for each in sizes]
    answers = [runs.answers[each] for each in sizes]
    unit = asked.units[0] if len({*asked.units}) == 1 else "unit of the grade"
    cost_unit = unit if asked.unit_costs is None else "USD"
    checked = checked_answers(runs, [along(found.size), along(found.high)])
    variables = {
        "opening": with_attrs(
            xr.Variable(
                ("reserve", "bound"), [[each[k] for each in bounds] for k in range(len(asked.names))]
            ),
            "smallest opening stock that meets the target",
            unit,
        ),
        "cost": with_attrs(
            xr.Variable("bound", [asked.cost(each) for each in bounds]),
            "cost of the opening stocks",
            cost_unit,
        ),
        "achieved": achieved_variable(("check", "bound"), checked, runs),
        "simulated_opening": with_attrs(
            xr.Variable(("size", "reserve"), sizes), "opening stock of a size that was simulated", unit
        ),
        "simulated_cost": with_attrs(xr.Variable("size", costs), "cost of a size", cost_unit),
        "answer": answers_variable(("size", "bound"), answers, target),
        "efficient": efficient(costs, [each[0] for each in answers], target),
    }
    coordinates = {
        "bound": bound_coordinate(),
        "reserve": label_coordinate("reserve", asked.names, "reserve"),
        "check": check_coordinate(),
        "grade": label_coordinate(
            "reserve", [asked.scenario.reserves[name].grade for name in asked.names], "grade of the reserve"
        ),
        "unit": label_coordinate("reserve", asked.units, "unit in which the reserve is counted"),
    }
    attrs = question_attrs(asked.scenario, target, sampling) | found_attrs(found, answers, target)
    return xr.Dataset(variables, coordinates, attrs)
