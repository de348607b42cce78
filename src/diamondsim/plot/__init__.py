"""Pictures of Datasets (docs/plots.md): each function takes a Dataset and axes, and returns the axes.

matplotlib is loaded when a picture is drawn. It comes with the extra ``plot``.

Examples
--------
>>> import diamondsim as ds
>>> run = ds.monte_carlo(ds.load_scenario("calm"), replications=8)
>>> ax = ds.plot.shortfall_fan(run, region="US", use="polishing")
>>> ax.get_ylabel()
"Share of the week's demand unmet, worst grade"
"""

from diamondsim.plot.heat_map import shortage_heat_map
from diamondsim.plot.run_fans import cover_fan, shortfall_fan
from diamondsim.plot.state_rows import control_timeline

__all__ = ["control_timeline", "cover_fan", "shortage_heat_map", "shortfall_fan"]
