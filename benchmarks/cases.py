"""The scenarios that are timed, with several horizons and numbers of lanes."""

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
class BenchmarkCase:
    """A scenario with its plan and the settings of its summary.

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
        """Return the number of lane-ticks: lanes x ticks x replications."""
        return self.plan.n_lanes * self.plan.n_ticks * replications


def case_of(name: str, scenario: Scenario) -> BenchmarkCase:
    plan = compile_plan(scenario)
    settings = settings_of(scenario)
    return BenchmarkCase(name, scenario, plan, settings, recorded(plan, settings))


@cache
def shipped(name: str, years: float) -> BenchmarkCase:
    """Return a shipped scenario with a horizon of some years."""
    return case_of(name, ds.load_scenario(name).override({"horizon.length": f"{years} yr"}))


@cache
def textbook(years: float) -> BenchmarkCase:
    """Return a plant, a buyer and the one lane between them, with a ban of random length."""
    changes = {"horizon.length": f"{years} yr", "horizon.tick": "7 days"}
    scenario = ds.load_scenario(THEORY / "exponential-ban.yaml").override(changes)
    return case_of("textbook", scenario)


@cache
def carved(firms: int, years: float) -> BenchmarkCase:
    """Return the baseline with firms carved out of its buyers, each with all lanes of its buyer."""
    buyers = {
        f"firm_{number}": {
            "aggregate": CARVED_FROM[number % len(CARVED_FROM)],
            "share": "1%",
            "assumed": "A firm that adds lanes",
        }
        for number in range(firms)
    }
    changes = {"buyers": buyers, "horizon.length": f"{years} yr"}
    return case_of(f"baseline, {firms} firms", ds.load_scenario("baseline-2026").override(changes))


def question(years: float) -> BenchmarkCase:
    """Return the scenario of the main question."""
    return shipped(NAME, years)
