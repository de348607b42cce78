"""The flow that passes a control, month by month, for comparison with precedents, and the waits for it."""

from __future__ import annotations

import numpy as np
import xarray as xr

from diamondsim.arguments import require_integer
from diamondsim.arrays import FloatArray
from diamondsim.engines import batch
from diamondsim.errors import Problem, ScenarioError, nearest
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan, compile_plan
from diamondsim.results import (
    MONTHS,
    RECORDED_FOR_ADMITTED,
    RECORDED_FOR_WAITS,
    admitted_by_month,
    licence_waits,
)
from diamondsim.sampling import BLOCK, draw
from diamondsim.scenario import Scenario
from diamondsim.simulation.runner import simulate_parts

MOST_ADMITTED = 100_000
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_ALL = "all"


def admitted_flow(
    scenario: Scenario, *, control: str, replications: int = 1024, seed: int = 0
) -> xr.DataArray:
    """Return quantiles of the flow out of the controlled regions, as a fraction of the contract flow.

    Parameters
    ----------
    scenario : Scenario
    control : str
        Identifier of the control.
    replications : int
        From 1 to 100,000: all of them are kept until the end.
    seed : int
        Root of all random numbers.

    Returns
    -------
    xarray.DataArray
        (destination, month, quantile): destination `all` and each region the control covers; month -1 is the
        last one before the control enters into force, 1 the first one after; NaN where no replication has a
        value. By destination also `wait_days`, the mean time that an application waits until it is granted or
        withdrawn, or until the end, and `withdrawn`, the share of the applications that is withdrawn; both
        over all replications, NaN without applications.

    Raises
    ------
    ScenarioError
        If the scenario has no such control, or cannot be compiled.
    ValueError
        If the number of replications is out of range.

    Examples
    --------
    >>> import diamondsim as ds
    >>> flow = admitted_flow(ds.load_scenario("reinstated-2027"), control="cn_55", replications=32)
    >>> bool(flow.sel(destination="all", month=1, quantile=0.5) < 0.3)
    True
    """
    replications = require_integer("replications", replications, least=1, most=MOST_ADMITTED)
    plan = compile_plan(scenario)
    row = _row_of(plan, control)
    months, waits = _simulated(plan, row, replications, seed)
    applied, withdrawn, waited = np.array([*waits.values()]).T
    applied = np.where(applied > 0.0, applied, np.nan)
    return xr.DataArray(
        np.array([_quantiles_by_month(paths) for paths in months.values()]),
        coords={
            "destination": list(months),
            "month": list(MONTHS),
            "quantile": list(_QUANTILES),
            "wait_days": ("destination", waited / applied * plan.tick_days),
            "withdrawn": ("destination", withdrawn / applied),
        },
        dims=("destination", "month", "quantile"),
        name="admitted",
        attrs={
            "units": "1",
            "long_name": "flow out of the controlled regions over contract flow",
            "control": control,
            "replications": replications,
            "seed": seed,
        },
    )


def _row_of(plan: Plan, control: str) -> int:
    """Return the row of a control in the plan.

    Raises
    ------
    ScenarioError
        If there is no such control.
    """
    names = [each.name for each in plan.controls]
    if control not in names:
        why = f"there is no control {control!r}"
        allowed = ", ".join(names) or "none: the scenario has no controls"
        raise ScenarioError([Problem(why=why, allowed=allowed, suggestion=nearest(control, names))])
    return names.index(control)


def _simulated(
    plan: Plan, row: int, replications: int, seed: int
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Simulate, and return by destination what is admitted and what applications came to.

    Returns
    -------
    months : dict of str to (M, R) array
        Admitted flow as a fraction of the contract flow.
    waits : dict of str to (3,) array
        Applications, what was withdrawn of them, and quantity times ticks waited.
    """
    covered = np.flatnonzero((plan.rule_of[row] >= 0) & ~plan.entrant)
    regions = sorted({plan.nodes[plan.lane_node[lane]].region for lane in covered}, key=plan.regions.index)
    months: dict[str, list[FloatArray]] = {name: [] for name in (_ALL, *regions)}
    waits = {name: np.zeros(3) for name in months}
    size = batch.block_size(plan)

    def ledger_for(columns: slice) -> Ledger:
        record = {*RECORDED_FOR_ADMITTED, *RECORDED_FOR_WAITS}
        return Ledger.empty(plan, columns.stop - columns.start, record)

    for first in range(0, replications, BLOCK):
        draws = draw(plan, seed=seed, first=first, count=min(BLOCK, replications - first))
        for part, ledger in simulate_parts(plan, draws, size, ledger_for):
            for name, paths in months.items():
                region = None if name == _ALL else name
                paths.append(admitted_by_month(plan, part, ledger, control=row, region=region))
                wait = licence_waits(plan, ledger, control=row, region=region)
                waits[name] += [wait.applied.sum(), wait.withdrawn.sum(), wait.waited.sum()]
    return {name: np.concatenate(paths, axis=1) for name, paths in months.items()}, waits


def _quantiles_by_month(paths: FloatArray) -> FloatArray:
    """Return the quantiles (M, Q) of the paths (M, R); NaN for a month in which none has a value."""
    values = np.full((len(MONTHS), len(_QUANTILES)), np.nan)
    for month in np.flatnonzero(np.isfinite(paths).any(axis=1)):
        values[month] = np.nanquantile(paths[month], _QUANTILES)
    return values
