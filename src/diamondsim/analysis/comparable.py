"""Checks that scenarios can be compared: their names, and what has to be the same in all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from diamondsim.arguments import require_mapping
from diamondsim.errors import Problem, ScenarioError, joined, shown
from diamondsim.plan import Plan, compile_plan
from diamondsim.scenario import Scenario
from diamondsim.simulation.failed_run import raise_failure


def require_comparable(scenarios: Mapping[str, Scenario], taken: Collection[str]) -> None:
    """Check that scenarios can be compared.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By name; the first is the reference.
    taken : collection of str
        Names that the result uses for something else.

    Raises
    ------
    TypeError
        If it is no mapping, or something in it is no Scenario.
    ScenarioError
        With all problems: fewer than two scenarios; a name that cannot be that of a node of a DataTree; a
        scenario that cannot be compiled; a horizon, tick, measure of a shortage, sampling method, region or
        use that differs from that of the reference.
    RunFailedError
        With the name of a scenario for which diamondsim itself fails.
    """
    _require_types(scenarios)
    problems = [*_problems_of_names(scenarios, taken)]
    plans: dict[str, Plan] = {}
    for name, scenario in scenarios.items():
        try:
            plans[name] = compile_plan(scenario)
        except ScenarioError as error:
            problems += named(name, error)
        except Exception as error:  # noqa: BLE001 - a fault of diamondsim: it is raised, with the name
            raise_failure(name, error)
    reference = next(iter(scenarios), "")
    for name in [*plans][1:] if reference in plans else ():
        problems += _differences(name, reference, scenarios, plans)
    if problems:
        raise ScenarioError(problems)


def _require_types(scenarios: object) -> None:
    require_mapping("scenarios", scenarios, "{'usual': load_scenario('lapse-2027'), ...}")
    assert isinstance(scenarios, Mapping), "just checked"
    wrong = [
        f"{name!r}: {type(each).__name__}"
        for name, each in scenarios.items()
        if not (isinstance(name, str) and isinstance(each, Scenario))
    ]
    if wrong:
        raise TypeError(
            "scenarios: expected texts as names, each with a Scenario, as returned by load_scenario; "
            f"found {joined(wrong)}"
        )


def named(scenario: str, error: ScenarioError) -> list[Problem]:
    """Return the problems of one of several scenarios, each with the name of the scenario."""
    return [replace(each, why=f"scenario {shown(scenario)}: {each.why}") for each in error.problems]


def _problems_of_names(scenarios: Mapping[str, Scenario], taken: Collection[str]) -> Iterator[Problem]:
    if len(scenarios) < 2:
        yield Problem(why=f"expected 2 or more scenarios to compare, found {len(scenarios)}")
    for name in scenarios:
        if why := _wrong_with(name, taken):
            yield Problem(why=f"the name of a scenario {why}, found {shown(name)}", found=name)


def _wrong_with(name: str, taken: Collection[str]) -> str:
    """Return what is wrong with a name; empty if nothing is."""
    if not name.strip() or name != name.strip():
        return "must not be empty, or begin or end with a space"
    if "/" in name or "\\" in name:
        return "must not contain a slash"
    if not name.isprintable():
        return "must not contain line breaks or control characters"
    if name.startswith((".", "__")):
        return "must not begin with a full stop or two underscores, which files keep for themselves"
    return "must differ from those of the results" if name in taken else ""


def _differences(
    name: str, reference: str, scenarios: Mapping[str, Scenario], plans: Mapping[str, Plan]
) -> Iterator[Problem]:
    """Yield what has to be the same and is not."""
    scenario = f"scenario {shown(name)}"
    one, first = (_to_be_shared(scenarios[each], plans[each]) for each in (name, reference))
    for path, value in one.items():
        if value != first[path]:
            why = (
                f"{scenario}: expected {first[path]}, as in {shown(reference)}, found {value}; "
                "only scenarios that agree in this can be compared"
            )
            yield Problem(path=path, why=why, found=value)
    for what, own, others in (
        ("regions", plans[name].regions, plans[reference].regions),
        ("uses", plans[name].uses, plans[reference].uses),
    ):
        if {*own} != {*others}:
            also = [f"also {joined(sorted({*own} - {*others}))}"] if {*own} - {*others} else []
            less = [f"not {joined(sorted({*others} - {*own}))}"] if {*others} - {*own} else []
            found = joined([*also, *less])
            yield Problem(path=what, why=f"{scenario}: expected those of {shown(reference)}, found {found}")


def _to_be_shared(scenario: Scenario, plan: Plan) -> dict[str, str]:
    """Return what scenarios that are compared must have in common, by path.

    Another measure of a shortage would compare two things, and another sampling method would not share its
    random numbers.
    """
    return {
        "horizon.start": f"{plan.start}",
        "horizon.length": f"{scenario.horizon.days:g} days",
        "horizon.tick": f"{plan.tick_days:g} days",
        "metrics.threshold": f"{100 * scenario.metrics.threshold:g} %",
        "metrics.window": f"{scenario.metrics.window:g} days",
        "metrics.short_tick": f"{100 * scenario.metrics.short_tick:g} %",
        "metrics.survival_period": f"{scenario.metrics.survival_period:g} days",
        "sampling.method": plan.sampling.method,
    }
