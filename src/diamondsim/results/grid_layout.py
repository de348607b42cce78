"""The shape of every variable of a replication: regions by uses, grades by zones, facilities, reserves.

Owns the names of these dimensions. A use that a region does not have, and a grade without a price in a zone,
are cells of the grid that stay empty (NaN).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from diamondsim.plan import Plan
from diamondsim.results.region_uses import region_uses

Dims: TypeAlias = tuple[str, ...]

REGION_USE: Dims = ("region", "use")
MARKET: Dims = ("grade", "zone")
FACILITY: Dims = ("facility",)
FACILITY_ZONE: Dims = ("facility", "zone")
RESERVE: Dims = ("reserve",)
DIMS = (REGION_USE, MARKET, FACILITY, FACILITY_ZONE, RESERVE)
"""All combinations of dimensions that a metric may have, besides `replication`."""


@dataclass(frozen=True)
class GridLayout:
    """Where the rows of some entities go in a grid.

    Attributes
    ----------
    shape : tuple of int
        Of the grid, such as (regions, uses).
    cells : tuple of int
        For each entity, its cell in the flattened grid; all other cells are NaN.
    """

    shape: tuple[int, ...]
    cells: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of cells."""
        return int(np.prod(self.shape))


def grid_layouts(plan: Plan) -> dict[Dims, GridLayout]:
    """Return the layout of each of `DIMS`.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of tuple of str to GridLayout
        Without prices there are no markets and no zones.
    """
    regions, uses, grades = plan.regions, plan.uses, priced_grades(plan)
    zones = () if plan.prices is None else plan.prices.zones
    markets = () if plan.prices is None else plan.prices.markets
    return {
        REGION_USE: GridLayout(
            (len(regions), len(uses)),
            tuple(regions.index(u.region) * len(uses) + uses.index(u.use) for u in region_uses(plan)),
        ),
        MARKET: GridLayout(
            (len(grades), len(zones)),
            tuple(grades.index(g) * len(zones) + zones.index(z) for g, z in markets),
        ),
        FACILITY: _full_grid(len(plan.facilities)),
        FACILITY_ZONE: _full_grid(len(plan.facilities), len(zones)),
        RESERVE: _full_grid(len(plan.reserves)),
    }


def priced_grades(plan: Plan) -> tuple[str, ...]:
    """Return the grades that have a price, in the order of the Plan."""
    markets = () if plan.prices is None else plan.prices.markets
    return tuple(grade for grade in plan.grades if any(grade == g for g, _ in markets))


def _full_grid(*shape: int) -> GridLayout:
    return GridLayout(shape, tuple(range(int(np.prod(shape)))))
