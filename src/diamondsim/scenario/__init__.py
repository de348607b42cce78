"""Scenario files: reading, merging, checking, writing."""

from diamondsim.scenario.json_schema import scenario_schema
from diamondsim.scenario.load import load_scenario, read_scenario
from diamondsim.scenario.scenario import Scenario
from diamondsim.scenario.shipped import Listing, shipped_scenarios

__all__ = [
    "Listing",
    "Scenario",
    "load_scenario",
    "read_scenario",
    "scenario_schema",
    "shipped_scenarios",
]
