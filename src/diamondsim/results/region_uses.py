"""The uses of each region, and the nodes of the Plan that belong to each of them.

Owns the grouping of nodes by (region, use) and, within one use, by grade.
"""

from __future__ import annotations

from dataclasses import dataclass

from diamondsim.plan import NodeKind, Plan


@dataclass(frozen=True)
class RegionUse:
    """One use in one region.

    Attributes
    ----------
    region, use : str
        Ids, as in the Plan.
    unit : str
        Unit in which the use is counted, the same for all its grades.
    grades : tuple of str
        Grades that the use consumes, in the order of the Plan.
    nodes : tuple of tuple of int
        For each grade, the nodes that consume it: more than one where a buyer is modelled separately.
    """

    region: str
    use: str
    unit: str
    grades: tuple[str, ...]
    nodes: tuple[tuple[int, ...], ...]

    @property
    def all_nodes(self) -> tuple[int, ...]:
        """All nodes of the use, ascending."""
        return tuple(sorted(n for group in self.nodes for n in group))


def region_uses(plan: Plan) -> tuple[RegionUse, ...]:
    """Return the uses of all regions, by region and then by use, in the order of the Plan.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    tuple of RegionUse
        Only those with at least one node.
    """
    by_use: dict[tuple[str, str], dict[str, list[int]]] = {}
    for index, node in enumerate(plan.nodes):
        if node.kind is NodeKind.USE and node.use is not None:
            by_use.setdefault((node.region, node.use), {}).setdefault(node.grade, []).append(index)
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    uses = []
    for region in plan.regions:
        for use in plan.uses:
            by_grade = by_use.get((region, use), {})
            grades = tuple(grade for grade in plan.grades if grade in by_grade)
            if grades:
                nodes = tuple(tuple(by_grade[grade]) for grade in grades)
                uses.append(RegionUse(region, use, unit_of[grades[0]], grades, nodes))
    return tuple(uses)


def nodes_of_region(plan: Plan, region: str) -> tuple[int, ...]:
    """Return the use nodes of a region that are counted in the unit of the Plan's first grade, ascending."""
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    return tuple(
        i
        for i, node in enumerate(plan.nodes)
        if node.kind is NodeKind.USE and node.region == region and unit_of[node.grade] == plan.grade_units[0]
    )
