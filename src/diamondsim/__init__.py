"""Simulate the supply of synthetic diamond under export restrictions and estimate shortages by use.

The public names are loaded when first used, so ``import diamondsim`` and ``diamondsim --help`` load neither
numpy nor xarray.

Examples
--------
>>> import diamondsim as ds
>>> scenario = ds.load_scenario("baseline-2026")
>>> paths = ds.monte_carlo(scenario, replications=64, seed=1)
"""

from typing import TYPE_CHECKING

from diamondsim._version import __version__
from diamondsim.lazy_imports import lazy_attributes

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
    from diamondsim.reporting import with_table_columns
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
    "with_table_columns",
    "worst_start",
    "write_paths",
    "write_report",
]

# Where each public name lives. A module of the same name would hide it, once imported.
_HOMES = {
    "": ("plot",),
    "analysis": (
        "DecidingInput",
        "compare",
        "deciding_inputs",
        "discover",
        "flip",
        "flip_pairs",
        "independence",
        "marginal_value",
        "mixture",
        "reverse_stress",
        "sampling_gain",
        "select_best",
        "sensitivity",
        "size_reserve",
        "size_stock",
        "sobol_indices",
        "value_of_information",
        "worst_start",
    ),
    "backtesting": ("backtest",),
    "conditioning": ("ConditioningWarning", "Observation", "condition", "read_observations"),
    "control_episodes": ("episode_shares", "episodes"),
    "errors": ("ScenarioError", "StoreError"),
    "files": ("save", "tables"),
    "html_report": ("write_report",),
    "plan.check": ("check",),
    "reporting": ("with_table_columns",),
    "results": ("dates",),
    "scenario": ("Scenario", "load_scenario"),
    "simulation": (
        "EngineWarning",
        "Precision",
        "StoreWarning",
        "admitted_flow",
        "monte_carlo",
        "simulate",
        "use_engine",
    ),
    "simulation.paths": ("open_paths", "paths_to_zarr", "write_paths"),
    "trade": ("read_trade",),
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_attributes(__name__, _HOMES)
