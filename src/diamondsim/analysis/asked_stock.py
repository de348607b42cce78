"""The buyer whose stock is to be sized, and the scenarios without and with its second source.

Owns how a buyer is named and how its stock is written into a scenario (docs/size.md, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diamondsim.analysis.question_problems import refuse
from diamondsim.errors import Problem, ScenarioError, joined, nearest
from diamondsim.plan import Plan, compile_plan, on_same_dimensions
from diamondsim.scenario import Scenario, use_of
from diamondsim.units import number_text

STOCKS = ("cover", "opening")
"""What may be sized: the cover, held from the start, or the opening stock alone."""


@dataclass(frozen=True)
class AskedStock:
    """A buyer, and the scenarios in which its stock is varied.

    Attributes
    ----------
    buyer : str
        Id of a buyer, or REGION.USE.
    region, use : str
        Of the buyer in results.
    vary : str
        One of `STOCKS`.
    scenarios : tuple of Scenario
        Without a second source, and with one if there is any.
    second_source : str
        Its names; empty if there is none.
    """

    buyer: str
    region: str
    use: str
    vary: str
    scenarios: tuple[Scenario, ...]
    second_source: str

    def stated(self) -> tuple[Scenario, ...]:
        """Return the scenarios with the stock that they state."""
        return tuple(self._on_same_draws(scenario) for scenario in self.scenarios)

    def stocked_with(self, option: int, days: float) -> Scenario:
        """Return a scenario with a stock of the buyer in days of its demand."""
        text = f"{number_text(days)} days"
        policy = {"opening": text} if self.vary == "opening" else {"cover": text, "opening": text}
        return self._on_same_draws(_with_policy(self.scenarios[option], self.buyer, policy))

    def _on_same_draws(self, scenario: Scenario) -> Scenario:
        """Return a scenario with the quasi-random dimensions of the richest of the scenarios."""
        return on_same_dimensions([self.scenarios[-1], scenario])[1]

    def stated_stock(self) -> str:
        """Return the stock of the buyer that the scenario states, as text."""
        plan = compile_plan(self.scenarios[0])
        node = _nodes(plan, self.region, self.use)[0]
        opening = plan.numbers["opening_days"][node].distribution.text("days")
        is_opening = self.vary == "opening" and "nan" not in opening
        return opening if is_opening else plan.numbers["cover"][node].distribution.text("days")

    def demand(self) -> tuple[float, str]:
        """Return the expected demand of the buyer at the start, a day, and its unit."""
        plan = compile_plan(self.scenarios[0])
        nodes = _nodes(plan, self.region, self.use)
        unit = dict(zip(plan.grades, plan.grade_units, strict=True))[plan.nodes[nodes[0]].grade]
        return sum(plan.numbers["base_flow"][node].distribution.central() for node in nodes), unit


def asked_stock(
    scenario: Scenario,
    buyer: str,
    *,
    vary: str,
    second_source: Mapping[str, Mapping[str, object]] | None,
) -> AskedStock:
    """Return the buyer whose stock is to be sized.

    Raises
    ------
    ScenarioError
        If there is no such buyer, the second source does not fit the scenario or belongs to no buyer, or
        `vary` is something else.
    """
    if vary not in STOCKS:
        raise refuse(f"expected {joined(STOCKS, 'or')}, found {vary!r}", argument="vary")
    region, dot, use = buyer.partition(".")
    plan = compile_plan(scenario)
    if dot:
        if not _nodes(plan, region, use):
            raise ScenarioError([_unknown(scenario, plan, buyer)])
        if second_source:
            raise refuse(
                f"{buyer} is a whole use, and only a buyer has a second source of its own: carve one out "
                "of it under `buyers` (docs/scenario-format.md)",
                argument="second_source",
            )
        return AskedStock(buyer, region, use, vary, (scenario,), "")
    if buyer not in scenario.buyers:
        raise ScenarioError([_unknown(scenario, plan, buyer)])
    firm = scenario.buyers[buyer]
    region, use = firm.region, use_of(firm.use, buyer)
    path = f"buyers.{buyer}.qualify"
    without = scenario.override({path: None}) if firm.qualify else scenario
    with_it = scenario
    if second_source:
        entries = {name: {**entry} for name, entry in second_source.items()}
        with_it = without.override({path: entries}, name="second source")
    names = ", ".join(with_it.buyers[buyer].qualify)
    scenarios = (without, with_it) if names else (without,)
    for each in scenarios:
        compile_plan(each)
    return AskedStock(buyer, region, use, vary, scenarios, names)


def _with_policy(scenario: Scenario, buyer: str, policy: Mapping[str, str]) -> Scenario:
    if "." in buyer:
        return scenario.override({"inventory_policy": {buyer: {**policy}}})
    return scenario.override({f"buyers.{buyer}.inventory_policy": {**policy}})


def _nodes(plan: Plan, region: str, use: str) -> Sequence[int]:
    return [n for n, node in enumerate(plan.nodes) if (node.region, node.use) == (region, use)]


def _unknown(scenario: Scenario, plan: Plan, buyer: str) -> Problem:
    uses = sorted({f"{node.region}.{node.use}" for node in plan.nodes if node.use and "/" not in node.use})
    known = [*scenario.buyers, *uses]
    how = "" if scenario.buyers else "; the scenario has none: add one under `buyers`, or name a use"
    allowed = ", ".join([*scenario.buyers, "REGION.USE"])
    return Problem(why=f"there is no buyer {buyer!r}{how}", allowed=allowed, suggestion=nearest(buyer, known))
