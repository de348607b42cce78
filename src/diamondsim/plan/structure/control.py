"""Controls and their licensing rules: how states follow each other, and how much a rule lets pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diamondsim.distributions import Constant
from diamondsim.plan.structure.elements import ControlState, Input, Relay


@dataclass(frozen=True)
class Branch:
    """One outcome of a dated entry or of the end of a sojourn. `state` None leaves the state unchanged."""

    probability: Input
    state: ControlState | None


@dataclass(frozen=True)
class TimelineEntry:
    """A dated entry of a control: at `tick` the uniform called `name` chooses one of its branches.

    Where `during` names states, it acts only on a control that comes from one of them (model.md, eq. 67).
    """

    tick: int
    name: str
    branches: tuple[Branch, ...]
    during: tuple[ControlState, ...] = ()


@dataclass(frozen=True)
class Hazard:
    """A transition from one state to another at a rate per year (model.md, eq. 66)."""

    state: ControlState
    to: ControlState
    per_year: Input


@dataclass(frozen=True)
class Diversion:
    """Diversion via third countries (model.md, eq. 40, 78). Times in days.

    All but `delay`, `relay`, the share of what third countries are sent that they can pass on, and
    `relay_memory`, the time over which they do, are drawn for each spell. `limit` says what `relay` limits.
    """

    share: Input
    delay: Input
    crackdown_wait: Input | None
    after_crackdown: Input
    seized: Input
    ramp: Input
    fade: Input
    relay: Input
    relay_memory: Input
    limit: Relay


@dataclass(frozen=True)
class GeneralLicences:
    """A share that passes in full from some age of a spell on (model.md, eq. 71). Times in days."""

    share: Input
    after_days: Input
    time_days: Input


@dataclass(frozen=True)
class Validity:
    """How long a licence holds and how long its renewal takes, in days (model.md, eq. 72)."""

    days: Input
    renewal_days: Input


@dataclass(frozen=True)
class WatchList:
    """The share of buyers on a watch list, and their curve (model.md, eq. 73). Times in days."""

    share: Input
    initial_rate: Input
    long_run_rate: Input
    dead_days: Input
    recovery_days: Input


@dataclass(frozen=True)
class LicensingRule:
    """How one control licenses one destination and class of buyers (model.md, eq. 68-74a). Times in days."""

    name: str
    control: int
    initial_rate: Input
    long_run_rate: Input
    dead_days: Input
    recovery_days: Input
    ban: Input
    denied_parties: Input
    review_days: Input
    withdrawal_per_day: Input
    batch_days: Input
    general: GeneralLicences | None = None
    validity: Validity | None = None
    watch_list: WatchList | None = None

    @property
    def comes_in_batches(self) -> bool:
        """Whether what it lets pass can come in batches (model.md, eq. 74a)."""
        return self.batch_days.distribution != Constant(0.0)


@dataclass(frozen=True)
class Spillover:
    """What the control numbered `of` slows without binding it (model.md, eq. 75-76). Times in days.

    `is_dormant` tells overcompliance, which lasts while that control has no effect without the one that it
    requires, from a spillover, which lasts while it is in force. `days` None means as long as that.
    """

    of: int
    lost: Input
    days: Input | None
    is_dormant: bool = False


@dataclass(frozen=True)
class Control:
    """An export control in time. `sojourn` and `transitions` are keyed by state; times in days."""

    name: str
    start: ControlState
    timeline: tuple[TimelineEntry, ...]
    sojourn: Mapping[ControlState, Input]
    transitions: Mapping[ControlState, tuple[Branch, ...]]
    front_loading: Input
    release_factor: Input
    relapse_per_year: Input
    relapse_days: Input
    diversion: Diversion | None
    hazards: tuple[Hazard, ...] = ()
    spillover: Spillover | None = None
