"""Controls and their licensing rules over time: who may send what, and how much of it.

Owns eq. 8 and reads, tick by tick, what was drawn for controls (model.md, section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.event_log import EventKind, EventLog, counted
from diamondsim.plan import ControlState, Relay, Spillover

SPELL_STATES = (ControlState.LICENSING, ControlState.BANNED)
_MEASURES = {
    ControlState.LICENSING: "exports need a licence",
    ControlState.BANNED: "exports are banned",
}


@dataclass(frozen=True)
class ControlInputs:
    """What the Draws give for a control; by tick all but the last six. The Plan has `relay` and `slows`."""

    state: Sequence[int]
    front_loading: Sequence[float]
    hoarding_cover_ticks: Sequence[float]
    diversion_share: Sequence[float]
    seized_share: Sequence[float]
    diversion_delay_ticks: int
    release_factor: float
    relay_share: float
    relay_gain: float
    relay: Relay
    slows: Spillover | None


class ControlProcess:
    """An export control over time.

    Attributes
    ----------
    requires : ControlProcess or None
        The control that must be in force too.
    rules : list of LicensingProcess
        Its licensing rules.
    n_lanes_covered : int
        Number of lanes that it covers.
    in_force : bool
        Whether it is in force in this tick (eq. 8).
    slows : Spillover or None
        Given where it stands for a spillover or overcompliance, which slow trade that no control binds.
    """

    def __init__(self, clock: Clock, log: EventLog, number: int, name: str, inputs: ControlInputs) -> None:
        self.name = name
        self.number = number
        self.requires: ControlProcess | None = None
        self.rules: list[LicensingProcess] = []
        self.n_lanes_covered = 0
        self.diversion_delay_ticks = inputs.diversion_delay_ticks
        self.release_factor = inputs.release_factor
        self.relay_share, self.relay_gain, self.relay = inputs.relay_share, inputs.relay_gain, inputs.relay
        self.slows = inputs.slows
        self._inputs = inputs
        self._log = log
        self.state = ControlState.NONE
        self.in_force = False
        self.front_loading = self.hoarding_cover_ticks = self.diversion_share = self.seized_share = 0.0
        self._in_force_since = 0
        self._state_before = ControlState.NONE
        clock.schedule(number, [(Phase.CONTROL, self.take_state), (Phase.IN_FORCE, self.take_force)])

    @property
    def in_spell(self) -> bool:
        """Whether its own state is `LICENSING` or `BANNED`, whatever it requires."""
        return self.state in SPELL_STATES

    def take_state(self, t: int) -> None:
        """Take the state and the numbers of tick t."""
        self._state_before = self.state
        self.state = ControlState(self._inputs.state[t])
        factor_before, self.front_loading = self.front_loading, self._inputs.front_loading[t]
        self.hoarding_cover_ticks = self._inputs.hoarding_cover_ticks[t]
        self.diversion_share = self._inputs.diversion_share[t]
        self.seized_share = self._inputs.seized_share[t]
        if self.state == ControlState.ANNOUNCED != self._state_before:
            why = f"it will cover {counted(self.n_lanes_covered, 'lane')}"
            self._log.add(t, EventKind.CONTROL_ANNOUNCED, self.name, self.n_lanes_covered, why)
        # A factor of 1 or less, or one on no lane, moves no order ahead.
        if self.front_loading > 1.0 and factor_before <= 0.0 and self.n_lanes_covered:
            why = f"buyers order ahead of it, up to {self.front_loading:.3g} times their expected demand"
            self._log.add(t, EventKind.FRONT_LOADING, self.name, self.front_loading, why)

    def take_force(self, t: int) -> None:
        """Come into force or end, once every control has its state (eq. 8)."""
        before = self.in_force
        self.in_force = self.in_spell and (self.requires is None or self.requires.in_spell)
        if self.in_force and not before:
            self._in_force_since = t
        if self.in_force != before or self.state != self._state_before:
            self._log_change(t, before)

    def _log_change(self, t: int, before: bool) -> None:
        """Log what has changed; `before` says whether the control was in force in the previous tick."""
        ticks = t - self._in_force_since if before else 0
        required = self.requires.name if self.requires is not None else ""
        log = self._log
        # The rules take their rate of this tick only in the next phase.
        rate = min((rule.inputs.approval_rate[t] for rule in self.rules), default=1.0)
        if self.slows is not None:
            self._log_slowing(t, ticks, rate)
        elif self.in_force:
            why = _MEASURES[self.state]
            if not before and required and self.state == self._state_before:
                why = f"{required}, which it requires, is in force; {why}"
            if t == 0:
                why = f"{why} at the start of the horizon"
            log.add(t, EventKind.CONTROL_IN_FORCE, self.name, rate, why)
        elif self.in_spell:
            why = f"it requires {required}, which is not in force"
            log.add(t, EventKind.CONTROL_DORMANT, self.name, ticks, why)
        elif self.state == ControlState.SUSPENDED:
            why = "suspended while in force" if before else "suspended; it was not in force"
            if t == 0:
                why = "suspended at the start of the horizon"
            log.add(t, EventKind.CONTROL_SUSPENDED, self.name, ticks, why)
        elif before:
            log.add(t, EventKind.CONTROL_ENDED, self.name, ticks, f"after {self._log.span(ticks)} in force")
        elif self.state == ControlState.NONE:
            log.add(t, EventKind.CONTROL_ENDED, self.name, 0.0, "dropped; it was not in force")

    def _log_slowing(self, t: int, ticks: int, rate: float) -> None:
        """Log that a spillover or overcompliance begins or ends."""
        assert self.slows is not None, "its control slows trade"
        if self.in_force:
            beside = "goods beside those that the control covers are slowed"
            dormant = "sellers hold back what the control, which is dormant, would cover"
            why = dormant if self.slows.is_dormant else beside
            self._log.add(t, EventKind.TRADE_SLOWED, self.name, rate, why)
        else:
            why = f"after {self._log.span(ticks)}"
            self._log.add(t, EventKind.TRADE_NO_LONGER_SLOWED, self.name, ticks, why)


@dataclass(frozen=True)
class LicensingInputs:
    """What the Draws give for a licensing rule; `approval_rate` by tick."""

    approval_rate: Sequence[float]
    review_ticks: int
    withdrawal_rate: float


class LicensingProcess:
    """A licensing rule over time: what one control lets pass for one destination and class of use."""

    def __init__(
        self, clock: Clock, number: int, name: str, control: ControlProcess, inputs: LicensingInputs
    ) -> None:
        self.name = name
        self.control = control
        self.inputs = inputs
        self.approval_rate = 1.0
        control.rules.append(self)
        clock.schedule(number, [(Phase.LICENSING, self.take_approval_rate)])

    @property
    def binds(self) -> bool:
        """Whether its control is in force in this tick."""
        return self.control.in_force

    def take_approval_rate(self, t: int) -> None:
        """Take the fraction of the reference flow that passes in tick t (eq. 68-74a)."""
        self.approval_rate = self.inputs.approval_rate[t]
