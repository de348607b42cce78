"""Pictures of Datasets (docs/plots.md): each function takes a Dataset and axes, and returns the axes.

matplotlib is loaded when a picture is drawn. It comes with the extra ``plot``.
"""

from diamondsim.plot.backtest_rows import episode_bands
from diamondsim.plot.difference_rows import paired_differences
from diamondsim.plot.frontier import reserve_frontier
from diamondsim.plot.heat_map import shortage_heat_map
from diamondsim.plot.input_bars import sobol_bars, tornado
from diamondsim.plot.one_replication import replication_timeline
from diamondsim.plot.origins import supply_origin
from diamondsim.plot.ramp import facility_ramp
from diamondsim.plot.run_fans import cover_fan, shortfall_fan
from diamondsim.plot.state_rows import control_timeline

__all__ = [
    "control_timeline",
    "cover_fan",
    "episode_bands",
    "facility_ramp",
    "paired_differences",
    "replication_timeline",
    "reserve_frontier",
    "shortage_heat_map",
    "shortfall_fan",
    "sobol_bars",
    "supply_origin",
    "tornado",
]
