"""Changes of the capacity of a producer in time."""

from __future__ import annotations

from dataclasses import dataclass

from diamondsim.plan.structure.elements import Input


@dataclass(frozen=True)
class Outages:
    """Random outages of a producer: rate per year, length in days, share of capacity lost."""

    name: str
    per_year: Input
    days: Input
    loss: Input


@dataclass(frozen=True)
class ScheduledOutage:
    """A dated outage over the half-open ticks [begin, end)."""

    begin: int
    end: int
    loss: Input


@dataclass(frozen=True)
class Slowing:
    """The part of its growth that a producer keeps under an equipment control (model.md, eq. 84)."""

    control: int
    kept: Input


@dataclass(frozen=True)
class Swing:
    """Swing capacity, which opens and arrives later (model.md, eq. 85). Times in days.

    It opens at `opens_tick`, or where that is None when the control `opened_by` is first in force.
    """

    share: Input
    delay_days: Input
    days: Input
    opens_tick: int | None
    opened_by: int


@dataclass(frozen=True)
class CapacityRow:
    """Changes of the capacity of one producer (model.md, eq. 83): a row of `capacity_index`."""

    producer: str
    growth_per_year: Input
    outages: tuple[Outages, ...]
    scheduled: tuple[ScheduledOutage, ...]
    facility: int
    slowings: tuple[Slowing, ...] = ()
    swings: tuple[Swing, ...] = ()


@dataclass(frozen=True)
class GradeConversion:
    """Conversion of the capacity of one source into that of another (model.md, eq. 11b). Times in days.

    `cost_usd` is for a unit that is converted; it counts where there are prices (eq. 60a).
    """

    name: str
    from_source: int
    to_source: int
    limit: Input
    conversion_yield: Input
    days: Input
    qualification_days: Input
    cost_usd: Input


@dataclass(frozen=True)
class CapacityProject:
    """Capacity that a source adds when a shortage lasts (model.md, eq. 46c-46e). Times in days.

    `kept_row` is the row of `Plan.project_slowings` that scales its size, -1 where nothing does.
    """

    name: str
    source: int
    trigger: Input
    lasting_days: Input
    delay_days: Input
    ramp_days: Input
    size: Input
    times: int
    kept_row: int = -1
