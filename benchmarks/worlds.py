"""The scenarios that are timed, of several horizons and numbers of lanes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import diamondsim as ds
from benchmarks.scale import NAME
from diamondsim.plan import Plan, compile_plan
from diamondsim.results import Settings, recorded, settings_of
from diamondsim.scenario import Scenario

THEORY = Path(__file__).resolve().parents[1] / "tests" / "theory"
CARVED_FROM = ("US.machining", "JP.machining", "US.polishing", "JP.polishing")


@dataclass(frozen=True)
class World:
    """A scenario with all that follows from it.

    Attributes
    ----------
    name : str
    scenario : Scenario
    plan : Plan
    settings : Settings
    kept : tuple of str
        Fields of the Ledger that its summary reads.
    """

    name: str
    scenario: Scenario
    plan: Plan
    settings: Settings
    kept: tuple[str, ...]

    def lane_ticks(self, replications: int) -> int:
        """Return how often a lane is worked out."""
        return self.plan.n_lanes * self.plan.n_ticks * replications


def world_of(name: str, scenario: Scenario) -> World:
    plan = compile_plan(scenario)
    settings = settings_of(scenario)
    return World(name, scenario, plan, settings, recorded(plan, settings))


@cache
def shipped(name: str, years: int) -> World:
    """Return a shipped scenario, cut off or prolonged to some years."""
    return world_of(name, ds.load_scenario(name).override({"horizon.length": f"{years} yr"}))


@cache
def textbook(years: int) -> World:
    """Return a plant, a buyer and the one lane between them, with a ban of chance length."""
    changes = {"horizon.length": f"{years} yr", "horizon.tick": "7 days"}
    scenario = ds.load_scenario(THEORY / "exponential-ban.yaml").override(changes)
    return world_of("textbook", scenario)


@cache
def carved(firms: int, years: int) -> World:
    """Return the baseline with firms carved out of its buyers, each of which has all their lanes anew."""
    buyers = {
        f"firm_{number}": {
            "aggregate": CARVED_FROM[number % len(CARVED_FROM)],
            "share": "1%",
            "assumed": "A firm that is there to have lanes",
        }
        for number in range(firms)
    }
    changes = {"buyers": buyers, "horizon.length": f"{years} yr"}
    return world_of(f"baseline, {firms} firms", ds.load_scenario("baseline-2026").override(changes))


def question(years: int) -> World:
    """Return the scenario of the main question."""
    return shipped(NAME, years)
