"""Controls in force and what their licensing rules impose on the lanes they cover (model.md, eq. 8-10).

Owns the terms by profile, that is by set of lanes under the same licensing rules. A control that is not in
force contributes a value that does not change the minimum or maximum.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import ControlState, Plan


class ControlTerms:
    """The terms of the current tick: (P, R) by profile, (Lc, R) by covered lane.

    Attributes
    ----------
    active : bool
        Whether a control binds some covered lane in some replication.
    has_changed : bool
        Whether a control may have come into force or ended in this tick.
    in_force : (T, C, R) bool array
        Whether a control is in force (eq. 8).
    approval_rate, withdrawal_rate, diversion_share, seized_share : (P, R) arrays
        Terms of eq. 9 and 10.
    review_ticks, diversion_delay_ticks : (P, R) int arrays
        Delays of eq. 9 and 10.
    bound : (P, R) array
        Whether some control binds the lanes of a profile, 1.0 or 0.0.
    controlled, free : (Lc, R) arrays
        1.0 or 0.0; `free` is the complement.
    """

    def __init__(self, plan: Plan, topology: Topology, draws: Draws) -> None:
        self._draws, self._topology = draws, topology
        self.in_force = controls_in_force(plan, draws)
        n_replications = draws.n_replications
        n_profiles, n_covered = len(topology.profile_rules), len(topology.covered)
        # By control: the profiles it covers, and by which of its rules.
        self._coverage = [
            (np.flatnonzero(rules >= 0), rules[rules >= 0]) for rules in topology.profile_rules.T
        ]
        covers_something = np.array([len(rules) > 0 for _, rules in self._coverage], dtype=bool)
        by_control = self.in_force.any(axis=2) & covers_something
        self._binding = [np.flatnonzero(row).tolist() for row in by_control]
        changes = (self.in_force[1:] != self.in_force[:-1]).any(axis=(1, 2))
        self._changes = np.concatenate(([True], changes)).tolist()
        self.active = False
        self.has_changed = False
        self._release_factor = self._least_release_factor(n_profiles)
        self.approval_rate = self._release_factor.copy()
        self.withdrawal_rate = np.zeros((n_profiles, n_replications))
        self.diversion_share = np.zeros((n_profiles, n_replications))
        self.seized_share = np.zeros((n_profiles, n_replications))
        self.review_ticks = np.zeros((n_profiles, n_replications), dtype=np.int64)
        self.diversion_delay_ticks = np.ones((n_profiles, n_replications), dtype=np.int64)
        self.bound = np.zeros((n_profiles, n_replications))
        # Starting values of the minima over controls: the value of a free lane where no control binds, else
        # infinity, which no term exceeds.
        self._unbound_approval_rate = self._release_factor.copy()
        self._unbound_diversion_share = np.zeros((n_profiles, n_replications))
        # By control: (1, 0) where it is in force, (0, infinity) where it is not. Multiplying by the first and
        # adding the second replaces a mask in the loop of `update`.
        self._one_if_in_force = np.zeros((len(plan.controls), n_replications))
        self._infinite_if_free = np.full((len(plan.controls), n_replications), np.inf)
        self.controlled = np.zeros((n_covered, n_replications))
        self.free = np.ones((n_covered, n_replications))

    def _least_release_factor(self, n_profiles: int) -> FloatArray:
        """Return what a free lane's queue releases: the least of the controls that cover it (eq. 18)."""
        factor = np.full((n_profiles, self._draws.n_replications), np.inf)
        for (rows, _), of_control in zip(self._coverage, self._draws.release_factor, strict=True):
            factor[rows] = np.minimum(factor[rows], of_control)
        return factor

    def update(self, t: int) -> None:
        """Move to tick `t`."""
        binding = self._binding[t]
        self.has_changed = False
        if not binding and not self.active:
            return
        self.has_changed = self._changes[t]
        self.active = bool(binding)
        draws = self._draws
        if self._changes[t]:
            self._bind(t, binding)
        approval_rate, diversion_share = self.approval_rate, self.diversion_share
        seized_share = self.seized_share
        np.copyto(approval_rate, self._unbound_approval_rate)
        np.copyto(diversion_share, self._unbound_diversion_share)
        seized_share.fill(0.0)
        for control in binding:
            rows, rules = self._coverage[control]
            infinite_if_free = self._infinite_if_free[control]
            approval_rate[rows] = np.minimum(
                approval_rate[rows], draws.approval_rate[t][rules] + infinite_if_free
            )
            diversion_share[rows] = np.minimum(
                diversion_share[rows], draws.diversion_share[t, control] + infinite_if_free
            )
            seized_share[rows] = np.maximum(
                seized_share[rows], draws.seized_share[t, control] * self._one_if_in_force[control]
            )

    def _bind(self, t: int, binding: list[int]) -> None:
        """Compute what changes only when a control comes into force or ends."""
        draws = self._draws
        self.bound.fill(0.0)
        self.withdrawal_rate.fill(0.0)
        self.review_ticks.fill(0)
        self.diversion_delay_ticks.fill(1)
        for control in binding:
            rows, rules = self._coverage[control]
            in_force = self.in_force[t, control]
            self._one_if_in_force[control] = in_force
            self._infinite_if_free[control] = np.where(in_force, 0.0, np.inf)
            self.bound[rows] = np.maximum(self.bound[rows], in_force)
            _raise_to(self.withdrawal_rate, rows, np.where(in_force, draws.withdrawal_rate[rules], 0.0))
            _raise_to(self.review_ticks, rows, np.where(in_force, draws.review_ticks[rules], 0))
            _raise_to(
                self.diversion_delay_ticks, rows, np.where(in_force, draws.diversion_delay_ticks[control], 1)
            )
        np.copyto(self._unbound_approval_rate, np.where(self.bound > 0.0, np.inf, self._release_factor))
        np.copyto(self._unbound_diversion_share, np.where(self.bound > 0.0, np.inf, 0.0))
        spread(self.bound, self._topology.profile, self.controlled)
        np.subtract(1.0, self.controlled, out=self.free)


def controls_in_force(plan: Plan, draws: Draws) -> npt.NDArray[np.bool_]:
    """Return which controls are in force, (T, C, R) (model.md, eq. 8)."""
    state = draws.control_state
    active = (state == ControlState.LICENSING) | (state == ControlState.BANNED)
    in_force: npt.NDArray[np.bool_] = active.copy()
    for control, required in enumerate(plan.requires.tolist()):
        if required >= 0:
            in_force[:, control] &= active[:, required]
    return in_force


def _raise_to(values: FloatArray | IntArray, rows: IntArray, floor: FloatArray | IntArray) -> None:
    values[rows] = np.maximum(values[rows], floor)
