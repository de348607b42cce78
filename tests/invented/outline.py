"""The properties of a scenario that hypothesis draws; everything else follows from the seed."""

from __future__ import annotations

from dataclasses import dataclass

from tests.invented.dice import Dice

MECHANISMS = (
    "feed",
    "second mill",
    "recycling",
    "lanes",
    "growth",
    "drivers",
    "noise",
    "substitution",
    "inventory_policy",
    "rationing",
    "serves",
    "sourcing_limit",
    "outages",
    "scheduled_outages",
    "facility",
    "building",
    "swing",
    "adaptation",
    "control",
    "second control",
    "equipment",
    "reserves",
    "hazards",
    "expiries",
    "licences",
    "spillover",
    "registry",
    "buyer",
    "correlation",
    "prices",
    "surcharges",
    "allocation",
)
"""Whatever may be left out of a scenario."""


@dataclass(frozen=True)
class Outline:
    """The size of a scenario and its mechanisms.

    `uncertain`: numbers may be distributions. `chance`: random events may occur (noise, outages, branches,
    relapses, a plant that is cancelled).
    """

    seed: int
    ticks: int
    tick_days: int
    regions: int
    uses: int
    second_grade: str | None
    mechanisms: frozenset[str]
    uncertain: bool = True
    chance: bool = True

    def has(self, mechanism: str) -> bool:
        return mechanism in self.mechanisms

    def dice(self, part: str) -> Dice:
        return Dice(self.seed, part, self.tick_days, self.uncertain)
