"""The flow that passes a control, month by month, for comparison with precedents, and the waits for it."""

from __future__ import annotations

import numpy as np
import xarray as xr

from diamondsim.arguments import require_integer
from diamondsim.arrays import FloatArray
from diamondsim.errors import Problem, ScenarioError, nearest
from diamondsim.plan import Control, ControlState, Plan, compile_plan
from diamondsim.results import (
    MONTHS,
    RECORDED_FOR_ADMITTED,
    RECORDED_FOR_WAITS,
    admitted_by_month,
    in_force,
    licence_waits,
)
from diamondsim.sampling import BLOCK
from diamondsim.scenario import Scenario
from diamondsim.simulation.engine_choice import with_engine
from diamondsim.simulation.progress import Progress, ProgressReporter
from diamondsim.simulation.runner import BlockSimulator, RunSpec, Workspace

MOST_ADMITTED = 100_000
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_ALL = "all"
_RECORDED = tuple(dict.fromkeys(RECORDED_FOR_ADMITTED + RECORDED_FOR_WAITS))


def admitted_flow(
    scenario: Scenario,
    *,
    control: str | None = None,
    replications: int = 1024,
    seed: int = 0,
    progress: Progress | None = None,
) -> xr.DataArray:
    """Return quantiles of the flow out of the controlled regions, as a fraction of the contract flow.

    Parameters
    ----------
    scenario : Scenario
    control : str, optional
        Identifier of the control; by default the only one under which goods ever need a licence.
    replications : int
        From 1 to 100,000: all of them are kept until the end.
    seed : int
        Root of all random numbers.
    progress : callable, optional
        Called with the number of replications done and the number requested.

    Returns
    -------
    xarray.DataArray
        (destination, month, quantile): destination `all` and each region the control covers; month -1 is the
        last one before the control enters into force, 1 the first one after; NaN where no replication has a
        value. By destination also `wait_days`, the mean time that an application waits until it is granted or
        withdrawn, or until the end, and `withdrawn`, the share of the applications that is withdrawn; both
        over all replications, NaN without applications. Among the attributes are `in_force`, the number of
        replications in which the control comes into force, and `empty`, why no month has a value (empty where
        some month has one).

    Raises
    ------
    ScenarioError
        If the scenario has no such control, or cannot be compiled; or, without `control`, if goods need a
        licence under no control or under several.
    ValueError
        If the number of replications is out of range.

    Examples
    --------
    >>> import diamondsim as ds
    >>> flow = ds.admitted_flow(ds.load_scenario("reinstated-2027"), replications=32)
    >>> flow.attrs["control"], bool(flow.sel(destination="all", month=1, quantile=0.5) < 0.3)
    ('cn_55', True)
    """
    replications = require_integer("replications", replications, least=1, most=MOST_ADMITTED)
    plan = compile_plan(scenario)
    row = _only_licence_control(plan) if control is None else _row_of(plan, control)
    (run,) = with_engine([RunSpec(scenario, seed, replications)], None, is_elsewhere=False)
    months, waits, n_in_force = _simulated(plan, row, run, progress)
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
            "control": plan.controls[row].name,
            "replications": replications,
            "seed": seed,
            "in_force": n_in_force,
            "empty": _why_empty(plan, row, months[_ALL], n_in_force),
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


def _only_licence_control(plan: Plan) -> int:
    """Return the row of the only control under which goods need a licence.

    Raises
    ------
    ScenarioError
        If there is none, or there are several.
    """
    rows = [
        row
        for row, each in enumerate(plan.controls)
        if _may_license(each) and bool((plan.rule_of[row] >= 0).any())
    ]
    if len(rows) == 1:
        return rows[0]
    if rows:
        why = f"goods need a licence under {len(rows)} controls: name one of them"
        allowed = ", ".join(plan.controls[row].name for row in rows)
    else:
        why = "goods need a licence under no control of the scenario: name a control"
        allowed = ", ".join(each.name for each in plan.controls) or "none: the scenario has no controls"
    raise ScenarioError([Problem(why=why, allowed=allowed)])


def _may_license(control: Control) -> bool:
    """Return whether a control of goods can ever require licences; a spillover only slows trade."""
    branches = [*(entry.branches for entry in control.timeline), *control.transitions.values()]
    states = {control.start, *(branch.state for each in branches for branch in each)}
    states |= {hazard.to for hazard in control.hazards}
    return control.spillover is None and ControlState.LICENSING in states


def _why_empty(plan: Plan, row: int, paths: FloatArray, n_in_force: int) -> str:
    """Return why no month of the paths (M, R) to all destinations has a value; empty if one has."""
    name, required = plan.controls[row].name, int(plan.requires[row])
    if np.isfinite(paths).any():
        return ""
    if not ((plan.rule_of[row] >= 0) & ~plan.entrant).any():
        return f"{name} covers no goods that contracts carry"
    if not n_in_force:
        also = f", which takes that {plan.controls[required].name} is in effect too" if required >= 0 else ""
        return f"{name} is in force in no replication within the horizon{also}"
    return f"{name} comes into force too close to an end of the horizon for a whole month"


def _simulated(
    plan: Plan, row: int, run: RunSpec, progress: Progress | None
) -> tuple[dict[str, FloatArray], dict[str, FloatArray], int]:
    """Simulate, and return by destination what is admitted and what applications came to.

    Returns
    -------
    months : dict of str to (M, R) array
        Admitted flow as a fraction of the contract flow.
    waits : dict of str to (3,) array
        Applications, what was withdrawn of them, and quantity times ticks waited.
    n_in_force : int
        Replications in which the control is in force at some time.
    """
    covered = np.flatnonzero((plan.rule_of[row] >= 0) & ~plan.entrant)
    regions = sorted({plan.nodes[plan.lane_node[lane]].region for lane in covered}, key=plan.regions.index)
    months: dict[str, list[FloatArray]] = {name: [] for name in (_ALL, *regions)}
    waits: dict[str, list[FloatArray]] = {name: [] for name in months}
    n_in_force = 0
    simulator, reporter = BlockSimulator(plan, _RECORDED, run.engine, Workspace()), ProgressReporter(progress)
    reporter.total = run.replications
    for first in range(0, run.replications, BLOCK):
        count = min(BLOCK, run.replications - first)
        for part, ledger in simulator.parts(seed=run.seed, first=first, count=count):
            n_in_force += int(in_force(plan, part)[:, row].any(axis=0).sum())
            for name, paths in months.items():
                region = None if name == _ALL else name
                paths.append(admitted_by_month(plan, part, ledger, control=row, region=region))
                wait = licence_waits(plan, ledger, control=row, region=region)
                waits[name].append(np.array([wait.applied, wait.withdrawn, wait.waited]))
            reporter.add(part.n_replications)
    # Summed at the end, so that the bits do not depend on the size of a part.
    totals = {name: np.concatenate(parts, axis=1).sum(axis=1) for name, parts in waits.items()}
    return {name: np.concatenate(paths, axis=1) for name, paths in months.items()}, totals, n_in_force


def _quantiles_by_month(paths: FloatArray) -> FloatArray:
    """Return the quantiles (M, Q) of the paths (M, R); NaN for a month in which none has a value."""
    values = np.full((len(MONTHS), len(_QUANTILES)), np.nan)
    for month in np.flatnonzero(np.isfinite(paths).any(axis=1)):
        values[month] = np.nanquantile(paths[month], _QUANTILES)
    return values
