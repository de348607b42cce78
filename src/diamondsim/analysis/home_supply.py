"""The public call `independence`: how far supply without the tracked origin covers demand, by quarter.

Needs no engine: capacity and planned demand are inputs of a run, and what buyers and sellers make of them
does not enter (docs/independence.md, eq. H1-H3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.arguments import ArgumentError, require_integer, require_mapping
from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws
from diamondsim.errors import nearest, shown
from diamondsim.plan import NodeKind, Plan, compile_plan
from diamondsim.results import QuarterGrid, bounds, identity_of, mean, probability, quarter_coordinates
from diamondsim.sampling import BLOCK, draw
from diamondsim.scenario import Scenario, require_scenario

Areas: TypeAlias = Mapping[str, Sequence[str]]

_MOST_REPLICATIONS = 20_000
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_BOUNDS = ("estimate", "low", "high")


def independence(
    scenario: Scenario,
    *,
    areas: Areas | None = None,
    replications: int = 4096,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> xr.Dataset:
    """Return how far what an area can make without crystal of the tracked origin covers what it uses.

    Capacity and planned demand are compared quarter by quarter and grade by grade, in each replication of a
    run with the same seed. That is what could be made at the capacity that is there or planned, not what is
    sold: no orders, no prices, no new capacity that a shortage calls forth.

    Parameters
    ----------
    scenario : Scenario
        With a `tracked_origin`.
    areas : mapping of str to sequence of str, optional
        Names of areas and their regions, or region; by default each region but the tracked one, and all of
        these together as `outside ID`.
    replications : int
        From 1 to 20,000: all of them are kept until the end.
    seed : int
        Root of all random numbers.
    progress : callable, optional
        Called with the number of replications done and the number requested.

    Returns
    -------
    xarray.Dataset
        - `coverage_quantiles` (quarter, area, grade, quantile): capacity without the tracked origin over
          demand (eq. H1), 1 where it just covers;
        - `probability_of_independence` (quarter, area, grade, bound): chance that it covers, with Wilson's
          interval (eq. H2);
        - `independent_quarters` (replication, area, grade) and `independent_quarters_mean` (area, grade,
          bound): number of quarters of the horizon in which it covers, with Student's interval (eq. H3).

        A quarter in which a replication uses nothing of a grade is left out for that replication; NaN where
        none of them uses it.

    Raises
    ------
    ScenarioError
        If the scenario cannot be compiled.
    ValueError
        If it has no tracked origin, an area has no or an unknown region, or a number is out of range.
    TypeError
        If `scenario` is no Scenario or `areas` no mapping.

    Examples
    --------
    >>> import diamondsim as ds
    >>> found = ds.independence(ds.load_scenario("lapse-2027"), replications=256)
    >>> last = found["probability_of_independence"].isel(quarter=-1).sel(grade="micron", bound="estimate")
    >>> bool(last.sel(area="US") > 0.4), float(last.sel(area="JP"))
    (True, 0.0)
    """
    require_scenario(scenario)
    replications = require_integer("replications", replications, least=1, most=_MOST_REPLICATIONS)
    seed = require_integer("seed", seed, least=0)
    plan = compile_plan(scenario)
    chosen = _default_areas(plan) if areas is None else _given_areas(areas)
    _require_known(plan, chosen)
    grid = QuarterGrid.of(plan)
    coverage = np.full((replications, len(grid), len(chosen), len(plan.grades)), np.nan)
    for first in range(0, replications, BLOCK):
        count = min(BLOCK, replications - first)
        draws = draw(plan, seed=seed, first=first, count=count)
        for a, regions in enumerate(chosen.values()):
            for g, grade in enumerate(plan.grades):
                coverage[first : first + count, :, a, g] = _coverage(plan, draws, grid, regions, grade).T
        if progress is not None:
            progress(first + count, replications)
    return _dataset(scenario, plan, grid, chosen, coverage, seed)


def _default_areas(plan: Plan) -> dict[str, tuple[str, ...]]:
    outside = tuple(region for region in plan.regions if region != plan.tracked_region)
    return {region: (region,) for region in outside} | {f"outside {plan.tracked_region}": outside}


def _given_areas(areas: Areas) -> dict[str, tuple[str, ...]]:
    require_mapping("areas", areas, "{'allies': ['US', 'JP']}")
    # A text is a sequence of letters, which nobody means.
    return {
        name: (regions,) if isinstance(regions, str) else tuple(dict.fromkeys(regions))
        for name, regions in areas.items()
    }


def _require_known(plan: Plan, areas: Areas) -> None:
    if plan.tracked_region is None:
        raise ValueError("the scenario has no 'tracked_origin': independence of whom?")
    if not areas:
        raise ArgumentError("areas", "expected at least one area")
    for name, regions in areas.items():
        if not regions:
            raise ArgumentError("areas", f"{shown(name)}: expected at least one region")
        for region in regions:
            if region not in plan.regions:
                close = nearest(region, plan.regions)
                hint = f"; did you mean {shown(close)}?" if close else f"; regions: {', '.join(plan.regions)}"
                raise ArgumentError("areas", f"{shown(name)}: there is no region {shown(region)}{hint}")


def _coverage(plan: Plan, draws: Draws, grid: QuarterGrid, regions: Sequence[str], grade: str) -> FloatArray:
    """Return the coverage of each quarter (Q, R) (eq. H1); NaN where there is no demand."""
    supply, demand = (np.zeros((plan.n_ticks, draws.n_replications)) for _ in range(2))
    for s, source in enumerate(plan.sources):
        is_maker = plan.source_feed[s] < 0
        if source.grade == grade and source.region in regions and is_maker:
            capacity = draws.capacity[s] * (1.0 - draws.tracked_share[s])
            row = plan.source_index[s]
            supply += capacity if row < 0 else capacity * draws.capacity_index[:, row]
    for n, node in enumerate(plan.nodes):
        if node.grade == grade and node.region in regions and node.kind is NodeKind.USE:
            demand += draws.base_flow[n] * draws.growth[:, plan.node_growth[n]]
    needed = grid.total(demand)
    return np.divide(grid.total(supply), needed, out=np.full_like(needed, np.nan), where=needed > 0.0)


def _dataset(
    scenario: Scenario, plan: Plan, grid: QuarterGrid, areas: Areas, coverage: FloatArray, seed: int
) -> xr.Dataset:
    n, _, _, n_grades = coverage.shape
    cells = [(q, a, g) for q in range(len(grid)) for a in range(len(areas)) for g in range(n_grades)]
    is_used = np.logical_not(np.isnan(coverage))
    quarters = np.where(is_used.any(axis=1), np.sum(coverage >= 1.0, axis=1), np.nan)
    quantiles, chances = (np.full((*coverage.shape[1:], size), np.nan) for size in (len(_QUANTILES), 3))
    for cell in cells:
        known = coverage[:, *cell][is_used[:, *cell]]
        if len(known):
            quantiles[cell] = np.quantile(known, _QUANTILES, method="inverted_cdf")
            chances[cell] = bounds(probability(int(np.count_nonzero(known >= 1.0)), len(known)))
    means = np.full((len(areas), n_grades, 3), np.nan)
    for a, g in np.argwhere(is_used.any(axis=(0, 1))):
        means[a, g] = bounds(mean(quarters[np.isfinite(quarters[:, a, g]), a, g]))
    where = ("quarter", "area", "grade")
    return xr.Dataset(
        {
            "coverage_quantiles": (
                (*where, "quantile"),
                quantiles,
                {"long_name": "capacity without the tracked origin over demand", "units": "1"},
            ),
            "probability_of_independence": (
                (*where, "bound"),
                chances,
                {"long_name": "chance that capacity without the tracked origin covers demand", "units": "1"},
            ),
            "independent_quarters": (
                ("replication", "area", "grade"),
                quarters,
                {"long_name": "quarters in which capacity covers demand", "units": "1"},
            ),
            "independent_quarters_mean": (
                ("area", "grade", "bound"),
                means,
                {"long_name": "mean number of quarters in which capacity covers demand", "units": "1"},
            ),
        },
        {
            "area": ("area", _texts(areas), {"long_name": "area"}),
            "area_regions": (
                "area",
                _texts(", ".join(regions) for regions in areas.values()),
                {"long_name": "regions of the area"},
            ),
            "grade": ("grade", _texts(plan.grades), {"long_name": "grade"}),
            "quantile": ("quantile", list(_QUANTILES), {"long_name": "quantile", "units": "1"}),
            "bound": ("bound", _texts(_BOUNDS), {"long_name": "estimate and the limits of its interval"}),
            "replication": ("replication", np.arange(n), {"long_name": "replication", "units": "1"}),
            **quarter_coordinates(grid),
        },
        {
            **identity_of(scenario, seed),
            "tracked_origin": str(plan.tracked_region),
            "replications": n,
        },
    )


def _texts(labels: Iterable[str]) -> npt.NDArray[np.object_]:
    return np.array([*labels], dtype=object)
