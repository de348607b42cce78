"""Controls in force and what their licensing rules impose on the lanes they cover (model.md, eq. 8-10b).

Owns the terms by profile, that is by set of lanes under the same licensing rules. A control that is not in
force contributes a value that does not change the minimum or maximum.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import NO_CEILING, ControlState, Plan, Relay


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
    n_inside : (P, R) array
        Number of controls that bind and whose third countries lose what is diverted (eq. 10b).
    one_if_in_force : (C, R) array
        1.0 where a control is in force, else 0.0; current while a control is in force somewhere.
    controlled, free : (Lc, R) arrays
        1.0 or 0.0; `free` is the complement.
    """

    def __init__(self, plan: Plan, topology: Topology, draws: Draws, pool: ArrayPool) -> None:
        self._draws, self._topology = draws, topology
        self.in_force = controls_in_force(plan, draws)
        n_replications = draws.n_replications
        n_profiles, n_covered = len(topology.profile_rules), len(topology.covered)
        # By control: the profiles it covers, and by which of its rules.
        self._coverage = [
            (np.flatnonzero(rules >= 0), rules[rules >= 0]) for rules in topology.profile_rules.T
        ]
        # By control: of these the profiles around it, and those into its third countries.
        self._around = [
            (rows[~is_passed[rows]], rows[is_passed[rows]])
            for (rows, _), is_passed in zip(self._coverage, topology.profile_is_passed.T, strict=True)
        ]
        covers_something = np.array([len(rules) > 0 for _, rules in self._coverage], dtype=bool)
        self._is_inside = plan.relay == Relay.INSIDE
        by_control = self.in_force.any(axis=2) & covers_something
        self._binding = [np.flatnonzero(row).tolist() for row in by_control]
        changes = (self.in_force[1:] != self.in_force[:-1]).any(axis=(1, 2))
        self._changes = np.concatenate(([True], changes)).tolist()
        self.active = False
        self.has_changed = False
        # What the queue of a free lane releases: the least of the controls that have bound it (eq. 18).
        self._release_factor = np.full((n_profiles, n_replications), NO_CEILING)
        self.approval_rate = self._release_factor.copy()
        self.withdrawal_rate = np.zeros((n_profiles, n_replications))
        self.diversion_share = np.zeros((n_profiles, n_replications))
        self.seized_share = np.zeros((n_profiles, n_replications))
        self.review_ticks = np.zeros((n_profiles, n_replications), dtype=np.int64)
        self.diversion_delay_ticks = np.ones((n_profiles, n_replications), dtype=np.int64)
        self.bound = np.zeros((n_profiles, n_replications))
        self.n_inside = np.zeros((n_profiles, n_replications))
        # Starting values of the minima over controls: the value of a free lane where no control binds, else
        # infinity, which no term exceeds.
        self._unbound_approval_rate = self._release_factor.copy()
        self._unbound_diversion_share = np.zeros((n_profiles, n_replications))
        # By control: (1, 0) where it is in force, (0, infinity) where it is not. Multiplying by the first and
        # adding the second replaces a mask in the loop of `update`.
        self.one_if_in_force = np.zeros((len(plan.controls), n_replications))
        self._infinite_if_free = np.full((len(plan.controls), n_replications), np.inf)
        self.controlled, self.free = (pool.zeros(n_covered) for _ in range(2))
        self.free.fill(1.0)

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
        approval_rate, seized_share = self.approval_rate, self.seized_share
        np.copyto(approval_rate, self._unbound_approval_rate)
        np.copyto(self.diversion_share, self._unbound_diversion_share)
        seized_share.fill(0.0)
        for control in binding:
            rows, rules = self._coverage[control]
            infinite_if_free = self._infinite_if_free[control]
            approval_rate[rows] = np.minimum(
                approval_rate[rows], draws.approval_rate[t][rules] + infinite_if_free
            )
            around, passed = self._around[control]
            self.diversion_share[around] = np.minimum(
                self.diversion_share[around], draws.diversion_share[t, control] + infinite_if_free
            )
            if len(passed):
                self.diversion_share[passed] = np.minimum(self.diversion_share[passed], infinite_if_free)
            seized_share[rows] = np.maximum(
                seized_share[rows], draws.seized_share[t, control] * self.one_if_in_force[control]
            )

    @property
    def diversion_beside(self) -> FloatArray:
        """The diversion share where what is diverted comes beside what third countries are sent, else 0."""
        if not self._is_inside.any():
            return self.diversion_share
        return np.where(self.n_inside > 0.0, 0.0, self.diversion_share)

    def licence_lead_ticks(self) -> FloatArray:
        """Return the ticks from an application to the first tick that can grant it, (P, R) (eq. 9a)."""
        return self.bound * np.maximum(self.review_ticks, 1)

    def _bind(self, t: int, binding: list[int]) -> None:
        """Compute what changes only when a control comes into force or ends."""
        draws = self._draws
        self.bound.fill(0.0)
        self.n_inside.fill(0.0)
        self.one_if_in_force.fill(0.0)
        self.withdrawal_rate.fill(0.0)
        self.review_ticks.fill(0)
        self.diversion_delay_ticks.fill(1)
        for control in binding:
            rows, rules = self._coverage[control]
            in_force = self.in_force[t, control]
            self.one_if_in_force[control] = in_force
            self._infinite_if_free[control] = np.where(in_force, 0.0, np.inf)
            self.bound[rows] = np.maximum(self.bound[rows], in_force)
            factor = np.where(in_force, draws.release_factor[control], NO_CEILING)
            self._release_factor[rows] = np.minimum(self._release_factor[rows], factor)
            if self._is_inside[control]:
                self.n_inside[rows] += in_force
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
