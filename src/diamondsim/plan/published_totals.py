"""Published totals beside those of the contracts at the start: how far the balance is from the statistics.

Flows are per year in the grade's own unit, at central values and before dated drivers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diamondsim.addition import sum_in_order
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan.compile import Derivation
from diamondsim.scenario import PublishedTotal, Scenario


@dataclass(frozen=True)
class TotalRow:
    """A published total, and the same of the contracts at the start.

    `low` and `high` are the smallest and largest of the published years, `mean` their mean.
    """

    name: str
    region: str
    total: str
    years: tuple[int, ...]
    unit: str
    low: float
    high: float
    mean: float
    contracts: float


def published_totals(derived: Derivation, scenario: Scenario) -> Iterator[TotalRow]:
    """Yield each published total beside that of the contracts at the start."""
    for key, entry in scenario.published_totals.items():
        figures = list(entry.years.values())
        unit = next(
            unit
            for grade, unit in zip(derived.plan.grades, derived.plan.grade_units, strict=True)
            if grade in entry.grades
        )
        yield TotalRow(
            name=entry.name or key,
            region=entry.region,
            total=entry.total,
            years=tuple(entry.years),
            unit=f"{unit}/yr",
            low=min(figures) * DAYS_PER_YEAR,
            high=max(figures) * DAYS_PER_YEAR,
            mean=sum_in_order(figures) / len(figures) * DAYS_PER_YEAR,
            contracts=_contracts(derived, entry) * DAYS_PER_YEAR,
        )


def _contracts(derived: Derivation, entry: PublishedTotal) -> float:
    """Return the contracts a day that a published total counts."""
    plan, flow = derived.plan, derived.contracts.flow
    made = [source.region for source in plan.sources]
    of_grade = [source.grade in entry.grades for source in plan.sources]
    home = [n for n, node in enumerate(plan.nodes) if node.region == entry.region]
    away = [n for n, node in enumerate(plan.nodes) if node.region != entry.region]
    own = [s for s, region in enumerate(made) if of_grade[s] and region == entry.region]
    if entry.total == "output":
        counted = [s for s in own if entry.producers is None or plan.sources[s].producer in entry.producers]
        return float(flow[counted].sum())
    if entry.total == "exports":
        return float(flow[own][:, away].sum())
    if entry.total == "use":
        used = [n for n in home if derived.entities.nodes[n].feeds is None]
        return float(flow[[s for s, counts in enumerate(of_grade) if counts]][:, used].sum())
    origin = set(plan.regions) - {entry.region} if entry.origin is None else set(entry.origin)
    foreign = [s for s, region in enumerate(made) if of_grade[s] and region in origin]
    return float(flow[foreign][:, home].sum())
