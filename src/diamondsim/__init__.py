"""Simulate the supply of synthetic diamond under export restrictions and estimate shortages by use.

The public names are loaded when first used, so ``import diamondsim`` and ``diamondsim --help`` load neither
numpy nor xarray.

Examples
--------
>>> import diamondsim as ds
>>> scenario = ds.load_scenario("baseline-2026")
>>> paths = ds.monte_carlo(scenario, replications=64, seed=1)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from diamondsim._version import __version__

if TYPE_CHECKING:
    from diamondsim import plot
    from diamondsim.analysis import (
        DecidingInput,
        compare,
        deciding_inputs,
        discover,
        flip,
        flip_pairs,
        independence,
        marginal_value,
        mixture,
        reverse_stress,
        sampling_gain,
        select_best,
        sensitivity,
        size_reserve,
        size_stock,
        sobol_indices,
        value_of_information,
        worst_start,
    )
    from diamondsim.backtesting import backtest
    from diamondsim.conditioning import ConditioningWarning, Observation, condition, read_observations
    from diamondsim.control_episodes import episode_shares, episodes
    from diamondsim.errors import ScenarioError, StoreError
    from diamondsim.files import save, tables
    from diamondsim.html_report import write_report
    from diamondsim.plan.check import check
    from diamondsim.results import dates
    from diamondsim.scenario import Scenario, load_scenario
    from diamondsim.simulation import (
        EngineWarning,
        Precision,
        StoreWarning,
        admitted_flow,
        monte_carlo,
        simulate,
        use_engine,
    )
    from diamondsim.simulation.paths import open_paths, paths_to_zarr, write_paths
    from diamondsim.trade import read_trade

__all__ = [
    "ConditioningWarning",
    "DecidingInput",
    "EngineWarning",
    "Observation",
    "Precision",
    "Scenario",
    "ScenarioError",
    "StoreError",
    "StoreWarning",
    "__version__",
    "admitted_flow",
    "backtest",
    "check",
    "compare",
    "condition",
    "dates",
    "deciding_inputs",
    "discover",
    "episode_shares",
    "episodes",
    "flip",
    "flip_pairs",
    "independence",
    "load_scenario",
    "marginal_value",
    "mixture",
    "monte_carlo",
    "open_paths",
    "paths_to_zarr",
    "plot",
    "read_observations",
    "read_trade",
    "reverse_stress",
    "sampling_gain",
    "save",
    "select_best",
    "sensitivity",
    "simulate",
    "size_reserve",
    "size_stock",
    "sobol_indices",
    "tables",
    "use_engine",
    "value_of_information",
    "worst_start",
    "write_paths",
    "write_report",
]

# Where each public name lives. A module of the same name would hide it, once imported.
_HOMES = {
    "ConditioningWarning": "diamondsim.conditioning",
    "DecidingInput": "diamondsim.analysis",
    "EngineWarning": "diamondsim.simulation",
    "Observation": "diamondsim.conditioning",
    "Precision": "diamondsim.simulation",
    "Scenario": "diamondsim.scenario",
    "ScenarioError": "diamondsim.errors",
    "StoreError": "diamondsim.errors",
    "StoreWarning": "diamondsim.simulation",
    "admitted_flow": "diamondsim.simulation",
    "backtest": "diamondsim.backtesting",
    "check": "diamondsim.plan.check",
    "compare": "diamondsim.analysis",
    "condition": "diamondsim.conditioning",
    "dates": "diamondsim.results",
    "deciding_inputs": "diamondsim.analysis",
    "discover": "diamondsim.analysis",
    "episode_shares": "diamondsim.control_episodes",
    "episodes": "diamondsim.control_episodes",
    "flip": "diamondsim.analysis",
    "flip_pairs": "diamondsim.analysis",
    "independence": "diamondsim.analysis",
    "load_scenario": "diamondsim.scenario",
    "marginal_value": "diamondsim.analysis",
    "mixture": "diamondsim.analysis",
    "monte_carlo": "diamondsim.simulation",
    "open_paths": "diamondsim.simulation.paths",
    "paths_to_zarr": "diamondsim.simulation.paths",
    "read_observations": "diamondsim.conditioning",
    "read_trade": "diamondsim.trade",
    "reverse_stress": "diamondsim.analysis",
    "sampling_gain": "diamondsim.analysis",
    "save": "diamondsim.files",
    "select_best": "diamondsim.analysis",
    "sensitivity": "diamondsim.analysis",
    "simulate": "diamondsim.simulation",
    "size_reserve": "diamondsim.analysis",
    "size_stock": "diamondsim.analysis",
    "use_engine": "diamondsim.simulation",
    "value_of_information": "diamondsim.analysis",
    "sobol_indices": "diamondsim.analysis",
    "tables": "diamondsim.files",
    "worst_start": "diamondsim.analysis",
    "write_paths": "diamondsim.simulation.paths",
    "write_report": "diamondsim.html_report",
}


def __getattr__(name: str) -> object:
    if name == "plot":
        return import_module("diamondsim.plot")  # a package: the import binds it here
    if name not in _HOMES:
        raise AttributeError(f"module 'diamondsim' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
