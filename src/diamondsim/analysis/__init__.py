"""What a scenario's results rest on: how certain they are, and what makes them uncertain."""

from diamondsim.analysis.gain import sampling_gain

__all__ = ["sampling_gain"]
