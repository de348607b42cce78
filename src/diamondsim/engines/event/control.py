"""Controls and their licence queues: who may send what, and how much of it.

Owns eq. 8 and the reading of what was drawn for controls (model.md, section 4) tick by tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diamondsim.engines.event.clock import Clock, Phase
from diamondsim.engines.event.story import Kind, Story
from diamondsim.plan import ControlState

SPELL = (ControlState.LICENSING, ControlState.BANNED)
_MEASURE = {ControlState.LICENSING: "licences are needed", ControlState.BANNED: "exports are banned"}


@dataclass(frozen=True)
class ControlPath:
    """What the Draws say of a control, tick by tick."""

    state: Sequence[int]
    rush: Sequence[float]
    hoard_ticks: Sequence[float]
    leak_share: Sequence[float]
    seized_share: Sequence[float]
    detour_ticks: int


class Control:
    """An export control in time."""

    def __init__(self, clock: Clock, story: Story, number: int, name: str, path: ControlPath) -> None:
        self.name = name
        self.number = number
        self.requires: Control | None = None
        self.desks: list[Desk] = []
        self.lanes_covered = 0
        self.detour_ticks = path.detour_ticks
        self._path = path
        self._story = story
        self.state = ControlState.NONE
        self.in_force = False
        self.since = 0
        self.rush = self.hoard_ticks = self.leak_share = self.seized_share = 0.0
        self._state_before = ControlState.NONE
        clock.employ(number, [(Phase.CONTROL, self.change), (Phase.FORCE, self.take_force)])

    @property
    def in_spell(self) -> bool:
        """Whether the state alone would put it in force."""
        return self.state in SPELL

    def change(self, t: int) -> None:
        """Take the state and the numbers of tick t."""
        self._state_before = self.state
        self.state = ControlState(self._path.state[t])
        rush_before, self.rush = self.rush, self._path.rush[t]
        self.hoard_ticks = self._path.hoard_ticks[t]
        self.leak_share = self._path.leak_share[t]
        self.seized_share = self._path.seized_share[t]
        if self.state == ControlState.ANNOUNCED != self._state_before:
            covered = f"it will cover {self.lanes_covered} lanes"
            self._story.tell(t, Kind.CONTROL_ANNOUNCED, self.name, self.lanes_covered, covered)
        # A factor of 1 and less, or one for nobody, moves no order ahead.
        if self.rush > 1.0 and rush_before <= 0.0 and self.lanes_covered:
            ahead = f"buyers order ahead of it, up to {self.rush:.3g} times their expected flow"
            self._story.tell(t, Kind.FRONT_LOADING, self.name, self.rush, ahead)

    def take_force(self, t: int) -> None:
        """Come into force or end, once every control has its state (eq. 8)."""
        before = self.in_force
        self.in_force = self.in_spell and (self.requires is None or self.requires.in_spell)
        if self.in_force and not before:
            self.since = t
        if self.in_force != before or self.state != self._state_before:
            self._tell(t, before)

    def _tell(self, t: int, before: bool) -> None:
        lasted = float(t - self.since) if before else 0.0
        needed = self.requires.name if self.requires is not None else ""
        if self.in_force:
            level = min((desk.path.level[t] for desk in self.desks), default=1.0)
            why = _MEASURE[self.state]
            if not before and needed and self.state == self._state_before:
                why = f"{needed}, which it requires, is in force; {why}"
            if t == 0:
                why = f"{why}, when the horizon begins"
            self._story.tell(t, Kind.CONTROL_IN_FORCE, self.name, level, why)
        elif self.in_spell:
            why = f"it requires {needed}, which is not in force"
            self._story.tell(t, Kind.CONTROL_DORMANT, self.name, lasted, why)
        elif self.state == ControlState.SUSPENDED:
            why = "suspended while in force" if before else "suspended; it was not in force"
            if t == 0:
                why = "suspended when the horizon begins"
            self._story.tell(t, Kind.CONTROL_SUSPENDED, self.name, lasted, why)
        elif before:
            self._story.tell(t, Kind.CONTROL_ENDED, self.name, lasted, f"after {lasted:.0f} ticks in force")
        elif self.state == ControlState.NONE:
            self._story.tell(t, Kind.CONTROL_ENDED, self.name, 0.0, "given up; it was not in force")


@dataclass(frozen=True)
class DeskPath:
    """What the Draws say of a desk; `level` tick by tick."""

    level: Sequence[float]
    review_ticks: int
    withdrawal: float


class Desk:
    """The licence office of one control for one destination and class of use."""

    def __init__(self, clock: Clock, number: int, name: str, control: Control, path: DeskPath) -> None:
        self.name = name
        self.control = control
        self.path = path
        self.level = 1.0
        control.desks.append(self)
        clock.employ(number, [(Phase.DESK, self.change)])

    @property
    def binds(self) -> bool:
        """Whether its control is in force today."""
        return self.control.in_force

    def change(self, t: int) -> None:
        """Take the level of tick t: the fraction of the reference flow that passes (eq. 49-51)."""
        self.level = self.path.level[t]
