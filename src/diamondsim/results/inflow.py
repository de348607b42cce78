"""When a control is felt: the first tick without the inflow that it holds back (docs/results.md, eq. R7).

Also owns the reading of control states: which control is in force (docs/model.md, eq. 8).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.draws import Draws
from diamondsim.plan import ControlState, Plan
from diamondsim.results.episodes import first_tick

FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


def in_force(plan: Plan, draws: Draws) -> BoolArray:
    """Return where each control is in force, the one that it requires included, (T, C, R)."""
    effect = in_effect(draws)
    force = effect.copy()
    for control, other in enumerate(plan.requires):
        if other >= 0:
            force[:, control] &= effect[:, other]
    return force


def in_effect(draws: Draws) -> BoolArray:
    """Return where the own state of each control is licensing or banned, (T, C, R)."""
    state = draws.control_state
    effect: BoolArray = (state == ControlState.LICENSING) | (state == ControlState.BANNED)
    return effect


def inflow_lost(plan: Plan, draws: Draws, force: BoolArray) -> FloatArray:
    """Return the first tick without the lost inflow for each node.

    A control is felt one lead after it comes into force: the contract-weighted lead of the incumbent lanes
    that it covers, rounded to the nearest tick. Where several controls cover a node, the earliest counts.

    Parameters
    ----------
    plan, draws : Plan, Draws
    force : (T, C, R) bool array
        From `in_force`.

    Returns
    -------
    (N, R) float array
        Ticks; NaN where no inflow is lost within the horizon.
    """
    lost = np.full((plan.n_nodes, draws.n_replications), np.inf)
    for control in range(len(plan.controls)):
        begin = first_tick(force[:, control])
        covered = (plan.rule_of[control] >= 0) & ~plan.entrant
        for node in np.unique(plan.lane_node[covered]):
            lead = _weighted_lead(draws, np.flatnonzero(covered & (plan.lane_node == node)))
            felt = begin + np.floor(lead + 0.5)
            lost[node] = np.fmin(lost[node], felt)
    lost[lost >= plan.n_ticks] = np.nan
    return lost


def _weighted_lead(draws: Draws, lanes: npt.NDArray[np.intp]) -> FloatArray:
    """Return the lead of some lanes, weighted by contract share, (R,); NaN where they carry nothing."""
    weight = np.zeros(draws.n_replications)
    total = np.zeros(draws.n_replications)
    for lane in lanes:
        weight += draws.contract_share[lane]
        total += draws.contract_share[lane] * draws.lead_ticks[lane]
    carries = weight > 0
    return np.where(carries, total / np.where(carries, weight, 1.0), np.nan)
