"""What binds which lanes: controls in force and the terms of their desks (model.md, eq. 8-10).

Owns the terms per profile, that is per set of lanes with the same desks. A control that is not in force, or
does not cover a profile, contributes a value that changes nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from diamondsim.draws import Draws, FloatArray, IntArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import spread
from diamondsim.plan import ControlState, Plan

RELEASE = 3.0
"""Most a desk's queue is worked off once no control binds, in reference flows (model.md, eq. 18)."""


class Terms:
    """The terms of the current tick, (P, R) by profile and (Lc, R) by covered lane.

    Attributes
    ----------
    active : bool
        Some covered lane is controlled in some replication.
    in_force : (T, C, R) bool array
        Control in force (eq. 8).
    controlled, free : (Lc, R) arrays
        1 or 0; `free` is the complement.
    """

    def __init__(self, plan: Plan, layout: Layout, draws: Draws) -> None:
        self._draws, self._layout = draws, layout
        self.in_force = controls_in_force(plan, draws)
        width = draws.n_replications
        n_profiles, n_covered = len(layout.profile_desk), len(layout.covered)
        # Which rows of the profiles a control covers, and with which desks.
        self._reach = [(np.flatnonzero(desks >= 0), desks[desks >= 0]) for desks in layout.profile_desk.T]
        covers_something = np.array([len(desks) > 0 for _, desks in self._reach], dtype=bool)
        by_control = self.in_force.any(axis=2) & covers_something
        self._binding = [np.flatnonzero(row).tolist() for row in by_control]
        moved = (self.in_force[1:] != self.in_force[:-1]).any(axis=(1, 2))
        self._moved = np.concatenate(([True], moved)).tolist()
        self.active = False
        self.limit = np.full((n_profiles, width), RELEASE)
        self.withdrawal = np.zeros((n_profiles, width))
        self.leak = np.zeros((n_profiles, width))
        self.seized = np.zeros((n_profiles, width))
        self.review = np.zeros((n_profiles, width), dtype=np.int64)
        self.detour = np.ones((n_profiles, width), dtype=np.int64)
        self._bound = np.zeros((n_profiles, width))
        # Starting points of the minima: what holds where nothing binds, else more than any term.
        self._unbound_limit = np.full((n_profiles, width), RELEASE)
        self._unbound_leak = np.zeros((n_profiles, width))
        # By control, 1 and 0 in force, 0 and infinity else.
        self._force = np.zeros((len(plan.controls), width))
        self._exempt = np.full((len(plan.controls), width), np.inf)
        self.controlled = np.zeros((n_covered, width))
        self.free = np.ones((n_covered, width))

    def update(self, t: int) -> None:
        """Work out the terms of tick `t`."""
        binding = self._binding[t]
        if not binding and not self.active:
            return
        self.active = bool(binding)
        draws = self._draws
        if self._moved[t]:
            self._bind(t, binding)
        limit, leak, seized = self.limit, self.leak, self.seized
        np.copyto(limit, self._unbound_limit)
        np.copyto(leak, self._unbound_leak)
        seized.fill(0.0)
        for control in binding:
            rows, desks = self._reach[control]
            exempt, force = self._exempt[control], self._force[control]
            limit[rows] = np.minimum(limit[rows], draws.approval_rate[t][desks] + exempt)
            leak[rows] = np.minimum(leak[rows], draws.diversion_share[t, control] + exempt)
            seized[rows] = np.maximum(seized[rows], draws.seized_share[t, control] * force)

    def _bind(self, t: int, binding: list[int]) -> None:
        """Work out what changes only when a control comes into force or ends."""
        draws = self._draws
        self._bound.fill(0.0)
        self.withdrawal.fill(0.0)
        self.review.fill(0)
        self.detour.fill(1)
        for control in binding:
            rows, desks = self._reach[control]
            force = self.in_force[t, control]
            self._force[control] = force
            self._exempt[control] = np.where(force, 0.0, np.inf)
            self._bound[rows] = np.maximum(self._bound[rows], force)
            _raise_to(self.withdrawal, rows, np.where(force, draws.withdrawal_rate[desks], 0.0))
            _raise_to(self.review, rows, np.where(force, draws.review_ticks[desks], 0))
            _raise_to(self.detour, rows, np.where(force, draws.diversion_delay_ticks[control], 1))
        np.copyto(self._unbound_limit, np.where(self._bound > 0.0, np.inf, RELEASE))
        np.copyto(self._unbound_leak, np.where(self._bound > 0.0, np.inf, 0.0))
        spread(self._bound, self._layout.profile, self.controlled)
        np.subtract(1.0, self.controlled, out=self.free)


def controls_in_force(plan: Plan, draws: Draws) -> npt.NDArray[np.bool_]:
    """Return which controls are in force, (T, C, R) (model.md, eq. 8)."""
    state = draws.control_state
    alone = (state == ControlState.LICENSING) | (state == ControlState.BANNED)
    both: npt.NDArray[np.bool_] = alone.copy()
    for control, required in enumerate(plan.requires.tolist()):
        if required >= 0:
            both[:, control] &= alone[:, required]
    return both


def _raise_to(values: FloatArray | IntArray, rows: IntArray, floor: FloatArray | IntArray) -> None:
    values[rows] = np.maximum(values[rows], floor)
