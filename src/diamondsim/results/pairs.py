"""The uses of the regions: which nodes of the Plan stand for one use in one region.

Owns the grouping of nodes into (region, use) pairs and, inside a pair, into grades.
"""

from __future__ import annotations

from dataclasses import dataclass

from diamondsim.plan import NodeKind, Plan


@dataclass(frozen=True)
class Pair:
    """One use in one region.

    Attributes
    ----------
    region, use : str
        Ids, as in the Plan.
    unit : str
        What the use counts in; one for all its grades.
    grades : tuple of str
        The grades it consumes, in the order of the Plan.
    nodes : tuple of tuple of int
        Per grade, the nodes that consume it (several where a buyer was carved out).
    """

    region: str
    use: str
    unit: str
    grades: tuple[str, ...]
    nodes: tuple[tuple[int, ...], ...]

    @property
    def all_nodes(self) -> tuple[int, ...]:
        """Every node of the pair, ascending."""
        return tuple(sorted(n for group in self.nodes for n in group))


def pairs_of(plan: Plan) -> tuple[Pair, ...]:
    """Return the uses of the regions, by region and then by use in the order of the Plan.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    tuple of Pair
        Only those that have a node.
    """
    found: dict[tuple[str, str], dict[str, list[int]]] = {}
    for index, node in enumerate(plan.nodes):
        if node.kind is NodeKind.USE and node.use is not None:
            found.setdefault((node.region, node.use), {}).setdefault(node.grade, []).append(index)
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    pairs = []
    for region in plan.regions:
        for use in plan.uses:
            by_grade = found.get((region, use), {})
            grades = tuple(grade for grade in plan.grades if grade in by_grade)
            if grades:
                nodes = tuple(tuple(by_grade[grade]) for grade in grades)
                pairs.append(Pair(region, use, unit_of[grades[0]], grades, nodes))
    return tuple(pairs)


def nodes_of_region(plan: Plan, region: str) -> tuple[int, ...]:
    """Return the uses of a region that are counted in the unit of the Plan's first grade, ascending."""
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    return tuple(
        i
        for i, node in enumerate(plan.nodes)
        if node.kind is NodeKind.USE and node.region == region and unit_of[node.grade] == plan.grade_units[0]
    )
