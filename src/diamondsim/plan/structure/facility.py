"""Facilities: financing, presses, stages, cost and milestones."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from diamondsim.distributions import Constant
from diamondsim.plan.structure.elements import Input


@dataclass(frozen=True)
class Tranche:
    """A tranche of a facility's financing (model.md, eq. 88): when it closes, in days from the decision."""

    name: str
    days: Input
    usd: float | None


@dataclass(frozen=True)
class Financing:
    """The tranches that must close before the first stage (model.md, eq. 88-89). Days from tick 0.

    `wait_days` is None where a tranche that misses the window cancels the facility.
    """

    tranches: tuple[Tranche, ...]
    clock_days: Input
    window_day: float | None
    wait_days: Input | None


@dataclass(frozen=True)
class OwnershipChange:
    """A change of owner by chance, which delays the stage of that number (model.md, eq. 90)."""

    probability: Input
    days: Input
    stage: int


@dataclass(frozen=True)
class PressSource:
    """Presses from a controlled region (model.md, eq. 91): a refusal delays the stage of that number.

    `licences` are the equipment controls that apply: number of the control, probability that it grants.
    """

    region: str
    probability: Input
    days: Input
    stage: int
    licences: tuple[tuple[int, Input], ...]


@dataclass(frozen=True)
class UnitCost:
    """The cost of a unit from a facility (model.md, eq. 98): money in USD, power in kWh per unit."""

    capital: Input
    life_years: Input
    interest_per_year: Input
    power_kwh: Input
    power_usd: Input
    other_usd: Input


class Milestone(enum.Enum):
    """The milestones of facilities; `Facility.milestones` names those that a facility can pass."""

    CANCELLED = enum.auto()
    WINDOW_MISSED = enum.auto()
    TRANCHE = enum.auto()
    FINANCED = enum.auto()
    OWNER_SOLD = enum.auto()
    PRESSES_REFUSED = enum.auto()
    STAGE = enum.auto()
    RAMPED = enum.auto()


@dataclass(frozen=True)
class Facility:
    """A planned producer (model.md, eq. 86-91). Times in days from the decision.

    `qualification` is keyed by the keys that `Plan.lane_class` names; `qualification_start_tick` is the dated
    decision, if any. `availability` is a constant factor on output beside the outages. `adoption_days` is the
    time over which contracts move to it, None: at once.
    """

    name: str
    producer: str
    decision_day: float
    stages: tuple[tuple[str, Input], ...]
    cancelled: Input
    availability: Input
    ramp_days: Input
    yield_start: Input
    yield_end: Input
    qualification: Mapping[str, Input]
    qualification_start_tick: int | None
    financing: Financing | None = None
    ownership_change: OwnershipChange | None = None
    presses: PressSource | None = None
    cost: UnitCost | None = None
    adoption_days: Input | None = None

    @property
    def milestones(self) -> tuple[tuple[Milestone, str], ...]:
        """The rows of `Draws.milestones`, each with the tranche or stage it is about, if any.

        The end of the last stage is first output; it and the end of the ramp are always the last two.
        """
        rows: list[tuple[Milestone, str]] = []
        money = self.financing
        if self.cancelled.distribution != Constant(0.0):
            rows.append((Milestone.CANCELLED, ""))
        if money is not None:
            if money.window_day is not None:
                rows.append((Milestone.WINDOW_MISSED, ""))
            rows += [(Milestone.TRANCHE, tranche.name) for tranche in money.tranches]
            rows.append((Milestone.FINANCED, ""))
        for k, (name, _) in enumerate(self.stages):
            if self.ownership_change is not None and self.ownership_change.stage == k:
                rows.append((Milestone.OWNER_SOLD, name))
            if self.presses is not None and self.presses.stage == k:
                rows.append((Milestone.PRESSES_REFUSED, name))
            rows.append((Milestone.STAGE, name))
        return (*rows, (Milestone.RAMPED, ""))
