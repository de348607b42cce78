"""The public calls `simulate` and `monte_carlo`, and how the work is spread over processes."""

from diamondsim.simulation.admitted import admitted_flow
from diamondsim.simulation.calls import monte_carlo, monte_carlo_each
from diamondsim.simulation.precision import Precision, UnknownMetricError
from diamondsim.simulation.processors import usable_processors
from diamondsim.simulation.progress import Progress
from diamondsim.simulation.shelf import StoreWarning
from diamondsim.simulation.single import Trace, simulate
from diamondsim.simulation.store import Store

__all__ = [
    "Precision",
    "Progress",
    "Store",
    "StoreWarning",
    "Trace",
    "UnknownMetricError",
    "admitted_flow",
    "monte_carlo",
    "monte_carlo_each",
    "simulate",
    "usable_processors",
]
