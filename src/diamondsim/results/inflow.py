"""The states of the controls: which are in force, when inflow is lost, how likely each named legal state is.

A control is in force if its own state and that of the control it requires are licensing or banned
(docs/model.md, eq. 8). Inflow is lost one lead later (docs/results.md, eq. R7). A legal state names some
controls and whether each is in effect, by its own state alone (eq. R14).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.plan import ControlState, Plan
from diamondsim.results.episodes import first_tick
from diamondsim.results.replication_weights import weighted_count
from diamondsim.results.settings import Settings


def in_force(plan: Plan, draws: Draws) -> BoolArray:
    """Return where each control is in force, together with the control that it requires, (T, C, R)."""
    effect = in_effect(draws)
    force = effect.copy()
    for control, required in enumerate(plan.requires):
        if required >= 0:
            force[:, control] &= effect[:, required]
    return force


def in_effect(draws: Draws) -> BoolArray:
    """Return where the own state of each control is licensing or banned, (T, C, R)."""
    state = draws.control_state
    effect: BoolArray = (state == ControlState.LICENSING) | (state == ControlState.BANNED)
    return effect


def inflow_lost(plan: Plan, draws: Draws, force: BoolArray) -> FloatArray:
    """Return the first tick in which each node is without the inflow that a control holds back.

    The inflow is lost one lead after the control comes into force: the contract-weighted lead of the
    incumbent lanes that it covers, rounded to the nearest tick. If several controls cover a node, the
    earliest counts.

    Parameters
    ----------
    plan, draws : Plan, Draws
    force : (T, C, R) bool array
        From `in_force`.

    Returns
    -------
    (N, R) float array
        Ticks; NaN if no inflow is lost within the horizon.
    """
    lost = np.full((plan.n_nodes, draws.n_replications), np.inf)
    for control in range(len(plan.controls)):
        begin = first_tick(force[:, control])
        covered = (plan.rule_of[control] >= 0) & ~plan.entrant
        for node in np.unique(plan.lane_node[covered]):
            lead = _weighted_lead(draws, np.flatnonzero(covered & (plan.lane_node == node)))
            lost_from = begin + np.floor(lead + 0.5)
            lost[node] = np.fmin(lost[node], lost_from)
    lost[lost >= plan.n_ticks] = np.nan
    return lost


def _weighted_lead(draws: Draws, lanes: npt.NDArray[np.intp]) -> FloatArray:
    """Return the mean lead of some lanes, weighted by contract share, (R,); NaN if the shares are zero."""
    weight = np.zeros(draws.n_replications)
    total = np.zeros(draws.n_replications)
    for lane in lanes:
        weight += draws.contract_share[lane]
        total += draws.contract_share[lane] * draws.lead_ticks[lane]
    carries = weight > 0
    return np.where(carries, total / np.where(carries, weight, 1.0), np.nan)


class LegalStates:
    """Counts over time of the replications in each legal state; blocks merge exactly, in any grouping.

    Parameters
    ----------
    plan : Plan
    settings : Settings
        Whose `legal_states` name controls of the Plan.

    Attributes
    ----------
    counts : (T, states) int array
        Number of replications in each legal state.
    replications : int
        Number of replications counted, or what they count.
    """

    def __init__(self, plan: Plan, settings: Settings) -> None:
        row = {control.name: i for i, control in enumerate(plan.controls)}
        self._states = [
            [(row[control], effect) for control, effect in controls.items()]
            for controls in settings.legal_states.values()
        ]
        self.counts: IntArray = np.zeros((plan.n_ticks, len(self._states)), dtype=np.int64)
        self.replications = 0

    def add(self, draws: Draws, counts: IntArray | None = None) -> None:
        """Count the replications of one block; `counts` (R,) says what each counts, if not one."""
        effect = in_effect(draws)
        for state, controls in enumerate(self._states):
            holds = np.logical_and.reduce([effect[:, i] == expected for i, expected in controls])
            self.counts[:, state] += weighted_count(holds, counts)
        self.replications += draws.n_replications if counts is None else int(counts.sum())

    def merge(self, other: LegalStates) -> None:
        """Add the counts of other replications of the same run."""
        self.counts += other.counts
        self.replications += other.replications
