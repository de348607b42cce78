"""What the base scenario says of the goods that the trade figures cover, in carats a year.

Owns telling apart the sellers and uses of these goods from those of plates and crystals, and makers from
recyclers and processors.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.errors import Problem, ScenarioError
from diamondsim.scenario import Scenario
from diamondsim.trade.mappings import CodeMap

RECYCLING = "recycl"
"""A producer with this in its id sells what is recovered from waste, the secondary production."""


@dataclass(frozen=True)
class GoodsSeller:
    """A producer of the goods.

    Attributes
    ----------
    name, region : str
    kind : str
        ``maker``, ``recycler`` or ``processor``; a processor buys what it sells.
    sales : mapping of str to float
        Sales by region.
    capacity : mapping of str to float
        By grade, central values.
    feed_per_output : float
        What a processor buys for a carat that it sells; 0 of others.
    row : str
        Its key in the trade table.
    """

    name: str
    region: str
    kind: str
    sales: Mapping[str, float]
    capacity: Mapping[str, float]
    feed_per_output: float
    row: str


@dataclass(frozen=True)
class GoodsUse:
    """The demand of one use in one region, and its shares by grade."""

    use: str
    ct: float
    grades: Mapping[str, float]
    has_own_grades: bool


@dataclass(frozen=True)
class GoodsMarket:
    """Sellers by name, and uses by region, of the goods that the figures cover."""

    regions: tuple[str, ...]
    grades: tuple[str, ...]
    sellers: Mapping[str, GoodsSeller]
    uses: Mapping[str, tuple[GoodsUse, ...]]

    def sold(self, region: str) -> float:
        """Return what all sellers sell in a region, feed of processors included."""
        return sum(seller.sales.get(region, 0.0) for seller in self.sellers.values())

    def flow(self, origin: str, destination: str) -> float:
        """Return what the sellers of one region sell in another."""
        here = [seller for seller in self.sellers.values() if seller.region == origin]
        return sum(seller.sales.get(destination, 0.0) for seller in here)


def market_of(scenario: Scenario, codes: CodeMap) -> GoodsMarket:
    """Return the sellers and uses of the grades that the codes cover.

    Raises
    ------
    ScenarioError
        Where a producer or a use has both such grades and others counted in carats: their trade cannot be
        told apart.
    """
    covered = set(codes.grades)
    carats = {grade for grade, about in scenario.grades.items() if about.unit == "ct"}
    problems: list[Problem] = []
    sellers: dict[str, GoodsSeller] = {}
    for name, producer in scenario.producers.items():
        made = set(producer.capacity) & carats
        if not made & covered:
            continue
        if made - covered:
            others = ", ".join(sorted(made - covered))
            why = f"makes {others} too, which no code covers; its trade cannot be told apart"
            problems.append(scenario.problem(("producers", name, "capacity"), why))
        row = f"{name}@ct" if f"{name}@ct" in scenario.trade else name
        capacity = {grade: producer.capacity[grade].central() * DAYS_PER_YEAR for grade in made}
        whole = sum(capacity.values())
        feed = sum(
            capacity[grade] / feed.feed_yield.central() / whole
            for grade, feed in producer.feed.items()
            if grade in made and whole
        )
        sellers[name] = GoodsSeller(
            name,
            producer.region,
            "processor" if feed else "recycler" if RECYCLING in name.casefold() else "maker",
            {region: ct * DAYS_PER_YEAR for region, ct in scenario.trade.get(row, {}).items()},
            capacity,
            feed,
            row,
        )
    uses: dict[str, tuple[GoodsUse, ...]] = {}
    for region, demands in scenario.demand.items():
        found = []
        for use, demand in demands.items():
            grades = demand.grades or scenario.uses[use].grades
            named = {grade for grade, share in grades.items() if share > 0}
            if not named & covered:
                continue
            if named - covered:
                why = f"needs {', '.join(sorted(named - covered))} too, which no code covers"
                problems.append(scenario.problem(("demand", region, use), why))
            ct = demand.flow.central() * DAYS_PER_YEAR
            found.append(GoodsUse(use, ct, dict(grades), demand.grades is not None))
        uses[region] = tuple(found)
    if problems:
        raise ScenarioError(problems)
    return GoodsMarket(tuple(scenario.regions), codes.grades, sellers, uses)
