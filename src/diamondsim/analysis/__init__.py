"""How certain the results of a scenario are, and what makes them uncertain."""

from diamondsim.analysis.gain import sampling_gain

__all__ = ["sampling_gain"]
