"""The reserves that are to be sized: named, those that serve the use, or a new one; and their checks.

Owns the defaults of a new reserve and of the largest size (docs/size.md, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diamondsim.analysis.question_problems import collected, refuse
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Distribution
from diamondsim.errors import NotationError, Problem, ScenarioError, joined, nearest
from diamondsim.plan import Plan, compile_plan
from diamondsim.scenario import Scenario
from diamondsim.units import Kind, number_text, parse_quantity

YEARS = 2.0
"""Years of demand of the uses that it serves: the largest opening stock by default."""
_UNLIMITED = 10.0
"""Release of a new reserve without a limit, as a multiple of the demand that it serves."""
_HOW = (
    "add one under `reserves` (docs/scenario-format.md), or give a grade and the uses that a new one serves "
    "(`grade`, `serves`)"
)


@dataclass(frozen=True)
class NewReserve:
    """A reserve that the scenario does not have.

    Attributes
    ----------
    grade : str
    serves : tuple of str
        Uses of the region that is asked about, in order.
    release : str or None
        As in a file; without a limit if None.
    """

    grade: str
    serves: tuple[str, ...]
    release: str | None = None


@dataclass(frozen=True)
class AskedReserves:
    """A scenario with the reserves that are to be sized.

    Attributes
    ----------
    scenario : Scenario
    names : tuple of str
    units : tuple of str
        In which each is counted.
    most : tuple of float
        Largest opening stock of each.
    unit_costs : tuple of float or None
        Price of a unit of each, USD; None if none was given.
    """

    scenario: Scenario
    names: tuple[str, ...]
    units: tuple[str, ...]
    most: tuple[float, ...]
    unit_costs: tuple[float, ...] | None

    def opened_with(self, sizes: Sequence[float]) -> Scenario:
        """Return the scenario with given opening stocks, each of which is the goal too."""
        changes: dict[str, object] = {}
        for name, unit, size in zip(self.names, self.units, sizes, strict=True):
            changes |= {
                f"reserves.{name}.opening": f"{number_text(size)} {unit}",
                f"reserves.{name}.goal": None,
            }
        return self.scenario.override(changes)

    def cost(self, sizes: Sequence[float]) -> float:
        """Return what sizes cost in USD; without unit costs the size itself."""
        costs = self.unit_costs or (1.0,) * len(self.names)
        return sum(cost * size for cost, size in zip(costs, sizes, strict=True))


def asked_reserves(
    scenario: Scenario,
    names: Sequence[str],
    region: str,
    use: str,
    *,
    new: NewReserve | None,
    most: float | str | Mapping[str, float | str] | None,
    unit_costs: Mapping[str, float | str] | None,
) -> AskedReserves:
    """Return the reserves that are to be sized.

    Raises
    ------
    ScenarioError
        If there is no such reserve, a new one does not fit the scenario, or a size or a cost cannot be read
        or is missing.
    """
    if new is not None:
        scenario, names = _with_new(scenario, names, region, new)
    plan = compile_plan(scenario)
    names = tuple(dict.fromkeys(names)) or _serving(scenario, region, use)
    if unknown := _problems(scenario, names, region, use):
        raise ScenarioError(unknown)
    units = tuple(scenario.grades[scenario.reserves[name].grade].unit for name in names)
    problems: list[Problem] = []
    with collected(problems):
        costs = _costs(names, units, unit_costs or {})
    with collected(problems):
        sizes = _most(plan, names, units, most)
    if problems:
        raise ScenarioError(problems)
    return AskedReserves(scenario, names, units, sizes, costs)


def _with_new(
    scenario: Scenario, names: Sequence[str], region: str, new: NewReserve
) -> tuple[Scenario, tuple[str, ...]]:
    if len(names) > 1:
        why = f"expected one name for the new reserve, found {joined([*names])}"
        raise refuse(why, argument="reserves")
    name = names[0] if names else f"{region.lower()}_{new.grade}"
    if name in scenario.reserves:
        why = f"the scenario has a reserve {name!r}: leave out its grade and uses, or give another name"
        raise refuse(why, argument="reserves")
    if new.grade not in scenario.grades:
        known, allowed = nearest(new.grade, scenario.grades), ", ".join(scenario.grades)
        why = f"there is no grade {new.grade!r}"
        raise refuse(why, argument="grade", allowed=allowed, suggestion=known)
    unit = scenario.grades[new.grade].unit
    entry: dict[str, object] = {"region": region, "grade": new.grade, "opening": f"0 {unit}"}
    # It buys nothing, so that its lead has no effect; but a scenario may state none that holds for it.
    entry |= {"serves": [*new.serves], "release": new.release or f"1 {unit}/day", "lead": "0 days"}
    changed = scenario.override({f"reserves.{name}": entry}, name="new reserve")
    if new.release is None:
        served = _UNLIMITED * _demand(compile_plan(changed), name)
        text = f"{number_text(served)} {unit}/day"
        changed = changed.override({f"reserves.{name}.release": text})
    return changed, (name,)


def _serving(scenario: Scenario, region: str, use: str) -> tuple[str, ...]:
    """Return the reserves that serve a use."""
    return tuple(
        name for name, each in scenario.reserves.items() if each.region == region and use in each.serves
    )


def _problems(scenario: Scenario, names: Sequence[str], region: str, use: str) -> list[Problem]:
    if not scenario.reserves:
        return [Problem(why=f"the scenario has no reserve: {_HOW}")]
    if not names:
        why = f"no reserve serves {region}.{use}: {_HOW}"
        return [Problem(why=why, allowed=", ".join(scenario.reserves))]
    return [
        Problem(
            why=f"there is no reserve {name!r}",
            allowed=", ".join(scenario.reserves),
            suggestion=nearest(name, scenario.reserves),
        )
        for name in names
        if name not in scenario.reserves
    ]


def _costs(
    names: Sequence[str], units: Sequence[str], given: Mapping[str, float | str]
) -> tuple[float, ...] | None:
    _require_known("unit_costs", given, names)
    if not given and len(names) == 1:
        return None
    missing = [name for name in names if name not in given]
    if missing:
        raise refuse(
            f"expected the cost of a unit of each reserve that is sized, found none of {joined(missing)}; "
            "without costs there is no smallest mix",
            argument="unit_costs",
        )
    costs = tuple(
        _read("unit_costs", given[name], Kind.PRICE, unit) for name, unit in zip(names, units, strict=True)
    )
    if min(costs) <= 0:
        raise refuse("expected costs above 0", argument="unit_costs")
    return costs


def _most(
    plan: Plan,
    names: Sequence[str],
    units: Sequence[str],
    given: float | str | Mapping[str, float | str] | None,
) -> tuple[float, ...]:
    if given is not None and not isinstance(given, Mapping):
        if len(names) > 1:
            raise refuse("expected a size for each reserve by its name, found one size", argument="most")
        given = {names[0]: given}
    given = given or {}
    _require_known("most", given, names)
    sizes = tuple(
        _read("most", given[name], Kind.QUANTITY, unit)
        if name in given
        else min(YEARS * DAYS_PER_YEAR, plan.n_ticks * plan.tick_days) * _demand(plan, name)
        for name, unit in zip(names, units, strict=True)
    )
    for name, size in zip(names, sizes, strict=True):
        if not 0 < size < float("inf"):
            raise refuse(f"expected a size above 0 for {name}, found {size:g}", argument="most")
    return sizes


def _require_known(argument: str, given: Mapping[str, float | str], names: Sequence[str]) -> None:
    unknown = [name for name in given if name not in names]
    if unknown:
        close = nearest(unknown[0], names)
        hint = f"did you mean {close!r}?" if close else f"expected {joined([*names], 'or')}"
        raise refuse(f"no reserve {unknown[0]!r} is sized; {hint}", argument=argument)


def _demand(plan: Plan, name: str) -> float:
    """Return the expected demand at the start, a day, that a reserve serves."""
    reserve = next(each for each in plan.reserves if each.name == name)
    flows: Sequence[Distribution] = [plan.numbers["base_flow"][node].distribution for node in reserve.serves]
    return sum(flow.central() for flow in flows)


def _read(argument: str, value: float | str, kind: Kind, unit: str) -> float:
    if not isinstance(value, str):
        return float(value)
    try:
        return parse_quantity(value, kind, unit)
    except NotationError as error:
        raise refuse(f"{error}", argument=argument) from None
