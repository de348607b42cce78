"""The public calls `simulate` and `monte_carlo`, and how the work is spread over processes."""

from diamondsim.simulation.admitted import admitted_flow
from diamondsim.simulation.calls import Trace, monte_carlo, monte_carlo_each, simulate, usable_processors
from diamondsim.simulation.workers import Progress

__all__ = [
    "Progress",
    "Trace",
    "admitted_flow",
    "monte_carlo",
    "monte_carlo_each",
    "simulate",
    "usable_processors",
]
