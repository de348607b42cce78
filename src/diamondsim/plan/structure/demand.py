"""Changes of demand and of its suppliers in time."""

from __future__ import annotations

from dataclasses import dataclass

from diamondsim.plan.structure.elements import Input


@dataclass(frozen=True)
class GrowthGroup:
    """One row of `Draws.growth`: yearly growth and dated drivers ((day, factor), linear between days).

    The feed of a processor has neither: it is the mean of other rows (`mix`: row, weight).
    """

    name: str
    per_year: Input | None
    drivers: tuple[tuple[tuple[float, Input], ...], ...]
    mix: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class NoiseRow:
    """One row of `Draws.noise` (model.md, eq. 80). `cv` is relative; `memory_days` 0 means no memory."""

    name: str
    additive: bool
    cv: Input
    memory_days: Input


@dataclass(frozen=True)
class SubstitutionRow:
    """One row of `Draws.substitution` (model.md, eq. 81).

    It opens at `opens_tick`, or where that is None with the first of the controls `opened_by` to be in force,
    and begins to rise once what replaces the grade is qualified.
    """

    name: str
    share: Input
    days: Input
    opens_tick: int | None
    opened_by: tuple[int, ...] = ()
    qualification_days: Input | None = None


@dataclass(frozen=True)
class LaneQualification:
    """A lane of a second source, which opens some days after the tick `begin` (model.md, eq. 94)."""

    lane: int
    begin: int
    days: Input


@dataclass(frozen=True)
class PreBuy:
    """A pre-buy of a node over the half-open ticks [begin, end) (model.md, eq. 30)."""

    node: int
    begin: int
    end: int
    extra_days: Input
    max_order: Input
